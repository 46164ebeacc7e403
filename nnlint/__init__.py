"""nnlint, the linter for neural-network architectures written in YAML.

    >>> import nnlint
    >>> nnlint.lint("specs/mnist.yaml").params
    13002

`lint` gives a `Report`: `ok`, `errors`, `findings`, `params`, `macs`, `totals`, `graph`,
`limits`; its text is what the terminal says. A `Finding` has its `code`, its `severity` (a
`Severity`), `message`, `help` and `span`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlint.api import Finding, Report, Severity, lint

__all__ = ["Finding", "Report", "Severity", "__version__", "lint"]

__version__ = "0.1.0"
HOME = "https://github.com/nnlint/nnlint"


def __getattr__(name: str) -> Any:
    """What is public, when it is first asked for: `nnlint --version` needs none of it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from nnlint import api  # noqa: PLC0415 - as said above

    return getattr(api, name)


def __dir__() -> list[str]:
    return __all__
