"""One target under atheris: `python -m tests.fuzz.engine TARGET [flags and folders]`.

The flags are libFuzzer's. It does not stop at the first input that breaks something: the
first one of each kind is kept in `found/`, and the run goes on.
"""

from __future__ import annotations

import hashlib
import sys
import traceback
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fuzz.targets import Target

FOUND = Path(__file__).parent / "found"


class Keeper:
    """Calls a target, and keeps the first input of each kind of failure."""

    def __init__(self, target: Target, folder: Path) -> None:
        self.target, self.folder = target, folder
        self.known: set[str] = set()

    def __call__(self, data: bytes) -> None:
        try:
            self.target(data)
        except Exception as error:
            self._keep(data, error)

    def _keep(self, data: bytes, error: Exception) -> None:
        kind = _kind(error)
        if kind in self.known:
            return
        self.known.add(kind)
        self.folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(data).hexdigest()[:12]
        (self.folder / digest).write_bytes(data)
        sys.stderr.write(f"FOUND {self.folder.name}/{digest}\n{traceback.format_exc()}\n")


def _kind(error: Exception) -> str:
    """Where it was raised: two inputs that fail on one line are of one kind."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} {last.filename}:{last.lineno}"


def _load_all() -> None:
    """Import all of nnlint now: what is imported later has no counters."""
    import nnlint  # noqa: PLC0415 - only here it is instrumented

    for module in walk_packages(nnlint.__path__, "nnlint."):
        if not module.name.endswith("__main__"):
            import_module(module.name)


def main(arguments: Sequence[str]) -> None:
    """Breed inputs until libFuzzer's flags say stop."""
    atheris: Any = import_module("atheris")
    name, *rest = arguments
    with atheris.instrument_imports(include=["nnlint"]):
        _load_all()
        target = import_module("tests.fuzz.targets").TARGETS[name]
    atheris.Setup([sys.argv[0], *rest], Keeper(target, FOUND / name))
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
