"""Bytes, texts and YAML that are made to break a reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hostile import texts
from tests.hostile.checking import FORMS, check, each

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hostile.case import Case
    from tests.hostile.measured import Server


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", each([*texts.CASES]))
def test_hostile_text(case: Case, form: str, warm: Server, tmp_path: Path) -> None:
    check(case, form, warm, tmp_path)
