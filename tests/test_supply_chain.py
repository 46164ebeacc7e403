"""A stranger's spec, in a stranger's folder, runs nothing, writes nothing, calls nobody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from nnlint import formats

ROOT = Path(__file__).parent.parent
AUDITED = ROOT / "tests" / "hostile" / "audited.py"
HEAD = "nnlint: 1\ninput: [4]\n"
SPECS = {
    "apply.yaml": f'{HEAD}layers: [!!python/object/apply:os.system ["touch ran"]]\n',
    "new.yaml": f'{HEAD}layers: !!python/object/new:subprocess.Popen [["touch", "ran"]]\n',
    "name.yaml": f"{HEAD}name: !!python/name:os.system x\nlayers: [ReLU]\n",
    "module.yaml": f"{HEAD}name: !!python/module:trap x\nlayers: [ReLU]\n",
    "state.yaml": f"{HEAD}layers: !!python/object:trap.Trap {{a: 1}}\n",
    "expression.yaml": f"{HEAD}vars: {{d: 4}}\nlayers:\n  - {{type: Linear, out_features: "
                       "'$d + __import__(\"os\").system(\"touch ran\")'}\n",
    "format.yaml": f"{HEAD}name: '{{0.__init__.__globals__}} %(x)s'\nlayers: [ReLU]\n",
    "good.yaml": f"{HEAD}layers: [{{type: Linear, out_features: 4, act: ReLU}}]\n",
    "broken.yaml": "nnlint: 1\nlayers: [\n",
}  # fmt: skip
TRAPS = (
    "trap", "yaml", "_yaml", "rich", "jsonschema", "sitecustomize", "usercustomize", "json",
    "difflib", "argparse", "tomllib", "decimal", "fractions", "unicodedata", "html", "csv",
)  # fmt: skip
"""Modules that nnlint or its libraries ask for, and one that only a spec asks for."""
CLEAN: dict[str, list[Any]] = {"offences": [], "modules": []}


@pytest.fixture(autouse=True)
def _trapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that holds specs, and modules that tell when they are imported."""
    monkeypatch.chdir(tmp_path)
    for name, text in SPECS.items():
        Path(name).write_text(text)
    for name in TRAPS:
        Path(f"{name}.py").write_text("open('ran', 'w').close()\nraise SystemExit(99)\n")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")


def audited(runs: object) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(AUDITED), json.dumps(runs)], capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_every_format_runs_nothing_of_the_spec() -> None:
    """The worst of the files are errors (1), and each format gets to say so."""
    runs = [["--format", name, *SPECS] for name in formats.names()]
    assert audited(runs) == {"codes": [1] * len(runs), **CLEAN}
    assert not Path("ran").exists()


def test_other_commands_run_nothing_of_the_spec() -> None:
    runs = [
        *(["explain", name] for name in ("good.yaml", "format.yaml")),
        ["explain", "NN301"], ["rules"], ["schema"], ["diff", "good.yaml", "format.yaml"],
        [".", "--show-info"], ["--fix", "--diff", *SPECS],
    ]  # fmt: skip
    told = audited(runs)
    assert told == {"codes": told["codes"], **CLEAN}
    assert set(told["codes"]) <= {0, 1}
    assert not Path("ran").exists()


def test_the_hook_would_see_it() -> None:
    offences = audited("tempt")["offences"]
    words = ("exec", "compile", "socket.", "subprocess.Popen", "pickle.", "open for writing")
    for word in words:
        assert [one for one in offences if one.startswith(word)], word


def test_python_m_imports_nothing_from_the_working_directory() -> None:
    """Python puts it first on `sys.path`; a folder from a stranger may hold a `yaml.py`."""
    done = subprocess.run(
        [sys.executable, "-m", "nnlint", *SPECS], capture_output=True, text=True, check=False,
        timeout=60, env={**os.environ, "PYTHONSAFEPATH": ""},
    )  # fmt: skip
    assert not Path("ran").exists()
    assert done.returncode == 1, done.stderr
    assert "NN011" in done.stdout


def test_a_trap_would_be_sprung() -> None:
    subprocess.run([sys.executable, "-c", "import yaml"], check=False, capture_output=True)
    assert Path("ran").exists()
