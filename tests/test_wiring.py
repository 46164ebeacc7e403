"""Names, sources, repeats, and what is still found behind a mistake."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlint.engine import lint_text

if TYPE_CHECKING:
    from nnlint.graph import Graph
    from nnlint.report import Report

BROKEN = {"type": "Linear"}


def text_of(*layers: object, **inputs: object) -> str:
    return json.dumps({"nnlint": 1, **(inputs or {"input": [8]}), "layers": layers})


def lint(*layers: object, **inputs: object) -> Report:
    return lint_text(text_of(*layers, **inputs))


def graph_of(*layers: object, **inputs: object) -> Graph:
    graph = lint(*layers, **inputs).graph
    assert graph is not None
    return graph


def found(report: Report, code: str) -> list[str]:
    return [finding.message for finding in report.findings if finding.rule.code == code]


def linear(out_features: int, **more: object) -> dict[str, Any]:
    return {"type": "Linear", "out_features": out_features, **more}


def sequential(*layers: object, **more: object) -> dict[str, Any]:
    return {"type": "Sequential", "layers": list(layers), **more}


def relu(**more: object) -> dict[str, Any]:
    return {"type": "ReLU", **more}


# Names and sources


@pytest.mark.parametrize(
    ("source", "arrives"),
    [("input", 8), ("first", 5), ("second", 3), ("previous", 2), ("group", 2), ("copies", 3)],
)
def test_from_takes_the_layer_of_that_name(source: str, arrives: int) -> None:
    graph = graph_of(
        linear(5, name="first"), relu(), linear(3, name="second"),
        linear(3, name="copies", repeat=4), sequential(linear(2), name="group"),
        linear(7, **{"from": source}),
    )  # fmt: skip
    assert graph.nodes[-1].inputs[0].dims == (arrives,)
    assert graph.nodes[-1].params == arrives * 7 + 7


def test_several_inputs_are_taken_by_name() -> None:
    layers = (
        linear(4, name="left", **{"from": "a"}), linear(6, name="right", **{"from": "b"}),
        {"type": "Bilinear", "out_features": 2, "from": ["left", "previous"]},
    )  # fmt: skip
    graph = graph_of(*layers, inputs={"a": [3], "b": [5]})
    assert graph.problems == []
    assert graph.totals.weights == 3 * 4 + 5 * 6 + 2 * 4 * 6


def test_the_order_of_sources_is_kept() -> None:
    for order, shape in ((["a", "b"], (2, 3, 5)), (["b", "a"], (2, 5, 3))):
        layer = {"type": "Bilinear", "out_features": 2, "from": order}
        (node,) = graph_of(layer, inputs={"a": [3], "b": [5]}).nodes
        assert {t.name: t.shape for t in node.tensors}["weight"] == shape


def test_the_first_of_several_inputs_must_be_named() -> None:
    (finding,) = lint(linear(3), inputs={"a": [4], "b": [5]}).findings
    assert finding.rule.code == "NN206"
    assert "the network has 2 inputs" in finding.message
    assert finding.help == "say which it takes, with from: a or b"


def test_too_many_sources_are_refused() -> None:
    report = lint(linear(3, **{"from": ["a", "b"]}), inputs={"a": [4], "b": [5]})
    (message,) = found(report, "NN206")
    assert message.startswith("Linear takes 1 input, but ")
    assert "2" in message


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    (finding,) = lint(linear(3, name="hidden"), relu(**{"from": "hiden"})).findings
    assert finding.rule.code == "NN207"
    assert finding.message == "ReLU takes 'hiden', but nothing before it has that name"
    assert finding.help == "did you mean 'hidden'?"
    assert finding.path == ("layers", 1, "from")


def test_an_unknown_name_in_a_list_is_pointed_at() -> None:
    layer = {"type": "Bilinear", "out_features": 2, "from": ["input", "zzz"]}
    (finding,) = lint(layer).findings
    assert finding.path == ("layers", 0, "from", 1)
    assert "known here: previous and input" in (finding.help or "")


def test_a_later_layer_is_unknown_yet() -> None:
    report = lint(relu(**{"from": "later"}), linear(3, name="later"))
    assert len(found(report, "NN207")) == 1


@pytest.mark.parametrize("name", ["fc", "previous"])
def test_a_name_stands_once(name: str) -> None:
    report = lint(linear(3, name="fc"), relu(), linear(2, name=name))
    (finding,) = [f for f in report.findings if f.rule.code == "NN208"]
    assert finding.message == f"the name '{name}' is taken already"
    assert finding.path == ("layers", 2, "name")


def test_a_name_that_stands_twice_means_the_first() -> None:
    twice = (linear(3, name="a"), relu(), linear(5, name="a"))
    graph = graph_of(*twice, linear(2, **{"from": "a"}))
    assert graph.nodes[-1].inputs[0].dims == (3,)


def test_names_inside_are_local() -> None:
    inner = sequential(linear(5, name="inner"), relu(), linear(8), repeat=2, name="group")
    assert len(found(lint(inner, relu(**{"from": "inner"})), "NN207")) == 1
    assert found(lint(inner, relu(**{"from": "group/inner"})), "NN207") == []
    assert found(lint(inner, relu(), linear(5, name="inner")), "NN208") == []


def test_a_part_that_stands_once_shares_the_names_around_it() -> None:
    inner = sequential(linear(5, name="inner"), name="group")
    assert found(lint(inner, relu(**{"from": "inner"})), "NN207") == []
    assert found(lint(inner, relu(**{"from": "group/inner"})), "NN207") == []
    assert len(found(lint(inner, relu(), linear(5, name="inner")), "NN208")) == 1


def test_outer_names_are_seen_inside_and_may_be_shadowed() -> None:
    outer = linear(5, name="a")
    seen = graph_of(outer, relu(), sequential(sequential(linear(2, **{"from": "a"}))))
    assert seen.nodes[-1].inputs[0].dims == (5,)
    shadow = (linear(3, name="a"), relu(), linear(2, **{"from": "a"}))
    inside = graph_of(outer, relu(), sequential(*shadow, repeat=2))
    assert inside.nodes[-1].inputs[0].dims == (3,)


def test_names_of_each_copy_are_its_own() -> None:
    body = (linear(6, name="x"), relu(), linear(8, **{"from": "x"}))
    report = lint(sequential(*body, repeat=3))
    assert found(report, "NN208") == found(report, "NN207") == []
    assert report.graph is not None
    assert report.graph.totals.params == 3 * (8 * 6 + 6 + 6 * 8 + 8)


def test_consumers_are_those_that_take_the_output() -> None:
    graph = graph_of(linear(8, name="a"), relu(), linear(8, **{"from": "a"}), relu())
    assert graph.nodes[0].consumers == [graph.nodes[1], graph.nodes[2]]
    assert graph.nodes[1].consumers == []
    assert graph.output.node is graph.nodes[3]


def test_in_is_what_the_first_of_several_inputs_brings() -> None:
    layer = {"type": "Bilinear", "out_features": "2*$in", "from": ["a", "b"]}
    graph = graph_of(layer, inputs={"a": [3], "b": [5]})
    assert graph.totals.weights == 6 * 3 * 5


@pytest.mark.parametrize(
    "part", [sequential(linear(3)), {"type": "Residual", "body": [relu()]}], ids=["all", "sum"]
)
def test_a_part_takes_one_input(part: dict[str, Any]) -> None:
    (finding,) = lint({**part, "from": ["a", "b"]}, inputs={"a": [8], "b": [8]}).findings
    assert finding.rule.code == "NN206"
    assert finding.message == f"{part['type']} takes 1 input, but gets 2"


def test_names_inside_an_expert_are_its_own() -> None:
    expert = [linear(8, name="up")]
    moe = {"type": "MoE", "num_experts": 4, "top_k": 2, "expert": expert,
           "shared_expert": expert}  # fmt: skip
    tokens = {"sequence": [5, 8]}
    assert lint(moe, input=tokens).findings == ()
    report = lint(moe, linear(2, **{"from": "up"}), input=tokens)
    assert len(found(report, "NN207")) == 1


def test_an_unknown_name_is_told_beside_an_input_that_is_wrong() -> None:
    """One of the two inputs is known, so a name that is neither is a mistake of its own."""
    report = lint(linear(3, **{"from": "zzz"}), inputs={"a": [3], "b": [0]})
    assert len(found(report, "NN207")) == 1


def test_an_unknown_name_in_like_is_pointed_at() -> None:
    (finding,) = lint({"type": "Upsample", "like": "zzz"}, input=[3, 8, 8]).findings
    assert (finding.rule.code, finding.path) == ("NN207", ("layers", 0, "like"))


# Repeats


def test_the_end_of_a_repeated_part_feeds_the_next_copy() -> None:
    """Not what took the same output before, outside of the part."""
    graph = graph_of(
        linear(8, name="a"), relu(**{"from": "a"}),
        sequential(relu(), linear(8), repeat=3, **{"from": "a"}),
    )  # fmt: skip
    _, outside, start, end = graph.nodes
    assert end.loops == [(start,)]
    assert [*end.followers()] == [(start,), ()]  # the last copy's leaves the network
    assert outside.loops == start.loops == []


def test_of_copies_that_differ_only_the_equal_ones_feed_each_other() -> None:
    """8 -> 5, then twice 5 -> 5: the first end feeds the other row, that one itself."""
    graph = graph_of(
        linear(8, name="a"), relu(**{"from": "a"}),
        sequential(relu(), linear(5), repeat=3, **{"from": "a"}),
    )  # fmt: skip
    *_, first_end, start, end = graph.nodes
    assert (first_end.consumers, first_end.loops) == ([start], [])
    assert end.loops == [(start,)]


def test_a_last_copy_feeds_no_other() -> None:
    """8 -> 5, then once 5 -> 5."""
    graph = graph_of(sequential(relu(), linear(5), repeat=2))
    assert [node.loops for node in graph.nodes] == [[]] * 4


def test_an_empty_part_gives_what_it_takes_however_often_it_stands() -> None:
    empty = sequential(repeat=3)
    assert graph_of(empty, linear(4)).totals.params == 8 * 4 + 4
    graph = graph_of(linear(8), empty, relu())
    assert graph.nodes[0].consumers == [graph.nodes[1]]
    assert graph.nodes[0].loops == []


@pytest.mark.parametrize("layers", [(), (sequential(),), (sequential(repeat=3),)])
def test_nothing_takes_an_only_input_where_all_is_empty(layers: tuple[object, ...]) -> None:
    assert found(lint(*layers), "NN956") == []


def deep(times: int, depth: int) -> dict[str, Any]:
    body = sequential(linear(8), "ReLU", repeat=times)
    for _ in range(depth - 1):
        body = sequential(body, repeat=times)
    return body


def seconds(text: str) -> float:
    def once() -> float:
        start = time.perf_counter()
        lint_text(text)
        return time.perf_counter() - start

    return min(once() for _ in range(3))


@pytest.mark.parametrize(("times", "depth"), [(2, 1), (10**6, 1), (10**18, 3)])
def test_a_repeat_costs_the_same_however_often_it_stands(times: int, depth: int) -> None:
    assert seconds(text_of(deep(times, depth))) < 0.05


@pytest.mark.parametrize(("times", "depth"), [(10**6, 1), (10**18, 3)])
def test_giant_totals_are_exact(times: int, depth: int) -> None:
    totals = graph_of(deep(times, depth)).totals
    copies = times**depth
    assert (totals.weights, totals.biases) == (64 * copies, 8 * copies)
    assert (totals.params, totals.macs) == (72 * copies, 64 * copies)


def test_a_repeated_layer_of_another_width_has_a_first_copy_of_its_own() -> None:
    graph = graph_of(linear(5, repeat=10))
    assert [node.count for node in graph.nodes] == [1, 9]
    assert graph.totals.weights == 8 * 5 + 9 * 5 * 5
    assert graph.totals.biases == 10 * 5


def test_a_repeated_body_of_another_width_too() -> None:
    graph = graph_of(sequential(linear(6), "BatchNorm1d", "ReLU", linear(5), repeat=10**6))
    rest = 10**6 - 1
    assert graph.totals.weights == (48 + 6 + 30) + rest * (30 + 6 + 30)
    assert graph.totals.biases == 10**6 * (6 + 6 + 5)
    assert graph.totals.buffers == 10**6 * 13


def test_copies_that_shrink_each_time_are_rows_of_their_own() -> None:
    graph = graph_of({"type": "GLU", "repeat": 3})
    assert [node.output.dims for node in graph.nodes] == [(4,), (2,), (1,)]


def test_a_shape_that_keeps_changing_ends() -> None:
    grows = {"type": "Unflatten", "dim": -1, "unflattened_size": [1, -1], "repeat": 10**18}
    assert len(found(lint(grows), "NN202")) == 1
    assert len(found(lint({"type": "GLU", "repeat": 10**18}), "NN204")) == 1


@st.composite
def body(draw: st.DrawFn, depth: int) -> list[dict[str, Any]]:
    """A random list of layers, some repeated, some in nested Sequentials."""
    return [draw(one(depth)) for _ in range(draw(st.integers(1, 3)))]


@st.composite
def one(draw: st.DrawFn, depth: int) -> dict[str, Any]:
    common = {"repeat": draw(st.integers(1, 4)), "trainable": draw(st.booleans())}
    kind = draw(st.sampled_from(["Linear", "Linear", "ReLU", "BatchNorm1d", "Sequential"]))
    if kind == "Linear":
        return linear(draw(st.integers(1, 9)), bias=draw(st.booleans()), **common)
    if kind == "Sequential" and depth:
        return sequential(*draw(body(depth - 1)), **common)
    return {"type": "ReLU" if kind == "Sequential" else kind, **common}


def unrolled(layers: list[dict[str, Any]], *, trainable: bool = True) -> list[dict[str, Any]]:
    """The same written out: no repeat, no Sequential."""
    flat: list[dict[str, Any]] = []
    for layer in layers:
        own = {key: value for key, value in layer.items() if key != "repeat"}
        own["trainable"] = trainable and layer["trainable"]
        inside = layer["type"] == "Sequential"
        copy = unrolled(layer["layers"], trainable=own["trainable"]) if inside else [own]
        flat += copy * layer["repeat"]
    return flat


@settings(max_examples=60, deadline=None)
@given(layers=body(2))
def test_a_repeat_equals_the_same_written_out(layers: list[dict[str, Any]]) -> None:
    short, long = graph_of(*layers), graph_of(*unrolled(layers))
    assert short.totals == long.totals
    assert short.output.shape == long.output.shape
    assert sum(node.count for node in short.nodes) == len(long.nodes)


def padded(repeat: int) -> dict[str, Any]:
    """Each copy gives one element more than it takes: no two of them are equal."""
    return {"type": "ZeroPad1d", "padding": [1, 0], "repeat": repeat}


def test_many_copies_that_all_differ_are_laid() -> None:
    graph = graph_of(padded(1500), input={"map": [1, 8]})
    assert len(graph.nodes) == 1500
    assert graph.output.shape.dims == (1, 8 + 1500)


def test_copies_that_never_come_to_rest_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """More of them than there may be rows, and some have shown that no two are equal."""
    monkeypatch.setattr("nnlint.wiring.MAX_ROWS", 30)
    monkeypatch.setattr("nnlint.wiring.MOST_DIFFERENT", 10)
    assert found(lint(padded(30), input={"map": [1, 8]}), "NN209") == []
    report = lint(padded(31), input={"map": [1, 8]})
    assert len(found(report, "NN209")) == 1
    assert report.graph is not None
    assert len(report.graph.nodes) == 12  # the first, ten that differ, and the one too many


def test_copies_that_differ_count_as_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnlint.wiring.MAX_ROWS", 20)
    assert found(lint(padded(10), padded(10), input={"map": [1, 8]}), "NN209") == []
    assert len(found(lint(padded(10), padded(11), input={"map": [1, 8]}), "NN209")) == 1


# Mistakes


def test_a_mistake_of_the_first_copy_is_of_no_later_one() -> None:
    (message,) = found(lint(linear(8, in_features=9, repeat=3)), "NN201")
    assert message == "Linear: in_features is 9, but 8 arrive"


def test_behind_a_sum_that_does_not_fit_the_body_goes_on() -> None:
    report = lint({"type": "Residual", "body": [linear(4)]}, linear(3, in_features=5))
    assert len(found(report, "NN212")) == 1
    assert found(report, "NN201") == ["Linear: in_features is 5, but 4 arrive"]


def test_a_part_whose_input_nobody_knows_is_no_part_without_parameters() -> None:
    moe = {"type": "MoE", "num_experts": 4, "top_k": 2, "expert": [linear(8)]}
    report = lint(moe, input=[0])
    assert [finding.rule.code for finding in report.findings] == ["NN106"]
    assert report.graph is not None
    totals = report.graph.totals
    assert not totals.complete
    assert not totals.macs_complete
    assert totals.excused


def test_buffers_that_nobody_knows_are_no_exact_count() -> None:
    """Keras counts the moving statistics: two a channel, and the channels are not known."""
    norm = {"type": "BatchNorm1d", "affine": False}
    report = lint(norm, input=[0], convention="keras")
    assert report.graph is not None
    assert not report.graph.totals.complete


@pytest.mark.parametrize(
    "layers",
    [
        (linear(8, name="owner"), relu(), BROKEN, linear(8, tie="owner")),
        (BROKEN, linear(8, name="owner"), relu(), linear(8, tie="owner")),
        (BROKEN, {"type": "Embedding", "num_embeddings": 9, "embedding_dim": 4}),
        (sequential(linear(8), relu(), BROKEN, repeat=2, shared=True),),
    ],
    ids=["tied", "owner", "table", "shared"],
)
def test_what_a_mistake_leaves_unknown_is_no_second_one(layers: tuple[object, ...]) -> None:
    assert [finding.rule.code for finding in lint(*layers).findings] == ["NN102"]


@pytest.mark.parametrize(
    "merge", ["Add", "Multiply", {"type": "Concat", "dim": -1}], ids=["sum", "product", "both"]
)
def test_a_table_takes_no_numbers_that_a_merge_computed(merge: Any) -> None:
    kind = merge if isinstance(merge, dict) else {"type": merge}
    table = {"type": "Embedding", "num_embeddings": 9, "embedding_dim": 4}
    report = lint(linear(8, name="l"), {**kind, "from": ["l", "input"]}, table)
    (message,) = found(report, "NN202")
    assert "numbers arrive that Linear 'l' computed" in message


def test_a_mistake_in_a_repeated_body_is_told_once() -> None:
    report = lint(sequential(linear(5, in_features=8), "ReLU", repeat=1000))
    assert found(report, "NN201") == ["Linear: in_features is 8, but 5 arrive in a later copy"]
    nested = sequential(sequential("Softmax2d", repeat=5), repeat=5)
    assert len(found(lint(nested), "NN202")) == 1


def test_behind_a_shape_error_the_next_mistake_is_found() -> None:
    report = lint(linear(5, in_features=9), "ReLU", linear(3, in_features=4), "Softmax2d")
    assert found(report, "NN201") == [
        "Linear: in_features is 9, but 8 arrive", "Linear: in_features is 4, but 5 arrive",
    ]  # fmt: skip
    assert len(found(report, "NN202")) == 1


def test_behind_an_unknown_shape_one_mistake_stays_one() -> None:
    report = lint(BROKEN, "ReLU", "Flatten", "BatchNorm1d", "Softmax2d", linear(3))
    assert [finding.rule.code for finding in report.findings] == ["NN102"]


@pytest.mark.parametrize(
    "layers",
    [(BROKEN,), (linear(3, in_features=9),), (BROKEN, linear(3)), ("Softmax2d", linear(3)),
     (relu(**{"from": "zzz"}), linear(3)), (sequential(BROKEN, repeat=3),)],
)  # fmt: skip
def test_what_is_unknown_is_no_exact_total(layers: tuple[Any, ...]) -> None:
    assert not graph_of(*layers).totals.complete


def test_what_is_known_beside_it_is_counted() -> None:
    totals = graph_of(linear(5), BROKEN, linear(3), "ReLU", linear(2)).totals
    assert totals.weights == 8 * 5 + 3 * 2
    assert totals.biases == 5 + 3 + 2


def test_more_rows_than_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nnlint.wiring.MAX_ROWS", 20)
    assert found(lint(*["ReLU"] * 20), "NN209") == []
    report = lint(*["ReLU"] * 21)
    assert found(report, "NN209") == ["the network has more than 20 different rows and parts"]
    assert report.graph is not None
    assert not report.graph.totals.complete


def doubling(steps: int) -> dict[str, Any]:
    """Blocks that each use the next twice: 2^steps rows at the end."""
    blocks = {f"d{n}": {"layers": [{"block": f"d{n + 1}"}] * 2} for n in range(steps)}
    return {**blocks, f"d{steps}": {"layers": ["ReLU"]}}


def test_blocks_side_by_side_do_not_hide_those_that_double(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """More blocks than parts may lie in each other, but none of them in another."""
    monkeypatch.setattr("nnlint.wiring.MAX_ROWS", 1000)
    plain = {f"p{n}": {"layers": ["ReLU"]} for n in range(70)}
    uses = [{"block": name} for name in [*plain, "d0"]]
    report = lint(*uses, input=[8], blocks={**plain, **doubling(10)})
    assert len(found(report, "NN209")) == 1
    assert report.graph is not None
    assert report.graph.nodes == ()  # refused before the first of them was laid


@pytest.mark.parametrize("uses", [5, 6])
def test_a_block_counts_as_often_as_it_is_used(
    monkeypatch: pytest.MonkeyPatch, uses: int
) -> None:
    """A use is a part, and its three layers are rows: five uses come to 5·(1 + 3) = 20."""
    monkeypatch.setattr("nnlint.wiring.MAX_ROWS", 20)
    blocks = {"b": {"layers": ["ReLU"] * 3}}
    report = lint(*[{"block": "b"}] * uses, input=[8], blocks=blocks)
    assert len(found(report, "NN209")) == (uses == 6)
    assert report.graph is not None
    assert len(report.graph.nodes) == (15 if uses == 5 else 0)


@pytest.mark.parametrize("key", ["layers", "body", "shortcut", "branches", "expert"])
def test_rows_inside_a_part_are_counted_before_they_are_laid(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setattr("nnlint.wiring.MAX_ROWS", 20)
    rows = ["ReLU"] * 21
    part = {
        "layers": sequential(*rows),
        "body": {"type": "Residual", "body": rows},
        "shortcut": {"type": "Residual", "body": ["ReLU"], "shortcut": rows},
        "branches": {"type": "Parallel", "branches": [rows[:10], rows[:10]]},
        "expert": {"type": "MoE", "num_experts": 2, "top_k": 1, "expert": rows},
    }[key]
    report = lint(part)
    assert len(found(report, "NN209")) == 1
    assert report.graph is not None
    assert report.graph.nodes == ()


@pytest.mark.parametrize("parts", [60, 61])
def test_parts_lie_sixty_deep(parts: int) -> None:
    blocks = {f"b{n}": {"layers": [{"block": f"b{n + 1}"}]} for n in range(parts - 1)}
    blocks[f"b{parts - 1}"] = {"layers": [linear(3)]}
    beside = [sequential(relu())] * 5  # none of them lies in another
    report = lint(*beside, {"block": "b0"}, input=[8], blocks=blocks)
    assert len(found(report, "NN210")) == (parts == 61)
    assert report.graph is not None
    assert report.graph.totals.complete == (parts == 60)
    assert report.graph.totals.params == (8 * 3 + 3 if parts == 60 else 0)


@pytest.mark.parametrize("frozen", ["outer", "inner", "layer", "none"])
def test_what_lies_in_a_frozen_part_is_frozen(frozen: str) -> None:
    layer = linear(3, trainable=frozen != "layer")
    inner = sequential(layer, trainable=frozen != "inner")
    totals = graph_of(sequential(inner, trainable=frozen != "outer")).totals
    assert totals.params == 8 * 3 + 3
    assert totals.trainable == (8 * 3 + 3 if frozen == "none" else 0)


def test_an_activation_of_the_defaults_behind_a_part_that_failed() -> None:
    """The layer that the defaults add takes the output of no layer: only its shape is known."""
    layers = ({"type": "Residual", "body": [linear(4)]}, linear(3))
    report = lint(*layers, input=[8], defaults={"Residual": {"act": "ReLU"}})
    assert [finding.rule.code for finding in report.findings] == ["NN212"]
    assert report.graph is not None
    assert report.graph.nodes[-1].params == 4 * 3 + 3


# Which layers of the network are one place of the spec


def test_what_the_defaults_add_belongs_to_the_layer_that_it_follows() -> None:
    added = {"norm": "LayerNorm", "act": "ReLU"}
    layers = ("ReLU", linear(5), linear(3), "ReLU")
    graph = graph_of(*layers, input=[8], defaults={"Linear": added})
    own, first, norm, act, second, *after, last = graph.nodes
    assert [node.spec.type for node in after] == ["LayerNorm", "ReLU"]
    assert [node.written_on for node in (norm, act)] == [first, first]
    assert [node.written_on for node in after] == [second, second]
    alone = (own, first, second, last)
    assert [node.written_on for node in alone] == [*alone]
    assert graph.definitions == tuple([node] for node in graph.nodes)


def test_what_is_written_on_a_layer_stands_by_itself() -> None:
    graph = graph_of(linear(5, act="ReLU"), linear(3))
    assert [node.written_on for node in graph.nodes] == list(graph.nodes)


def test_uses_of_a_block_are_one_place() -> None:
    blocks = {"b": {"layers": [linear(5), "ReLU"]}}
    graph = graph_of({"block": "b"}, {"block": "b", "repeat": 2}, input=[8], blocks=blocks)
    dense, act = graph.definitions
    assert [node.count for node in dense] == [1, 2]
    assert [node.inputs[0].dims for node in dense] == [(8,), (5,)]
    assert [node.path for node in (*dense, *act)] == [
        ("blocks", "b", "layers", 0), ("blocks", "b", "layers", 0),
        ("blocks", "b", "layers", 1), ("blocks", "b", "layers", 1),
    ]  # fmt: skip


def test_of_a_network_without_its_layers_the_shapes_and_the_sums_are_left() -> None:
    graph = graph_of(linear(5, name="a"), linear(3, name="b"), input=[8], outputs=["a", "b"])
    assert graph.output.node is graph.nodes[-1]  # of several outputs none is the network's
    bare = graph.without_layers()
    assert (bare.nodes, bare.definitions, bare.problems) == ((), (), [])
    shapes = {name: one.edge.shape.dims for name, one in bare.outputs.items()}
    assert shapes == {"a": (5,), "b": (3,)}
    assert bare.output.shape == graph.output.shape
    assert {one.edge.node for one in bare.outputs.values()} == {None}
    assert (bare.totals, bare.inputs) == (graph.totals, graph.inputs)


def test_of_no_layers_nobody_knows_what_leaves() -> None:
    """Two inputs, and no layer that takes one of them."""
    report = lint(inputs={"a": [3], "b": [5]})
    assert len(found(report, "NN109")) == 1
    assert report.graph is not None
    assert report.graph.output.shape.open


def test_defaults_that_were_refused_make_no_exact_count() -> None:
    """Nobody knows whether the layers were to have a bias."""
    report = lint(linear(3), input=[8], defaults={"Linear": {"bias": 7}})
    assert report.graph is not None
    totals = report.graph.totals
    assert (totals.complete, totals.macs_complete, totals.excused) == (False, False, True)


def test_copies_of_a_part_that_can_not_be_laid_end() -> None:
    """Unknown comes in, unknown goes out, and no layer gave it."""
    moe = {"type": "MoE", "num_experts": 4, "top_k": 2, "expert": [linear(8)], "repeat": 3}
    assert [finding.rule.code for finding in lint(BROKEN, moe).findings] == ["NN102"]


@pytest.mark.parametrize("layers", [("LayerNorm", "ToTokens"), ("GLU", "BatchNorm1d")])
def test_what_nobody_knows_is_decided_by_no_layer(layers: tuple[str, ...]) -> None:
    """A map may have come in, and what works on the last axis takes that too."""
    assert [finding.rule.code for finding in lint(BROKEN, *layers).findings] == ["NN102"]


def test_a_name_before_a_part_is_not_inside_it() -> None:
    layers = (linear(5, name="x"), sequential(relu(), linear(8, name="y"), name="u"))
    for name, told in (("u/y", 0), ("u/x", 1)):
        assert len(found(lint(*layers, relu(**{"from": name})), "NN207")) == told


def test_an_input_that_a_part_left_out_may_take_is_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nnlint.wiring.rows.MAX_NESTING", 1)
    inner = sequential(linear(3, **{"from": "b"}), **{"from": "b"})
    report = lint(sequential(inner, **{"from": "a"}), inputs={"a": [3], "b": [4]})
    assert len(found(report, "NN210")) == 1
    assert found(report, "NN956") == []


@pytest.mark.parametrize(
    ("layer", "arriving", "words", "remedy"),
    [({"type": "Bilinear", "out_features": 3}, 1, "takes 2 inputs, but gets 1",
      "name them: from: [name1, name2]"),
     ({"type": "MultiheadAttention", "num_heads": 1}, 4, "takes 1 to 3 inputs, but gets 4",
      "name one of them"),
     ({"type": "Add"}, 1, "takes 2 or more inputs, but gets 1",
      "name what it joins with what came before, with: name")],
)  # fmt: skip
def test_how_many_inputs_a_layer_takes(
    layer: dict[str, Any], arriving: int, words: str, remedy: str
) -> None:
    report = lint({**layer, "from": ["input"] * arriving})
    (finding,) = report.findings
    assert (finding.rule.code, finding.help) == ("NN206", remedy)
    assert finding.message.endswith(words)
