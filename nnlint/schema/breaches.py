"""What jsonschema finds wrong with a value. Alone imports it: a right spec never does."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft7Validator, validators

from nnlint.record import Record
from nnlint.schema.soundness import is_integer, is_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path
    from nnlint.layers.attribute import JsonSchema


class Breach(Record):
    """A value that is not what its schema says.

    Attributes:
        keyword: of the schema, the one that is broken: `minimum`.
        wanted: what the schema has there: `1`.
        value: what the document has.
        path: where, from the value that was validated.
        schema: the part of the schema that holds the keyword.
        of_name: the value is itself the name of a key, in the map at the path.
    """

    keyword: str
    wanted: Any
    value: Any
    path: Path
    schema: JsonSchema
    of_name: bool

    @property
    def key(self) -> str | int | None:
        """Under which key of the value that was validated it lies; None: it is that value."""
        return self.path[0] if self.path else None


def breaches(schema: JsonSchema, data: Any) -> Iterator[Breach]:
    """One by one: whoever stops at the first thousand pays for no more."""
    return (
        Breach(
            keyword=str(error.validator),
            wanted=error.validator_value,
            value=error.instance,
            path=tuple(error.absolute_path),
            schema=error.schema,
            of_name="propertyNames" in error.absolute_schema_path,
        )
        for error in _validator_class()(schema).iter_errors(data)
    )


@cache
def _validator_class() -> Any:
    """Draft 7 with strict numbers."""
    strict = Draft7Validator.TYPE_CHECKER.redefine_many(
        {
            "integer": lambda _checker, value: is_integer(value),
            "number": lambda _checker, value: is_number(value),
        }
    )
    extend: Any = validators.extend
    return extend(Draft7Validator, type_checker=strict)
