"""The whole output of each format, as it is checked in: read the diff when it changes.

The numbers in it have their second source in test_oracle.py and test_laws.py.
"""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from nnlint import cli, formats

FOLDER = Path(__file__).parent / "data" / "golden"
SPECS = sorted(FOLDER.glob("*.yaml"))
VIEWS = [*((name, 160) for name in formats.names()), ("full", 80), ("full", 50)]


@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
@pytest.mark.parametrize(("name", "width"), VIEWS, ids=str)
def test_output_is_the_golden_one(
    spec: Path, name: str, width: int, request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(FOLDER)
    monkeypatch.setenv("COLUMNS", str(width))
    out = io.StringIO()
    cli.main([spec.name, "--format", name], out, io.StringIO())
    golden = FOLDER / f"{spec.stem}.{name}.{width}.txt"
    if request.config.getoption("--write-golden"):
        golden.write_text(out.getvalue(), "utf-8")
    assert out.getvalue() == golden.read_text("utf-8")


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
