"""What `nnlint explain FILE` prints is true: every line of arithmetic is worked out anew."""

from __future__ import annotations

import ast
import json
import operator
import re
from fractions import Fraction
from functools import cache
from math import ceil, floor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml

from nnlint import document, engine
from nnlint.derivation import formula, network, steps
from nnlint.derivation.sums import FEW, MOST_TERMS, excerpt
from nnlint.layers import layer_types
from nnlint.terminal import Style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nnlint.graph import Graph

ROOT = Path(__file__).resolve().parent.parent
SPECS = sorted((ROOT / "specs").glob("*.yaml"))
DATA = Path(__file__).parent / "data"
ENDLESS = 1_000_000
ENLARGING = "kernel_size: 3, stride: 2, padding: 1, output_padding: 1"

by_name = pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)


# -- an evaluator of its own


SIGNS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}  # fmt: skip
ROUNDING = {"floor": floor, "ceil": ceil}
NUMERIC = re.compile(r"(?:floor|ceil|[\d,.()+·/\s−-])+")


def worked_out(text: str) -> Fraction:
    """The value of `floor((28 + 2·2 − 1)/2) + 1`, exactly."""
    python = text.replace("·", "*").replace("−", "-").replace(",", "")
    return _value(ast.parse(python.strip(), mode="eval").body)


def _value(node: ast.expr) -> Fraction:
    match node:
        case ast.Constant(value=int(number)):
            return Fraction(number)
        case ast.BinOp(left=left, op=op, right=right):
            return SIGNS[type(op)](_value(left), _value(right))
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return Fraction(ROUNDING[name](_value(argument)))
    raise AssertionError(ast.dump(node))


def test_the_evaluator_itself() -> None:
    assert worked_out("2·(3 + 4) − 6/4") == Fraction(25, 2)
    assert worked_out("floor((28 + 2·2 − 1·(5 − 1) − 1)/2) + 1") == 14
    assert worked_out("ceil(7/2)·1,000") == 4000


def arithmetic(line: str) -> list[str]:
    """The sides of a line's equalities that are numbers alone."""
    found = []
    for chain in line.split("; "):
        sides = chain.split(" = ")
        if len(sides) > 1:
            sides[0] = re.split(r"\s{2,}|size [DHWL]? ?|tokens ", sides[0])[-1]
            sides[-1] = re.sub(r"\)$", "", sides[-1].removeprefix("at least "))
            found += [sides]
    return [side for sides in found for side in sides if NUMERIC.fullmatch(side)]


def equalities(text: str) -> Iterator[tuple[str, list[Fraction]]]:
    """Each line that claims something, and what its sides come to."""
    for line in text.splitlines():
        for chain in line.split("; "):
            sides = arithmetic(chain)
            if " = " in chain:
                yield chain, [worked_out(side) for side in sides]


# -- what is printed


class Told(NamedTuple):
    graph: Graph
    text: str

    @property
    def sections(self) -> dict[str, list[str]]:
        """Heading -> its lines; the layers come first, under no heading."""
        found: dict[str, list[str]] = {"": []}
        title = ""
        for line in self.text.splitlines():
            if re.match(r"(Parameters|MACs)\b", line):
                title = line.split()[0].rstrip(":")
                found[title] = []
            else:
                found[title].append(line)
        return found

    def last(self, section: str, title: str) -> int:
        """The result of the last line of that title."""
        lines = [line for line in self.sections[section] if line.split()[:1] == [title]]
        return int(re.findall(r"[\d,]+$", lines[-1])[0].replace(",", ""))


@cache
def told(text: str, width: int = ENDLESS, variant: str | None = None) -> Told:
    report = engine.lint_text(text, "net.yaml", variant)
    assert report.graph
    locate = document.read(report.text).locate
    shown = network.text(
        excerpt(report.graph), "net.yaml", lambda path: locate(path).line, Style(width=width)
    )
    return Told(report.graph, shown)


def of(layers: str, given: str = "input: [784]", width: int = ENDLESS) -> Told:
    return told(f"nnlint: 1\n{given}\nlayers:\n{layers}", width)


def lines(one: Told) -> list[str]:
    return [re.sub(r"\s+", " ", line.strip()) for line in one.text.splitlines()]


# -- true, on every spec


@by_name
def test_every_line_of_arithmetic_is_true(spec: Path) -> None:
    claims = list(equalities(told(spec.read_text("utf-8")).text))
    assert len(claims) >= 4
    for line, sides in claims:
        assert sides, line
        assert len(set(sides)) == 1, line


@by_name
def test_the_totals_are_those_that_the_spec_was_published_with(spec: Path) -> None:
    text = spec.read_text("utf-8")
    expected, one = yaml.safe_load(text)["expect"], told(text)
    assert one.last("Parameters", "parameters") == expected["params"]
    for key, section, title in (("macs", "MACs", "sum"), ("active", "Parameters", "active")):
        if key in expected:
            assert one.last(section, title) == expected[key]


@by_name
def test_the_layers_add_up_to_the_totals(spec: Path) -> None:
    one = told(spec.read_text("utf-8"))
    assert sum(counts(one)) == one.graph.totals.params
    macs = equalities("\n".join(one.sections.get("MACs", [])))
    layers = [sides[-1] for line, sides in macs if line.split()[0] != "sum"]
    assert sum(layers) == one.graph.totals.macs


def counts(one: Told) -> Iterator[int]:
    """The parameters of each layer, as they are printed."""
    layers = re.split(r"\n(?= *\d+  )", "\n".join(one.sections[""]))
    for layer in layers[1:]:
        found = {
            line.split()[0]: int(re.findall(r"[\d,]+$", line)[0].replace(",", ""))
            for line in layer.splitlines()[1:]
            if re.match(r" *(weights|biases|moving|parameters) ", line)
        }
        before = re.search(
            r"; as \d+: (?:at least )?([\d,]+) parameters$", layer.split("\n")[0]
        )
        yield (
            int(before[1].replace(",", ""))
            if before
            else found.get("parameters", sum(found.values()))
        )


@by_name
def test_weights_and_biases_are_those_of_the_table(spec: Path) -> None:
    one = told(spec.read_text("utf-8"))
    total = one.graph.totals
    for title, count in (("weights", total.weights), ("biases", total.biases)):
        assert one.last("Parameters", title) == count
    if total.moving:
        assert one.last("Parameters", "moving") == total.moving


@by_name
def test_every_formula_of_the_zoo_is_put_into_numbers(spec: Path) -> None:
    """One that can't be falls back on the tensor's axes, which is true, but teaches less."""
    for node in told(spec.read_text("utf-8")).graph.nodes:
        known = formula.meanings(node)
        for tensor in node.tensors:
            words = formula.formula_of(node.layer, tensor.name) if node.layer else ""
            assert not words or formula.value(words, known) == tensor.count, (node, words)
        if node.macs and node.layer:
            words = formula.bare(node.layer.macs_formula)
            known |= formula.solved(words, known, node.macs)
            assert formula.value(words, known) == node.macs, (node, words)


@by_name
@pytest.mark.parametrize("width", [40, 80, 200])
def test_every_width_says_the_same(spec: Path, width: int) -> None:
    text = spec.read_text("utf-8")
    narrow = told(text, width).text
    assert narrow.split() == told(text).text.split()
    assert max(map(len, narrow.splitlines())) <= width or width == 40


# -- true, for the frameworks' own layers


def records() -> list[dict[str, Any]]:
    files = [DATA / "units.json", *sorted((DATA / "oracle").glob("*.json"))]
    found = [record for file in files for record in json.loads(file.read_text("utf-8"))]
    built = [r for r in found if r["framework"] == "torch" and "error" not in r]
    return [record for record in built if record["layer"] in layer_types()]


def alone(record: dict[str, Any]) -> Graph | None:
    """The layer of a record by itself; None where torch's call has no such spec."""
    kind, shapes = layer_types()[record["layer"]], record["input_shapes"]
    args = {key: value for key, value in record["args"].items() if key in kind.attributes}
    sample = shapes[0][1:]
    named = {"sequence": {"sequence": sample}, "map": {"map": sample}}
    layout = kind.prefers.value if kind.prefers and len(sample) == 2 else ""
    given = {"tokens": sample[0]} if kind.looks_up and len(sample) == 1 else named.get(layout)
    spec = {
        "nnlint": 1,
        "input": given or sample,
        "layers": [{"type": record["layer"], **args}],
    }
    if len(sample) < 1 or (len(shapes) > 1 and record["layer"] != "MultiheadAttention"):
        return None
    report = engine.lint_text(yaml.safe_dump(spec))
    if report.graph is None or not report.graph.totals.complete:
        return None
    return report.graph


def test_what_torch_builds_is_derived_as_torch_counts_it() -> None:
    tried = windows = 0
    for record in records():
        graph = alone(record)
        if graph is None:
            continue
        derived = steps.derived(1, graph.nodes[0])
        for step in derived.steps:
            assert worked_out(step.numbers or f"{step.result}") == step.result, record["id"]
        sums = {step.title: step.result for step in derived.sums}
        known = (sums.get("weights", 0), sums.get("biases", 0))
        assert known == (record["weight"] + record["other"], record["bias"]), record["id"]
        shape = record["output_shape"]
        if derived.sizes and "H" in derived.sizes[0].words:
            shape = shape[0] if isinstance(shape[0], list) else shape  # and the indices
            sizes = {step.result for step in derived.sizes}
            assert sizes == set(shape[2:]), record["id"]
            windows += 1
        tried += bool(sums)
    assert tried > 300
    assert windows > 200


# -- what a student reads


def test_the_student_s_example_is_told_in_the_student_s_own_words() -> None:
    said = lines(told((ROOT / "specs" / "mnist.yaml").read_text("utf-8")))
    for line in (
        "weights in_features × out_features = 784·16 = 12,544",
        "biases out_features = 16",
        "weights in_features × out_features = 16·16 = 256",
        "weights in_features × out_features = 16·10 = 160",
        "weights 784·16 + 16·16 + 16·10 = 12,960",
        "biases 16 + 16 + 10 = 42",
        "parameters 12,960 + 42 = 13,002",
        "1 Linear 1·784·16 = 12,544",
        "sum 12,544 + 256 + 160 = 12,960",
    ):
        assert line in said


def test_a_bias_that_is_off_does_not_count() -> None:
    sizes = "".join(f"  - {{type: Linear, out_features: {n}}}\n  - ReLU\n" for n in (16, 16))
    said = lines(of(f"{sizes}  - {{type: Linear, out_features: 10, bias: false}}"))
    assert "biases 16 + 16 = 32" in said
    assert f"parameters 12,960 + 32 = {12_960 + 32:,}" in said


def test_a_convolution_tells_its_window_axis_by_axis() -> None:
    one = of(
        "  - {type: Conv2d, out_channels: 6, kernel_size: [5, 3], stride: [2, 1], "
        "padding: [2, 0], dilation: [1, 3], groups: 3}",
        "input: [3, 28, 30]",
    )
    rows = (28 + 2 * 2 - 1 * (5 - 1) - 1) // 2 + 1
    columns = (30 + 2 * 0 - 3 * (3 - 1) - 1) // 1 + 1
    assert f"[3, 28, 30] becomes [6, {rows}, {columns}]" in one.text
    said = lines(one)
    formula = "floor((H + 2p − d(k − 1) − 1)/s) + 1"
    assert f"size H {formula} = floor((28 + 2·2 − 1·(5 − 1) − 1)/2) + 1 = {rows}" in said
    assert f"size W {formula} = floor((30 + 2·0 − 3·(3 − 1) − 1)/1) + 1 = {columns}" in said
    weights = 6 * 3 // 3 * 5 * 3
    words = "out_channels × in_channels / groups × Π kernel_size"
    assert f"weights {words} = 6·3/3·5·3 = {weights}" in said
    assert sum("H: the size that arrives" in line for line in said) == 1


@pytest.mark.parametrize(
    ("layer", "given", "words"),
    [
        ("ReLU", "[16]", "[16] stays"),
        ("Flatten", "[8, 5, 5]", "size 8·5·5 = 200"),
        ("ToTokens", "[8, 5, 4]", "tokens 5·4 = 20"),
        ("{type: MaxPool2d, kernel_size: 3, stride: 2, ceil_mode: true}", "[8, 6, 6]",
         "= ceil((6 + 2·0 − 1·(3 − 1) − 1)/2) + 1 = 3"),
        (f"{{type: ConvTranspose2d, out_channels: 4, {ENLARGING}}}", "[8, 7, 7]",
         "(7 − 1)·2 − 2·1 + 1·(3 − 1) + 1 + 1 = 14"),
        ("{type: MaxUnpool2d, kernel_size: 3, stride: 2, padding: 1}", "[8, 7, 7]",
         "(7 − 1)·2 − 2·1 + 3 = 13"),
        ("{type: AdaptiveAvgPool2d, output_size: 1}", "[8, 7, 7]", "becomes [8, 1, 1]"),
    ],
)  # fmt: skip
def test_a_size_is_told_as_it_comes_about(layer: str, given: str, words: str) -> None:
    assert words in " ".join(lines(of(f"  - {layer}", f"input: {given}")))


@pytest.mark.parametrize("kernel", ["3", "[3, 3]"])
def test_a_window_is_a_product_of_its_sides(kernel: str) -> None:
    layer = f"  - {{type: Conv2d, out_channels: 16, kernel_size: {kernel}, bias: false}}"
    assert "= 16·4·3·3 = 576" in of(layer, "input: [4, 9, 9]").text


def test_attention_over_another_sequence_tells_both_lengths() -> None:
    one = of(
        "  - {type: MultiheadAttention, num_heads: 2, from: [query, memory]}",
        "inputs: {query: {sequence: [5, 8]}, memory: {sequence: [9, 6]}}",
    )
    parts = "5·2·8·2·4 + 9·(6 + 6)·2·4 + 2·5·9·2·4"
    total = 5 * 2 * 8 * 8 + 9 * (6 + 6) * 8 + 2 * 5 * 9 * 8
    assert f"1 MultiheadAttention {parts} = {total:,}" in lines(one)


def test_what_keras_pads_is_told_as_keras_counts_it() -> None:
    given = "convention: keras\ninput: [3, 7, 7]"
    layer = "{type: Conv2d, out_channels: 4, kernel_size: 3, stride: 2, padding: same}"
    assert "each size ceil(H/s) = ceil(7/2) = 4" in lines(of(f"  - {layer}", given))


def test_axes_that_are_joined_are_added() -> None:
    one = of(
        "  - {type: Parallel, branches: [[{type: Linear, out_features: 5}], "
        "[{type: Linear, out_features: 7}]]}"
    )
    assert "[5] and [7] become [12]; size 5 + 7 = 12" in one.text


# -- copies, ties, shares, frozen, unknown


def test_copies_are_one_layer_times_n() -> None:
    said = lines(of("  - {type: Linear, out_features: 784, repeat: 10000}"))
    words = "weights 10,000 copies × in_features × out_features = 10,000·784·784"
    assert f"{words} = {10_000 * 784 * 784:,}" in said
    assert len(said) < 20


def test_ten_thousand_layers_that_are_written_out_are_no_ten_thousand_pages() -> None:
    layers = "  - {type: Linear, out_features: 784}\n  - ReLU\n" * 5_000
    one = of(layers)
    assert len(lines(one)) < 2_500
    assert "9,000 layers more" in one.text
    for line, sides in equalities(one.text):
        assert len(set(sides)) == 1, line[:200]
    assert one.last("Parameters", "parameters") == 5_000 * (784 * 784 + 784)
    assert "as 1: 615,440 parameters" in one.text


def test_widths_that_all_differ_are_added_up_in_between() -> None:
    sizes = range(100, 100 + 2 * MOST_TERMS)
    one = of("".join(f"  - {{type: Linear, out_features: {n}}}\n  - ReLU\n" for n in sizes))
    total = sum(a * b + b for a, b in zip([784, *sizes], sizes, strict=False))
    assert one.last("Parameters", "parameters") == total
    sums = [line for line in one.sections["Parameters"] if "weights" in line]
    assert len(sums) == 1
    assert sums[0].count("+") < MOST_TERMS
    assert all(len(set(sides)) == 1 for _, sides in equalities(one.text))


def test_a_long_network_tells_each_formula_once() -> None:
    count = 2 * FEW
    one = of("".join(f"  - {{type: Linear, out_features: {n}}}\n" for n in range(1, count)))
    assert one.text.count("in_features × out_features") == 2  # for weights, and for MACs
    short = of("".join(f"  - {{type: Linear, out_features: {n}}}\n" for n in (2, 2, 2)))
    assert short.text.count("in_features × out_features") == 4
    assert "; as " not in short.text


def test_a_long_network_is_added_up_part_by_part() -> None:
    said = lines(told((ROOT / "specs" / "resnet50.yaml").read_text("utf-8")))
    first = said.index("5–26 bottleneck conv2 ×3")
    # three bottlenecks of 64 with 256 outside, the first of them with a projection
    weights = 64 * 64 + 9 * 64 * 64 + 2 * 64 * 256 + 2 * (2 * 256 * 64 + 9 * 64 * 64)
    norms = (2 * 64 + 2 * 256) + 2 * (2 * 64 + 256)
    assert said[first + 1].endswith(f"= {weights + norms:,}")
    assert said[first + 2].endswith(f"= {norms:,}")


def test_what_looks_alike_from_outside_is_not_the_same() -> None:
    widths = "".join(f"  - {{type: Linear, out_features: {n}}}\n" for n in range(1, FEW + 1))
    pair = "  - {type: Linear, out_features: 8}\n"
    bare = pair.replace("8}", "8, bias: false}")
    one = of(pair + pair.replace("8", "784") + bare + pair.replace("8", "784") + pair + widths)
    assert "[784] becomes [8]; as 1: 6,280 parameters" in one.text
    assert "as 1: 6,272 parameters" not in one.text  # the one without a bias


def test_a_tied_weight_counts_at_its_owner() -> None:
    said = told((ROOT / "specs" / "gpt2.yaml").read_text("utf-8"))
    size = 50_257 * 768
    assert f"its weight is that of wte, and counts there (50,257·768 = {size:,})" in said.text
    assert f"12 lm_head 1,024·768·50,257 = {1024 * size:,}" in lines(said)


def test_shared_copies_count_once_and_run_each_time() -> None:
    one = of("  - {type: Linear, out_features: 784, repeat: 3, shared: true}\n")
    assert "its 3 copies share parameters, which count once" in one.text
    assert "weights in_features × out_features = 784·784 = 614,656" in lines(one)
    assert f"1 Linear 3·1·784·784 = {3 * 784 * 784:,}" in lines(one)


def test_frozen_parameters_are_no_trained_ones() -> None:
    one = of(
        "  - {type: Linear, out_features: 8, trainable: false}\n  - ReLU\n"
        "  - {type: Linear, out_features: 2}"
    )
    assert "frozen: its parameters count, but are not trained" in one.text
    frozen, rest = 784 * 8 + 8, 8 * 2 + 2
    words = f"trainable parameters - what is frozen = {frozen + rest:,} - {frozen:,} = {rest}"
    assert words in lines(one)


def test_what_nobody_knows_makes_sums_at_least() -> None:
    one = of("  - {type: Custom, name: own}\n  - {type: Linear, out_features: 2}")
    assert "its parameters are not all known" in one.text
    assert "its MACs are unknown" in one.text
    said = lines(one)
    assert "weights 784·2 = at least 1,568" in said
    assert "parameters 1,568 + 2 = at least 1,570" in said
    assert "sum 1,568 = at least 1,568" in said or "sum at least 1,568" in said


def test_moving_statistics_are_parameters_where_the_convention_says_so() -> None:
    one = of("  - BatchNorm1d", "convention: keras\ninput: [9]")
    said = lines(one)
    assert "moving statistics 2·9 = 18" in said
    assert "parameters 9 + 9 + 18 = 36" in said
    torchs = of("  - BatchNorm1d", "input: [9]")
    assert "besides, 19 numbers stored, not learned: no parameters" in lines(torchs)


def test_the_layers_of_a_stack_are_a_line_a_kind() -> None:
    one = of("  - {type: LSTM, hidden_size: 5, num_layers: 900, bidirectional: true}",
             "input: {sequence: [7, 3]}")  # fmt: skip
    assert len(lines(one)) < 25
    words = "weight_ih_l[k], 1,798 of them directions·output × 4·hidden_size"
    assert f"{words} = 2·5·4·5 = {2 * 5 * 4 * 5}" in lines(one)
    # torch: per layer and direction W_ih 20 × in, W_hh 20 × 5, two biases of 20
    weights = 2 * (20 * 3 + 20 * 5) + 899 * 2 * (20 * 10 + 20 * 5)
    assert one.last("Parameters", "weights") == weights
    assert one.last("Parameters", "biases") == 900 * 2 * 2 * 20


def test_experts_that_are_not_chosen_are_not_active() -> None:
    said = lines(told((ROOT / "specs" / "mixtral-8x7b.yaml").read_text("utf-8")))
    expert = 3 * 4096 * 14336
    idle = 32 * (8 - 2) * expert
    words = "active parameters - those of experts that are not chosen = "
    assert f"{words}46,702,792,704 - {idle:,} = {46_702_792_704 - idle:,}" in said
    assert "64 of its 256 copies run for one sample" in said


def test_a_variant_is_told_as_itself() -> None:
    one = told((ROOT / "specs" / "gpt2.yaml").read_text("utf-8"), ENDLESS, "medium")
    assert "(medium)" in one.text.splitlines()[0]
    assert one.last("Parameters", "parameters") == 354_823_168


def test_colours_change_no_word() -> None:
    graph = told((ROOT / "specs" / "gpt2.yaml").read_text("utf-8")).graph
    plain, painted = (
        network.text(excerpt(graph), "net.yaml", lambda _: 1, Style(color=color, width=80))
        for color in (False, True)
    )
    assert "\x1b[" in painted
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == plain
