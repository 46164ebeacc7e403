"""Where and with what it was measured."""

from __future__ import annotations

import datetime as dt
import os
import platform
from importlib import metadata
from pathlib import Path

from benchmarks.processes import ROOT, cores, output

LIBRARIES = ("PyYAML", "jsonschema", "rich")


def machine() -> dict[str, str]:
    """Processor, cores, memory, system, Python and its libraries, date and commit."""
    return {
        "processor": processor(),
        "cores": str(len(cores())),
        "memory": f"{memory() / 2**30:.0f} GiB",
        "system": platform.platform(aliased=True, terse=True),
        "Python": platform.python_version(),
        **{name: metadata.version(name) for name in LIBRARIES},
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "commit": commit(),
    }


def processor() -> str:
    """Its name, as Linux knows it; elsewhere its kind."""
    known = Path("/proc/cpuinfo")
    lines = known.read_text("utf-8").splitlines() if known.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def memory() -> int:
    """In bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def commit() -> str:
    """The one that is checked out, and whether something differs from it."""
    name = output(["git", "rev-parse", "--short", "HEAD"], ROOT).strip() or "unknown"
    differs = output(["git", "status", "--porcelain", "--untracked-files=no"], ROOT).strip()
    return f"{name} with changes" if differs else name
