"""NN404: a norm directly after a norm that does the same."""

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
    return [finding for finding in report.findings if finding.rule.code == "NN404"]


def linear(out_features: int = 8, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


def sequential(*layers: object, **more: object) -> dict[str, Any]:
    return {"type": "Sequential", "layers": list(layers), **more}


def test_the_message_says_which_and_what_it_costs() -> None:
    (finding,) = found(linear(), "BatchNorm1d", {"type": "BatchNorm1d", "name": "bn"})
    assert finding.rule.severity is Severity.WARNING
    assert finding.path == ("layers", 2)
    assert finding.message == (
        "BatchNorm1d 'bn' follows BatchNorm1d (layers[1]) and normalises the same once more"
    )
    assert finding.help == "remove one of them: drops 16 parameters"


def test_without_parameters_there_is_no_price() -> None:
    plain = {"type": "BatchNorm1d", "affine": False}
    (finding,) = found(linear(), plain, plain)
    assert finding.help == "remove one of them"


def group(groups: int) -> dict[str, Any]:
    return {"type": "GroupNorm", "num_groups": groups}


@pytest.mark.parametrize(
    ("pair", "x", "fires"),
    [
        (("LayerNorm", "LayerNorm"), [8], True),
        (("RMSNorm", "RMSNorm"), {"sequence": [5, 8]}, True),
        (("InstanceNorm2d", "InstanceNorm2d"), [8, 4, 4], True),
        ((group(4), group(4)), [8, 4, 4], True),
        ((group(8), "InstanceNorm2d"), [8, 4, 4], True),
        (({"type": "LayerNorm", "channels": True},) * 2, [8, 4, 4], True),
        ((group(4), group(2)), [8, 4, 4], False),
        (("LayerNorm", "RMSNorm"), [8], False),
        (("BatchNorm2d", "InstanceNorm2d"), [8, 4, 4], False),
        (("BatchNorm1d", "LayerNorm"), [8], False),
        (("LayerNorm", {"type": "LayerNorm", "normalized_shape": [5, 8]}), {"sequence": [5, 8]},
         False),
        (({"type": "LocalResponseNorm", "size": 5},) * 2, [8, 4, 4], False),
        (({"type": "BatchNorm1d", "trainable": False}, "BatchNorm1d"), [8], False),
        (("BatchNorm1d", {"type": "BatchNorm1d", "trainable": False}), [8], False),
    ],
)  # fmt: skip
def test_pairs(pair: tuple[object, object], x: object, *, fires: bool) -> None:
    assert bool(found(*pair, x=x)) == fires


@pytest.mark.parametrize(
    "layers",
    [
        ("LayerNorm", "ReLU", "LayerNorm"),
        ("LayerNorm", linear(), "LayerNorm"),
        ("LayerNorm", {"type": "Residual", "body": ["LayerNorm", linear()]}),  # CLIP
        (linear(), {"type": "Residual", "body": ["LayerNorm", linear()]}, "LayerNorm"),
        (sequential("LayerNorm", linear(), repeat=3), "LayerNorm"),
        (
            "LayerNorm",
            "Flatten",
            {"type": "Unflatten", "dim": 1, "unflattened_size": [2, 4]},
            "LayerNorm",
        ),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers) == []


def test_what_leaves_the_network_is_needed() -> None:
    layers = (linear(), {"type": "LayerNorm", "name": "a"}, {"type": "LayerNorm", "name": "b"})
    assert found(*layers, outputs=["a", "b"]) == []
    assert len(found(*layers)) == 1


def test_branches_must_all_begin_with_the_norm() -> None:
    both = {"type": "Parallel", "branches": [["LayerNorm", linear()], ["LayerNorm", linear()]]}
    one = {"type": "Parallel", "branches": [["LayerNorm", linear()], [linear()]]}
    assert len(found("LayerNorm", both)) == 2  # two places: either could stay
    assert found("LayerNorm", one) == []


def test_copies_are_one_finding() -> None:
    (finding,) = found(sequential(linear(), "LayerNorm", "LayerNorm", repeat=4))
    assert finding.help == "remove one of them: drops 64 parameters"
    (finding,) = found(linear(), {"type": "LayerNorm", "repeat": 2})
    assert finding.message.startswith("each copy of LayerNorm follows the one before")
    assert finding.help == "remove one of them: drops 16 parameters"  # the other stays


def test_the_end_and_the_start_of_a_repeated_part() -> None:
    (finding,) = found(sequential("LayerNorm", linear(), "LayerNorm", repeat=3), linear())
    assert finding.path == ("layers", 0, "layers", 0)
    assert "follows LayerNorm (layers[0].layers[2] of the copy before)" in finding.message
    # of six norms two are too many; one of three is needed once
    assert (finding.help or "").endswith("where it is needed once: drops 32 parameters")


@pytest.mark.parametrize("between", [("Identity",), ("Identity", "Flatten")])
def test_it_looks_through_what_does_nothing(between: tuple[str, ...]) -> None:
    assert len(found(linear(), "LayerNorm", *between, "LayerNorm")) == 1


def test_each_layer_has_its_own_norm_of_the_defaults() -> None:
    """What the defaults add stands at one place of the spec, and is no one definition."""
    norm = {"defaults": {"Linear": {"norm": "BatchNorm1d", "act": "ReLU"}}}
    layers = (linear(), linear(4, act="none"), "BatchNorm1d", linear())
    (finding,) = found(*layers, **norm)
    assert finding.help == "remove one of them: drops 8 parameters"
    assert found(*layers[:2], "ReLU", linear(), **norm) == []


def test_a_norm_behind_the_last_copy_alone() -> None:
    part = sequential(linear(), "ReLU", linear(), "LayerNorm", repeat=3)
    (finding,) = found(part, "LayerNorm", linear())
    assert finding.path == ("layers", 1)
    assert finding.help == "remove one of them: drops 16 parameters"


def test_unknown_shapes_are_silent() -> None:
    unknown = {"type": "Custom", "parameters": {}}
    assert len(found(unknown, "LayerNorm", "LayerNorm")) == 1  # its output is as its input
    assert found({"type": "Linear"}, {"type": "GroupNorm", "num_groups": 2}, group(2)) == []
