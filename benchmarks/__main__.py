"""Measure what nnlint costs beside its libraries, frameworks and other linters."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import guards, peers, report, scale, startup, summaries
from benchmarks.machine import machine
from benchmarks.plan import plan
from benchmarks.processes import NNLINT, PYTHON, ROOT, Failed, output

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.plan import Plan
    from benchmarks.results import Result

PARTS = {one.PART: one for one in (startup, summaries, peers, scale, guards)}


def arguments() -> argparse.ArgumentParser:
    """What the command takes."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART",
                        help=f"{', '.join(PARTS)}; default: all")  # fmt: skip
    parser.add_argument("--runs", type=int, default=20, metavar="N",
                        help="turns of what is short; what takes seconds has a quarter "
                             "(default: 20)")  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="small files and few turns")
    parser.add_argument("--peers", type=Path, metavar="FOLDER",
                        help="where yamllint and check-jsonschema are, beside the PATH "
                             "and this Python")  # fmt: skip
    parser.add_argument("--frameworks", metavar="PYTHON",
                        help="an interpreter that has torch and torchinfo, or keras "
                             "(default: this one)")  # fmt: skip
    parser.add_argument("--write", action="store_true",
                        help="put the results of all parts into benchmarks/results.json "
                             "and the README")  # fmt: skip
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and write if that is wanted."""
    parser = arguments()
    asked = parser.parse_args(argv)
    complain(parser, asked)
    with tempfile.TemporaryDirectory() as folder:
        sizes = plan(Path(folder), asked.runs, quick=asked.quick)
        sizes = sizes._replace(peers=asked.peers, frameworks=asked.frameworks)
        try:
            record = measured(sizes, asked.parts or list(PARTS))
        except Failed as failure:
            print(f"benchmarks: {failure}", file=sys.stderr)
            return 2
    print(f"\n{report.markdown(record)}", end="")
    if asked.write:
        report.write(record)
    return 0


def complain(parser: argparse.ArgumentParser, asked: argparse.Namespace) -> None:
    """End with 2 where the wish can't be met."""
    if unknown := [part for part in asked.parts if part not in PARTS]:
        parser.error(f"no part {unknown[0]!r}; there are {', '.join(PARTS)}")
    if asked.runs < 2:
        parser.error("--runs: quartiles need 2 turns at least")
    if asked.write and asked.parts:
        parser.error("--write takes all parts: a table is of one machine and one commit")
    if output(
        [PYTHON, "-c", "import nnlint; print(nnlint.__file__)"], Path("/")
    ).strip() != str(ROOT / "nnlint" / "__init__.py"):
        parser.error(f"{NNLINT} is not of this checkout: run pip install -e {ROOT}")


def measured(sizes: Plan, parts: Sequence[str]) -> report.Record:
    """All results of these parts, told as they come."""
    # pip compiles what it installs; an editable checkout is compiled here, to be the same
    output([PYTHON, "-m", "compileall", "-q", str(ROOT / "nnlint")])
    where = machine()  # before it takes half an hour, in which somebody commits
    for part, tell in {"peers": peers.versions, "summaries": summaries.versions}.items():
        where |= tell(sizes) if part in parts else {}
    results = tuple(one for part in parts for one in told(PARTS[part].measured(sizes)))
    turns = {"turns": sizes.runs, "of what takes seconds": sizes.long_runs}
    return report.Record(where, turns, results)


def told(results: Iterator[Result]) -> Iterator[Result]:
    """Each, printed as soon as it is known."""
    for one in results:
        print(*report.rows([one]), file=sys.stderr, flush=True)
        yield one


if __name__ == "__main__":
    sys.exit(main())
