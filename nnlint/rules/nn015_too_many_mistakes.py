"""NN015: more mistakes than anybody reads."""

from __future__ import annotations

from nnlint.finding import Severity
from nnlint.rules import Made, Rule

HEAD = b"nnlint: 1\ninput: [4]\nlayers:\n"

RULE = Rule(
    code="NN015",
    name="too-many-mistakes",
    severity=Severity.ERROR,
    summary="More mistakes than anybody reads.",
    rationale=(
        "A file with a thousand mistakes is most often no spec, or one program wrote all of "
        "them. nnlint tells the first thousand, stops at the next one, and doesn't build the "
        "network. Scalars that PyYAML takes otherwise (NN012) are counted apart: of them only "
        "the rest is left out, the network is looked at, and this is a warning."
    ),
    reference="https://yaml.org/spec/1.2.2/",
    bad=Made(
        "1,001 layers of a type that is none, and a comment that silences NN120",
        lambda: b"# nnlint: ignore-file[NN120] one by one\n" + HEAD + b"  - Linaer\n" * 1001,
    ),
    good="""\
nnlint: 1
input: [784]
layers:
  - {type: Linear, out_features: 10}
""",
    ignorable=False,
)
