"""A composite action, run step by step as GitHub's runner does it."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from tests.repositories import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ACTION = ROOT / "action.yml"
BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail")
"""What `shell: bash` means: docs.github.com, "Workflow syntax", on the `shell` of a step."""
EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")
LEFT = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)


def action() -> dict[str, Any]:
    """The action of this project."""
    loaded: dict[str, Any] = yaml.safe_load(ACTION.read_text("utf-8"))
    return loaded


class Step(NamedTuple):
    """What a step did."""

    name: str
    code: int
    out: str
    err: str


class Runner:
    """A job that uses the action, in a checked-out repository.

    Attributes:
        folder: the repository.
        temp: the runner's folder for what a job leaves.
        env: the environment of the job.
        facts: what `github.…` says.
        values: what every expression that is known so far gives.
        skip: steps that are not run, by their id, with their outputs.
    """

    def __init__(
        self, folder: Path, temp: Path, env: Mapping[str, str], facts: Mapping[str, str]
    ) -> None:
        self.folder, self.temp = folder, temp
        self.summary = temp / "summary.md"
        self.env = {
            **env,
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": "ann/nets",
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "RUNNER_TEMP": str(temp),
        }
        self.facts = facts
        self.values: dict[str, str] = {}
        self.ran: list[Step] = []
        self.skip: Mapping[str, Mapping[str, str]] = {}

    def start(self, inputs: Mapping[str, str]) -> None:
        """Settle the inputs: those given, and the defaults of the others."""
        declared = action()["inputs"]
        assert set(inputs) <= set(declared), "the action has no such input"
        self.values = {f"github.{key}": value for key, value in self.facts.items()}
        for name, facts in declared.items():
            given = inputs.get(name, str(facts["default"]))
            self.values[f"inputs.{name}"] = self.expanded(given)

    def expanded(self, text: str) -> str:
        """The text with its expressions filled in; what the event does not say is empty."""
        known = self.values
        filled = EXPRESSION.sub(lambda match: known.get(match[1]) or _empty(match[1]), text)
        assert LEFT.search(filled) is None, f"this runner does not know: {text}"
        return filled

    def run(self, inputs: Mapping[str, str] | None = None) -> int:
        """Run all steps until one fails; the exit code of the last that ran."""
        self.start(inputs or {})
        self.ran = []
        for step in action()["runs"]["steps"]:
            if step.get("id") in self.skip:
                self.keep(step["id"], self.skip[step["id"]])
            elif self.step(step).code:
                break
        return self.ran[-1].code

    def step(self, step: Mapping[str, Any]) -> Step:
        """Run one step."""
        script, outputs = self.temp / "step.sh", self.temp / "outputs.txt"
        script.write_text(step["run"], "utf-8")
        outputs.write_text("")
        given = {key: self.expanded(str(value)) for key, value in step.get("env", {}).items()}
        done = subprocess.run(
            [*BASH, str(script)],
            cwd=self.folder,
            env={**self.env, **given, "GITHUB_OUTPUT": str(outputs)},
            check=False,
            capture_output=True,
            text=True,
        )
        lines = outputs.read_text("utf-8").splitlines()
        if lines:
            self.keep(step["id"], dict(line.split("=", 1) for line in lines))
        self.ran.append(Step(step["name"], done.returncode, done.stdout, done.stderr))
        return self.ran[-1]

    def keep(self, step: str, outputs: Mapping[str, str]) -> None:
        """What that step puts out is known from now on."""
        for name, value in outputs.items():
            self.values[f"steps.{step}.outputs.{name}"] = value

    def said(self, name: str) -> str:
        """What a step printed."""
        (step,) = [one for one in self.ran if one.name == name]
        return step.out

    def output(self, name: str) -> str:
        """An output of the action."""
        return self.expanded(action()["outputs"][name]["value"])

    @property
    def log(self) -> str:
        """All that was said, for a test that fails."""
        return "\n".join(f"== {one.name}: {one.code}\n{one.out}{one.err}" for one in self.ran)


def _empty(expression: str) -> str:
    """What the event does not say is empty; an input or a step that is nowhere is a slip."""
    root = expression.partition(".")[0]
    assert root in ("github", "steps", "inputs"), f"no such context: {expression}"
    if root == "inputs":
        assert expression.partition(".")[2] in action()["inputs"], expression
    if root == "steps":
        ids = [step.get("id") for step in action()["runs"]["steps"]]
        assert expression.split(".")[1] in ids, expression
    return ""
