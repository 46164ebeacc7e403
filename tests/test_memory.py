"""What a run over many files holds: their findings and their sums, not their layers."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nnlint.api import lint
from nnlint.formats import names, render, shows_layers
from nnlint.terminal import Style

if TYPE_CHECKING:
    from nnlint.report import Report

SPECS = sorted((Path(__file__).parent.parent / "specs").glob("*.yaml"))
LOUD = sorted((Path(__file__).parent / "data" / "loud").glob("*.yaml"))[::12]
WITHOUT = [name for name in names() if not shows_layers(name, 2, Style())]


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    return [lint(path) for path in (*SPECS[::8], *LOUD)]


def test_formats_without_layers_are_these() -> None:
    assert WITHOUT == ["concise", "full", "github", "gitlab", "junit", "sarif"]
    assert shows_layers("full", 1, Style())
    assert shows_layers("full", 2, Style(table=True))
    assert not shows_layers("full", 1, Style(table=False))


@pytest.mark.parametrize("name", WITHOUT)
def test_reports_without_layers_look_the_same(name: str, reports: list[Report]) -> None:
    lean = [report.without_layers() for report in reports]
    assert render(name, lean, Style()) == render(name, reports, Style())


def test_a_report_without_layers_holds_no_layer() -> None:
    lean = lint(SPECS[0]).without_layers()
    waiting: list[object] = [lean]
    seen: set[int] = set()
    kinds: set[str] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, type) or callable(one):
            continue
        seen.add(id(one))
        kinds.add(type(one).__name__)
        waiting += gc.get_referents(one)
    assert "Totals" in kinds
    assert not {"Node", "LayerSpec", "ModelSpec"} & kinds
