"""What the fuzzer begins with: the corpus, and the specs that the project has anyway."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CORPUS, FOUND = HERE / "corpus", HERE / "found"
SPECS = ("specs", "tests/data/golden", "tests/data/loud", "tests/data/broken")
LARGEST = 4096
"""Bytes of an input: what is longer only takes longer."""
SIGNED = ("-7//2", "7//-2", "$minus//2", "-6/3", "- -$a", "2*-3+1", "8-3-2", "100//10//5",
          "100/10*5", "2*(3+4)", "$big*$big//$big", "7/2", "1//0", "(1", "1)",
          "$nonesuch+1")  # fmt: skip
"""What specs rarely hold, and arithmetic is told apart by."""
EXPRESSION = re.compile(r"[^\s\"',{}\[\]]*\$[^\s\"',{}\[\]]*")


def kept(folder: Path, target: str) -> list[Path]:
    """The files of a target in the corpus, or of those that were found."""
    return sorted(path for path in (folder / target).glob("*") if path.is_file())


def texts(target: str) -> Iterator[bytes]:
    """The project's own specs, or the expressions in them."""
    if target == "expression":
        yield from (text.encode() for text in SIGNED)
    files = (path for folder in SPECS for path in (ROOT / folder).glob("*.yaml"))
    for path in sorted(files):
        text = path.read_text("utf-8", "replace")
        if target == "expression":
            yield from (found.encode() for found in EXPRESSION.findall(text))
        else:
            yield path.read_bytes()[:LARGEST]


def write(target: str, folder: Path) -> None:
    """Lay them out for the fuzzer, each once."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(sorted(set(texts(target)))):
        (folder / f"{number}").write_bytes(data)
