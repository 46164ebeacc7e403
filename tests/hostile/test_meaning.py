"""What stands for too much, and what stands where a file should."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hostile import bombs, disk, names, networks
from tests.hostile.checking import FORMS, check, each

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hostile.case import Case
    from tests.hostile.measured import Server


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "case", each([*bombs.CASES, *disk.CASES, *names.CASES, *networks.CASES])
)
def test_hostile_thing(case: Case, form: str, warm: Server, tmp_path: Path) -> None:
    check(case, form, warm, tmp_path)
