"""What moves and what counts change leaves a fingerprint as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlint import engine
from nnlint.fingerprints import fingerprints
from nnlint.report import Report

LOUD = sorted((Path(__file__).parent / "data" / "loud").glob("*.yaml"))
READ = [spec for spec in LOUD if engine.lint_bytes(spec.read_bytes(), spec.name).graph]

SPEC = """\
nnlint: 1
input: [784]
layers:
  - {type: Linear, in_features: 3, out_features: 10}
  - ReLU
  - {type: Linear, in_features: 4, out_features: 10}
"""


def of(text: str, path: str = "a.yaml") -> list[str]:
    return fingerprints(engine.lint_text(text, path))


@pytest.mark.parametrize("spec", READ, ids=lambda path: path.stem)
def test_moved_lines_change_nothing(spec: Path) -> None:
    text = spec.read_text("utf-8")
    before = of(text)
    assert len(set(before)) == len(before)
    assert of(f"# a comment\n\n{text}") == before


def test_a_layer_before_it_changes_nothing() -> None:
    assert of(SPEC.replace("layers:\n", "layers:\n  - Identity\n")) == of(SPEC)


def test_another_number_changes_nothing() -> None:
    assert of(SPEC.replace("784", "1_000".replace("_", ""))) == of(SPEC)


def test_what_is_alike_in_one_file_is_told_apart() -> None:
    assert len(set(of(SPEC))) == 2


def test_another_file_rule_or_message_is_another_finding() -> None:
    first = of(SPEC)[0]
    assert first not in of(SPEC, "b.yaml")
    assert first not in of(SPEC.replace("in_features: 3", "in_feature: 3"))
    assert of("nnlint: 1\nlayers: [Linaer]\n") != of("nnlint: 1\nlayers: [Lienar]\n")


def test_nothing_found_has_none() -> None:
    assert fingerprints(Report("a.yaml")) == []
