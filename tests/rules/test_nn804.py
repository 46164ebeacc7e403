"""NN804: a head with a matrix of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def found(*layers: object, x: object = {"tokens": 16}, **more: object) -> list[Finding]:
    spec: dict[str, Any] = {"nnlint": 1, "input": x, "layers": layers, **more}
    report = lint_text(json.dumps(spec))
    return [finding for finding in report.findings if finding.rule.code == "NN804"]


def table(rows: int = 500, width: int = 64, **more: object) -> dict[str, Any]:
    return {"type": "Embedding", "num_embeddings": rows, "embedding_dim": width, **more}


def head(rows: int = 500, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": rows, "bias": False, **more}


def test_the_message_prices_it() -> None:
    (finding,) = found(table(name="wte"), "RMSNorm", head(name="lm"))
    assert finding.rule.severity is Severity.INFO
    assert finding.path == ("layers", 2)
    assert finding.message == (
        "Linear 'lm' has a weight [500, 64] of its own, and Embedding 'wte' (layers[0]) has "
        "one of that shape"
    )  # of 2·500·64 + 64
    assert finding.help == "tie: wte drops 32,000 of 64,064 parameters (50.0 %)"


def test_a_table_without_a_name_needs_one() -> None:
    (finding,) = found(table(), "RMSNorm", head())
    assert str(finding.help).startswith(
        "with name: table on Embedding, tie: table drops 32,000"
    )


@pytest.mark.parametrize("after", [(), ("LogSoftmax",), ("Identity",)])
@pytest.mark.parametrize("between", ["RMSNorm", {"type": "Linear", "out_features": 64}])
def test_it_fires(between: object, after: tuple[str, ...]) -> None:
    assert len(found(table(), between, head(), *after)) == 1


@pytest.mark.parametrize(
    "layers",
    [
        (table(name="wte"), "RMSNorm", head(tie="wte")),
        (table(), "RMSNorm", head(bias=True)),
        (table(), "RMSNorm", head(499)),
        (table(width=32), {"type": "Linear", "out_features": 64}, head()),
        (table(trainable=False), "RMSNorm", head()),
        (table(), "RMSNorm", head(trainable=False)),
        (table(), "RMSNorm", head(), {"type": "Linear", "out_features": 8}),
        (table(), {"type": "Linear"}, head()),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers) == []


def test_the_table_must_lead_to_the_head() -> None:
    spec = {
        "nnlint": 1,
        "inputs": {"words": {"tokens": 8}, "image": [64]},
        "layers": [
            table(name="text", **{"from": "words"}),
            head(name="out", **{"from": "image"}),
        ],
        "outputs": ["text", "out"],
    }
    codes = [finding.rule.code for finding in lint_text(json.dumps(spec)).findings]
    assert "NN804" not in codes


def test_positions_are_no_vocabulary() -> None:
    positions = {"type": "PositionEmbedding", "num_embeddings": 500}
    assert found(positions, head(), x={"sequence": [16, 64]}) == []


def test_of_two_tables_it_names_the_one_of_the_head_s_shape() -> None:
    other = table(800, name="other", **{"from": "a"})
    wte = table(name="wte", **{"from": "b"})
    join = {"type": "Concat", "dim": 1, "from": ["other", "wte"]}
    layers = [other, wte, join, head()]
    inputs = {"a": {"tokens": 4}, "b": {"tokens": 4}}
    spec = {"nnlint": 1, "inputs": inputs, "layers": layers}
    codes = [f for f in lint_text(json.dumps(spec)).findings if f.rule.code == "NN804"]
    assert ["Embedding 'wte'" in finding.message for finding in codes] == [True]
