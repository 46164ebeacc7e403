"""Imports go one way, heavy libraries have one owner each, and load only when they are used."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "nnlint"

LEVELS = (
    {
        "",
        "wording",
        "quantity",
        "scalars",
        "losses",
        "terminal",
        "record",
        "plugins",
        "complaints",
        "exits",
        "stages",
        "interrupts",
    },
    {"finding", "layers", "expression", "mistakes"},
    {"document", "published", "landmarks"},
    {"schema", "unused"},
    {"spec"},
    {"graph"},
    {"scopes", "teaching"},
    {"wiring"},
    {"activations"},
    {"report", "budget", "expectation", "outline", "addresses"},
    {"comparison"},
    {"rules"},
    {
        "options",
        "flags",
        "settings",
        "spelled",
        "movement",
        "no_base",
        "revisions",
        "pairing",
        "config",
        "config_page",
        "pages",
        "tally",
        "sources",
        "ignores",
        "policy",
        "files",
        "derivation",
        "starter",
        "fingerprints",
        "outputs",
        "report_schema",
        "baseline",
        "baseline_file",
        "keeping",
    },
    {
        "engine",
        "placing",
        "table",
        "formats",
        "edits",
        "meaning",
        "fixing",
        "mending",
        "step_summary",
        "markdown",
        "jobs",
        "progress",
        "running",
        "statistics",
    },
    {"publishing", "verbose"},
    {"api"},
    {"linting"},
    {"commands"},
    {"cli"},
    {"__main__"},
)
"""The design's table, lowest first: a module imports what is below it or beside it.

The empty name is the package itself, which holds the version, and what it hands on.
"""
LEVEL = {name: level for level, names in enumerate(LEVELS) for name in names}

OWNERS = {
    "subprocess": "revisions", "yaml": "document", "jsonschema": "schema.breaches",
    "rich": "table",
}  # fmt: skip
FORBIDDEN_MODULES = {
    "_pickle", "asyncio", "ctypes", "dill", "ftplib", "http", "marshal", "multiprocessing",
    "pickle", "pty", "requests", "runpy", "shelve", "smtplib", "socket", "socketserver", "ssl",
    "urllib", "urllib3", "webbrowser", "xmlrpc", "aiohttp", "cffi", "cloudpickle", "code",
    "codeop", "httpx", "imaplib", "joblib", "jsonpickle", "poplib", "telnetlib", "zipimport",
}  # fmt: skip
OF_JOBS = {"multiprocessing", "pickle"}
"""What `jobs` alone may have: its own processes send each other what they found."""
FORBIDDEN_CALLS = {
    "eval", "exec", "compile", "__import__", "system", "popen", "execv", "execve", "spawnv",
    "fork", "startfile", "unsafe_load", "full_load", "unsafe_load_all", "full_load_all",
    "yaml.load", "yaml.load_all", "execl", "execle", "execlp", "execlpe", "execvp", "execvpe",
    "forkpty", "posix_spawn", "posix_spawnp", "spawnl", "spawnle", "spawnlp", "spawnlpe",
    "spawnve", "spawnvp", "spawnvpe", "exec_module", "run_module", "run_path",
}  # fmt: skip


class Import(NamedTuple):
    """One import: which module wants what, where, and whether it happens when the code runs."""

    by: str
    target: str
    line: int
    runs: bool

    def __str__(self) -> str:
        return f"{self.by}:{self.line} imports {self.target}"


def dotted(file: Path) -> str:
    """nnlint/rules/walking.py -> nnlint.rules.walking."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of the package, parsed."""
    return {dotted(file): ast.parse(file.read_text("utf-8")) for file in PACKAGE.rglob("*.py")}


@cache
def imports() -> list[Import]:
    """Every import statement of the package, also those inside functions."""
    return [one for name, tree in trees().items() for one in _imports(name, tree, runs=True)]


def _imports(by: str, node: ast.AST, *, runs: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield from (Import(by, name, child.lineno, runs) for name in _targets(child))
        elif isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            for statement in child.body:
                yield from _imports(by, ast.Module([statement], []), runs=False)
        else:
            yield from _imports(by, child, runs=runs)


def _targets(node: ast.Import | ast.ImportFrom) -> list[str]:
    """What is imported, by its whole name: a module where it is one, else the one it is in."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    assert node.level == 0, f"line {node.lineno}: relative import"
    module = node.module or ""
    inner = [f"{module}.{alias.name}" for alias in node.names]
    return [name if name in trees() else module for name in inner]


def unit(module: str) -> str:
    """The part of the table a module belongs to: nnlint.rules.walking -> rules."""
    return (*module.split("."), "")[1]


def inside() -> list[Import]:
    """Imports from nnlint itself, but for its front door, which hands on what is asked for."""
    ours = [one for one in imports() if one.target.split(".")[0] == "nnlint"]
    return [one for one in ours if one.by != "nnlint"]


def is_upward(one: Import) -> bool:
    """Whether it wants what is above it; what the table lacks is another test's matter."""
    return LEVEL.get(unit(one.target), 0) > LEVEL.get(unit(one.by), len(LEVELS))


def test_table_names_every_module_and_no_other() -> None:
    units = {unit(name) for name in trees()}
    assert units == set(LEVEL), "put a new module into the design's table, and here"


def test_imports_go_one_way() -> None:
    assert [str(one) for one in inside() if one.runs and is_upward(one)] == []


def test_types_come_from_below_too() -> None:
    assert [str(one) for one in inside() if not one.runs and is_upward(one)] == []


def test_no_modules_import_each_other() -> None:
    below: dict[str, set[str]] = {}
    for one in inside():
        if one.runs and one.target != one.by:
            below.setdefault(one.by, set()).add(one.target)
    try:
        TopologicalSorter(below).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {error.args[1]}")


def test_rules_and_layer_families_know_no_sibling() -> None:
    """The folder is the list: any of its files can be taken away."""
    helpers = {"base", "attribute", "dividing", "shape", "spatial", "walking", "windows",
                   "attending", "first_token", "heads", "maps", "neighbours", "properties",
                   "reported", "words"}  # fmt: skip
    siblings = [
        str(one)
        for one in inside()
        if unit(one.by) in ("rules", "layers")
        and unit(one.target) == unit(one.by)
        and one.target.count(".") == 2
        and one.target.rpartition(".")[2] not in helpers
    ]
    assert siblings == []


@pytest.mark.parametrize(("library", "owner"), OWNERS.items())
def test_heavy_library_has_one_owner(library: str, owner: str) -> None:
    users = {one.by for one in imports() if one.target.split(".")[0] == library and one.runs}
    assert users
    assert {by for by in users if not f"{by}.".startswith(f"nnlint.{owner}.")} == set()


def test_owner_of_a_heavy_library_is_imported_inside_a_function() -> None:
    """By its own package too: to import that loads nothing heavy."""
    owners = tuple(f"nnlint.{owner}." for owner in OWNERS.values())
    eager = [
        f"{name} imports {target}"
        for name, tree in trees().items()
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for target in _targets(node)
        if f"{target}.".startswith(owners) and not f"{name}.".startswith(owners)
    ]
    assert eager == []


def test_nothing_else_is_needed() -> None:
    tops = {one.target.split(".")[0] for one in imports()}
    assert tops <= {*OWNERS, *sys.stdlib_module_names, "nnlint"}


def test_neither_network_nor_processes_nor_pickles() -> None:
    found = {
        (one.by, top)
        for one in imports()
        if (top := one.target.split(".")[0]) in FORBIDDEN_MODULES
    }
    assert found == {("nnlint.jobs", top) for top in OF_JOBS}


def test_no_text_becomes_code() -> None:
    used = [
        f"{name}:{node.lineno} {called}"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (called := _called(node)) in FORBIDDEN_CALLS
    ]
    assert used == []


def _called(node: ast.Call) -> str:
    """The function's last name; `re.compile` makes no code, and not every `load` is YAML's."""
    words = ast.unparse(node.func)
    if words.startswith("yaml."):
        return words if words in FORBIDDEN_CALLS else words.rpartition(".")[2]
    return "" if words == "re.compile" else words.rpartition(".")[2]


def libraries_after(*argv: str) -> set[str]:
    """Which heavy libraries a new Python has loaded when `main` is done."""
    code = (
        "import sys, io\n"
        "from nnlint.cli import main\n"
        "code = main(sys.argv[1:], io.StringIO(), sys.stderr)\n"
        f"loaded = [name for name in {sorted(OWNERS)!r} if name in sys.modules]\n"
        "print('loaded', code, *loaded)\n"
    )
    command = [sys.executable, "-c", code, *argv]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    words = done.stdout.splitlines()[-1].split()
    assert words[:2] == ["loaded", "0"], done.stdout + done.stderr
    return set(words[2:])


BREACH = "tests/data/loud/nn101-bias-no.yaml"


@pytest.mark.parametrize(
    ("argv", "loaded"),
    [
        (["--version"], set()),
        (["--help"], set()),
        (["schema"], set()),
        (["--format", "concise", "specs/mnist.yaml"], {"yaml"}),
        (["--format", "json", "specs/mnist.yaml"], {"yaml"}),
        (["--no-table", "specs/mnist.yaml"], {"yaml"}),
        (["--no-table", "--fail-on", "never", BREACH], {"yaml", "jsonschema"}),
        (["specs/mnist.yaml"], {"yaml", "rich"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_only_what_is_used_is_loaded(argv: list[str], loaded: set[str]) -> None:
    assert libraries_after(*argv) == loaded
