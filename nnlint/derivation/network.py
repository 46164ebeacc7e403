"""The derivation of a network, or of a part of it, written out: layers, sums, MACs."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from nnlint.derivation import headings, steps, sums
from nnlint.derivation.formula import bare
from nnlint.derivation.sheet import Sheet
from nnlint.derivation.sizes import LETTERS
from nnlint.terminal import visible
from nnlint.wording import grouped, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nnlint.derivation.formula import Step
    from nnlint.derivation.steps import Derived
    from nnlint.derivation.sums import Excerpt
    from nnlint.finding import Path
    from nnlint.graph import Group, Node
    from nnlint.terminal import Style

    LineOf = Callable[[Path], int]

MOST_LAYERS = 1_000
"""More distinct layers than anyone reads."""
QUESTION = "How many parameters, and why: the formula, the numbers put in, the result."
MACS = "MACs: multiply-accumulates for one sample, without biases, norms and activations"


def text(told: Excerpt, path: str, line_of: LineOf, style: Style) -> str:
    """The derivation of these layers.

    Args:
        told: the layers.
        path: the file, as it is shown.
        line_of: gives the line of a place in it.
        style: how to draw.
    """
    sheet = Sheet(style)
    sheet.lines.append(headings.question(told.graph, path, style))
    sheet.words(QUESTION, 0, 0, "dim")
    _Telling(sheet, told, line_of).layers()
    sheet.heading("Parameters" if told.whole else "Parameters of these layers")
    _sums(sheet, told)
    _macs(sheet, told)
    return sheet.text


class _Telling:
    """Tells one layer after the other, and knows what it has told.

    A short network is told in full; in a long one each formula stands once.
    """

    def __init__(self, sheet: Sheet, told: Excerpt, line_of: LineOf) -> None:
        self.sheet, self.told, self.line_of = sheet, told, line_of
        self.room = len(str(max(told.numbers.values(), default=0)))
        self.in_full = sum(node.params > 0 for node in told.numbers) <= sums.FEW
        self.formulas: set[str] = set()
        self.alike: dict[object, int] = {}
        self.around: list[Group] = []
        self.lettered = False

    def layers(self) -> None:
        """Every layer in its place."""
        for node, number in islice(self.told.numbers.items(), MOST_LAYERS):
            self._parts_around(node)
            self._layer(steps.derived(number, node))
        left = len(self.told.numbers) - MOST_LAYERS
        if left > 0:
            words = f"… and {plural(left, 'layer')} more: FILE:LAYER explains any of them"
            self.sheet.line(words, 2)

    def _parts_around(self, node: Node) -> None:
        """A heading where other parts stand around the layer than around those before."""
        if node.parts != self.around:
            self.sheet.close = False
            if node.parts:
                self.sheet.part(" / ".join(map(headings.part, node.parts)))
        self.around = node.parts

    def _layer(self, one: Derived) -> None:
        """A paragraph, or a line: what was derived already is not derived again."""
        earlier = self.alike.setdefault(_likeness(one), one.number)
        if not one.owns:
            self.sheet.line(self._title(one, self._passing(one)), self.room + 2)
        elif self.in_full or earlier == one.number:
            self._paragraph(one)
        else:
            sign = "" if one.node.complete else "at least "
            as_before = f"as {earlier}: {sign}{grouped(one.node.params)} parameters"
            flow = f"{headings.flow(one.node)}; {as_before}"
            self.sheet.line(self._title(one, flow), self.room + 2)
        if one.has_letters and not self.lettered:
            self.sheet.words(f"({LETTERS})", self.room + 2, 1, "dim")
            self.lettered = True

    def _paragraph(self, one: Derived) -> None:
        """A layer with its sizes, its tensors and its sums."""
        self.sheet.paragraph(self._title(one, headings.flow(one.node)), self.room + 2)
        self.sheet.steps([self._once(step) for step in one.steps], self.room + 2)
        for note in one.notes:
            self.sheet.words(visible(note), self.room + 2, 2)

    def _title(self, one: Derived, flow: str) -> str:
        """`4  MultiheadAttention  (line 17): [1024, 768] becomes [1024, 768]`."""
        name = headings.layer(one.node)
        return f"{one.number:>{self.room}}  {name} (line {self.line_of(one.node.path)}): {flow}"

    def _passing(self, one: Derived) -> str:
        """What a layer without parameters makes of the shape."""
        ways = [f"{step.title} {' = '.join(step.parts)}" for step in map(self._once, one.sizes)]
        x, y = one.node.inputs, one.node.output
        stays = len(x) == 1 and x[0].dims == y.dims and not (x[0].open or y.open)
        flow = f"{headings.shape_words(y)} stays" if stays else headings.flow(one.node)
        return "; ".join([flow, *ways])

    def _once(self, step: Step) -> Step:
        """The step without a formula that was told before."""
        words = step.words.partition(" copies × ")[2] or step.words
        if self.in_full or words not in self.formulas:
            self.formulas.add(words)
            return step
        return step._replace(words="")


def _likeness(one: Derived) -> object:
    """What two layers have in common whose derivations are the same."""
    lines = tuple((step.title, *step.parts) for step in one.steps)
    return (one.node.spec.type, headings.flow(one.node), one.notes, lines)


def _sums(sheet: Sheet, told: Excerpt) -> None:
    """The sums of the parts, then those over all layers."""
    found, total = sums.parameter_sums(told), told.graph.totals
    for title, of_part in found.parts.items():
        sheet.words(visible(title), 2, 2)
        sheet.steps(of_part, 4)
    if found.parts:
        sheet.words("all layers" if told.whole else "these layers", 2)
    sheet.steps(found.totals, 4 if found.parts else 2)
    if total.buffers and not total.moving:
        stored = f"besides, {plural(total.buffers, 'number')} stored, not learned"
        sheet.words(f"{stored}: no parameters", 2, 2)


def _macs(sheet: Sheet, told: Excerpt) -> None:
    """A line a layer that multiplies, then their sum; each formula once."""
    counted, total = [node for node in told.numbers if node.all_macs], told.graph.totals
    if not counted and total.macs_complete:
        return
    sheet.heading(MACS)
    formulas = {one.spec.type: bare(one.layer.macs_formula) for one in counted if one.layer}
    for kind, words in formulas.items():
        sheet.words(f"{visible(kind)}: {words}", 2, 2, "dim")
    lines = [line for one in counted[:MOST_LAYERS] for line in _macs_line(told, one)]
    if len(counted) > 1 or not total.macs_complete:
        lines.append(sums.macs_sum(total, [node.all_macs for node in counted]))
    sheet.steps(lines, 2)


def _macs_line(told: Excerpt, node: Node) -> Iterator[Step]:
    step = steps.macs_step(node)
    if step:
        name = node.spec.name or node.spec.type
        yield step._replace(title=f"{told.numbers[node]} {name}", words="")
