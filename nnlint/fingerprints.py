"""What a finding is known by from one run to the next: no line, no position, no number."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnlint.report import Report


def fingerprints(report: Report) -> list[str]:
    """One for each finding, in their order, unique in the file.

    A finding is known by its rule and its place in the spec, as a baseline knows it: it stays
    when lines move, when layers are added before it and when the numbers in its message change.
    """
    met: Counter[tuple[str, str]] = Counter()
    found = []
    for finding in report.findings:
        key = (finding.rule.code, finding.place)
        met[key] += 1
        found.append(fingerprint(report.path, *key, str(met[key])))
    return found


def fingerprint(*parts: str) -> str:
    """A digest of these words."""
    return sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()
