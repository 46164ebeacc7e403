"""What jsonschema found -> problems in nnlint's words, one code for each keyword."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from nnlint import mistakes
from nnlint.finding import Edit, spell
from nnlint.layers.attribute import LARGEST
from nnlint.published import BLOCK_KEYS, VARIANT
from nnlint.schema.remedy import Remedy, problem
from nnlint.schema.soundness import is_integer
from nnlint.schema.unknown_keys import meant_key, unknown_key
from nnlint.schema.validation import fits
from nnlint.schema.wrong_values import remedy_of
from nnlint.wording import described, grouped, listed, plural, quoted, short_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from nnlint.finding import Path, Problem
    from nnlint.layers.attribute import JsonSchema
    from nnlint.layers.base import Layer
    from nnlint.schema.breaches import Breach

KEYWORD_CODES = {
    "type": "NN101", "enum": "NN104", "const": "NN105", "minimum": "NN106", "maximum": "NN107",
    "pattern": "NN108", "minItems": "NN109", "maxItems": "NN110", "minProperties": "NN111",
    "maxProperties": "NN112", "not": "NN113",
}  # fmt: skip


def problems_of(
    breaches: Sequence[Breach], path: Path, layer: type[Layer] | None
) -> list[Problem]:
    """The problems of the value at `path`, a layer of that type if one is given, each once."""
    meant = set(_meant(breaches, layer))
    found = (one for breach in breaches for one in _problems(breach, path, layer, meant))
    return mistakes.told(_each_once(found))


def _each_once(problems: Iterable[Problem]) -> Iterator[Problem]:
    met: set[tuple[str, Path, str]] = set()
    for one in problems:
        likeness = (one.code, one.path, one.message)
        if likeness not in met:
            met.add(likeness)
            yield one


def _meant(breaches: Sequence[Breach], layer: type[Layer] | None) -> Iterator[Path]:
    """The keys that misspelt ones stand for: these are not missing as well."""
    maps = (breach for breach in breaches if breach.keyword == "additionalProperties")
    unknown = ((breach, key) for breach in maps for key in _unknown(breach))
    for breach, key in islice(unknown, mistakes.MOST_MISTAKES + 1):  # each of them is told
        right = meant_key(key, breach, layer)
        # a single input and several are written under two keys, and one is enough
        words = ("input", "inputs") if right == "inputs" else filter(None, [right])
        yield from ((*breach.path, word) for word in words)


def _meant_for_many(key: str, breach: Breach, here: Path, remedy: Remedy) -> tuple[Edit, ...]:
    """A misspelt key of the spec or of its defaults: what hangs on it goes on as if right."""
    right, known = remedy.value, breach.schema["properties"]
    hangs_on_it = not here or here[0] == "defaults"
    if not hangs_on_it or right not in known or right in breach.value:
        return ()
    takes = fits(known[right], breach.value[key])
    return (Edit((*here, key), right, on_key=True),) if takes else ()


def _unknown(breach: Breach) -> list[str]:
    return [key for key in breach.value if key not in breach.schema["properties"]]


def _problems(
    breach: Breach, path: Path, layer: type[Layer] | None, meant: set[Path]
) -> Iterator[Problem]:
    """One breach in nnlint's words."""
    here = (*path, *breach.path)
    what = layer.__name__ if layer else spell(here) or "a spec"
    if breach.of_name:
        yield _wrong_name(breach, here)
    elif breach.keyword == "required":
        yield from _missing_keys(breach, here, what, meant)
    elif breach.keyword == "additionalProperties":
        for key in _unknown(breach):
            message, remedy = unknown_key(key, breach, what, layer)
            one = problem("NN103", (*here, key), message, remedy, on_key=True)
            yield one._replace(meant=one.meant or _meant_for_many(key, breach, here, remedy))
    elif breach.keyword == "not":
        yield _conflict(breach, here)
    else:
        yield _wrong_value(breach, here)


def _wrong_name(breach: Breach, here: Path) -> Problem:
    """A key that is none of the names that its map may hold."""
    name, remedy = str(breach.value), None
    begin = "a letter, a digit or _" if breach.wanted == VARIANT else "a letter or _"
    message = f"{quoted(name)} is no name: it begins with {begin}, then letters, digits, _, -"
    if name in (*BLOCK_KEYS, "block", "type", "in"):
        message = f"{quoted(name)} is no name for an argument: it has a meaning of its own"
        remedy = Remedy("choose another")
    return problem("NN108", (*here, name), message, remedy, on_key=True)


def _missing_keys(breach: Breach, here: Path, what: str, meant: set[Path]) -> Iterator[Problem]:
    for key in breach.wanted:
        if key not in breach.value and (*breach.path, key) not in meant:
            yield problem(
                "NN102", here, f"{what} needs {key}", _how_to_write(key, breach.schema)
            )


def _how_to_write(key: str, schema: JsonSchema) -> Remedy:
    expected = schema.get("properties", {}).get(key, {}).get("title")
    fallback = "a shape such as [784], without the batch axis"
    return Remedy(f"write `{key}:` with {expected or fallback}")


def _conflict(breach: Breach, here: Path) -> Problem:
    keys = listed(["inputs", *breach.wanted["required"]], "and")
    message, remedy = f"{keys} exclude each other", Remedy("keep one of them")
    return problem(KEYWORD_CODES["not"], (*here, "inputs"), message, remedy, on_key=True)


def _wrong_value(breach: Breach, here: Path) -> Problem:
    message = f"{_name_of(here)} is {_found(breach)}, but expected {_expected(breach)}"
    batch = here == ("input", 0) and breach.value in (None, -1)
    leave_out = Remedy("leave the batch axis out: no shape shows it")
    remedy = leave_out if batch else remedy_of(breach)
    return problem(KEYWORD_CODES[breach.keyword], here, message, remedy)


_BOUNDS = {
    "minItems": ("at least", "item"), "maxItems": ("at most", "item"),
    "maxProperties": ("at most", "key"),
}  # fmt: skip


def _found(breach: Breach) -> str:
    """What stands there: of a number that is out of its range only the number."""
    if _is_beyond_all(breach):
        return short_number(breach.value)
    if breach.keyword == "maxProperties":
        return f"a map of {plural(len(breach.value), 'key')}"
    ranged = breach.keyword in ("minimum", "maximum")
    return str(breach.value) if ranged else described(breach.value)


def _expected(breach: Breach) -> str:
    title = str(breach.schema.get("title", "something else"))
    if _is_beyond_all(breach):
        return f"at most {grouped(LARGEST)}"
    if breach.keyword not in _BOUNDS:
        return title
    bound, of_what = _BOUNDS[breach.keyword]
    return f"{bound} {plural(breach.wanted, of_what)}: {title}"


def _is_beyond_all(breach: Breach) -> bool:
    """Whether the number is larger than any may be."""
    return breach.keyword == "maximum" and is_integer(breach.value) and breach.wanted == LARGEST


def _name_of(path: Path) -> str:
    """The key, with its index if it stands in a list: `input[0]`."""
    begin = next((i for i in reversed(range(len(path))) if isinstance(path[i], str)), 0)
    return spell(path[begin:]) or "the file"
