"""NN409: Keras' momentum on a batch norm of PyTorch."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text
from nnlint.finding import Severity

if TYPE_CHECKING:
    from nnlint.finding import Finding


def found(*layers: object, x: object = (8,), **more: object) -> list[Finding]:
    report = lint_text(json.dumps({"nnlint": 1, "input": x, "layers": layers, **more}))
    return [finding for finding in report.findings if finding.rule.code == "NN409"]


LINEAR = {"type": "Linear", "out_features": 10, "bias": False}


def norm(momentum: float | None, **more: object) -> dict[str, Any]:
    return {"type": "BatchNorm1d", "momentum": momentum, **more}


def test_the_message_says_what_it_means_here() -> None:
    (finding,) = found(LINEAR, norm(0.99, name="bn"), "ReLU")
    assert finding.rule.severity is Severity.WARNING
    assert finding.path == ("layers", 1, "momentum")
    assert finding.message == (
        "BatchNorm1d 'bn' has momentum 0.99: in PyTorch that is the weight of the newest "
        "batch, so the stored statistics keep 1 % of all before it"
    )
    assert finding.help == (
        "write momentum: 0.01 (1 − 0.99), or convention: keras at the top of the spec"
    )


@pytest.mark.parametrize(
    ("momentum", "keeps", "remedy"),
    [
        (0.9, "keep 10 %", "0.1 (1"),
        (0.997, "keep 0.3 %", "0.003 (1"),
        (1, "keep nothing", "0.1,"),
    ],
)
def test_figures(momentum: float, keeps: str, remedy: str) -> None:
    (finding,) = found(LINEAR, norm(momentum), "ReLU")
    assert keeps in finding.message
    assert f"momentum: {remedy}" in (finding.help or "")


@pytest.mark.parametrize(
    "one",
    [norm(0.1), norm(0.5), norm(0), norm(None), norm(0.99, track_running_stats=False),
     "BatchNorm1d"],
)  # fmt: skip
def test_it_is_silent(one: object) -> None:
    assert found(LINEAR, one, "ReLU") == []


def test_keras_means_the_other_share() -> None:
    assert found(LINEAR, norm(0.99), "ReLU", convention="keras") == []


def test_in_the_defaults_it_is_one_finding_there() -> None:
    defaults = {"Linear": {"norm": norm(0.99)}}
    layers = [{"type": "Linear", "out_features": 8}, "ReLU"] * 3
    (finding,) = found(*layers, defaults=defaults)
    assert finding.path[:3] == ("defaults", "Linear", "norm")


def test_copies_are_one_finding() -> None:
    body = {"type": "Sequential", "layers": [LINEAR, norm(0.9), "ReLU"], "repeat": 3}
    assert len(found(body)) == 1


def test_an_instance_norm_that_stores_an_average_too() -> None:
    one = {"type": "InstanceNorm2d", "momentum": 0.9}
    assert found(one, x=[3, 8, 8]) == []
    assert len(found({**one, "track_running_stats": True}, x=[3, 8, 8])) == 1


def test_unknown_shapes_do_not_matter() -> None:
    assert len(found({"type": "Linear"}, norm(0.9))) == 1
