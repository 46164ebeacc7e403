"""What the tests of hostile files share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hostile.measured import Server, server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def warm() -> Iterator[Server]:
    with server() as one:
        yield one
