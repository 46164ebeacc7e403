"""The wheel, built from this tree and installed where nothing else is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from importlib.metadata import PathDistribution
from pathlib import Path
from typing import NamedTuple
from zipfile import Path as ZipPath
from zipfile import ZipFile

import pytest

import nnlint

ROOT = Path(__file__).parent.parent
OUTSIDE = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}


class Installed(NamedTuple):
    """A clean environment that holds nothing but the wheel and its dependencies."""

    python: Path
    command: Path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    run_pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel into a new environment; its dependencies come from the index."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    run_pip("--python", str(scripts / "python"), "install", "--no-compile", str(wheel))
    return Installed(scripts / "python", scripts / "nnlint")


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A copy of the first spec, away from the repository."""
    return Path(shutil.copy(ROOT / "specs" / "mnist.yaml", tmp_path / "mnist.yaml"))


def run_pip(*words: str) -> None:
    """Run this environment's pip quietly; show what it says if it fails."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=OUTSIDE)
    assert done.returncode == 0, done.stdout + done.stderr


def run(cwd: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command there, with the environment of somebody who only has the wheel."""
    return subprocess.run(
        command, cwd=cwd, env=OUTSIDE, check=False, capture_output=True, text=True
    )


def files_of(wheel: Path) -> set[str]:
    """Every file in the wheel."""
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_wheel_holds_every_module_and_the_typing_marker(wheel: Path) -> None:
    modules = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("nnlint/**/*.py")}
    assert {"nnlint/layers/linear.py", "nnlint/rules/nn301_redundant_bias.py"} <= modules
    assert modules | {"nnlint/py.typed"} <= files_of(wheel)


def test_wheel_holds_nothing_but_the_package(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in files_of(wheel)}
    assert tops == {"nnlint", f"nnlint-{nnlint.__version__}.dist-info"}
    parts = {part for name in files_of(wheel) for part in name.split("/")}
    assert not {"tests", "specs", "benchmarks", "__pycache__"} & parts


def test_metadata_tell_the_version_of_the_package(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        folder = ZipPath(archive, f"nnlint-{nnlint.__version__}.dist-info/")
        distribution = PathDistribution(folder)
        assert distribution.version == nnlint.__version__
        assert distribution.metadata["Name"] == "nnlint"


def test_dependencies_are_the_three_that_the_modules_own(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        folder = ZipPath(archive, f"nnlint-{nnlint.__version__}.dist-info/")
        wanted = PathDistribution(folder).requires or []
    names = {line.partition(">")[0].strip().lower() for line in wanted if "extra" not in line}
    assert names == {"pyyaml", "jsonschema", "rich"}


def test_installed_command_counts_from_any_folder(
    installed: Installed, spec: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    done = run(tmp_path_factory.mktemp("elsewhere"), installed.command, spec)
    assert done.returncode == 0, done.stderr
    assert "13,002" in done.stdout
    assert not done.stderr


def test_installed_module_counts_from_any_folder(
    installed: Installed, spec: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    done = run(elsewhere, installed.python, "-m", "nnlint", spec)
    assert done.returncode == 0, done.stderr
    assert "13,002" in done.stdout


def test_installed_package_is_not_this_tree(installed: Installed, tmp_path: Path) -> None:
    done = run(tmp_path, installed.python, "-c", "import nnlint; print(nnlint.__file__)")
    assert Path(done.stdout.strip()).is_relative_to(installed.python.parent.parent)


def test_installed_command_tells_its_version(installed: Installed, tmp_path: Path) -> None:
    done = run(tmp_path, installed.command, "--version")
    assert done.stdout == f"nnlint {nnlint.__version__}\n"
