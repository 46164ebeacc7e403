"""The page of a rule and of a layer: one content, for the terminal and for Markdown."""

from __future__ import annotations

import inspect
import textwrap
from typing import TYPE_CHECKING

from nnlint.finding import Applies
from nnlint.layers.base import COMMON
from nnlint.record import Record
from nnlint.rules import FAMILIES, Made, Rule, ends_reading
from nnlint.wording import flow, grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.layers.attribute import Attribute
    from nnlint.layers.base import Layer
    from nnlint.terminal import Style

READING_WIDTH = 88


class Section(Record):
    """A part of a page.

    Attributes:
        title: its heading; empty for the opening words.
        text: prose, which is wrapped, or lines, which are kept.
        kind: `prose`, `lines` or `yaml`.
    """

    title: str
    text: str
    kind: str = "prose"


class Page(Record):
    """A page: a title and its sections."""

    title: str
    sections: tuple[Section, ...]


def rule_page(rule: Rule) -> Page:
    """Why, bad, good, how to ignore, where to read more."""
    sections = (
        Section("", rule.summary),
        Section("Why", rule.rationale),
        Section("Before", rule.before.rstrip(), "yaml"),
        _example("Bad", rule.bad),
        _example("Good", rule.good),
        Section("Fix", _FIXES[rule.fix]),
        Section("Ignore", _ignore(rule), "yaml"),
        Section("", _switched_off(rule)),
        Section("Reference", rule.reference, "lines"),
    )
    return Page(rule.title, tuple(section for section in sections if section.text))


_FIXES = {
    None: "",
    Applies.SAFE: "`nnlint --fix` mends it where there is one right answer; every count and "
    "every shape stays.",
    Applies.UNSAFE: "`nnlint --unsafe-fixes` mends it where that breaks nothing else; counts "
    "or sizes change.",
    Applies.EXPECTATION: "`nnlint --update-expect` writes the number that is.",
}


def _switched_off(rule: Rule) -> str:
    if ends_reading(rule.code):
        return ""
    return (
        f"For all files, or for some: `ignore` and `per-file-ignores` under [tool.nnlint] in "
        f'pyproject.toml, with "{rule.code}".'
    )


def _ignore(rule: Rule) -> str:
    return f"# nnlint: ignore[{rule.code}] and the reason" if rule.ignorable else ""


def _example(title: str, example: str | Made) -> Section:
    if isinstance(example, Made):
        return Section(title, f"{example.words[0].upper()}{example.words[1:]}.")
    return Section(title, example.rstrip(), "yaml")


def family(code: str) -> str:
    """The family of a rule, by the beginning of its code."""
    return FAMILIES.get(code[:4]) or FAMILIES[code[:3]]


def layer_page(layer: type[Layer]) -> Page:
    """What it does, its formula, attributes, defaults and an example that is worked out."""
    summary, _, rest = inspect.cleandoc(layer.__doc__ or "").partition("\n")
    sections = (
        Section("", summary),
        Section("", rest.strip()),
        Section("Parameters", _formulas(layer), "lines"),
        Section("MACs", layer.macs_formula, "lines"),
        Section("Attributes", "\n".join(_attributes(layer)), "lines"),
        Section("On every layer", "\n".join(_rows(COMMON)), "lines"),
        Section("Example", _flow_layer(layer), "yaml"),
        Section("", _worked(layer), "lines"),
        Section("In Keras", ", ".join(layer.keras), "lines"),
        Section("Reference", layer.reference, "lines"),
    )
    return Page(layer.__name__, tuple(section for section in sections if section.text))


def _formulas(layer: type[Layer]) -> str:
    if not layer.formula:
        return "none of its own"
    width = max(map(len, layer.formula))
    return "\n".join(f"{name:<{width}}  {size}" for name, size in layer.formula.items())


def _attributes(layer: type[Layer]) -> Iterator[str]:
    yield from _rows({k: value for k, value in layer.keys().items() if k not in COMMON})


def _rows(attributes: dict[str, Attribute]) -> Iterator[str]:
    width = max(map(len, attributes), default=0)
    for name, value in attributes.items():
        yield f"{name:<{width}}  {value.kind['title']}; {default_words(value)}{value.doc}"


def default_words(value: Attribute) -> str:
    """`required. `, or the default as it is written; what is inferred says so itself."""
    if value.stated:
        return ""
    return "required. " if value.required else f"default {flow(value.default)}. "


def _flow_layer(layer: type[Layer]) -> str:
    written = {"type": layer.__name__, **layer.example}
    bare = not layer.example and not layer.required()
    return f"- {layer.__name__ if bare else flow(written)}"


def _worked(layer: type[Layer]) -> str:
    """The example's shapes and count, computed by the program itself."""
    from nnlint import spec, wiring  # noqa: PLC0415 - only pages of layers need them

    data = {
        "inputs": layer.example_inputs,
        "layers": [{"type": layer.__name__, **layer.example}],
    }
    model = spec.parse(data, frozenset())
    if model is None:
        return ""
    graph = wiring.connect(model)
    arriving = " and ".join(str(shape) for shape in graph.inputs.values())
    rows = [node.derivation for node in graph.nodes if node.derivation]
    count = f"; {' + '.join(rows)} = {grouped(graph.totals.params)} parameters" if rows else ""
    return f"{arriving} becomes {graph.output.shape}{count}"


def terminal_text(page: Page, style: Style) -> str:
    """The page for a screen."""
    width = min(style.width, READING_WIDTH)
    parts = [style.paint(page.title, "bold")]
    for section in page.sections:
        body = _wrapped(section, width)
        heading = [style.paint(section.title, "bold", "cyan")] if section.title else []
        parts.append("\n".join([*heading, body]))
    return "\n\n".join(parts) + "\n"


def _wrapped(section: Section, width: int) -> str:
    indent = "  " if section.title else ""
    if section.kind == "prose":
        return textwrap.fill(
            section.text, width, initial_indent=indent, subsequent_indent=indent
        )
    if section.kind == "yaml":
        return textwrap.indent(section.text, "    ")
    return "\n".join(_hanging(line, width, indent) for line in section.text.split("\n"))


def _hanging(line: str, width: int, indent: str) -> str:
    """A row `name  words`, its further lines under the words."""
    column = len(indent) + (
        len(line) - len(line.partition("  ")[2].lstrip()) if "  " in line else 0
    )
    return textwrap.fill(
        line, width, initial_indent=indent, subsequent_indent=" " * max(column, len(indent)),
        break_long_words=False, break_on_hyphens=False, drop_whitespace=True,
        replace_whitespace=False,
    )  # fmt: skip


def markdown(page: Page, level: int) -> str:
    """The page as a part of a Markdown file."""
    parts = [f"{'#' * level} {page.title}"]
    for section in page.sections:
        heading = [f"**{section.title}**"] if section.title else []
        parts.append("\n\n".join([*heading, _markdown_body(section)]))
    return "\n\n".join(parts) + "\n"


def _markdown_body(section: Section) -> str:
    if section.kind == "yaml":
        return f"```yaml\n{section.text}\n```"
    if section.kind == "lines" and section.text.startswith("https://"):
        return f"<{section.text}>"
    if section.kind == "lines" and section.title:
        return f"```text\n{section.text}\n```"
    return section.text
