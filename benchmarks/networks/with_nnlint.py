"""The specs, in nnlint: `python -m benchmarks.networks.with_nnlint`.

To read the file is to build the network, and there is none before: all of nnlint's time is that
of the summary, which is the text that the terminal shows.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import nnlint
from benchmarks.networks import timed

SPECS = Path(__file__).resolve().parents[2] / "specs"
NETWORKS = {path.stem: partial(str, path) for path in SPECS.glob("*.yaml")}
"""A network is its path."""


def summary(path: str) -> str:
    """What the terminal says."""
    return str(nnlint.lint(path, isolated=True))


def params(path: str) -> int:
    """The count, which must be known."""
    count = nnlint.lint(path, isolated=True).params
    assert count is not None, path
    return int(count)


if __name__ == "__main__":
    timed.answer(NETWORKS, summary, params, {"nnlint": nnlint.__version__})
