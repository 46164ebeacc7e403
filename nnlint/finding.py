"""What nnlint says: problems without a line, findings with one.

Stages and rules speak in paths into the document (`Problem`); only the engine
turns a path into a line and a column (`Finding`).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from nnlint.record import Record
from nnlint.terminal import SEVERITY_STYLES, Style, visible

if TYPE_CHECKING:
    from fractions import Fraction

PLAIN = Style()
"""Without colours."""

Path: TypeAlias = tuple[str | int, ...]
"""A place in a document, from its root: `("layers", 3, "kernel_size")`."""


class Severity(Enum):
    """How much a finding matters; `rank` orders them, highest first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """3 for an error, 2 for a warning, 1 for information."""
        return 3 - list(Severity).index(self)


class Span(NamedTuple):
    """A stretch of a file: lines and columns from 1, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class RuleInfo(Record):
    """What a finding needs to know of its rule."""

    code: str
    name: str
    severity: Severity


class Use(Record):
    """A use of a block, and which of its copies is meant; None: there is one."""

    path: Path
    copy: int | None


class Applies(Enum):
    """What it takes for a fix to be made."""

    SAFE = "safe"
    """Every count and shape stays equal."""
    UNSAFE = "unsafe"
    """A count, a size or a layer changes."""
    EXPECTATION = "expectation"
    """What is declared becomes what is."""

    @property
    def flag(self) -> str:
        """What the user says to have it made."""
        return FLAGS[self.value]


FLAGS = {"safe": "--fix", "unsafe": "--unsafe-fixes", "expectation": "--update-expect"}


class Edit(Record):
    """One change of a document, in paths.

    Attributes:
        path: what changes; a key that is not there yet is added to its map.
        value: the new value; of a key, its new name.
        on_key: the key is renamed; else its value changes.
    """

    path: Path
    value: Any
    on_key: bool = False


class Replacement(NamedTuple):
    """One change of a text: what stands there instead."""

    span: Span
    text: str


class Fix(Record):
    """How to mend a problem: edits of values and keys, or of text that means the same.

    Attributes:
        applies: what it takes for it to be made.
        edits: changes of values and keys.
        respelt: changes of the text that leave every value as it is.
    """

    applies: Applies
    edits: tuple[Edit, ...] = ()
    respelt: tuple[Replacement, ...] = ()


class Repair(Record):
    """A fix, as the changes of the text that it makes."""

    applies: Applies
    edits: tuple[Edit, ...]
    replacements: tuple[Replacement, ...]


class Problem(Record):
    """One thing that is wrong, said in paths.

    Attributes:
        code: the rule, `NN201`.
        path: where in the document.
        message: what is, and what was expected.
        help: how to mend it, or None where the message already says so.
        on_key: the key at `path` is meant, not its value.
        span: the place itself, where no path leads there (a syntax error).
        severity: where one rule judges by degree; None is the rule's own.
        uses: the uses of blocks that lead to the place, the outermost first.
        note: what explains it further, or None.
        variant: the variant that it is found in, where the base is without it.
        binding: the repository's word: no comment in a spec and no flag silences it.
        echo: it follows from another error, and is said only where that one is not.
        fix: how to mend it by an edit, or None.
        meant: edits after which the document says what was meant, for the stages to go on.
        used: of a budget, what the network has; else None.
        about: what it is about where its place does not tell: one of several layers.
    """

    code: str
    path: Path
    message: str
    help: str | None = None
    on_key: bool = False
    span: Span | None = None
    severity: Severity | None = None
    uses: tuple[Use, ...] = ()
    note: str | None = None
    variant: str | None = None
    binding: bool = False
    echo: bool = False
    fix: Fix | None = None
    meant: tuple[Edit, ...] = ()
    used: int | Fraction | None = None
    about: str = ""


class Related(Record):
    """Another place in the file that has to do with a finding, and what is there."""

    span: Span
    message: str


class Finding(Record):
    """A problem with its place in the file and its rule.

    Attributes:
        rule: the rule, with the severity that holds here.
        message: what is, and what was expected.
        help: how to mend it, or None.
        path: where in the document.
        span: where in the file.
        note: what explains it further, or None.
        binding: neither a comment in the spec nor a flag silences it.
        echo: it is said only where the error that it follows from is not.
        repair: how `--fix` mends it, or None.
        place: where in the spec, by names: it stays while lines move (`landmarks`).
        related: the uses of blocks that lead to the place, the innermost first.
        used: of a budget, the most that is used of it in any variant; else None.
    """

    rule: RuleInfo
    message: str
    help: str | None
    path: Path
    span: Span
    note: str | None = None
    binding: bool = False
    echo: bool = False
    repair: Repair | None = None
    place: str = ""
    related: tuple[Related, ...] = ()
    used: int | Fraction | None = None

    @property
    def code(self) -> str:
        """The code of its rule: `NN301`."""
        return self.rule.code

    @property
    def severity(self) -> Severity:
        """How much it matters here."""
        return self.rule.severity

    def line(self, path: str, style: Style = PLAIN) -> str:
        """`specs/mnist.yaml:7:5: error[NN201] message`, whatever stands in them."""
        place = f"{visible(path)}:{self.span.line}:{self.span.column}:"
        severity = self.rule.severity.value
        head = style.paint(f"{severity}[{self.rule.code}]", *SEVERITY_STYLES[severity])
        return f"{style.paint(place, 'bold')} {head} {visible(self.message)}"

    @property
    def sort_key(self) -> tuple[int, int, str, str]:
        """Findings read in the order of the file."""
        return (self.span.line, self.span.column, self.rule.code, self.message)


def spell(path: Path) -> str:
    """The path as a person writes it: `layers[3].kernel_size`."""
    parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(parts).removeprefix(".")
