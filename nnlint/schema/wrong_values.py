"""A value that its schema refuses: what it was meant to be."""

from __future__ import annotations

import re
from math import prod
from typing import TYPE_CHECKING, Any

from nnlint.expression import is_expression
from nnlint.layers.attribute import IDENTIFIER, PROBABILITY, SOURCE_PATTERN
from nnlint.losses import KERAS_LOSSES
from nnlint.quantity import COUNT_PATTERN, PERCENTAGE_PATTERN, parse_count, respelled
from nnlint.scalars import OLD_WORDS, resolve
from nnlint.schema.remedy import Remedy, meant, write
from nnlint.schema.validation import fits
from nnlint.wording import flow, listed, nearest

if TYPE_CHECKING:
    from nnlint.schema.breaches import Breach

MOST_WORDS = 8
"""Of a list of words that a message shows."""
LONGEST_NUMBER = 40
"""Characters of a quoted text that may be a number."""


def remedy_of(breach: Breach) -> Remedy | None:
    """How to mend a wrong value, where one way is clear."""
    return _misplaced(breach) or _respelt(breach)


def _misplaced(breach: Breach) -> Remedy | None:
    """What is right in itself, and stands in the wrong place or form."""
    value, title = breach.value, breach.schema.get("title", "")
    if is_expression(value) and breach.key in ("expect", "budget"):
        return Remedy("expressions stand in layers: write the number here")
    if is_expression(value) and breach.key == "name":
        return Remedy("a name is written out: it is no expression")
    if isinstance(value, str) and re.match(r"\(\d", value):
        inner = value.strip("()").rstrip(", ") if value.endswith(")") else "3, 3"
        return Remedy(f"a list has square brackets: write [{inner}]")
    if title.startswith("a list of layers") and isinstance(value, dict) and "type" in value:
        return Remedy("write it as a list: [{type: …}]", [value])
    return None


def _respelt(breach: Breach) -> Remedy | None:
    """The same value in the right spelling."""
    match breach.keyword:
        case "enum" if isinstance(breach.value, str):
            return _choice(breach.value, breach.wanted)
        case "pattern" | "maximum":
            return _in_range_or_pattern(breach)
        case "type" | "const":
            return _of_the_type(breach) or _example(breach)
    return None


def _choice(value: str, allowed: list[Any]) -> Remedy:
    values = [one for one in allowed if isinstance(one, str)]
    by_keras = KERAS_LOSSES.get(value)
    if by_keras in values:
        return Remedy(f"{value} is Keras' name: write {by_keras}", by_keras, sure=True)
    if word := nearest(value, values):
        return meant(word, value)
    more = [*values[:MOST_WORDS], "another of them"] if len(values) > MOST_WORDS else values
    return Remedy(f"write {listed(more)}")


def _in_range_or_pattern(breach: Breach) -> Remedy | None:
    pattern = breach.schema.get("pattern", "")
    if breach.keyword == "pattern" and pattern in (IDENTIFIER, SOURCE_PATTERN):
        name = as_name(str(breach.value))
        return write(name) if name else None
    if breach.keyword == "maximum" and breach.schema.get("title") == PROBABILITY["title"]:
        share = as_probability(breach.value)
        return None if share is None else Remedy(f"write {share:g}", share)
    words = respelled(breach.value, pattern)
    return Remedy(words) if words else _of_limit(breach)


def _of_limit(breach: Breach) -> Remedy | None:
    """A percentage under the key of a count; a number of a quantity in quotes."""
    value, key = breach.value, breach.path[-1] if breach.path else None
    if key == "max_increase" and re.match(PERCENTAGE_PATTERN, str(value)):
        return Remedy(f"a percentage has a key of its own: write max_increase_pct: {value}")
    number = without_quotes(value, str(breach.schema.get("type", [])))
    if number is None or not fits(breach.schema, number):
        return None
    return Remedy(f"remove the quotes: {value}", number)


def as_name(text: str) -> str | list[str] | None:
    """The name, or the names, that a text with spaces or commas was meant as."""
    names = [re.sub(r"[^A-Za-z0-9_-]+", "_", part.strip()) for part in text.split(",")]
    if not all(re.match(IDENTIFIER, name) for name in names):
        return None
    return names if len(names) > 1 else names[0]


def as_probability(percent: float) -> float | None:
    """What was meant as a share of 100: 50 is 0.5."""
    return float(f"{percent / 100:g}") if percent <= 100 else None


def _of_the_type(breach: Breach) -> Remedy | None:
    """The same value as the type that was expected, where there is one."""
    value, kinds = breach.value, str(breach.schema.get("type", []))
    if "boolean" in kinds:
        flag = as_flag(value)
        return None if flag is None else write(flag, sure=True)
    if breach.wanted == "object":
        return None
    number = without_quotes(value, kinds if breach.schema.get("type") else "integer")
    if number is not None:
        return Remedy(f"remove the quotes: {value}", number, sure=True)
    whole = as_whole(value) if "integer" in kinds else None
    result = computed(value) if whole is None else whole
    return write(result, sure=True) if result is not None else None


def as_flag(value: object) -> bool | None:
    """What `no`, `"true"` or 1 says, where true or false is wanted."""
    words = {**OLD_WORDS, "true": True, "false": False, "1": True, "0": False}
    return words.get(str(value).lower())


def without_quotes(value: object, kinds: str) -> float | None:
    """The number that a text is without its quotes, where a number is wanted."""
    if not isinstance(value, str) or len(value) > LONGEST_NUMBER:
        return None
    number = resolve(value)
    if isinstance(number, bool) or not isinstance(number, int | float):
        return None
    return number if "integer" in kinds or "number" in kinds else None


def as_whole(value: object) -> int | None:
    """The whole number that 16.0 is."""
    return int(value) if isinstance(value, float) and value.is_integer() else None


def computed(value: object) -> int | None:
    """What `28*28`, `15k` or `50_257` comes to, where a plain number is wanted; never 0."""
    text = str(value)
    if re.fullmatch(r"[0-9]{1,9}( ?\* ?[0-9]{1,9}){1,4}", text):
        return prod(int(factor) for factor in text.split("*")) or None
    if re.fullmatch(r"[0-9]{1,9}(_[0-9]{1,9}){1,6}", text):
        return int(text.replace("_", "")) or None
    return (parse_count(text) or None) if re.match(COUNT_PATTERN, text) else None


def _example(breach: Breach) -> Remedy | None:
    """How such a value looks, with the user's own in it where that is one step away."""
    if size := as_sizes(breach):
        return write(size)
    if whole := as_map(breach):
        return write(whole)
    examples = breach.schema.get("examples")
    return Remedy(f"for example {flow(examples[0])}") if examples else None


def as_map(breach: Breach) -> dict[str, Any] | None:
    """The map that a bare value of it was meant as: `budget: 3k` is `budget: {params: 3k}`."""
    examples, kinds = breach.schema.get("examples"), breach.schema.get("properties")
    if not examples or not kinds or isinstance(breach.value, dict | list | bool):
        return None
    first = [*examples[0], *kinds]
    key = next((one for one in first if fits(kinds.get(one, False), breach.value)), None)
    return {key: breach.value} if key else None


def as_sizes(breach: Breach) -> list[int] | None:
    """The list of one that a bare size was meant as."""
    size, items = breach.value, breach.schema.get("items", {})
    is_size = type(size) is int and size > 0
    return [size] if is_size and items.get("type") == "integer" else None
