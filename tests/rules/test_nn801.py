"""NN801: a vocabulary that fills no whole tiles."""

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
    return [finding for finding in report.findings if finding.rule.code == "NN801"]


def table(rows: int = 50257, width: int = 64, **more: object) -> dict[str, Any]:
    return {"type": "Embedding", "num_embeddings": rows, "embedding_dim": width, **more}


def head(rows: int = 50257, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": rows, **more}


TIED = {"bias": False, "tie": "wte"}


def test_the_message_prices_the_next_multiple() -> None:
    (finding,) = found(table(name="wte"), "LayerNorm", head(name="lm", **TIED))
    assert finding.rule.severity is Severity.INFO
    assert finding.path == ("layers", 0, "num_embeddings")
    assert finding.message == (
        "Embedding 'wte' has 50,257 entries, no multiple of 64, and Linear 'lm' multiplies by "
        "all of them"
    )
    assert finding.help == (  # 47·64 of 50,257·64 + 2·64
        "num_embeddings: 50304 adds 3,008 parameters to 3,216,576, and the 47 entries more "
        "are never looked up"
    )


def test_an_untied_head_grows_too() -> None:
    (finding,) = found(table(), "LayerNorm", head())
    assert "num_embeddings: 50304 (and out_features of Linear) adds 6,063" in str(finding.help)


def test_two_tables_that_share_are_one_finding() -> None:
    again = table(tie="wte", **{"from": "input"})
    merged = {"type": "Add", "with": "a"}
    spec = (table(name="wte"), {"type": "LayerNorm", "name": "a"}, again, merged, head(**TIED))
    assert len(found(*spec)) == 1


@pytest.mark.parametrize("after", [(), ("LogSoftmax",), ("Identity", {"type": "Dropout"})])
def test_the_head_need_not_be_the_very_last(after: tuple[object, ...]) -> None:
    assert len(found(table(), "LayerNorm", head(), *after)) == 1


@pytest.mark.parametrize(
    "layers",
    [
        (table(50304, name="wte"), "LayerNorm", head(50304, **TIED)),
        (table(1000, name="wte"), "LayerNorm", head(1000, **TIED)),
        (table(65), "LayerNorm", head(65)),
        (table(), "LayerNorm"),
        (table(), {"type": "LSTM", "hidden_size": 8, "output": "last"}, head(4)),
        (table(), "LayerNorm", head(), "ReLU", head(8)),
        ({"type": "Embedding"}, head()),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers) == []


def test_a_head_of_another_size_is_none_of_the_vocabulary() -> None:
    assert found(table(2001), "LayerNorm", head(3001)) == []


def test_positions_are_no_vocabulary() -> None:
    positions = {"type": "PositionEmbedding", "num_embeddings": 1500}
    assert found(positions, head(1500), x={"sequence": [16, 64]}) == []
