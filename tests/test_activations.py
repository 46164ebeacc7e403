"""Peak and sum of the activations, against a network that is unrolled and simulated.

The simulation knows no graph: it lays every copy of every layer one after the other, and
asks at each step which outputs are still needed.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlint import wiring
from nnlint.activations import RULE, Activations, activations, held_at_peak
from nnlint.engine import lint_text
from nnlint.formats import render
from nnlint.terminal import Style

LAW = settings(max_examples=150, deadline=None)


def linear(out: int, **more: Any) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out, **more}


def found(text: str) -> Activations:
    report = lint_text(text)
    assert report.graph
    return activations(report.graph)


def estimate(*layers: Any, width: int = 4, **top: Any) -> Activations:
    return found(json.dumps({"nnlint": 1, "input": [width], "layers": layers, **top}))


# The simulation


class Value(NamedTuple):
    """One output of one layer, or an input."""

    number: int
    size: int


class Simulated:
    """The unrolled network: every output with its size, and the steps that take it."""

    def __init__(self) -> None:
        self.values: list[tuple[str, int, tuple[int, ...]]] = []
        self.named: dict[str, Value] = {}
        self.kept: set[int] = set()

    def add(self, kind: str, size: int, *sources: Value) -> Value:
        self.values.append((kind, size, tuple(one.number for one in sources)))
        return Value(len(self.values) - 1, size)

    def needed_at(self, step: int) -> int:
        """Elements alive at a step: its own, and what it or a later one takes."""
        later = {source for _, _, sources in self.values[step:] for source in sources}
        first = sum(kind == "input" for kind, _, _ in self.values)
        made = range(max(step + 1, first))
        alive = [one for one in made if one in later or one in self.kept or one == step]
        return sum(self.values[one][1] for one in alive)

    def steps(self) -> list[int]:
        return [n for n, (kind, _, _) in enumerate(self.values) if kind != "input"]

    def peak(self) -> int:
        return max(self.needed_at(step) for step in self.steps())

    def peaks(self) -> set[tuple[str, int]]:
        """What is computed where the most is alive."""
        peak = self.peak()
        return {self.values[n][:2] for n in self.steps() if self.needed_at(n) == peak}

    def total(self) -> int:
        return sum(self.values[step][1] for step in self.steps())


def run(world: Simulated, items: list[Any], x: Value) -> Value:
    for item in items:
        x = run_one(world, item, x)
    return x


def run_one(world: Simulated, item: Any, x: Value) -> Value:
    """What one layer does, as its manual says."""
    kind = item if isinstance(item, str) else item["type"]
    doing = {"ReLU": relu, "Linear": dense, "Concat": concat, "Sequential": sequential,
             "Residual": residual, "Parallel": parallel}  # fmt: skip
    y = doing[kind](world, item, x)
    if "name" in item:
        world.named[item["name"]] = y
    return y


def relu(world: Simulated, _: Any, x: Value) -> Value:
    return world.add("ReLU", x.size, x)


def dense(world: Simulated, item: Any, x: Value) -> Value:
    return world.add("Linear", item["out_features"], world.named.get(item.get("from"), x))


def concat(world: Simulated, item: Any, x: Value) -> Value:
    sources = [x if name == "previous" else world.named[name] for name in item.get("from", [])]
    sources = sources or [x, world.named[item["with"]]]
    return world.add("Concat", sum(one.size for one in sources), *sources)


def sequential(world: Simulated, item: Any, x: Value) -> Value:
    for _ in range(item.get("repeat", 1)):
        x = run(world, item["layers"], x)
    return x


def parallel(world: Simulated, item: Any, x: Value) -> Value:
    ends = [run(world, branch, x) for branch in item["branches"]]
    return world.add("Concat", sum(end.size for end in ends), *ends)


def residual(world: Simulated, item: Any, x: Value) -> Value:
    y = run(world, item["body"], x)
    side = x if x.size == y.size else world.add("Linear", y.size, x)
    return world.add("Add", y.size, y, side)


def simulated(inputs: dict[str, int], layers: list[Any], outputs: list[str]) -> Simulated:
    world = Simulated()
    world.named = {name: world.add("input", size) for name, size in inputs.items()}
    last = run(world, layers, next(iter(world.named.values())))
    ends = [world.named[name] for name in outputs] or [last]
    world.kept = {end.number for end in ends}
    return world


# Random networks

sizes = st.integers(1, 9)
OUTER = "stem"
leaves = st.one_of(
    st.just("ReLU"),
    st.builds(linear, sizes),
    st.builds(lambda n: {"type": "Sequential", "layers": [
        {"type": "Concat", "with": OUTER}, linear(n)]}, sizes),
)  # fmt: skip


def grown(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    layers = st.lists(children, min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda x, n: {"type": "Sequential", "layers": x, "repeat": n}, layers,
                  st.integers(1, 4)),
        st.builds(lambda x: {"type": "Residual", "body": x, "on_mismatch": "project"}, layers),
        st.builds(lambda x: {"type": "Parallel", "branches": x},
                  st.lists(st.one_of(layers, st.just([])), min_size=2, max_size=3)),
    )  # fmt: skip


bodies = st.lists(st.recursive(leaves, grown, max_leaves=6), min_size=1, max_size=4)


def assert_as_simulated(inputs: dict[str, int], layers: list[Any], outputs: list[str]) -> None:
    spec = {"nnlint": 1, "inputs": {name: [size] for name, size in inputs.items()},
            "layers": layers, **({"outputs": outputs} if outputs else {})}  # fmt: skip
    got, world = found(json.dumps(spec)), simulated(inputs, layers, outputs)
    graph = lint_text(json.dumps(spec)).graph
    assert graph
    assert sum(elements for _, elements in held_at_peak(graph)) == world.peak()
    assert got.complete
    assert got.total == world.total()
    assert got.peak == world.peak()
    assert got.at
    assert (got.at.spec.type, got.at.output.dims[0]) in world.peaks()


@LAW
@given(width=sizes, stem=sizes, body=bodies)
def test_one_way_in_and_out(width: int, stem: int, body: list[Any]) -> None:
    assert_as_simulated({"x": width}, [linear(stem, name=OUTER), *body], [])


@LAW
@given(widths=st.tuples(sizes, sizes), stem=sizes, body=bodies, late=st.booleans())
def test_several_inputs(
    widths: tuple[int, int], stem: int, body: list[Any], *, late: bool
) -> None:
    both = {"type": "Concat", "from": ["x", "y"]}
    second = [*body, {"type": "Concat", "with": "y"}] if late else body
    first = linear(stem, name=OUTER, **({"from": "x"} if late else {}))
    layers = [first, *second] if late else [both, first, *second]
    assert_as_simulated(dict(zip("xy", widths, strict=True)), layers, [])


@LAW
@given(width=sizes, stem=sizes, body=bodies, head=sizes)
def test_several_outputs(width: int, stem: int, body: list[Any], head: int) -> None:
    ends = [linear(head, name="end"), linear(3, **{"from": OUTER}, name="side")]
    layers = [linear(stem, name=OUTER), *body, *ends]
    assert_as_simulated({"x": width}, layers, ["end", "side"])
    assert_as_simulated({"x": width}, layers, ["end", "side", OUTER])


def part(*layers: Any, repeat: int = 1) -> dict[str, Any]:
    return {"type": "Sequential", "layers": list(layers), "repeat": repeat}


def with_the_stem(out: int) -> list[Any]:
    """`out` of what comes before and of the stem, each through one number."""
    both = {"type": "Concat", "from": ["own", "others"]}
    own, others = linear(1, name="own"), linear(1, **{"from": OUTER}, name="others")
    return [own, others, both, linear(out)]


CHOSEN: dict[str, list[Any]] = {
    "chain": [linear(7), "ReLU", linear(2), linear(9), linear(1)],
    "copies": [part(linear(30), linear(4), repeat=3), linear(2)],
    "copies of another width": [part(linear(30), linear(5), repeat=4)],
    # each of these layers computes once in each copy: two of 200 are never held at once
    "large": [part(linear(200), linear(4), repeat=3), linear(2)],
    "large parts in parts": [part(part(linear(200), linear(4), repeat=2), linear(9), repeat=2)],
    "with the stem": [part({"type": "Concat", "with": OUTER}, linear(3), repeat=3), linear(40)],
    # only a copy between the first and the last holds the stem beside the copy before it
    "between": [part({"type": "Residual", "body": [*with_the_stem(60), linear(50)]}, repeat=3)],
    "parts in parts": [part(part(linear(9), linear(3), repeat=2), linear(20), repeat=3)],
    "sums": [part({"type": "Residual", "body": [linear(8), linear(4)],
                   "on_mismatch": "project"}, repeat=3)],
    "branches": [part({"type": "Parallel", "branches": [[linear(3)], [], ["ReLU"]]}, linear(4),
                      repeat=2)],
    # a later copy holds the stem, the 200 of the copy before it and both together
    "with what came before": [linear(4), part({"type": "Concat", "from": [OUTER, "previous"]},
                                              linear(1), linear(200), repeat=3), linear(2)],
    "late": [linear(1), linear(60), linear(1), {"type": "Concat", "with": OUTER}],
    "once in each copy": [part(part(linear(60), linear(60)), linear(50), repeat=3)],
}  # fmt: skip


@pytest.mark.parametrize("body", CHOSEN.values(), ids=CHOSEN)
def test_chosen_networks(body: list[Any]) -> None:
    """By the same law as those that are drawn, and the same ones each time."""
    layers = [linear(50, name=OUTER), *body]
    assert_as_simulated({"x": 4}, layers, [])
    ends = [linear(3, name="end"), linear(2, **{"from": OUTER}, name="side")]
    assert_as_simulated({"x": 4}, [*layers, *ends], ["end", "side"])


@pytest.mark.parametrize("outputs", [["x", "end"], ["y", "end"], [OUTER, "end"], ["end"]])
def test_chosen_inputs_and_outputs(outputs: list[str]) -> None:
    layers = [linear(5, name=OUTER, **{"from": "x"}), linear(30), linear(2),
              {"type": "Concat", "with": "y"}, linear(40), linear(1, name="end")]  # fmt: skip
    assert_as_simulated({"x": 7, "y": 9}, layers, outputs)


def test_an_output_that_is_not_there_is_not_kept() -> None:
    """Of 50, 1 and 60 nothing leaves the network, as far as anybody can tell."""
    layers = [linear(50), linear(1), linear(60)]
    assert estimate(*layers, outputs=["zzz"]).peak == 60 + 1


def test_before_the_first_layer_the_inputs_are_held() -> None:
    graph = lint_text(json.dumps({"nnlint": 1, "input": [4], "layers": [part()]})).graph
    assert graph
    assert held_at_peak(graph) == [("input", 4)]


def test_a_network_of_very_many_steps_is_walked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine steps and one, but only five are walked copy by copy; the last holds the most."""
    monkeypatch.setattr("nnlint.activations.MOST_STEPS", 5)
    layers = [part(linear(3), linear(60), linear(4), repeat=3), linear(500)]
    assert estimate(*layers).peak == 4 + 500 == simulated({"x": 4}, layers, []).peak()


# The rule, on networks that fit a line


@pytest.mark.parametrize(
    ("layers", "peak", "total"),
    [
        ([linear(3)], 4 + 3, 3),
        ([linear(3), linear(5)], 3 + 5, 3 + 5),  # the input is dropped after its last use
        ([linear(1), linear(1), linear(9)], 9 + 1, 11),
        (["ReLU"] * 3, 4 + 4, 12),  # nothing is computed in place
        ([{"type": "Residual", "body": [linear(7), linear(4)]}], 4 + 7 + 4, 7 + 4 + 4),
        ([linear(4, repeat=100)], 4 + 4, 400),
        ([linear(4, repeat=100, shared=True)], 4 + 4, 400),  # shared copies compute, too
        ([{"type": "Parallel", "branches": [[linear(5)], [linear(6)]]}], 5 + 6 + 11, 22),
        (["Flatten", linear(2, norm="BatchNorm1d", act="ReLU")], 4 + 4, 4 + 2 + 2 + 2),
    ],
)
def test_the_rule_as_it_is_written(layers: list[Any], peak: int, total: int) -> None:
    assert (estimate(*layers).peak, estimate(*layers).total) == (peak, total)


def test_an_outer_value_is_kept_until_the_last_copy_took_it() -> None:
    """The stem (100) waits while all copies but the last compute 150 of 1."""
    inside = [{"type": "Concat", "with": OUTER}, linear(1), linear(150), linear(1)]
    part = {"type": "Sequential", "repeat": 3, "layers": inside}
    assert estimate(linear(100, name=OUTER), linear(1), part).peak == 100 + 1 + 150


def test_copies_that_take_a_value_beside_their_chain_hold_both() -> None:
    """The first copy takes the stem (2) twice, the second the copy before it and the stem."""
    inside = [{"type": "Concat", "with": OUTER}, linear(2)]
    part = {"type": "Sequential", "repeat": 2, "layers": inside}
    assert estimate(linear(2, name=OUTER), part, width=1).peak == 2 + 2 + 4


def test_each_input_is_dropped_after_its_own_last_use() -> None:
    """x (50) is gone when 60 is computed of 1, y (2) waits for the end."""
    layers = [
        linear(1, **{"from": "x"}),
        linear(60),
        linear(1),
        {"type": "Concat", "with": "y"},
    ]
    text = {"nnlint": 1, "inputs": {"x": [50], "y": [2]}, "layers": layers}
    assert found(json.dumps(text)).peak == 2 + 1 + 60


def test_outputs_are_kept_to_the_end() -> None:
    layers = [linear(50, name="a"), linear(1), linear(60), linear(1, name="b")]
    assert estimate(*layers, outputs=["a", "b"]).peak == 50 + 60 + 1
    assert estimate(*layers, outputs=["b"]).peak == 60 + 1


def test_an_input_that_is_an_output_is_kept_to_the_end() -> None:
    layers = [linear(1), linear(60), linear(1, name="end")]
    assert_as_simulated({"x": 50}, layers, ["end", "x"])
    assert estimate(*layers, width=50, outputs=["end", "input"]).peak == 50 + 1 + 60
    assert estimate(*layers, width=50, outputs=["end"]).peak == 1 + 60


def test_experts_that_are_not_chosen_compute_nothing() -> None:
    """A router of 8, then 2 of 8 experts with 16 and 4 for each of 3 tokens."""
    moe = {"type": "MoE", "num_experts": 8, "top_k": 2, "expert": [linear(16), linear(4)]}
    text = {"nnlint": 1, "input": {"sequence": [3, 4]}, "layers": [moe]}
    assert found(json.dumps(text)).total == 3 * (8 + 2 * (16 + 4))


@pytest.mark.parametrize(
    ("layers", "peak"),
    [
        # in the second copy, too, the end of the copy before is gone when 60 is computed
        ([linear(100),
          part(linear(1), linear(100), part(linear(60), linear(100), repeat=3), repeat=2)],
         100 + 60),
        # a part that stands once in each copy takes 50 once: not while its second 60 is made
        ([linear(50), part(part(linear(60), linear(60)), linear(50), repeat=2)], 60 + 60),
        ([linear(50), part(part(linear(60), linear(60), repeat=2), linear(50), repeat=3)],
         60 + 60),
    ],
)  # fmt: skip
def test_parts_in_parts(layers: list[Any], peak: int) -> None:
    assert estimate(*layers).peak == peak
    assert simulated({"input": 4}, layers, []).peak() == peak


def test_nothing_is_computed_where_there_are_no_layers() -> None:
    got = estimate(part())
    assert (got.peak, got.at, got.total) == (4, None, 0)


# What is not known

HOLES: list[Any] = [{"type": "Linear"}, {"type": "Linear", "out_features": "$nowhere"}, "Dense"]


@pytest.mark.parametrize("hole", HOLES, ids=str)
@pytest.mark.parametrize("known", [[], [linear(30), linear(2)], ["ReLU"]], ids=str)
def test_what_is_unknown_makes_lower_bounds(hole: Any, known: list[Any]) -> None:
    after = [linear(6), "ReLU"]
    got = estimate(*known, hole, *after)
    whole = estimate(*known, linear(1), *after)
    assert not got.complete
    assert got.peak <= whole.peak
    assert got.total <= whole.total
    assert got.peak >= estimate(*known, "ReLU").peak - 4 if known else True
    assert got.total >= sum(item["out_features"] for item in known if item != "ReLU")


def test_a_shape_that_nobody_knows_makes_lower_bounds() -> None:
    """No layer is refused, and none has MACs that could be unknown: only an input is wrong."""
    layers = [{"type": "ReLU", "from": "known"}, {"type": "ReLU", "from": "wrong"}]
    for chosen in (layers, layers[1:]):
        inputs = {"known": [3], "wrong": [0]}
        got = found(json.dumps({"nnlint": 1, "inputs": inputs, "layers": chosen}))
        assert not got.complete


def test_a_lower_bound_says_so() -> None:
    text = json.dumps({"nnlint": 1, "input": [4], "layers": [linear(3), {"type": "Linear"}]})
    assert "peak ≥ " in render("full", [lint_text(text)], Style())
    (file,) = json.loads(render("json", [lint_text(text)], Style()))["files"]
    assert not file["network"]["activations"]["complete"]


def test_a_network_that_was_cut_short_is_not_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its layers end where the rows do; those left out would add to both."""
    monkeypatch.setattr(wiring, "MAX_ROWS", 10)
    layers = [{"type": "Linear", "out_features": "$in + 1", "repeat": 11}]
    report = lint_text(json.dumps({"nnlint": 1, "input": [1], "layers": layers}))
    assert "NN209" in [finding.rule.code for finding in report.findings]
    assert report.graph
    assert not activations(report.graph).complete


def test_formats_show_the_same_and_the_rule() -> None:
    """4 + 300 elements of 4 bytes are 1216 bytes: 1.2 KiB."""
    text = json.dumps({"nnlint": 1, "input": [4], "layers": [linear(300, name="wide")]})
    full = render("full", [lint_text(text)], Style())
    assert f"activations peak 1.2 KiB at wide (#1), sum 1.2 KiB ({RULE})" in full
    (file,) = json.loads(render("json", [lint_text(text)], Style()))["files"]
    assert file["network"]["activations"] == {
        "peak": 304, "total": 300, "bytes_at_peak": 1216, "complete": True, "rule": RULE,
    }  # fmt: skip
