"""Breed inputs for a while: `python -m tests.fuzz --seconds 600 [--target spec]`.

Needs atheris (`pip install -e '.[fuzz]'`). Each target runs in a process of its own; what it
breeds stays in `--work`, a new folder unless it is given. Exit 1 where something was found.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz import dictionary, minimise, seeds
from tests.fuzz.targets import TARGETS

SLOWEST = 10
"""Seconds for one input, under counters that cost about three times."""
MEMORY = 1024
"""Megabytes of the whole process."""


def options(arguments: list[str]) -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=int, default=600, help="for each target")
    parser.add_argument("--target", choices=TARGETS, action="append")
    parser.add_argument("--work", type=Path, help="where what is bred stays")
    parser.add_argument(
        "--minimise", action="store_true", help="choose the corpus anew from --work, and end"
    )
    return parser.parse_args(arguments)


def command(target: str, seconds: int, work: Path) -> list[str]:
    """The fuzzer's command line; the first folder is the one that it writes to."""
    bred, begin = work / target, work / f"{target}-seeds"
    bred.mkdir(parents=True, exist_ok=True)
    seeds.write(target, begin)
    (work / "words.dict").write_text("".join(dictionary.lines()), encoding="ascii")
    folders = [seeds.CORPUS / target, seeds.FOUND / target]
    flags = {
        "max_total_time": seconds, "max_len": seeds.LARGEST, "timeout": SLOWEST,
        "rss_limit_mb": MEMORY, "print_final_stats": 1, "dict": work / "words.dict",
        "artifact_prefix": f"{work / target}-",
    }  # fmt: skip
    return [
        sys.executable, "-m", "tests.fuzz.engine", target,
        *(f"-{key}={value}" for key, value in flags.items()),
        str(bred), str(begin), *(str(one) for one in folders if one.is_dir()),
    ]  # fmt: skip


def breed(target: str, seconds: int, work: Path) -> list[Path]:
    """Run one target; the inputs that broke something, or stopped the fuzzer itself."""
    before = set(seeds.kept(seeds.FOUND, target))
    subprocess.run(command(target, seconds, work), cwd=seeds.ROOT, check=False)
    stopped = (path for path in work.glob(f"{target}-*") if path.is_file())
    return sorted({*seeds.kept(seeds.FOUND, target)} - before) + sorted(stopped)


def main(arguments: list[str]) -> int:
    """The exit code."""
    asked = options(arguments)
    work = asked.work or Path(tempfile.mkdtemp(prefix="nnlint-fuzz-"))
    chosen = asked.target or list(TARGETS)
    if asked.minimise:
        for target in chosen:
            minimise.choose(target, work / target)
        return 0
    if find_spec("atheris") is None:
        sys.stderr.write("the fuzzer needs atheris: pip install -e '.[fuzz]'\n")
        return 2
    found = [path for target in chosen for path in breed(target, asked.seconds, work)]
    sys.stdout.writelines(f"found: {path}\n" for path in found)
    sys.stdout.write(f"what was bred lies in {work}\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
