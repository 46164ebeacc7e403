"""`nnlint schema`: print the JSON Schema of a spec, for editors, or of what is printed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nnlint.commands import Outcome
from nnlint.published import json_schema
from nnlint.report_schema import diff_schema, report_schema

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from nnlint.options import Terminal

SUMMARY = (
    "Print the JSON Schema (draft-07) of a spec, for editors, or of what --format json prints."
)
SCHEMAS = {"spec": json_schema, "report": report_schema, "diff": diff_schema}
DEFAULT = "spec"


def configure(parser: ArgumentParser) -> None:
    """Which of the schemas."""
    parser.add_argument(
        "of",
        nargs="?",
        choices=SCHEMAS,
        default=DEFAULT,
        help=f"spec: the files that nnlint reads; report, diff: its json (default: {DEFAULT})",
    )


def text(of: str = DEFAULT) -> str:
    """The schema as it is published."""
    return json.dumps(SCHEMAS[of](), indent=2, ensure_ascii=False) + "\n"


def run(arguments: Namespace, terminal: Terminal) -> Outcome:  # noqa: ARG001
    """Print it."""
    return Outcome(0, text(arguments.of))
