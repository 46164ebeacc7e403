"""Document -> problems of its schema, one code for each keyword.

The envelope is validated first, then each layer against the fragment of its own
type (dispatch): the messages name the layer, and nothing is tried in vain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnlint import mistakes
from nnlint.record import Record
from nnlint.schema import validation
from nnlint.schema.blocks import Blocks
from nnlint.schema.composition import Composition, refused_part
from nnlint.schema.layer import LayerCheck
from nnlint.schema.roles import role_problems
from nnlint.schema.translation import translated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path, Problem
    from nnlint.layers.attribute import JsonSchema


class Checked(Record):
    """What the schema says of a document.

    Attributes:
        problems: what is wrong.
        refused: the paths of the layers, and of the top-level keys, that can't be used.
    """

    problems: list[Problem]
    refused: frozenset[Path]


def check(data: Any) -> Checked:
    """Check a document's data against the schema."""
    refused: set[Path] = set()
    return Checked(mistakes.told(_found(data, refused)), frozenset(refused))


def _found(data: Any, refused: set[Path]) -> Iterator[Problem]:
    """What is wrong, as far as anybody asks; notes what can't be used because of it."""
    for problem in translated(validation.of_envelope(data), ()):
        if problem.code != "NN113":
            refused.add(refused_part(problem.path))
        yield problem
    composed = Composition(data).problems() if isinstance(data, dict) else ()
    for part, problem in composed:
        refused.add(part)
        yield problem


def check_value(key: str, kind: JsonSchema, value: Any) -> list[Problem]:
    """Check one value that an expression came to, as if it had been written there.

    It is not written there, so that nothing can be mended by an edit.
    """
    problems = translated(validation.of_value(key, kind, value), ())
    return [problem._replace(fix=None, meant=()) for problem in problems]


def check_layer(item: Any, path: Path, role: str, key: str) -> list[Problem]:
    """Check a layer whose name an expression came to."""
    layer, problems = LayerCheck({}, Blocks({})).check(item, path, {})
    wrong = problems or role_problems(layer, role, path, key)
    return [problem._replace(fix=None, meant=()) for problem in wrong]
