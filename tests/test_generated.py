"""What is generated from the code is in step with it, and says what it should."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from nnlint import engine, published, rules
from nnlint.finding import Severity
from nnlint.layers import layer_types
from nnlint.report import Status

ROOT = Path(__file__).resolve().parent.parent
SPECS = sorted((ROOT / "specs").glob("*.yaml"))


def test_generated_files_are_in_step() -> None:
    done = subprocess.run(
        [sys.executable, ".ci/generate.py", "--check"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_check_sees_a_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.util.spec_from_file_location("generate", ROOT / ".ci" / "generate.py")
    assert module
    assert module.loader
    generate = importlib.util.module_from_spec(module)
    module.loader.exec_module(generate)
    stale = tmp_path / "stale.md"
    stale.write_text("old")
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "generated", lambda: iter([(stale, "new")]))
    assert generate.main(["--check"]) == 1
    assert stale.read_text() == "old"
    assert generate.main([]) == 0
    assert stale.read_text() == "new"


def test_the_published_schema_is_the_code_and_is_draft_7() -> None:
    text = (ROOT / "schemas" / "nnlint.schema.json").read_text("utf-8")
    schema = json.loads(text)
    assert schema == published.json_schema()
    jsonschema.Draft7Validator.check_schema(schema)
    assert "oneOf" not in text


def test_every_attribute_has_words_for_editors() -> None:
    for name, layer in layer_types().items():
        fragment = published.fragment(layer)["properties"]
        for key, value in fragment.items():
            assert value["description"], (name, key)


def test_the_catalogues_name_everything() -> None:
    layers = (ROOT / "nnlint" / "layers" / "README.md").read_text("utf-8")
    pages = (ROOT / "nnlint" / "rules" / "README.md").read_text("utf-8")
    assert set(re.findall(r"^## (\w+)$", layers, re.MULTILINE)) == set(layer_types())
    assert re.findall(r"^## (NN\d+) ", pages, re.MULTILINE) == rules.codes()


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_every_spec_is_clean_and_states_its_count(spec: Path) -> None:
    text = spec.read_text("utf-8")
    report = engine.lint_text(text, spec.name)
    assert report.status is Status.LINTED
    # advice is for who asks: a network is what its authors made of it
    assert [f for f in report.findings if f.rule.severity is not Severity.INFO] == []
    assert report.graph
    assert yaml.safe_load(text)["expect"]["params"] == report.graph.totals.params
    assert all(one.holds for one in report.expectations)
