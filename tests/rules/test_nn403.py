"""NN403: an activation directly after an activation."""

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
    return [finding for finding in report.findings if finding.rule.code == "NN403"]


def linear(out_features: int = 8, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


def sequential(*layers: object, **more: object) -> dict[str, Any]:
    return {"type": "Sequential", "layers": list(layers), **more}


def parallel(*branches: list[object], **more: object) -> dict[str, Any]:
    return {"type": "Parallel", "branches": branches, **more}


SOFTMAX = {"type": "Softmax", "dim": 1}


def test_what_changes_nothing_is_said_so() -> None:
    (finding,) = found(linear(), "ReLU", {"type": "ReLU", "name": "again"}, linear())
    assert finding.rule.severity is Severity.WARNING
    assert finding.path == ("layers", 2)
    assert finding.message == (
        "ReLU 'again' follows ReLU (layers[1]) and changes nothing: nothing below 0 reaches it"
    )
    assert finding.help == "remove it"


def test_what_squeezes_twice_is_said_so() -> None:
    (finding,) = found(linear(), "ReLU", SOFTMAX)
    assert finding.message == (
        "Softmax follows ReLU (layers[1]) with nothing between: one acts on what the other has "
        "squeezed"
    )
    assert finding.help == "keep one of them, or put a layer that learns between them"


def test_log_softmax_twice_is_advice() -> None:
    twice = {"type": "LogSoftmax", "dim": 1}
    (finding,) = found(linear(), twice, twice)
    assert finding.rule.severity is Severity.INFO
    assert finding.message.endswith("changes nothing: these are logarithms already")


@pytest.mark.parametrize(
    ("pair", "nothing"),
    [
        (("ReLU", "ReLU"), True),
        (("Sigmoid", "ReLU"), True),
        (("ReLU6", "ReLU"), True),
        (("ReLU", "LeakyReLU"), True),
        (("Softplus", "ELU"), True),
        ((SOFTMAX, "ReLU"), True),
        ((SOFTMAX, SOFTMAX), False),
        (("ReLU", "Sigmoid"), False),
        (("ReLU", "ReLU6"), False),
        (("Tanh", "ReLU"), False),
        (("GELU", "GELU"), False),
        (("LeakyReLU", "ReLU"), False),
        ((SOFTMAX, {"type": "LogSoftmax", "dim": 1}), False),
    ],
)
def test_pairs(pair: tuple[object, object], *, nothing: bool) -> None:
    (finding,) = found(linear(), *pair)
    assert ("changes nothing" in finding.message) == nothing


@pytest.mark.parametrize(
    "layers",
    [
        (linear(act="ReLU"), "ReLU"),
        (sequential(linear(), "ReLU"), sequential("ReLU", linear())),
        (linear(), {"type": "ReLU", "repeat": 2}),
        (linear(act="ReLU", name="a"), linear(), {"type": "ReLU", "from": "a"}, linear()),
        (linear(act="ReLU"), parallel(["ReLU", linear()], ["ReLU", linear()])),
        (linear(act="ReLU"), parallel(["ReLU", linear()], [linear()])),
        (linear(act="Sigmoid"), parallel(["Tanh", linear()], ["Tanh", linear()])),
    ],
)
def test_it_fires(layers: tuple[object, ...]) -> None:
    assert found(*layers)


@pytest.mark.parametrize(
    "layers",
    [
        (linear(), "ReLU", linear(), "ReLU"),
        (linear(), "ReLU", "Dropout", "ReLU"),
        (linear(), "ReLU", "BatchNorm1d", "ReLU"),
        (linear(), "ReLU", "LayerNorm", "ReLU"),
        (linear(act="ReLU"), {"type": "Residual", "body": [linear()], "act": "ReLU"}),
        (linear(act="ReLU"), parallel(["Sigmoid", linear()], [linear()])),
        (linear(16, act="Tanh"), "GLU"),
        (linear(16), "GLU", "Tanh"),
        ("ReLU", "ReLU"),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers) == []


def test_pooling_keeps_them_apart() -> None:
    conv = {"type": "Conv2d", "out_channels": 4, "kernel_size": 3, "act": "ReLU"}
    pool = {"type": "MaxPool2d", "kernel_size": 2}
    assert found(conv, pool, "ReLU", x=[3, 16, 16]) == []


def test_mish_by_parts() -> None:
    parts = ("Softplus", "Tanh", {"type": "Multiply", "with": "x"})
    assert found(linear(name="x"), *parts) == []
    assert len(found(linear(name="x"), *parts[:2])) == 1


def test_what_leaves_the_network_too_may_be_wanted_as_it_is() -> None:
    layers = (linear(), {"type": "ReLU", "name": "a"}, {"type": "Tanh", "name": "b"})
    assert found(*layers, outputs=["a", "b"]) == []
    assert len(found(*layers, outputs=["b"], expect={})) == 1


def test_copies_are_one_finding() -> None:
    assert len(found(sequential(linear(), "ReLU", "ReLU", repeat=5))) == 1
    (finding,) = found(linear(), {"type": "ReLU", "repeat": 3})
    assert finding.message.startswith("each copy of ReLU follows the one before and changes no")


def test_the_end_and_the_start_of_a_repeated_part() -> None:
    (finding,) = found(sequential("SiLU", linear(), "SiLU", repeat=3), linear())
    assert finding.path == ("layers", 0, "layers", 0)
    assert finding.message.startswith(
        "SiLU follows SiLU (layers[0].layers[2] of the copy before) with nothing between"
    )
    assert "out of the part that repeats" in (finding.help or "")


def test_the_end_and_the_start_of_copies_that_differ() -> None:
    part = ["SiLU", linear(4), "SiLU"]
    assert len(found(sequential(*part, repeat=3), linear())) == 1
    assert found(sequential(*part, repeat=1), linear()) == []
    assert found(sequential("SiLU", linear(), repeat=3), linear()) == []


@pytest.mark.parametrize(
    "between",
    [("Identity",), ("Identity", "Identity"), ({"type": "Identity", "repeat": 4},),
     ("Flatten",), ({"type": "Unflatten", "dim": 1, "unflattened_size": [2, 4]},)],
)  # fmt: skip
@pytest.mark.parametrize("pair", [("ReLU", "ReLU"), ("GELU", "Tanh")])
def test_it_looks_through_what_leaves_the_numbers_alone(
    between: tuple[object, ...], pair: tuple[str, str]
) -> None:
    assert len(found(linear(), pair[0], *between, pair[1], "Flatten", linear())) == 1


def test_what_a_later_copy_gets_through_an_identity_counts() -> None:
    """There the second is needed, and the first can go."""
    part = sequential("Identity", "ReLU", linear(), repeat=3)
    (finding,) = found(linear(act="ReLU"), part)
    assert finding.help == "remove one of them"


def test_each_layer_has_its_own_activation_of_the_defaults() -> None:
    """What the defaults add stands at one place of the spec, and is no one definition."""
    act = {"defaults": {"Linear": {"act": "GELU"}}}
    assert len(found(linear(), linear(4), "Tanh", linear(), **act)) == 1
    assert found(linear(), linear(4), linear(), **act) == []


def test_a_block_that_only_some_uses_follow_with_an_activation() -> None:
    blocks = {"b": {"layers": [linear(), "GELU"]}}
    assert len(found({"block": "b"}, {"block": "b"}, "Tanh", blocks=blocks)) == 1


def test_a_block_that_ends_as_what_follows_begins() -> None:
    blocks = {"b": {"layers": [linear(), "ReLU"]}}
    assert len(found({"block": "b", "repeat": 3}, "ReLU", blocks=blocks)) == 1


def test_unknown_shapes_do_not_matter() -> None:
    assert len(found({"type": "Custom", "parameters": {}}, linear(), "ReLU", "ReLU")) == 1


@pytest.mark.parametrize(
    "between",
    ["Identity", "Flatten", {"type": "Parameter", "shape": [3]},
     {"type": "Permute", "dims": [2, 1]}, {"type": "Reshape", "shape": [48]}],
)  # fmt: skip
def test_what_only_moves_numbers_keeps_two_activations_together(between: object) -> None:
    assert len(found(linear(), "Tanh", between, "ReLU", x={"sequence": [6, 8]})) == 1


def test_a_map_made_tokens_keeps_two_activations_together() -> None:
    assert len(found(linear(), "Tanh", "ToTokens", "ReLU", x=[3, 4, 8])) == 1


# What takes it on several ways: SiLU then Tanh, of which one can go if no one needs the SiLU


def taking(kind: str, source: str, **more: object) -> dict[str, Any]:
    return {"type": kind, "from": source, **more}


def forked(*behind: object, outputs: list[str]) -> list[str]:
    """The places told of, where `i` passes on what a SiLU gives."""
    start = (linear(), {"type": "SiLU"}, {"type": "Identity", "name": "i"})
    return [str(one.path) for one in found(*start, *behind, outputs=outputs)]


A, B = taking("Tanh", "i", name="a"), taking("Tanh", "i", name="b")


def test_two_that_take_it_must_both_be_activations() -> None:
    assert forked(A, B, outputs=["a", "b"]) == [str(("layers", 3)), str(("layers", 4))]
    dense = linear(name="b", **{"from": "i"})
    assert forked(A, dense, outputs=["a", "b"]) == []
    assert forked(dense, A, outputs=["a", "b"]) == []


@pytest.mark.parametrize(("last", "places"), [("Tanh", 2), ("Linear", 0)])
def test_a_fork_behind_a_fork_is_looked_through(last: str, places: int) -> None:
    """Behind j stand the activation b and one more, which decides about all three."""
    more = {"out_features": 8} if last == "Linear" else {}
    inner = (taking("Identity", "i", name="j"), taking("Tanh", "j", name="b"),
             taking(last, "j", name="c", **more))  # fmt: skip
    told = forked(A, *inner, outputs=["a", "b", "c"])
    assert len(told) == (3 if places else 0)


def test_what_leaves_behind_a_fork_is_needed() -> None:
    """The numbers of the SiLU leave the network through j."""
    j = taking("Identity", "i", name="j")
    assert forked(A, j, outputs=["a", "j"]) == []
    assert forked(A, outputs=["a", "i"]) == []


def test_what_nobody_takes_is_no_activation_either() -> None:
    assert forked(A, taking("Identity", "i", name="j"), outputs=["a"]) == []


def test_a_fork_in_a_loop_of_identities_ends() -> None:
    """Each copy passes on what came in, and nothing takes z."""
    names = [{"type": "Identity", "name": "x"}, taking("Identity", "x", name="z"),
             taking("Identity", "x", name="y")]  # fmt: skip
    assert found(linear(), "SiLU", sequential(*names, repeat=3), "Tanh") == []


def test_ways_that_meet_again_are_one() -> None:
    """Two Identities bring the SiLU's numbers to one sum: no activation takes it there."""
    j, k = taking("Identity", "i", name="j"), taking("Identity", "i", name="k")
    add = {"type": "Add", "from": ["j", "k"], "name": "s"}
    assert forked(j, k, add, taking("Tanh", "s", name="b"), outputs=["b"]) == []
    assert forked(A, j, k, add, outputs=["a", "s"]) == []
