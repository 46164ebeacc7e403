"""What a finding is known by from one run to the next: no line, no position, no number."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnlint.finding import Finding
    from nnlint.report import Report

NUMBER = re.compile(r"\b\d[\d,.]*")
"""Lines in messages move, and counts change: neither makes it another finding."""


def fingerprints(report: Report) -> list[str]:
    """One for each finding, in their order, unique in the file.

    It stays when lines move, when layers are added before it and when the numbers in its
    message change. Of findings that are alike otherwise, the order tells them apart.
    """
    met: Counter[tuple[str, ...]] = Counter()
    found = []
    for finding in report.findings:
        key = (report.path, *_identity(finding))
        met[key] += 1
        found.append(fingerprint(*key, str(met[key])))
    return found


def _identity(finding: Finding) -> tuple[str, str, str]:
    keys = ".".join(step for step in finding.path if isinstance(step, str))
    return finding.rule.code, keys, NUMBER.sub("0", finding.message)


def fingerprint(*parts: str) -> str:
    """A digest of these words."""
    return sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()
