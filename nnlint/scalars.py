"""Plain YAML scalars as the YAML 1.2 core schema reads them, as editors do."""

from __future__ import annotations

import re
from math import inf
from typing import Any, TypeAlias

Scalar: TypeAlias = str | int | float | bool | None

LONGEST_INTEGER = 4000
"""Digits; Python itself refuses to convert more than 4,300."""

LONGEST_BASED = 3_000
"""Characters of a hexadecimal or octal number, which has more digits as a decimal."""

_CONSTANTS: dict[str, Scalar] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
# strings, compiled at first use: most specs hold only words and plain integers
_INTEGER = r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
_FLOAT = r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
_NOT_FINITE = r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
OLD_WORDS = {"yes": True, "no": False, "on": True, "off": False}
"""Truth values of YAML 1.1 that are text in 1.2, in lower case."""


class TooLong(ValueError):  # noqa: N818 - read as a sentence: raise TooLong
    """An integer with more digits than anyone can mean."""


def resolve(text: str) -> Scalar:
    """The value of a plain scalar: `010` is ten, `no` is text, `1e-3` is a number.

    Raises:
        TooLong: an integer of more than `LONGEST_INTEGER` digits.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if not (text[0].isdigit() or text[0] in "+-."):
        return text
    if (text.isdecimal() and text.isascii()) or re.fullmatch(_INTEGER, text):
        return _integer(text)
    if re.fullmatch(_FLOAT, text):
        return float(text)
    if re.fullmatch(_NOT_FINITE, text):
        return float(text.replace(".", ""))
    return text


def _integer(text: str) -> int:
    based = text[:2] in ("0o", "0x")
    if len(text) > (LONGEST_BASED if based else LONGEST_INTEGER):
        raise TooLong(text)
    return int(text, 0) if based else int(text)


def is_unambiguous(text: str) -> bool:
    """Whether every reader takes it alike: an ordinary word, or a plain integer."""
    if text.isdecimal():
        return text.isascii() and (text[0] != "0" or text == "0")
    return text[:1].isalpha() and (len(text) > 3 or text.lower() not in OLD_WORDS)


def spelling(value: Scalar, text: str) -> str:
    """How to write the value so that every reader takes it alike, in words."""
    word = OLD_WORDS.get(text.lower())
    if isinstance(value, str) and word is not None:
        return f"write {written(word)}, or {clear(value, text)} for text"
    return f"write {clear(value, text)}"


def clear(value: Scalar, text: str) -> str:
    """The value of that text as every reader takes it."""
    if not isinstance(value, str):
        return written(value)
    return f"'{text}'" if '"' in text or "\\" in text else f'"{text}"'


_PLAIN = r"[A-Za-z_$][\w$+*/().-]*( [\w$+*/().-]+)*"
"""Text that means itself without quotes, wherever it stands."""


def written(value: Any) -> str:  # noqa: PLR0911 - a table, one row a type
    """Plain data as YAML on one line, in brackets or not, that every reader takes alike."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case float():
            return _decimal(value)
        case list() | tuple():
            return "[" + ", ".join(written(one) for one in value) + "]"
        case dict():
            pairs = (f"{written(k)}: {written(v)}" for k, v in value.items())
            return "{" + ", ".join(pairs) + "}"
        case str():
            return _text(value)
        case _:
            return str(value)


def _text(value: str) -> str:
    """The text, in quotes where it could be taken for anything else."""
    is_word = re.fullmatch(_PLAIN, value) and is_unambiguous(value) and resolve(value) == value
    if is_word or re.fullmatch(r"\$[\w$]+", value):
        return value
    import json  # noqa: PLC0415 - only what is written into a file needs it

    return json.dumps(value, ensure_ascii=False)


def _decimal(value: float) -> str:
    """The float with a point and a signed exponent, which YAML 1.1 takes for a number too."""
    if value in (inf, -inf):
        return ".inf" if value > 0 else "-.inf"
    mantissa, e, exponent = repr(value).partition("e")
    mantissa = mantissa if "." in mantissa else f"{mantissa}.0"
    return f"{mantissa}e{int(exponent):+d}" if e else mantissa
