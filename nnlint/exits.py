"""The exit codes; CI reads nothing else. `report.exit_code` decides between them."""

from __future__ import annotations


class Exit:
    """What a run ends with."""

    OK = 0
    FINDINGS = 1
    COULD_NOT_CHECK = 2
    BUDGET = 3
    INTERRUPTED = 130
    """What a shell says of a program that Ctrl-C ended."""
