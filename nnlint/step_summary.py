"""The summary of a step on GitHub: Markdown, appended to the file that the runner names."""

from __future__ import annotations

from pathlib import Path

from nnlint.terminal import visible

LIMIT = 1024 * 1024
"""The bytes of a step's summary; of one that is larger GitHub shows nothing."""
CUT = "\n\nThe rest is left out: a summary has at most 1 MiB.\n"


def append(path: str, text: str) -> str | None:
    """Add the summary at the end of the file; what went wrong, if something did."""
    data = text.encode("utf-8", "backslashreplace")
    try:
        with Path(path).open("ab") as stream:
            stream.write(_fitting(data, LIMIT - stream.tell()))
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        return f"{visible(path)}: the summary can't be written: {reason}"
    return None


def _fitting(data: bytes, room: int) -> bytes:
    """As many whole lines as there is room for."""
    if len(data) <= room:
        return data
    kept = data[: max(0, room - len(CUT))].rpartition(b"\n")[0]
    return kept + CUT.encode() if kept else b""
