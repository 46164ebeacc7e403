"""What is plainly right is what jsonschema finds nothing wrong with: each held to the other."""

from __future__ import annotations

from math import inf, isfinite, nan
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, validators

from nnlint import schema
from nnlint.document import read
from nnlint.layers import layer_types
from nnlint.published import envelope, fragment
from nnlint.schema import breaches, soundness, validation
from nnlint.schema.soundness import is_plain, nothing_waits
from nnlint.schema.translation import translated
from tests.fuzz.specs import Spec, nearly_valid
from tests.repositories import ROOT
from tests.test_loud_and_silent import LOUD, SILENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nnlint.layers.attribute import JsonSchema

STRICT: Any = validators.extend(
    Draft7Validator,
    type_checker=Draft7Validator.TYPE_CHECKER.redefine_many({
        "integer": lambda _, value: type(value) is int,
        "number": lambda _, value: type(value) in (int, float) and isfinite(value),
    }),
)  # fmt: skip
"""Draft 7, where 32.0 is no whole number, and NaN no number."""

SPECS = sorted((ROOT / "specs").glob("*.yaml"))

AWKWARD = [
    0, 1, -1, 2, 2**63 - 1, 2**63, -(2**63) + 1, -(2**63), 0.0, 1.0, 0.5, 1.5, -0.5, nan, inf,
    True, False, None, "", "none", "same", "a", "a\n", "a b", "1a", "a.3/b", "in", "block",
    "Conv2d", "15k", "64 KiB", "90%", "float32", "x" * 200,
]  # fmt: skip
KEYS = [
    "tokens",
    "map",
    "type",
    "a",
    "params",
    "input",
    "inputs",
    "",
    "in",
    "1 a",
    "weight",
    "x\n",
]

numbers = st.integers() | st.floats() | st.sampled_from(AWKWARD)
values = st.recursive(
    numbers,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=8,
)


def parts(one: JsonSchema) -> Iterator[JsonSchema]:
    """A schema, and all that lie in it."""
    yield one
    for value in one.values():
        for inner in value.values() if isinstance(value, dict) else ():
            if isinstance(inner, dict):
                yield from parts(inner)
        if isinstance(value, dict):
            yield from parts(value)


def own_schemas() -> list[JsonSchema]:
    """The schemas of every value and every map that a spec may hold, none twice."""
    layers = map(validation._own_fragment, layer_types().values())
    whole = (envelope({}), validation._use(), *layers)
    kinds = [one for each in whole for one in parts(each)]
    return list({repr(one): one for one in kinds if is_schema(one)}.values())


def is_schema(one: JsonSchema) -> bool:
    """A map of keys may look like one: the layers have a key `type`."""
    return isinstance(one.get("type"), str | list) or isinstance(one.get("enum"), list)


OWN = own_schemas()


def test_the_schemas_are_many() -> None:
    assert len(OWN) > len(layer_types())


@pytest.mark.parametrize("value", AWKWARD, ids=repr)
def test_every_kind_of_value_is_judged_as_jsonschema_does(value: Any) -> None:
    for given_value in (value, [value], [value, value], [1, value, 3], {"a": value}):
        for one in OWN:
            expected = STRICT(one).is_valid(given_value)
            assert is_plain(one, given_value, nothing_waits) is expected, one


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(OWN), values)
def test_any_value_is_judged_as_jsonschema_does(one: JsonSchema, value: Any) -> None:
    assert is_plain(one, value, nothing_waits) is STRICT(one).is_valid(value)


lengths, keys = st.integers(0, 3), st.lists(st.sampled_from(KEYS), max_size=2, unique=True)
scalars = st.sampled_from([0, 1, 1.0, True, False, None, "a", ""])
flat = st.fixed_dictionaries({}, optional={
    "type": st.sampled_from(["object", "array", "integer", ["number", "null"], "boolean"]),
    "const": scalars, "enum": st.lists(scalars, min_size=1, max_size=3),
    "minimum": st.integers(-2, 2), "maximum": st.integers(-2, 2),
    "pattern": st.sampled_from(["^a", "b$", ""]), "required": keys,
    "minItems": lengths, "maxItems": lengths,
    "minProperties": lengths, "maxProperties": lengths,
})  # fmt: skip
any_schema = st.recursive(
    flat,
    lambda inner: st.builds(
        lambda one, other: {**one, **other},
        flat,
        st.fixed_dictionaries({}, optional={
            "properties": st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
            "additionalProperties": st.booleans() | inner, "propertyNames": inner,
            "items": inner, "not": inner, "if": inner, "then": inner, "else": inner,
            "dependencies": st.dictionaries(st.sampled_from(KEYS), inner, max_size=2),
        }),
    ),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(any_schema, values)
def test_each_keyword_means_what_draft_7_says(one: JsonSchema, value: Any) -> None:
    assert is_plain(one, value, nothing_waits) is STRICT(one).is_valid(value)


@pytest.mark.parametrize(("one", "value"), [
    ({"oneOf": [{"type": "integer"}]}, 1), ({"properties": {"a": {"anyOf": [{}]}}}, {"a": 1}),
    ({"not": {"allOf": [False]}}, 1), ({"items": [{"type": "integer"}]}, [1]),
    ({"items": {"$ref": "#"}}, [1]), ({"enum": [[1], 1]}, [1]), ({"const": {"a": 1}}, {"a": 1}),
    ({"multipleOf": 2}, 2), ({"uniqueItems": True}, [1]), ({"format": "email"}, "a@b"),
    ({"patternProperties": {"^a": {}}, "additionalProperties": False}, {"a": 1}),
])  # fmt: skip
def test_what_it_does_not_know_is_asked(one: JsonSchema, value: Any) -> None:
    """Although each of these is right."""
    assert STRICT(one).is_valid(value)
    assert not is_plain(one, value, nothing_waits)


def test_every_keyword_of_the_schemas_is_known() -> None:
    """Else each spec would ask jsonschema, and be right all the same."""
    known = soundness._KEYWORDS.keys() | soundness._SAY_NOTHING_ALONE
    assert not {key for one in OWN for key in one} - known
    assert not {key for one in layer_types().values() for key in fragment(one)} - known


# Whole specs: with and without the short way the same is said


def said(data: Any) -> list[Any]:
    return [
        (one.code, one.path, one.message, one.help, one.fix)
        for one in schema.check(data).problems
    ]


def said_without(monkeypatch: pytest.MonkeyPatch, data: Any) -> list[Any]:
    with monkeypatch.context() as patch:
        patch.setattr(validation, "is_plain", lambda *_: False)
        return said(data)


@pytest.mark.parametrize("path", [*SPECS, *SILENT], ids=lambda path: path.stem)
def test_a_right_spec_never_asks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = read(path.read_text()).data
    assert said_without(monkeypatch, data) == said(data) == []
    monkeypatch.setattr(breaches, "breaches", None)
    assert said(data) == []


@pytest.mark.parametrize("path", LOUD, ids=lambda path: path.stem)
def test_of_a_wrong_spec_the_same_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = read(path.read_text()).data
    assert said_without(monkeypatch, data) == said(data)


@settings(max_examples=60, deadline=None)
@given(nearly_valid())
def test_of_a_nearly_right_one_too(spec: Spec) -> None:
    with pytest.MonkeyPatch.context() as patch:
        assert said_without(patch, spec.data) == said(spec.data)


@pytest.mark.parametrize(("key", "waits"), [("out_features", True), ("name", False)])
def test_an_expression_waits_where_it_is_computed_first(key: str, *, waits: bool) -> None:
    layer = {"type": "Linear", "out_features": 4, key: "4*$d"}
    found = translated(validation.of_layer(layer_types()["Linear"], layer), ("layers", 0))
    assert (found == []) is waits


def test_what_was_computed_waits_no_longer() -> None:
    size = layer_types()["Linear"].keys()["out_features"].kind
    (breach,) = validation.of_value("out_features", size, "4*$d")
    assert (breach.keyword, breach.path) == ("type", ("out_features",))
