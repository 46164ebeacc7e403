"""The whole output of each format, as it is checked in: read the diff when it changes.

The numbers in it have their second source in test_oracle.py and test_laws.py.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from nnlint import cli, formats, rules

FOLDER = Path(__file__).parent / "data" / "golden"
SPECS = sorted(FOLDER.glob("*.yaml"))
VIEWS = [*((name, 160) for name in formats.names()), ("full", 80), ("full", 50)]
FOR_PEOPLE = ("concise", "full", "json")
"""Formats whose output is checked in for every spec; of the others two show enough."""
FEW = ("everything", "syntax")


def shown(name: str, text: str) -> str:
    """What is checked in: of SARIF all but the rules, whose pages have their own file."""
    if name != "sarif":
        return text
    log = json.loads(text)
    assert [
        rule["id"] for rule in log["runs"][0]["tool"]["driver"].pop("rules")
    ] == rules.codes()
    return json.dumps(log, indent=1) + "\n"


@pytest.mark.parametrize(
    ("spec", "name", "width"),
    [
        (spec, *view)
        for spec in SPECS
        for view in VIEWS
        if view[0] in FOR_PEOPLE or spec.stem in FEW
    ],
    ids=lambda value: value.stem if isinstance(value, Path) else str(value),
)
def test_output_is_the_golden_one(
    spec: Path, name: str, width: int, request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(FOLDER)
    monkeypatch.setenv("COLUMNS", str(width))
    out = io.StringIO()
    cli.main([spec.name, "--format", name], out, io.StringIO())
    text = shown(name, out.getvalue())
    golden = FOLDER / f"{spec.stem}.{name}.{width}.txt"
    if request.config.getoption("--write-golden"):
        golden.write_bytes(text.encode())
    assert text == golden.read_bytes().decode()  # a CSV's line ends are its own


def test_every_golden_file_has_its_spec() -> None:
    stems = {path.stem for path in SPECS}
    assert {path.name.partition(".")[0] for path in FOLDER.glob("*.txt")} == stems


def test_several_files_end_in_one_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    out = io.StringIO()
    cli.main([spec.name for spec in SPECS], out, io.StringIO())
    rows = [line.split()[0] for line in out.getvalue().splitlines() if ".yaml " in line]
    assert rows[-2:] == ["everything.yaml", "mnist.yaml"]
    assert "Total" in out.getvalue()
