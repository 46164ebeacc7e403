"""What json prints is what its schema says: on every spec that the tests have."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from nnlint import comparison, engine
from nnlint.finding import Severity
from nnlint.formats import difference, render
from nnlint.report import Report, Status
from nnlint.report_schema import STATES, STATUSES, diff_schema, report_schema
from nnlint.terminal import Style
from tests.test_cli import lint

ROOT = Path(__file__).parent.parent
SPECS = sorted(
    path
    for folder in ("tests/data/golden", "tests/data/loud", "tests/data/broken", "specs")
    for path in (ROOT / folder).glob("*.yaml")
)


@cache
def validator() -> jsonschema.Draft7Validator:
    jsonschema.Draft7Validator.check_schema(report_schema())
    return jsonschema.Draft7Validator(report_schema())


def document(*reports: Report) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(render("json", reports, Style()))
    return read


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_every_document_fits(spec: Path) -> None:
    validator().validate(document(engine.lint_bytes(spec.read_bytes(), spec.name)))


def test_inputs_that_were_not_checked_fit() -> None:
    gone = Report("a.yaml", Status.UNREADABLE, "no such file")
    validator().validate(document(gone, Report("b.yaml", Status.SKIPPED, "no marker")))
    validator().validate(document())


def test_every_definition_is_met_by_a_spec() -> None:
    """Else a part of the schema is held to nothing."""
    text = "".join(
        render("json", [engine.lint_bytes(spec.read_bytes(), spec.name)], Style())
        for spec in SPECS
    )
    for key in ("related", "replacements", "groups", "budget", "expect", "variants"):
        assert f'"{key}": [{{' in text or f'"{key}": [\n' in text, key


def objects(value: Any) -> list[dict[str, Any]]:
    inner = value.values() if isinstance(value, dict) else value
    deeper = [one for part in inner if isinstance(part, dict | list) for one in objects(part)]
    return [value, *deeper] if isinstance(value, dict) else deeper


def test_a_key_that_is_missing_or_not_documented_fails() -> None:
    spec = ROOT / "tests" / "data" / "golden" / "everything.yaml"
    whole = document(engine.lint_bytes(spec.read_bytes(), spec.name))
    for number, one in enumerate(objects(whole)):
        if set(one) in ({"input"}, {"output"}, {"left", "right"}):
            continue  # names of the spec
        changed = deepcopy(whole)
        objects(changed)[number]["nonesuch"] = 1
        assert not validator().is_valid(changed), sorted(one)
        changed = deepcopy(whole)
        objects(changed)[number].popitem()
        assert not validator().is_valid(changed), sorted(one)


def test_the_words_are_those_of_the_program() -> None:
    definitions = report_schema()["definitions"]
    severities = definitions["finding"]["properties"]["severity"]["enum"]
    assert severities == [severity.value for severity in Severity]
    assert set(STATUSES) == {status.value for status in Status}
    assert set(STATES) == {"ok", "near", "over", "unknown"}


def test_the_published_file_is_what_the_command_prints() -> None:
    published = (ROOT / "schemas" / "nnlint-report.schema.json").read_text("utf-8")
    assert lint("schema", "report").out == published
    assert json.loads(published) == report_schema()
    assert lint("schema").out == lint("schema", "spec").out
    assert lint("schema").out == (ROOT / "schemas" / "nnlint.schema.json").read_text("utf-8")
    assert lint("schema", "nonesuch").code == 2


# --- diffs ------------------------------------------------------------------------------------


@cache
def diff_validator() -> jsonschema.Draft7Validator:
    jsonschema.Draft7Validator.check_schema(diff_schema())
    return jsonschema.Draft7Validator(diff_schema())


def change(*pairs: tuple[str | None, str | None]) -> dict[str, Any]:
    """The document of these specs as they were and as they are."""
    made = []
    for number, (old, new) in enumerate(pairs):
        before, after = (
            None if text is None else engine.lint_text(text, f"{number}.yaml")
            for text in (old, new)
        )
        made.append(comparison.compare(before, after, f"{number}.yaml", old and "old.yaml"))
    text = difference("json", comparison.Diff("main", tuple(made)), Style())
    read: dict[str, Any] = json.loads(text)
    diff_validator().validate(read)
    return read


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_every_diff_fits(spec: Path) -> None:
    """Against a network of another kind, against nothing, and turned round."""
    text = spec.read_bytes().decode("utf-8", "replace")
    other = (ROOT / "specs" / "xor.yaml").read_text("utf-8")
    change((other, text), (text, other), (None, text), (text, None), (text, text + "# more\n"))


def test_what_a_change_does_is_all_there() -> None:
    head = "nnlint: 1\ninput: [4]\nlayers:\n"
    old = f"{head}  - {{type: Linear, out_features: 3}}\nbudget: {{params: 20}}\n"
    new = f"{head}  - {{type: Linear, out_features: 5}}\nbudget: {{params: 30}}\ndtype: int8\n"
    (one,) = change((old, new))["specs"]
    (network,) = one["networks"]
    assert network["params"] == {"base": 15, "now": 25, "change": 10}  # 4·3 + 3 and 4·5 + 5
    assert network["size"] == {"base": 60, "now": 25, "change": -35}
    assert {"key": "dtype", "before": "float32", "after": "int8"} in network["differences"]
    (layer,) = network["layers"]
    assert {"key": "out_features", "before": "3", "after": "5"} in layer["differences"]
    assert one["loosened"][0]["was"]["limit"] == 20
    assert one["loosened"][0]["now"]["limit"] == 30
