"""The words of the format, for a fuzzer that can't guess them: taken from the schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnlint import rules
from nnlint.layers import keras_names
from nnlint.published import json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

YAML = ("\n  - ", ": ", "{type: ", "}", "[", "]", "&a ", "*a", "<<: *a", "---\n", "!!str ",
        "\r\n", "|\n", "? ", "$", "4*$d", "//", "# nnlint: ignore[", ".nan", "0o17", "1e-3",
        "15k", "64 KiB", "90%")  # fmt: skip
"""What the schema doesn't tell: YAML's signs, and how numbers are written."""


def words() -> list[str]:
    """Every key, layer, choice, foreign name and code."""
    found = {*_of(json_schema()), *keras_names(), *rules.codes(), *YAML}
    return sorted(found)


def _of(schema: Any) -> Iterator[str]:
    """The keys and the fixed values that a schema names."""
    if isinstance(schema, list):
        for item in schema:
            yield from _of(item)
    if not isinstance(schema, dict):
        return
    yield from schema.get("properties", {})
    fixed = [*schema.get("enum", []), schema.get("const")]
    yield from (value for value in fixed if isinstance(value, str))
    for value in schema.values():
        yield from _of(value)


def lines() -> Iterator[str]:
    """The dictionary as libFuzzer reads it: every word in quotes, odd bytes as escapes."""
    for word in words():
        yield '"' + "".join(_escaped(byte) for byte in word.encode()) + '"\n'


def _escaped(byte: int) -> str:
    plain = 0x20 <= byte < 0x7F and chr(byte) not in '"\\'
    return chr(byte) if plain else f"\\x{byte:02X}"
