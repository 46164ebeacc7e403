"""What a stranger found, so that nobody finds it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.engine import lint_text

if TYPE_CHECKING:
    from nnlint.report import Report


def lint(text: str) -> Report:
    return lint_text(f"nnlint: 1\n{text}")


def codes(report: Report) -> list[str]:
    return [finding.rule.code for finding in report.findings]


def test_a_default_that_was_refused_leaves_a_layer_without_what_it_needs() -> None:
    for wrong in ("nope: 1", "bias: $typo"):
        defaults = f"defaults: {{Linear: {{out_features: 8, {wrong}}}}}"
        text = f"input: [8]\n{defaults}\nlayers: [Linear]\n"
        (finding,) = lint(text).findings
        assert finding.rule.code in ("NN103", "NN115")
        assert finding.span.line == 3


def test_what_a_layer_computed_is_no_index() -> None:
    table = "{type: Embedding, num_embeddings: 10, embedding_dim: 4}"
    (finding,) = lint(
        f"input: [12]\nlayers: [{{type: Linear, out_features: 8, act: ReLU}}, {table}]\n"
    ).findings
    assert "it looks up indices, but [8] numbers arrive that Linear computed" in finding.message
    assert codes(lint(f"input: [12]\nlayers: [{table}]\n")) == []
    bag = "{type: EmbeddingBag, num_embeddings: 50, embedding_dim: 8, repeat: 3}"
    assert codes(lint(f"input: {{tokens: 6}}\nlayers: [{bag}]\n")) == ["NN202"]


def test_shared_without_repeat_is_said() -> None:
    block = "blocks: {b: {layers: [{type: Linear, out_features: 8}, ReLU]}}\n"
    report = lint(f"input: [8]\n{block}layers: [{{block: b, shared: true}}]\n")
    (finding,) = report.findings
    assert (finding.rule.code, finding.span.line) == ("NN205", 4)
    assert "it stands once" in finding.message
    repeated = lint(f"input: [8]\n{block}layers: [{{block: b, repeat: 2, shared: true}}]\n")
    assert repeated.findings == ()
    assert repeated.graph
    assert repeated.graph.totals.params == 8 * 8 + 8


def test_an_input_that_nobody_takes_is_said() -> None:
    inputs = "inputs: {image: [3], meta: [4]}\n"
    (finding,) = lint(
        f"{inputs}layers: [{{type: Linear, out_features: 2, from: image}}]\n"
    ).findings
    assert (finding.rule.code, finding.span.line) == ("NN956", 2)


def test_an_expert_is_not_linear_from_outside() -> None:
    expert = "[{type: Linear, out_features: 8}, GELU, {type: Linear, out_features: 6}]"
    moe = f"{{type: MoE, num_experts: 4, top_k: 2, expert: {expert}}}"
    after = "{type: Linear, out_features: 2}"
    assert codes(lint(f"input: {{sequence: [5, 6]}}\nlayers: [{moe}, {after}]\n")) == []


def test_an_output_of_its_own_is_no_half_of_a_pair() -> None:
    layers = (
        "[{type: Linear, out_features: 9, name: p5}, {type: Linear, out_features: 9, name: p6}]"
    )
    assert "NN401" in codes(lint(f"input: [9]\nlayers: {layers}\n"))
    assert codes(lint(f"input: [9]\nlayers: {layers}\noutputs: [p5, p6]\n")) == []


def test_experts_route_tokens_not_maps() -> None:
    moe = "{type: MoE, num_experts: 4, top_k: 2, expert: [{type: Linear, out_features: 8}]}"
    (finding,) = lint(f"input: [16, 8, 8]\nlayers: [{moe}]\n").findings
    assert "it routes tokens [T, d] or features [d], but the map [16, 8, 8] arrives" in (
        finding.message
    )
    assert finding.help == "a ToTokens before it makes a sequence of the map"


def test_a_type_is_no_expression() -> None:
    (finding,) = lint("input: [4]\nvars: {t: ReLU}\nlayers: [{type: $t}]\n").findings[:1]
    assert "a type is written out" in finding.message


def test_an_activation_as_a_key_keeps_its_name() -> None:
    layer = "{type: Linear, out_features: 4, activation: softmax}"
    (finding,) = lint(f"input: [4]\nlayers: [{layer}]\n").findings
    assert finding.help == "write act: Softmax"


def test_a_refused_layer_still_says_what_it_takes() -> None:
    layer = "{type: Bilinear, out_features: 0, from: [left, right]}"
    assert codes(lint(f"inputs: {{left: [3], right: [4]}}\nlayers: [{layer}]\n")) == ["NN106"]
