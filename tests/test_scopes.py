"""Names: who sees them, ways into copies, and what is said where one leads nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nnlint.engine import lint_text

if TYPE_CHECKING:
    from nnlint.graph import Graph
    from nnlint.report import Report

MARK = "¦"
HEAD = "nnlint: 1\ninput: [8]\n"
INNER = "{type: Linear, out_features: $w, name: inner}"
BLOCK = f"blocks: {{b: {{args: {{w: 8}}, layers: [{INNER}, ReLU]}}}}\n"
GROWN = BLOCK.replace("w: 8", "w: required")
TAKE = "{{type: Linear, out_features: 3, from: {}}}"


def report_of(layers: str, before: str = "", after: str = "") -> Report:
    return lint_text(f"{HEAD}{before}layers: [{layers}]\n{after}")


def graph_of(layers: str, before: str = "", after: str = "") -> Graph:
    report = report_of(layers, before, after)
    assert [f.message for f in report.findings if f.rule.severity.rank == 3] == []
    assert report.graph is not None
    return report.graph


def said(layers: str, before: str = "", after: str = "") -> tuple[str, str, str | None]:
    """The code, words and help of the one finding, which stands at the mark."""
    text = f"{HEAD}{before}layers: [{layers}]\n{after}"
    head, _, tail = text.partition(MARK)
    (finding,) = lint_text(head + tail).findings
    place = (head.count("\n") + 1, len(head) - head.rfind("\n"))
    assert (finding.span.line, finding.span.column) == place
    return finding.rule.code, finding.message, finding.help


# Ways in


@pytest.mark.parametrize(
    ("source", "arrives"),
    [("u", 12), ("u.0", 9), ("u.3", 12), ("u/inner", 12), ("u.0/inner", 9), ("u.2/inner", 11)],
)
def test_a_way_leads_into_the_copy_that_it_names(source: str, arrives: int) -> None:
    use = "{block: b, w: $in + 1, repeat: 4, name: u}, "
    graph = graph_of(use + TAKE.format(source), GROWN)
    assert graph.nodes[-1].inputs[0].dims == (arrives,)


@pytest.mark.parametrize("source", ["u", "u.0", "u.999999", "u/inner", "u.3/inner"])
def test_equal_copies_have_a_way_each(source: str) -> None:
    graph = graph_of("{block: b, repeat: 1000000, name: u}, " + TAKE.format(source), BLOCK)
    assert graph.nodes[-1].inputs[0].dims == (8,)
    assert graph.totals.params == 10**6 * 72 + 27


def test_a_way_leads_through_several_parts() -> None:
    blocks = (
        "blocks: {c: {layers: [{type: Linear, out_features: $in + 1, name: x}, ReLU]}, "
        "b: {layers: [{block: c, repeat: 3, name: v}, {type: Linear, out_features: 20}]}}\n"
    )
    for source, arrives in (("u.0/v.1/x", 10), ("u.1/v.0", 21), ("u/v/x", 23), ("u.0/v", 11)):
        graph = graph_of(f"{{block: b, repeat: 2, name: u}}, {TAKE.format(source)}", blocks)
        assert graph.nodes[-1].inputs[0].dims == (arrives,)


def test_copies_of_a_plain_layer_have_numbers_too() -> None:
    layers = "{type: Linear, out_features: $in + 1, act: ReLU, repeat: 3, name: u}, "
    graph = graph_of(layers + TAKE.format("u.1"))
    assert graph.nodes[-1].inputs[0].dims == (10,)


@pytest.mark.parametrize("kind", ["with", "like", "tie", "outputs"])
def test_every_key_that_names_a_layer_takes_a_way(kind: str) -> None:
    use = "{block: b, repeat: 3, name: u}, "
    layers = {
        "with": use + "{type: Add, with: u.1/inner}",
        "tie": use + "{type: Linear, out_features: 8, tie: u.1/inner}",
        "outputs": use + "ReLU",
    }
    if kind == "like":
        head = "nnlint: 1\ninput: [3, 8, 8]\nblocks: {b: {layers: [{type: ReLU, name: x}]}}\n"
        maps = "{block: b, name: u}, {type: MaxPool2d, kernel_size: 2}, "
        maps += "{type: Upsample, like: u/x}"
        assert lint_text(f"{head}layers: [{maps}]\n").findings == ()
    else:
        graph_of(layers[kind], BLOCK, "outputs: [u.1/inner]\n" if kind == "outputs" else "")


@pytest.mark.parametrize("source", ["u/x", "u.0/x"])
def test_a_part_that_stands_once_is_its_own_first_copy(source: str) -> None:
    inside = "{type: Linear, out_features: 5, name: x}, ReLU, {type: Linear, out_features: 7}"
    layers = f"{{type: Sequential, name: u, layers: [{inside}]}}, {TAKE.format(source)}"
    assert graph_of(layers).nodes[-1].inputs[0].dims == (5,)


@pytest.mark.parametrize("source", ["u/x", "u.3", "u.3/x"])
@pytest.mark.parametrize("repeat", [1, 2])
def test_what_is_in_a_layer_that_does_not_exist_nobody_knows(source: str, repeat: int) -> None:
    layers = f"{{type: Linaer, name: u, repeat: {repeat}}}, {TAKE.format(source)}"
    assert [f.rule.code for f in report_of(layers).findings] == ["NN120"]


# Who sees what


def test_names_inside_are_local_to_their_copy() -> None:
    code, message, hint = said(f"{{block: b, name: u}}, {TAKE.format('¦inner')}", BLOCK)
    assert (code, message) == (
        "NN207",
        "Linear takes 'inner', but nothing before it has that name",
    )
    assert "u" in (hint or "")


def test_outer_names_are_seen_inside() -> None:
    block = "blocks: {b: {layers: [{type: Linear, out_features: 4, from: stem}]}}\n"
    graph = graph_of("{type: Linear, out_features: 3, name: stem}, ReLU, {block: b}", block)
    assert graph.nodes[-1].inputs[0].dims == (3,)


def test_a_name_inside_shadows_the_one_outside() -> None:
    block = (
        "blocks: {b: {layers: [{type: Linear, out_features: 5, name: x}, ReLU, "
        "{type: Linear, out_features: 2, from: x}]}}\n"
    )
    layers = (
        f"{{type: Linear, out_features: 3, name: x}}, ReLU, {{block: b}}, {TAKE.format('x')}"
    )
    graph = graph_of(layers, block)
    assert [node.inputs[0].dims[0] for node in graph.nodes] == [8, 3, 3, 5, 5, 3]


# Nowhere


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ("u.4", "Linear takes 'u.4', but 'u' has 4 copies",
         "the last is u.3: copies count from 0"),
        ("u.4/inner", "Linear takes 'u.4', but 'u' has 4 copies",
         "the last is u.3: copies count from 0"),
        ("u.9999999999999999999", "Linear takes 'u.9999999999999999999', but 'u' has 4 copies",
         "the last is u.3: copies count from 0"),
        ("u/iner", "Linear takes 'u/iner', but 'u' has no 'iner' inside",
         "did you mean 'inner'?"),
        ("u/zzz", "Linear takes 'u/zzz', but 'u' has no 'zzz' inside", "known here: inner"),
        ("uu/inner", "Linear takes 'uu', but nothing before it has that name",
         "did you mean 'u'?"),
        ("u/inner/x", "Linear takes a part of 'u/inner', but that is a single layer",
         "write u/inner"),
    ],
)  # fmt: skip
def test_a_way_that_leads_nowhere_says_where_it_ends(
    source: str, message: str, hint: str
) -> None:
    use = "{block: b, repeat: 4, name: u}, "
    assert said(use + TAKE.format(MARK + source), BLOCK) == ("NN207", message, hint)


def test_a_single_layer_has_no_number() -> None:
    layers = "{type: Linear, out_features: 3, name: u}, "
    _, message, hint = said(layers + TAKE.format("¦u.0"))
    assert "'u' has 1 copy" not in message  # and so it would have copy 0
    assert "the last is u.0" not in (hint or "")


def test_a_name_that_stands_inside_twice_is_told_once() -> None:
    block = "blocks: {b: {layers: [{type: ReLU, name: a}, {type: ReLU, name: ¦a}]}}\n"
    code, message, _ = said("{block: b, repeat: 3}", block)
    assert code == "NN208"
    assert message == "the name 'a' is taken already (block used at line 4, copy 1)"


@pytest.mark.parametrize("name", ["wt", "zzz"])
def test_a_tie_to_an_unknown_name_is_called_a_tie(name: str) -> None:
    layers = "{type: Linear, out_features: 8, name: wte, act: ReLU}, "
    layers += f"{{type: Linear, out_features: 8, tie: ¦{name}}}"
    code, message, hint = said(layers)
    assert code == "NN207"
    assert "tied" in message
    assert "wte" in (hint or "")
    assert "previous" not in (hint or "")  # which a tie does not take


def test_a_tie_takes_no_previous() -> None:
    layers = "{type: Linear, out_features: 8, act: ReLU}, "
    layers += "{type: Linear, out_features: 8, tie: ¦previous}"
    _, _, hint = said(layers)
    assert "previous" not in (hint or "")


@pytest.mark.parametrize(
    ("outputs", "hint"),
    [("[¦logit]", "did you mean 'logits'?"), ("{main: ¦logit}", "did you mean 'logits'?"),
     ("{aux: {from: ¦logit, loss: MSELoss}}", "did you mean 'logits'?"),
     ("[logits, ¦zzz]", "known here: logits and input"),
     ("{zzz: ¦zzz}", "known here: logits and input")],
)  # fmt: skip
def test_an_output_that_is_not_there(outputs: str, hint: str) -> None:
    code, _, found = said("{type: ReLU, name: logits}", after=f"outputs: {outputs}\n")
    assert (code, (found or "").replace("previous, ", "")) == ("NN207", hint)


def test_an_output_has_nothing_before_it_and_no_previous() -> None:
    _, message, hint = said("{type: ReLU, name: logits}", after="outputs: [¦zzz]\n")
    assert "before it" not in message
    assert "previous" not in (hint or "")


def test_an_expression_is_no_name_of_an_output() -> None:
    layers, after = "{type: ReLU, name: n}", "vars: {a: n}\noutputs: [$a]\n"
    assert [f.rule.code for f in report_of(layers, after=after).findings] == ["NN108"]


@pytest.mark.parametrize("key", ["from: [$a, previous]", "with: [$a]", "from: [previous, $a]"])
def test_a_name_in_a_list_may_be_an_expression(key: str) -> None:
    layers = "{type: Linear, out_features: 8, name: n}, ReLU, {type: Add, " + key + "}"
    graph = graph_of(layers, "vars: {a: n}\n")
    assert graph.nodes[-1].sources[0] != graph.nodes[-1].sources[1]


@pytest.mark.parametrize("key", ["from: $a", "with: $a"])
def test_a_name_may_be_an_expression(key: str) -> None:
    kind = "Linear, out_features: 2" if "from" in key else "Add"
    layers = f"{{type: Linear, out_features: 8, name: n}}, ReLU, {{type: {kind}, {key}}}"
    assert graph_of(layers, "vars: {a: n}\n").totals.complete


# Several inputs


def test_a_block_that_comes_first_says_which_input_it_takes() -> None:
    text = "nnlint: 1\ninputs: {a: [3], b: [4]}\n" + BLOCK
    (finding,) = lint_text(f"{text}layers:\n  - {{block: b}}\n").findings
    assert (finding.rule.code, finding.span.line, finding.span.column) == ("NN206", 5, 5)
    assert "block" in finding.message  # b alone reads as a slip
    assert finding.help == "say which it takes, with from: a or b"


def test_a_block_takes_the_input_that_it_names() -> None:
    text = "nnlint: 1\ninputs: {a: [3], b: [4]}\n" + BLOCK
    graph = lint_text(f"{text}layers:\n  - {{block: b, from: b}}\n").graph
    assert graph is not None
    assert graph.totals.params == 4 * 8 + 8


def test_a_block_takes_one_input() -> None:
    text = "nnlint: 1\ninputs: {a: [3], b: [4]}\n" + BLOCK
    findings = lint_text(f"{text}layers:\n  - {{block: b, from: [a, b]}}\n").findings
    assert [(f.rule.code, f.span.line) for f in findings] == [("NN206", 5)]
