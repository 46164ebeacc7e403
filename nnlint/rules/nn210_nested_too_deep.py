"""NN210: parts within parts, too deep."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Made, Rule

DEPTH = 70


def _towers() -> bytes:
    """Blocks that use each other, one inside the next."""
    blocks = "".join(f"  b{n}: {{layers: [{{block: b{n + 1}}}]}}\n" for n in range(DEPTH))
    last = f"  b{DEPTH}: {{layers: [ReLU]}}\n"
    return (
        f"nnlint: 1\ninput: [4]\nblocks:\n{blocks}{last}layers:\n  - {{block: b0}}\n".encode()
    )


RULE = Rule(
    code="NN210",
    name="nested-too-deep",
    severity=Severity.ERROR,
    summary="Parts within parts, too deep.",
    rationale=(
        "Blocks, residuals and branches lie within each other. Nobody reads, and nothing that "
        "runs the network survives, more than a few dozen of them."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html",
    bad=Made(f"{DEPTH} blocks, each of which uses the next", _towers),
    good="""\
nnlint: 1
input: [4]
blocks:
  pair: {layers: [{type: Sequential, layers: [ReLU]}]}
layers:
  - {block: pair, repeat: 70}
""",
)
