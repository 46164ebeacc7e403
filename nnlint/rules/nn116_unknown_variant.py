"""NN116: an expected count of a variant that does not exist."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Rule

RULE = Rule(
    code="NN116",
    name="unknown-variant",
    severity=Severity.ERROR,
    summary="An expected count of a variant that does not exist.",
    rationale=(
        "expect.variants holds the parameters of each variant by its name. A name that is "
        "not under variants is checked by nobody, so that its count proves nothing."
    ),
    reference="https://docs.pytorch.org/docs/stable/nn.html",
    bad="""\
nnlint: 1
input: [784]
vars: {d: 10}
variants: {large: {d: 20}}
layers:
  - {type: Linear, out_features: $d}
expect: {variants: {lagre: 15700}}
""",
    good="""\
nnlint: 1
input: [784]
vars: {d: 10}
variants: {large: {d: 20}}
layers:
  - {type: Linear, out_features: $d}
expect: {variants: {large: 15700}}
""",
)
