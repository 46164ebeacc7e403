"""`nnlint init`: the templates are what they say, and nothing is ever overwritten."""

from __future__ import annotations

import io
import os
import re
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

import nnlint
from nnlint import cli, document, engine, starter

if TYPE_CHECKING:
    from nnlint.report import Report

ROOT = Path(__file__).resolve().parents[2]

MLP = (784 * 128 + 128) + (128 * 64 + 64) + (64 * 10 + 10)

# three stages of two 3×3 convolutions without bias, each with a BatchNorm (scale and shift)
CHANNELS = ((3, 32), (32, 32), (32, 64), (64, 64), (64, 128), (128, 128))
CNN = sum(3 * 3 * a * b + 2 * b for a, b in CHANNELS) + (128 * 10 + 10)


def transformer(d: int) -> int:
    """Tables of words and positions, six decoders, a norm; the head's weight is the table's."""
    attention = d * 3 * d + 3 * d + d * d + d
    feed_forward = (d * 4 * d + 4 * d) + (4 * d * d + d)
    decoder = 2 * d + attention + 2 * d + feed_forward
    return 8192 * d + 256 * d + 6 * decoder + 2 * d


PARAMETERS = {"mlp": MLP, "cnn": CNN, "transformer": transformer(256)}
TORCH = {"mlp": 109_386, "cnn": 288_746, "transformer": 6_901_760}
"""What torch 2.13 counts in the same networks of its own layers: nn.Linear, nn.Conv2d with
nn.BatchNorm2d, nn.TransformerEncoderLayer(norm_first=True) beside two nn.Embedding."""

every = pytest.mark.parametrize("name", starter.names())


def run(*argv: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return cli.main(["init", *argv], out, err), out.getvalue(), err.getvalue()


def files(folder: str = ".") -> list[str]:
    return sorted(path.name for path in Path(folder).iterdir())


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def linted(name: str) -> Report:
    return engine.lint_text(starter.text(name))


# -- the templates


def test_the_folder_is_the_list_and_the_default_comes_first() -> None:
    found = {file.stem for file in (ROOT / "nnlint" / "templates").iterdir()}
    assert starter.names() == ["mlp", *sorted(found - {"mlp"})]
    assert set(PARAMETERS) == found


@every
def test_a_template_is_clean_with_all_advice(name: str) -> None:
    report = linted(name)
    assert report.findings == ()
    assert report.ignored == 0
    assert all(one.holds for one in report.expectations)
    assert {limit.state for limit in report.limits} == {"ok"}


@every
def test_a_template_has_as_many_parameters_as_its_formula_and_torch_say(name: str) -> None:
    written = yaml.safe_load(starter.text(name))["expect"]["params"]
    assert written == PARAMETERS[name] == TORCH[name]
    assert written in {one.graph.totals.params for one in [linted(name)] if one.graph}


def test_the_wide_transformer_too() -> None:
    expected = yaml.safe_load(starter.text("transformer"))["expect"]["variants"]
    assert expected == {"wide": transformer(512)} == {"wide": 23_240_704}  # torch: as above


@every
def test_what_the_comments_claim_of_shapes_and_counts_is_so(name: str) -> None:
    graph = linted(name).graph
    assert graph
    outputs = {str(node.output) for node in graph.nodes}
    for line in starter.text(name).splitlines():
        comment = line.partition("#")[2]
        for shape in re.findall(r"\[\d+(?:, \d+)+\]", comment):
            assert shape in outputs, line
        for a, b in re.findall(r"(\d+)·(\d+)", comment):
            assert f"{a}×{b}" in " ".join(node.derivation for node in graph.nodes), line


@every
def test_a_template_teaches_fits_and_names_itself(name: str) -> None:
    lines = starter.text(name).splitlines()
    assert sum("#" in line for line in lines) > len(lines) / 3
    assert max(map(len, lines)) <= 100
    assert yaml.safe_load(starter.text(name))["name"] == name
    assert {"expect", "budget", "loss"} <= set(yaml.safe_load(starter.text(name)))


@every
def test_a_template_says_the_same_to_pyyaml_as_to_nnlint(name: str) -> None:
    assert document.read(starter.text(name)).data == yaml.safe_load(starter.text(name))


def test_the_wheel_holds_the_templates() -> None:
    """Hatch packs every file of the package; tests/test_packaging.py builds the wheel."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    assert settings["targets"]["wheel"] == {"packages": ["nnlint"]}
    assert starter.TEMPLATES.is_relative_to(Path(nnlint.__file__).parent)


# -- where it is written


def test_the_default_is_an_mlp_in_specs() -> None:
    code, out, err = run()
    assert (code, err) == (0, "")
    assert Path("specs/mlp.yaml").read_text("utf-8") == starter.text("mlp")
    assert out.startswith(f"wrote {Path('specs/mlp.yaml')}\n")


@every
def test_each_template_goes_to_a_file_of_its_name(name: str) -> None:
    assert run("--template", name)[0] == 0
    written = Path("specs") / f"{name}.yaml"
    assert cli.main([str(written), "--fail-on", "info"], io.StringIO(), io.StringIO()) == 0


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("net.yaml", "net.yaml"),
        ("net.yml", "net.yml"),
        ("deep/er/net.yaml", "deep/er/net.yaml"),
        ("there/", "there/mlp.yaml"),
        ("folder", "folder/mlp.yaml"),
        (".", "mlp.yaml"),
        ("with space & 'quote'.yaml", "with space & 'quote'.yaml"),
        ("naïve-網.yaml", "naïve-網.yaml"),
        ("-odd.yaml", "-odd.yaml"),
        (".yaml", ".yaml"),
    ],
)
def test_a_path_is_a_file_or_a_folder(given: str, written: str) -> None:
    Path("folder").mkdir()
    code, out, err = run("--", given)
    assert (code, err) == (0, "")
    assert Path(written).read_text("utf-8") == starter.text("mlp")
    assert str(Path(written)) in out


def test_what_is_written_can_be_read_like_any_new_file() -> None:
    run("net.yaml")
    Path("plain").touch()
    assert Path("net.yaml").stat().st_mode == Path("plain").stat().st_mode


def test_nothing_else_is_left_behind() -> None:
    run("here/net.yaml")
    run("here/net.yaml")
    run("here/net.yaml", "--force")
    assert files("here") == ["net.yaml"]


# -- what is refused


def test_nothing_is_overwritten() -> None:
    Path("net.yaml").write_text("mine")
    code, out, err = run("net.yaml")
    assert (code, out) == (2, "")
    assert (
        err
        == "nnlint: net.yaml is there already: --force overwrites it, or name another file\n"
    )
    assert Path("net.yaml").read_text() == "mine"


def test_the_file_that_is_there_is_named_where_a_folder_was_given() -> None:
    run()
    words = "is there already: --force overwrites it, or name another file"
    for given in ((), ("specs",), ("specs/",)):
        assert run(*given)[2] == f"nnlint: {Path('specs/mlp.yaml')} {words}\n"


def test_a_link_to_nowhere_is_there_too() -> None:
    Path("net.yaml").symlink_to("nowhere")
    assert run("net.yaml")[0] == 2
    assert not Path("nowhere").exists()


def test_force_overwrites() -> None:
    Path("net.yaml").write_text("mine")
    assert run("net.yaml", "--force")[0] == 0
    assert Path("net.yaml").read_text("utf-8") == starter.text("mlp")


def test_a_file_that_comes_meanwhile_is_not_overwritten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the look and the write, somebody else writes."""
    Path("net.yaml").write_text("theirs")
    monkeypatch.setattr("os.path.lexists", lambda _: False)
    assert run("net.yaml")[0] == 2
    assert Path("net.yaml").read_text() == "theirs"
    assert files() == ["net.yaml"]


def test_a_file_system_without_links_is_written_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assert run("net.yaml")[0] == 0
    assert Path("net.yaml").read_text("utf-8") == starter.text("mlp")
    assert files() == ["net.yaml"]


def test_a_write_that_fails_leaves_the_old_file_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("net.yaml").write_text("mine")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    code, _, err = run("net.yaml", "--force")
    assert code == 2
    assert err == "nnlint: net.yaml can't be written: no space left on device\n"
    assert Path("net.yaml").read_text() == "mine"
    assert files() == ["net.yaml"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            "net",
            "net is no spec's name, which ends in .yaml or .yml: write net.yaml, or net/",
        ),
        ("net.json", "write net.json.yaml"),
        ("", "'' is no spec's name, which ends in .yaml or .yml: it is empty; is a variable"),
        ("a\0b.yaml", "no file can have the name a\\x00b.yaml"),
        ("\x1b[31m.yaml/\x1b", "\\x1b[31m.yaml/\\x1b is no spec's name"),
        (f"{'n' * 300}.yaml", "can't be written: file name too long"),
        ("file/net.yaml", "file/net.yaml can't be written: file is no folder"),
        ("file/in/net.yaml", "can't be written"),
        ("folder.yaml", ""),
    ],
)
def test_a_name_that_will_not_do_is_exit_2(given: str, words: str) -> None:
    Path("file").write_text("mine")
    Path("folder.yaml").mkdir()
    code, out, err = run("--", given)
    if not words:  # a folder, whatever its name
        assert Path("folder.yaml/mlp.yaml").exists()
        return
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1
    assert Path("file").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_folder_that_is_closed_is_exit_2() -> None:
    Path("closed").mkdir(mode=0o500)
    code, out, err = run("closed/net.yaml")
    assert (code, out) == (2, "")
    assert err == "nnlint: closed/net.yaml can't be written: permission denied\n"


def test_a_folder_that_refuses_is_exit_2(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for root, whom no folder refuses."""

    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    code, _, err = run("net.yaml")
    assert code == 2
    assert err == "nnlint: net.yaml can't be written: permission denied\n"


def test_an_unknown_template_is_exit_2_and_names_the_others() -> None:
    code, out, err = run("--template", "gan")
    assert (code, out) == (2, "")
    assert all(name in err for name in starter.names())
    assert files() == []


# -- what is printed


@every
def test_a_dash_prints_the_template_and_nothing_else(name: str) -> None:
    assert run("--template", name, "-") == (0, starter.text(name), "")
    assert files() == []


def blocks(out: str) -> dict[str, str]:
    """The lines to paste, by what stands above them."""
    parts = re.split(
        r"^In (pyproject\.toml|\.pre-commit-config\.yaml|CI)\b", out, flags=re.MULTILINE
    )
    return dict(
        zip(parts[1::2], (part.partition(":\n")[2] for part in parts[2::2]), strict=True)
    )


def test_what_comes_next_can_be_pasted() -> None:
    out = run()[1]
    found = blocks(out)
    assert "nnlint specs/mlp.yaml\n" in out
    assert "nnlint explain specs/mlp.yaml\n" in out
    config = tomllib.loads(found["pyproject.toml"])["tool"]["nnlint"]
    assert config == {"fail-on": "warning", "budget": {"params": "100M"}}
    commented = re.sub(r"^# ", "", found["pyproject.toml"], flags=re.MULTILINE)
    every_key = tomllib.loads(commented)["tool"]["nnlint"]
    assert set(every_key) == {"fail-on", "extend-select", "ignore", "exclude", "budget"}


def test_ci_is_what_the_readme_shows() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = re.findall(r"```sh\n(pip install nnlint\n.*?)```", readme, re.DOTALL)
    assert shown == [blocks(run()[1])["CI"].lstrip()]
    assert "nnlint 'my nets' --output" in blocks(run("my nets/a.yaml")[1])["CI"]


def test_the_hook_is_the_one_that_the_readme_shows() -> None:
    pasted = yaml.safe_load(blocks(run()[1])[".pre-commit-config.yaml"])
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = next(
        yaml.safe_load(block)
        for block in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
        if block.startswith("repos:")
    )
    assert pasted == shown
    assert pasted["repos"][0]["rev"] == f"v{nnlint.__version__}"
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert pasted["repos"][0]["hooks"][0]["id"] in [hook["id"] for hook in hooks]


def test_the_editor_line_leads_from_the_spec_to_the_schema() -> None:
    out = run("a/b/net.yaml")[1]
    (line,) = [line for line in out.splitlines() if line.startswith("# yaml-language-server")]
    schema = line.partition("$schema=")[2]
    assert Path("a/b", schema).resolve() == Path(starter.SCHEMA).resolve()
    assert f"nnlint schema > {starter.SCHEMA}" in out


def test_names_with_blanks_are_quoted_for_the_shell() -> None:
    assert "nnlint 'my nets/a b.yaml'\n" in run("my nets/a b.yaml")[1]


def test_a_name_s_control_bytes_do_not_reach_the_screen() -> None:
    code, out, err = run("odd\x1b[31m.yaml")
    assert code == 0
    assert "\x1b" not in out + err
