"""NN956: an input that no layer takes."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN956",
    name="unused-input",
    severity=Severity.WARNING,
    summary="An input that no layer takes.",
    rationale=(
        "A network with several inputs takes each with from: name. One that nobody takes "
        "is a mistake in a name, or a leftover."
    ),
    reference="https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html",
    bad="""\
nnlint: 1
inputs: {image: [784], meta: [4]}
layers:
  - {type: Linear, out_features: 10, from: image}
""",
    good="""\
nnlint: 1
inputs: {image: [784], meta: [4]}
layers:
  - {type: Linear, out_features: 10, from: image, name: seen}
  - {type: Linear, out_features: 10, from: meta}
  - {type: Concat, with: seen}
""",
)
