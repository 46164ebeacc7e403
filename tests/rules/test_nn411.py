"""NN411: a layer whose output nobody takes."""

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
    return [finding for finding in report.findings if finding.rule.code == "NN411"]


def linear(out_features: int = 8, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


def from_(name: str) -> dict[str, str]:
    return {"from": name}


def test_the_message_says_what_learns_nothing() -> None:
    (finding,) = found(linear(name="a"), linear(2, name="lost"), linear(4, **from_("a")))
    assert finding.rule.severity is Severity.WARNING
    assert finding.path == ("layers", 1)
    assert finding.message == (
        "nobody takes the output of Linear 'lost', and it is no output of the network: it does "
        "nothing, and 18 parameters learn nothing"
    )
    assert finding.help == (
        "take it by its name (from, with), name it in outputs, or remove it"
    )


def test_a_dead_way_is_told_at_its_end() -> None:
    way = (linear(2), "ReLU", linear(3))
    (finding,) = found(linear(name="a"), *way, linear(**from_("a")))
    assert finding.path == ("layers", 3)
    assert "it and 2 layers before it do nothing, and 27 parameters learn" in finding.message


def test_without_parameters_there_is_no_price() -> None:
    (finding,) = found(linear(name="a"), "ReLU", linear(**from_("a")))
    assert finding.message.endswith("it does nothing")


def test_ends_that_share_a_way_share_its_price() -> None:
    trunk = linear(name="b")
    ends = (linear(2), linear(2, **from_("b")))
    first, second = found(linear(name="a"), trunk, *ends, linear(**from_("a")))
    assert "90 parameters" in first.message  # 72 of the way, 18 of its own
    assert "18 parameters" in second.message


def test_the_last_layer_is_dead_where_outputs_leave_it_out() -> None:
    (finding,) = found(linear(name="a"), linear(2), outputs=["a"])
    assert finding.path == ("layers", 1)


@pytest.mark.parametrize(
    "layers",
    [
        (linear(), "ReLU", linear()),
        (linear(name="a"), linear(), {"type": "Add", "with": "a"}),
        ({"type": "Residual", "body": [linear()]},),
        ({"type": "Residual", "body": [linear(4)], "on_mismatch": "project"},),
        ({"type": "Parallel", "branches": [[linear()], []]},),
        ({"type": "Sequential", "layers": [linear()], "repeat": 3},),
        ({"type": "Sequential", "layers": [linear(), {"type": "ReLU", "name": "x"}]}, linear()),
    ],
)
def test_it_is_silent(layers: tuple[object, ...]) -> None:
    assert found(*layers) == []


def test_several_outputs() -> None:
    layers = (linear(name="a"), linear(2, name="b"), linear(3, name="c", **from_("a")))
    assert found(*layers, outputs=["b", "c"]) == []
    assert len(found(*layers)) == 1


def test_the_router_chooses_the_experts() -> None:
    moe = {"type": "MoE", "num_experts": 4, "top_k": 2, "expert": [linear()]}
    assert found({"type": "Residual", "body": [moe]}, x={"sequence": [5, 8]}) == []


def test_a_weight_that_another_is_tied_to_is_used() -> None:
    layers = (linear(name="a"), linear(name="owner"), linear(**from_("a"), tie="owner"))
    assert found(*layers) == []


def test_what_gives_only_its_size_is_used() -> None:
    pool = {"type": "MaxPool2d", "kernel_size": 2, "name": "small"}
    conv = {"type": "Conv2d", "out_channels": 4, "kernel_size": 3, "name": "c"}
    up = {"type": "Upsample", "like": "c", **from_("small")}
    assert found(conv, pool, up, x=[3, 18, 18]) == []


def test_a_layer_of_a_block_is_used_if_one_use_is_taken() -> None:
    blocks = {
        "b": {"layers": [linear(name="in"), linear(2, name="tap"), linear(**from_("in"))]}
    }
    twice = ({"block": "b", "name": "one"}, {"block": "b", "name": "two"})
    assert len(found(*twice, blocks=blocks)) == 1
    assert found(*twice, blocks=blocks, outputs=["two", "one/tap", "two/tap"]) == []


def block_with_a_tap(tap: object) -> dict[str, Any]:
    return {"b": {"layers": [linear(name="in"), tap, linear(**from_("in"))]}}


def test_a_layer_that_some_use_of_its_block_takes() -> None:
    blocks = block_with_a_tap(linear(2, name="tap"))
    twice = ({"block": "b", "name": "one"}, {"block": "b", "name": "two"})
    (finding,) = found(*twice, blocks=blocks, outputs=["two", "one/tap"])
    assert finding.path == ("blocks", "b", "layers", 1)
    assert finding.message == (
        "nobody takes the output of Linear 'tap' in 1 of its 2 copies: 18 parameters learn "
        "nothing there"
    )


@pytest.mark.parametrize(
    ("outputs", "idle"),
    [(["u/tap"], 2), (["u.0/tap"], 2), (["u.0/tap", "u/tap"], 1),
     (["u.0/tap", "u.1/tap", "u.2/tap"], 0)],
)  # fmt: skip
def test_copies_of_a_part_that_is_one_row(outputs: list[str], idle: int) -> None:
    use = {"block": "b", "name": "u", "repeat": 3}
    blocks = block_with_a_tap(linear(2, name="tap"))
    words = [one.message for one in found(use, blocks=blocks, outputs=["u", *outputs])]
    lost = f"in {idle} of its 3 copies: {18 * idle} parameters learn nothing there"
    assert words == ([f"nobody takes the output of Linear 'tap' {lost}"] if idle else [])


def test_copies_that_a_layer_takes() -> None:
    use = {"block": "b", "name": "u", "repeat": 2}
    taps = {"type": "Concat", "from": ["u.0/tap", "u.1/tap"], "name": "taps"}
    blocks = block_with_a_tap(linear(2, name="tap"))
    assert found(use, taps, blocks=blocks, outputs=["u", "taps"]) == []


def test_copies_of_which_a_layer_takes_some() -> None:
    use = {"block": "b", "name": "u", "repeat": 3}
    taps = {"type": "Concat", "from": ["u.0/tap", "u/tap"], "name": "taps"}
    blocks = block_with_a_tap(linear(2, name="tap"))
    (finding,) = found(use, taps, blocks=blocks, outputs=["u", "taps"])
    assert f"in 1 of its 3 copies: {8 * 2 + 2} parameters" in finding.message


@pytest.mark.parametrize(
    ("tap", "use"),
    [({"type": "Identity", "name": "tap"}, {}), (linear(2, name="tap"), {"shared": True})],
)
def test_idle_copies_that_learn_nothing(tap: object, use: dict[str, object]) -> None:
    part = {"block": "b", "name": "u", "repeat": 3, **use}
    assert found(part, blocks=block_with_a_tap(tap), outputs=["u", "u/tap"]) == []


def test_the_main_way_may_be_tapped_in_its_last_copy() -> None:
    blocks = {"b": {"layers": [linear(name="mid"), "ReLU", linear()]}}
    use = {"block": "b", "name": "u", "repeat": 3}
    assert found(use, blocks=blocks, outputs=["u", "u/mid"]) == []


def test_a_dead_way_that_ends_in_the_defaults_is_told_at_its_layer() -> None:
    layers = (linear(name="a"), linear(2), linear(**from_("a")))
    (finding,) = found(*layers, defaults={"Linear": {"act": "ReLU"}})
    assert finding.path == ("layers", 1)
    assert finding.message.startswith("nobody takes the output of ReLU")


def test_copies_are_one_finding() -> None:
    part = [linear(name="in"), linear(2), linear(**from_("in"))]
    body = {"type": "Sequential", "layers": part, "repeat": 3}
    (finding,) = found(body)
    assert "54 parameters" in finding.message  # 3·18


def test_a_dead_part_that_repeats() -> None:
    dead = {"type": "Sequential", "layers": [linear(), "ReLU"], "repeat": 3}
    (finding,) = found(linear(name="a"), dead, linear(**from_("a")))
    assert finding.path == ("layers", 1, "layers", 1)
    assert "it and 1 layer before it do nothing, and 216 parameters" in finding.message


@pytest.mark.parametrize(
    "wrong",
    [
        linear(**from_("b")),
        {"type": "Linaer", "out_features": 8, **from_("a")},
        {"type": "Linear", **from_("a")},
        {"type": "Add", **from_("a"), "with": "lots"},
        {"type": "Residual", "body": [linear(3)], **from_("a")},
    ],
)
def test_while_a_name_or_a_form_is_wrong_nobody_knows(wrong: object) -> None:
    assert found(linear(name="a"), linear(name="other"), wrong) == []


def test_a_wrong_size_does_not_hide_it() -> None:
    layers = (linear(name="a"), linear(2, in_features=7), linear(**from_("a")))
    assert len(found(*layers)) == 1


def test_unknown_shapes_do_not_matter() -> None:
    layers = ({"type": "Custom", "name": "a"}, linear(2), linear(**from_("a")))
    (finding,) = found(*layers)
    assert finding.message.endswith("it does nothing, and 18 parameters learn nothing")


def test_the_end_of_a_part_is_taken_by_its_next_copy() -> None:
    part = {"type": "Sequential", "layers": [linear(), "ReLU"], "repeat": 3}
    assert found(part, linear()) == []
    assert found(linear(repeat=3, act="ReLU"), linear()) == []


def test_a_way_beside_the_main_one_leads_into_the_next_copy() -> None:
    """The tap is added to the main way in each copy, and taken by name in the last one."""
    body = [linear(name="in"), linear(name="tap"), linear(**from_("in")),
            {"type": "Add", "with": "tap"}]  # fmt: skip
    use = {"block": "b", "name": "u", "repeat": 3}
    assert found(use, blocks={"b": {"layers": body}}, outputs=["u", "u/tap"]) == []


def test_what_only_some_copies_of_a_part_inside_a_part_give() -> None:
    """Of 2·3 copies the last is taken: five hold 8·2 + 2 = 18 each for nothing."""
    inner = {"block": "b", "name": "v", "repeat": 3}
    blocks = {**block_with_a_tap(linear(2, name="tap")), "c": {"layers": [inner]}}
    use = {"block": "c", "name": "u", "repeat": 2}
    (finding,) = found(use, blocks=blocks, outputs=["u", "u/v/tap"])
    assert "in 5 of its 6 copies: 90 parameters learn nothing there" in finding.message


# What is lost in the copies that nobody takes: of u, 2 of 3, and in each the way to the tap

PRE = linear(4, name="pre", **from_("in"))
"""8·4 + 4 = 36 parameters on the way to a tap of 4·2 + 2 = 10."""
IN, TAP, GO_ON = linear(name="in"), linear(2, name="tap"), linear(**from_("in"))


@pytest.mark.parametrize(
    ("layers", "lost"),
    [
        ([IN, PRE, TAP, GO_ON], 2 * (36 + 10)),
        # the way begins outside of the part that stands around the tap alone
        ([IN, PRE, {"type": "Sequential", "layers": [TAP]}, GO_ON], 2 * (36 + 10)),
        # what stands outside of the part that repeats stands there once, and is taken
        ([IN, linear(2, name="tap", **from_("stem")), GO_ON], 2 * (8 * 2 + 2)),
        # in each copy the main way takes what leads to the tap
        ([IN, PRE, TAP, {"type": "Concat", "from": ["in", "pre"]}, linear()], 2 * 10),
    ],
    ids=["way", "inner part", "stem", "main way"],
)
@pytest.mark.parametrize("kind", ["block", "Sequential"])
def test_what_is_lost_in_idle_copies(layers: list[object], lost: int, kind: str) -> None:
    blocks = {"b": {"layers": layers}}
    use = {"block": "b"} if kind == "block" else {"type": "Sequential", "layers": layers}
    more = {"blocks": blocks} if kind == "block" else {}
    spec = (linear(name="stem"), {**use, "name": "u", "repeat": 3})
    told = found(*spec, outputs=["u", "u/tap", "stem"], **more)
    (finding,) = [one for one in told if "Linear 'tap'" in one.message]
    assert f"in 2 of its 3 copies: {lost} parameters learn nothing there" in finding.message
    assert len(told) == 1


def test_of_two_uses_the_end_of_one_is_lost() -> None:
    """The copies of u take each other's end, and the network's output is the last one's."""
    blocks = {"b": {"layers": [linear(), "ReLU", linear()]}}
    lost = {"block": "b", "from": "stem", "name": "one"}
    layers = (
        linear(name="stem"),
        lost,
        {"block": "b", "from": "stem", "name": "u", "repeat": 3},
    )
    (finding,) = found(*layers, blocks=blocks)
    assert "in 1 of its 4 copies: 144 parameters learn nothing there" in finding.message


def test_a_place_whose_weight_is_used_once_is_used() -> None:
    owner = linear(name="owner")
    blocks = {"b": {"layers": [linear(name="in"), owner, linear(**from_("in"))]}}
    uses = ({"block": "b", "name": "one"}, {"block": "b", "name": "two"})
    assert len(found(*uses, linear(), blocks=blocks)) == 1
    assert found(*uses, linear(tie="one/owner"), blocks=blocks) == []


def test_of_two_repeated_uses_each_copy_is_counted_once() -> None:
    """Of u's three copies the last one's tap is taken, of v's two none."""
    blocks = block_with_a_tap(linear(2, name="tap"))
    uses = ({"block": "b", "name": name, "repeat": n} for name, n in (("u", 3), ("v", 2)))
    (finding,) = found(*uses, blocks=blocks, outputs=["v", "u/tap"])
    assert "in 4 of its 5 copies: 72 parameters learn nothing there" in finding.message


def test_what_stands_once_outside_of_idle_copies_is_not_lost_with_them() -> None:
    """Nothing but the taps takes the stem, and the last one's is an output."""
    tap = linear(2, name="tap", **from_("stem"))
    blocks = {"b": {"layers": [IN, tap, GO_ON]}}
    start = (linear(name="a"), linear(name="stem"))
    use = {"block": "b", "name": "u", "repeat": 3, "from": "a"}
    (finding,) = found(*start, use, blocks=blocks, outputs=["u", "u/tap"])
    assert "in 2 of its 3 copies: 36 parameters learn nothing there" in finding.message


@pytest.mark.parametrize(("repeat", "outer", "idle"), [(3, 1, 1), (2, 1, 1), (3, 2, 2)])
def test_what_the_last_copy_alone_leads_nowhere(repeat: int, outer: int, idle: int) -> None:
    """All but the last copy feed the next one; behind the tap of the last lies one Linear."""
    rest = [linear(8), "ReLU"]
    part = {"block": "b", "name": "u", "repeat": repeat}
    inside = {"block": "c", "repeat": outer}
    blocks = {
        "b": {"layers": [linear(8, name="x"), "ReLU", *rest]},
        "c": {"layers": [part, linear(8, **{"from": "u/x"})]},
    }
    (finding,) = found(inside, linear(4), blocks=blocks)
    assert f"the output of ReLU in {idle} of its {repeat * outer} copies" in finding.message
    assert f"{idle * (8 * 8 + 8)} parameters learn nothing there" in finding.message
