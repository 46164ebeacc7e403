"""One mistake in a spec: of the kinds that people make, at a random place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from nnlint.layers import layer_types
from tests.fuzz.places import numbers, put
from tests.mutation.writing import swapped_letters
from tests.test_schema import holders, mutate

if TYPE_CHECKING:
    from collections.abc import Callable

    Mistake = Callable[[st.DrawFn, dict[str, Any]], None]


def wrong_value(draw: st.DrawFn, data: dict[str, Any]) -> None:
    """A value of another type, a key that is missing, renamed or new."""
    mutate(data, draw)


def misspelt(draw: st.DrawFn, data: dict[str, Any]) -> None:
    """A key or a word with two letters the other way round."""
    places = [
        (holder, step)
        for holder, step in holders(data)
        if isinstance(step, str) or isinstance(holder[step], str)
    ]
    holder, step = draw(st.sampled_from(places))
    value = holder[step]
    if isinstance(value, str) and (not isinstance(step, str) or draw(st.booleans())):
        holder[step] = swapped_letters(value)
    else:
        holder[swapped_letters(step)] = holder.pop(step)


def shifted(draw: st.DrawFn, data: dict[str, Any]) -> None:
    """A number that is one off, or the axis on the other side."""
    path, value = draw(st.sampled_from(list(numbers(data))))
    put(data, path, draw(st.sampled_from([value + 1, value - 1, -value, value * 2])))


def quoted(draw: st.DrawFn, data: dict[str, Any]) -> None:
    """A number in quotes, or with a point."""
    path, value = draw(st.sampled_from(list(numbers(data))))
    put(data, path, draw(st.sampled_from([str(value), float(value), f"{value}*1"])))


def foreign(draw: st.DrawFn, data: dict[str, Any]) -> None:
    """A layer under Keras' name, or one of its keys under Keras' word."""
    places = [
        (holder, step)
        for holder, step in holders(data)
        if step == "type" and holder[step] in layer_types()
    ]
    if places:
        holder, step = draw(st.sampled_from(places))
        kind = layer_types()[holder[step]]
        words = {key: word for key, one in kind.attributes.items() for word in one.keras}
        for key in sorted(words.keys() & holder.keys()):
            holder[words[key]] = holder.pop(key)
        holder[step] = draw(st.sampled_from([*kind.keras, holder[step], holder[step].lower()]))


OF_DATA: tuple[Mistake, ...] = (wrong_value, misspelt, shifted, quoted, foreign)


def line_twice(draw: st.DrawFn, text: str) -> str:
    """A line that stands twice: a key, mostly."""
    lines = text.splitlines(keepends=True)
    index = draw(st.integers(0, len(lines) - 1))
    return "".join([*lines[: index + 1], *lines[index:]])


def line_lost(draw: st.DrawFn, text: str) -> str:
    """A line that is gone."""
    lines = text.splitlines(keepends=True)
    del lines[draw(st.integers(0, len(lines) - 1))]
    return "".join(lines)


def sign_lost(draw: st.DrawFn, text: str) -> str:
    """One of YAML's signs that is gone."""
    places = [index for index, sign in enumerate(text) if sign in "{}[],:-#'\" \n"]
    index = draw(st.sampled_from(places))
    return text[:index] + text[index + 1 :]


def spelt_as_before(draw: st.DrawFn, text: str) -> str:
    """Words and numbers as YAML 1.1 had them, which PyYAML still reads otherwise."""
    old = {
        "true": "yes",
        "false": "off",
        ": 8": ": 010",
        ": 0.1": ": 1e-1",
    }
    new, word = draw(st.sampled_from(sorted(old.items())))
    return text.replace(new, word)


OF_TEXT = (line_twice, line_lost, sign_lost, spelt_as_before)
