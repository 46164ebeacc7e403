"""`nnlint schema`: print the JSON Schema of a spec, for editors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nnlint.commands import Outcome
from nnlint.published import json_schema

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from nnlint.options import Terminal

SUMMARY = "Print the JSON Schema of a spec (draft-07), for editors."


def configure(parser: ArgumentParser) -> None:
    """It takes no options."""


def text() -> str:
    """The schema as it is published."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def run(arguments: Namespace, terminal: Terminal) -> Outcome:  # noqa: ARG001
    """Print it."""
    return Outcome(0, text())
