"""Layers of a spec held against those of its base: what a reviewer is told, and its laws."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlint import comparison
from nnlint.comparison.alignment import aligned
from nnlint.engine import lint_text
from nnlint.policy import EVERY_RULE

if TYPE_CHECKING:
    from nnlint.comparison import Comparison, NetworkChange

SPECS = sorted(Path(__file__).parent.parent.joinpath("specs").glob("*.yaml"))


def text(layers: list[Any], width: int = 8, **top: object) -> str:
    return json.dumps({"nnlint": 1, "input": [width], "layers": layers, **top})


def lin(width: int, name: str | None = None, **more: object) -> dict[str, Any]:
    named = {"name": name} if name else {}
    return {"type": "Linear", "out_features": width, **named, **more}


def compared(old: str, new: str) -> Comparison:
    """A change, judged as the command does."""
    before = lint_text(old)
    policy = EVERY_RULE._replace(base=comparison.graphs(before))
    return comparison.compare(before, lint_text(new, policy=policy), "new.yaml", "new.yaml")


def news(old: str, new: str) -> list[str]:
    """What a reviewer reads: `~ Linear #1 out_features 8 → 9`, `+ fc`, `- fc`."""
    network = compared(old, new).network
    assert network
    return [_told(one) for one in network.changed]


def _told(one: comparison.LayerChange) -> str:
    mark = {"added": "+", "removed": "-", "changed": "~"}[one.kind]
    facts = [f"{each.key} {each.before} → {each.after}" for each in one.differences]
    return " ".join([f"{mark} {one.called}", *facts])


def of(old: list[Any], new: list[Any]) -> list[str]:
    return news(text(old), text(new))


# --- what a reviewer expects ----------------------------------------------------------------

MLP = [lin(8), "ReLU", lin(8), "ReLU", lin(8)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # unnamed layers, by their place
        (MLP, MLP, []),
        (MLP, [*MLP, "ReLU"], ["+ ReLU #6"]),
        (MLP, ["ReLU", *MLP], ["+ ReLU #1"]),
        (MLP, MLP[1:], ["- Linear #1"]),
        (MLP, MLP[:-1], ["- Linear #5"]),
        (MLP, [*MLP[:2], "Tanh", *MLP[2:]], ["+ Tanh #3"]),
        (MLP, [*MLP[:2], "LayerNorm", *MLP[2:]], ["+ LayerNorm #3"]),
        (MLP, [*MLP[:2], *MLP[3:]], ["- Linear #3"]),
        ([lin(8), "ReLU", lin(4)], [lin(8), "GELU", lin(4)], ["- ReLU #2", "+ GELU #2"]),
        # a width, and what follows it
        ([lin(8), "ReLU", lin(4)], [lin(9), "ReLU", lin(4)],
         ["~ Linear #1 out_features 8 → 9", "~ Linear #3 input [8] → [9]"]),
        ([lin(8, bias=True)], [lin(8, bias=False)], ["~ Linear #1 bias true → false"]),
        ([lin(8)], [lin(8, trainable=False)], ["~ Linear #1 trainable true → false"]),
        ([{"type": "Dropout", "p": 0.5}], [{"type": "Dropout", "p": 0.1}],
         ["~ Dropout #1 p 0.5 → 0.1"]),
        # what is written but says nothing new
        ([lin(8)], [lin(8, bias=True)], []),
        ([lin(8)], [lin(8, in_features=8)], None),
        # names
        ([lin(8, "a"), lin(8, "b")], [lin(8, "b"), lin(8, "a")], []),
        ([lin(8, "a"), lin(4, "b")], [lin(8, "a"), lin(5, "b")],
         ["~ b out_features 4 → 5"]),
        ([lin(8, "a")], [lin(8, "z")], ["~ z name a → z"]),
        ([lin(8)], [lin(8, "z")], ["~ z name None → z"]),
        ([lin(8, "a"), lin(8, "b")], [lin(8, "a"), lin(8, "new"), lin(8, "b")], ["+ new"]),
        ([lin(8, "a"), lin(8, "b"), lin(8, "c")], [lin(8, "a"), lin(8, "c")], ["- b"]),
        ([lin(8, "act")], [{"type": "ReLU", "name": "act"}],
         [("~ act type Linear → ReLU out_features 8 → None bias true → None "
           "inplace None → false")]),
        # parts
        ([lin(8), "ReLU"], [{"type": "Sequential", "layers": [lin(8)]}, "ReLU"],
         ["~ Linear #1 inside None → Sequential"]),
        ([lin(8), "ReLU"], [{"type": "Residual", "body": [lin(8)]}, "ReLU"],
         ["~ Linear #1 inside None → Residual", "+ Add #2"]),
        ([lin(8, "a"), lin(8), {"type": "Add", "with": "a"}],
         [lin(8, "a"), lin(8, "b"), {"type": "Add", "with": "a"}], ["~ b name None → b"]),
        ([lin(8, "a"), lin(8, "b"), lin(8), {"type": "Add", "with": "a"}],
         [lin(8, "a"), lin(8, "b"), lin(8), {"type": "Add", "with": "b"}],
         ["~ Add #4 with a → b"]),
        ([lin(8, "a"), lin(8, "b"), lin(8, "c", **{"from": "a"})],
         [lin(8, "a"), lin(8, "b"), lin(8, "c")], ["~ c from a → None"]),
        ([{"type": "Sequential", "repeat": 2, "layers": [lin(8), "ReLU"]}],
         [{"type": "Sequential", "repeat": 3, "layers": [lin(8), "ReLU"]}],
         ["~ Linear #1 copies 2 → 3"]),  # the ReLU goes along: it costs nothing
        ([{"type": "Residual", "body": [lin(8)]}],
         [{"type": "Residual", "body": [lin(8), "ReLU"]}],
         ["+ ReLU #2"]),
    ],
)  # fmt: skip
def test_small_pairs(old: list[Any], new: list[Any], expected: list[str] | None) -> None:
    found = of(old, new)
    if expected is None:
        assert len(found) <= 1
    else:
        assert found == expected


def test_what_is_gone_stands_where_it_stood() -> None:
    old = [lin(8, "a"), lin(8, "b"), lin(8, "c"), lin(4, "d")]
    new = [lin(9, "a"), lin(8, "c"), lin(5, "d")]
    assert [one.split()[1] for one in of(old, new)] == ["a", "b", "c", "d"]


BLOCK: dict[str, Any] = {
    "blocks": {"mlp": {"args": {"w": 8}, "layers": [lin("$w", "up"), "ReLU", lin(8, "down")]}}  # type: ignore[arg-type]
}


def test_an_argument_of_one_use_of_a_block() -> None:
    old = text([{"block": "mlp"}, {"block": "mlp"}], **BLOCK)
    new = text([{"block": "mlp"}, {"block": "mlp", "w": 9}], **BLOCK)
    assert news(old, new) == ["~ up out_features 8 → 9", "~ down input [8] → [9]"]


def test_a_repeat_count() -> None:
    old = text([{"block": "mlp", "repeat": 3, "name": "m"}], **BLOCK)
    new = text([{"block": "mlp", "repeat": 5, "name": "m"}], **BLOCK)
    found = news(old, new)
    assert [one for one in found if "copies 3 → 5" not in one] == []
    assert len(found) == 2  # the activation between goes along: it costs nothing


def test_a_custom_layer_is_what_is_written() -> None:
    def custom(weight: int) -> list[Any]:
        return [{"type": "Custom", "parameters": {"weight": [weight, 2]}, "macs": 7}]

    assert of(custom(3), custom(3)) == []
    (told,) = of(custom(3), custom(4))
    assert told.startswith("~ Custom #1 parameters {")
    assert "3" in told.partition("→")[0]
    assert "4" in told.partition("→")[2]


def test_a_tie() -> None:
    embedding = {"type": "Embedding", "num_embeddings": 9, "embedding_dim": 4, "name": "wte"}
    head = {"type": "Linear", "out_features": 9, "bias": False, "name": "head"}

    def whole(layer: dict[str, Any]) -> str:
        return json.dumps({"nnlint": 1, "input": {"tokens": 3}, "layers": [embedding, layer]})

    assert news(whole(head), whole({**head, "tie": "wte"})) == ["~ head tie None → wte"]


def test_a_dtype_changes_bytes_alone() -> None:
    change = compared(text(MLP), text(MLP, dtype="float16")).network
    assert change
    assert (change.was.params, change.was.macs) == (change.costs.params, change.costs.macs)
    assert (change.was.size, change.costs.size) == (4 * 3 * 72, 2 * 3 * 72)  # 8·8 + 8 are 72


def test_variants_are_compared_one_by_one() -> None:
    def whole(d: int, large: int) -> str:
        return text([lin("$d")], vars={"d": d}, variants={"large": {"d": large}},  # type: ignore[arg-type]
                    budget={"params": "1k"})  # fmt: skip

    change = compared(whole(4, 8), whole(4, 9))
    assert change.kind == "changed"
    assert [(one.variant, one.was.params, one.costs.params) for one in change.networks] == [
        (None, 8 * 4 + 4, 8 * 4 + 4),
        ("large", 8 * 8 + 8, 8 * 9 + 9),
    ]


@pytest.mark.parametrize("named", [False, True])
def test_one_of_a_thousand(named: bool) -> None:
    """A layer in the middle of 1,000 is the only news, and soon found."""
    old = [lin(8, f"fc{n}" if named else None) for n in range(1000)]
    new = [*old[:500], lin(8, "new"), *old[500:]]
    begun = time.perf_counter()
    assert of(old, new) == ["+ new"]
    assert time.perf_counter() - begun < 10


@pytest.mark.parametrize("alike", [True, False])
def test_many_changes_of_a_large_network(alike: bool) -> None:
    """50 widths and 50 new layers among 3,000, and nothing else is said to be new or gone."""
    old = [lin(8 if alike else 8 + n % 7) for n in range(3000)]
    new = [lin(99) if n % 60 == 7 else one for n, one in enumerate(old)]
    for place in range(2990, 0, -60):
        new.insert(place, "ReLU")
    begun = time.perf_counter()
    network = the_network(text(old), text(new))
    assert time.perf_counter() - begun < 20
    assert sum(one.kind == "added" for one in network.layers) == 50
    assert not [one for one in network.layers if one.kind == "removed"]
    widths = [
        one for one in network.changed for each in one.differences if each.key == "out_features"
    ]
    assert len(widths) == 50


def test_two_networks_without_a_layer_in_common() -> None:
    begun = time.perf_counter()
    network = the_network(text([lin(8)] * 3000), text([lin(9, bias=False)] * 3000))
    assert time.perf_counter() - begun < 20
    assert len(network.layers) == 3000


@settings(max_examples=300, deadline=None)
@given(
    left=st.lists(st.integers(0, 2), max_size=9), right=st.lists(st.integers(0, 2), max_size=9)
)
def test_an_alignment_is_as_long_as_can_be(left: list[int], right: list[int]) -> None:
    """Against the textbook's table."""
    longest = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, one in enumerate(left):
        for j, other in enumerate(right):
            both = longest[i][j] + 1 if one == other else 0
            longest[i + 1][j + 1] = max(both, longest[i][j + 1], longest[i + 1][j])
    pairs = aligned(left, right)
    assert len(pairs) == longest[-1][-1]
    assert all(left[i] == right[j] for i, j in pairs)
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(pairs))


# --- findings -------------------------------------------------------------------------------


def codes(findings: Any) -> list[str]:
    return [one.rule.code for one in findings]


STATED = lin(8, in_features=3)
"""8 features reach it: NN202 or its like."""


def test_a_finding_moves_with_its_layer() -> None:
    old = [lin(8), STATED]
    new = [lin(8), lin(8, "between"), "ReLU", STATED]
    change = compared(text(old), text(new))
    (code,) = codes(lint_text(text(old)).errors)
    assert code not in codes(change.new)
    assert code not in codes(change.fixed)


def test_new_and_fixed() -> None:
    clean, broken = text([lin(8)]), text([STATED])
    (code,) = codes(lint_text(broken).errors)
    assert (codes(compared(clean, broken).new), codes(compared(clean, broken).fixed)) == (
        [code],
        [],
    )
    assert (codes(compared(broken, clean).new), codes(compared(broken, clean).fixed)) == (
        [],
        [code],
    )


def test_one_of_two_equal_findings_is_fixed() -> None:
    two, one = [STATED, "ReLU", STATED], [STATED, "ReLU", lin(8)]
    change = compared(text(two), text(one))
    assert len(change.fixed) == 1
    assert change.new == ()
    back = compared(text(one), text(two))
    assert len(back.new) == 1
    assert back.fixed == ()


def test_a_budget_that_is_broken_stays_broken() -> None:
    limit = {"budget": {"params": 10}}
    change = compared(text([lin(8)], **limit), text([lin(9)], **limit))
    assert (codes(change.new), codes(change.standing)) == ([], ["NN901"])
    assert change.gated
    assert codes(change.gated.findings) == ["NN901"]
    mended = compared(text([lin(8)], **limit), text([lin(1)], **limit))
    assert codes(mended.fixed) == ["NN901"]


# --- limits that the change itself loosens --------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ({"params": 100}, {"params": 101}, [("params", "100", "101")]),
        ({"params": 100}, {"params": 100}, []),
        ({"params": 100}, {"params": 99}, []),
        ({"params": 100}, {"params": {"max": "0.1k"}}, []),
        ({"params": 100}, {}, [("params", "100", None)]),
        ({}, {"params": 100}, []),
        ({"params": 100}, {"params": {"max": 100, "level": "warning"}},
         [("params", "100", "100 (warning)")]),
        ({"params": {"max": 100, "level": "info"}}, {"params": 100}, []),
        ({"params": {"max_increase": 5}}, {"params": {"max_increase": 6}},
         [("params.max_increase", "5", "6")]),
        ({"params": {"max_increase_pct": "5%"}}, {},
         [("params.max_increase_pct", "5.0 %", None)]),
        ({"params": {"max_increase": 5}}, {"params": {"max_increase": 5, "max": 9999}}, []),
        ({"layers": {"a": {"params": 90}}}, {"layers": {"a": {"params": 91}}},
         [("params of a", "90", "91")]),
        ({"size": {"max": 400, "dtype": "int8"}}, {"size": 4000},
         [("size as int8", "400 B", None)]),
    ],
)  # fmt: skip
def test_limits_that_let_more_pass(
    old: dict[str, Any], new: dict[str, Any], seen: list[tuple[str, str, str | None]]
) -> None:
    before, after = (text([lin(8, "a")], budget=budget) for budget in (old, new))
    change = compared(before, after)
    found = [(one.was.name, one.was.most, one.now and one.now.most) for one in change.loosened]
    assert found == seen
    assert change.kind == ("changed" if seen else "same") or codes(change.new)


def test_a_layer_that_goes_takes_no_limit_with_it() -> None:
    budget = {"layers": {"*": {"params": "1k"}}}
    before = text([lin(8, "a"), lin(8, "b")], budget=budget)
    assert compared(before, text([lin(8, "a")], budget=budget)).loosened == ()


# --- laws -----------------------------------------------------------------------------------

LAW = settings(max_examples=80, deadline=None)
names = st.sampled_from([None, None, "a", "b", "c", "d"])
plain = st.one_of(
    st.builds(lambda width, name, bias: lin(width, name, bias=bias), st.sampled_from([2, 4, 8]),
              names, st.booleans()),
    st.sampled_from(["ReLU", "GELU", "LayerNorm", "BatchNorm1d"]),
)  # fmt: skip
layers_ = st.recursive(
    st.lists(plain, min_size=1, max_size=5),
    lambda inner: st.builds(
        lambda body, count, rest: [
            {"type": "Sequential", "repeat": count, "layers": body}, *rest
        ],
        inner, st.integers(1, 3), st.lists(plain, max_size=3),
    ),
    max_leaves=3,
)  # fmt: skip


def unique(layers: list[Any]) -> list[Any]:
    """The same, each name once."""
    taken: set[str] = set()

    def one(layer: Any) -> Any:
        if isinstance(layer, str):
            return layer
        layer = dict(layer)
        if layer.get("name") in taken:
            del layer["name"]
        taken.add(layer.get("name", ""))
        if "layers" in layer:
            layer["layers"] = [one(each) for each in layer["layers"]]
        return layer

    return [one(layer) for layer in layers]


networks = layers_.map(unique).map(text)


def the_network(old: str, new: str) -> NetworkChange:
    network = compared(old, new).network
    assert network
    return network


@LAW
@given(network=networks)
def test_a_network_against_itself_is_no_news(network: str) -> None:
    change = compared(network, network)
    assert change.kind == "same"
    assert (change.new, change.fixed) == ((), ())


@LAW
@given(old=networks, new=networks)
def test_every_layer_of_both_is_there_once_and_in_order(old: str, new: str) -> None:
    change = the_network(old, new)
    assert change.before
    assert change.after
    befores = [id(one.before) for one in change.layers if one.before]
    afters = [id(one.after) for one in change.layers if one.after]
    assert sorted(befores) == sorted(map(id, change.before.nodes))
    assert afters == list(map(id, change.after.nodes))


@LAW
@given(old=networks, new=networks)
def test_changes_of_layers_add_up_to_that_of_the_totals(old: str, new: str) -> None:
    change = the_network(old, new)
    for field in ("params", "macs", "size"):
        layers = sum(
            getattr(one.costs, field) - getattr(one.was, field) for one in change.layers
        )
        assert layers == getattr(change.costs, field) - getattr(change.was, field)


@LAW
@given(old=networks, new=networks)
def test_there_and_back(old: str, new: str) -> None:
    """What one way adds the other takes away, and each difference turns round."""
    there, back = the_network(old, new), the_network(new, old)
    assert (there.was, there.costs) == (back.costs, back.was)
    for field in ("params", "macs", "size"):
        gained = sum(getattr(one.costs, field) for one in there.layers if one.kind == "added")
        lost = sum(getattr(one.was, field) for one in back.layers if one.kind == "removed")
        assert gained == lost
    mirror = {"added": "removed", "removed": "added", "changed": "changed", "same": "same"}
    one_way = sorted(mirror[one.kind] for one in there.layers)
    assert one_way == sorted(one.kind for one in back.layers)


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_the_zoo_against_itself(spec: Path) -> None:
    report, again = (lint_text(spec.read_text()) for _ in range(2))
    change = comparison.compare(report, again, "a", "a")
    assert change.kind == "same"


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_a_layer_put_into_a_real_network_is_the_only_one_that_is_new(
    data: st.DataObject,
) -> None:
    small = [
        path
        for path in SPECS
        if path.stat().st_size < 1500 and "layers:\n  - " in path.read_text()
    ]
    lines = data.draw(st.sampled_from(small)).read_text().splitlines()
    at = lines.index("layers:") + 1
    places = [n for n in range(at, len(lines)) if lines[n].startswith("  - ")]
    place = data.draw(st.sampled_from(places))
    new = [*lines[:place], "  - {type: Dropout, p: 0.123, name: only_new}", *lines[place:]]
    change = the_network("\n".join(lines), "\n".join(new))
    assert [one.called for one in change.layers if one.kind == "added"] == ["only_new"]
    assert [one for one in change.layers if one.kind == "removed"] == []
