"""`nnlint explain FILE[:LAYER]`: what is a file, which layer is meant, how it ends."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest

from nnlint import cli

ROOT = Path(__file__).resolve().parents[2]
MNIST = str(ROOT / "specs" / "mnist.yaml")
GPT2 = str(ROOT / "specs" / "gpt2.yaml")

NESTED = """\
nnlint: 1
name: nested
input: [8]
blocks:
  inner:
    layers:
      - {type: Linear, out_features: $in, name: mix}
      - ReLU
  grow:
    args: {out: required}
    layers:
      - {type: Linear, out_features: $out, name: widen}
      - type: Residual
        body:
          - {block: inner, name: core}
layers:
  - {block: grow, out: 16, name: first}
  - {block: grow, out: 2*$in, repeat: 3, name: use}
  - {type: Linear, out_features: 4, name: mix, bias: false}
"""


def run(*argv: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return cli.main(["explain", *argv], out, err), out.getvalue(), err.getvalue()


@pytest.fixture
def nested(tmp_path: Path) -> str:
    file = tmp_path / "nested.yaml"
    file.write_text(NESTED)
    return str(file)


def told(out: str) -> list[str]:
    """The numbers of the layers that are told, with their names."""
    heads = (line.strip() for line in out.splitlines() if "(line " in line)
    return [head.partition(" (line ")[0] for head in heads if head[:1].isdigit()]


# -- what is a file, and what a name


def test_a_file_is_explained() -> None:
    code, out, err = run(MNIST)
    assert (code, err) == (0, "")
    assert out.startswith(f"mnist-mlp  {MNIST}  input [784]\n")
    assert "784·16 + 16·16 + 16·10 = 12,960" in out


def test_a_layer_s_name_is_its_page_and_a_path_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(MNIST, tmp_path / "Linear")
    monkeypatch.chdir(tmp_path)
    code, out, err = run("Linear")
    assert code == 0
    assert out.startswith("Linear\n")
    assert err == "nnlint: there is a file of that name too: ./Linear explains it\n"
    assert run("./Linear")[1].startswith("mnist-mlp  ./Linear  input")
    assert run("./Linear:logits")[1].startswith("mnist-mlp  ./Linear  input")


def test_a_name_without_such_a_file_says_nothing_of_files() -> None:
    assert run("Linear")[2] == ""


@pytest.mark.parametrize("name", ["a file: with colons.yaml", "x:3.yml", "naïve ÷ 網.yaml"])
def test_a_colon_in_a_file_s_name_is_no_layer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    shutil.copy(MNIST, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert run(name)[0] == 0
    code, out, _ = run(f"{name}:logits")
    assert code == 0
    assert told(out) == ["5  Linear logits"]


@pytest.mark.parametrize("layer", ["", ":3"])
def test_a_file_that_is_not_there_is_exit_2(layer: str) -> None:
    code, out, err = run(f"missing.yaml{layer}")
    assert (code, out) == (2, "")
    assert err == "nnlint: missing.yaml: no such file or directory\n"


def test_what_is_no_spec_is_exit_2(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("a: 1\n")
    code, _, err = run(str(tmp_path / "other.yaml"))
    assert code == 2
    assert "no line begins with `nnlint:`" in err
    code, _, err = run(str(tmp_path))
    assert code == 2
    assert "directory" in err


def test_standard_input_is_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.TextIOWrapper(io.BytesIO(Path(MNIST).read_bytes()))
    monkeypatch.setattr("sys.stdin", text)
    code, out, _ = run("-")
    assert code == 0
    assert "12,960 + 42 = 13,002" in out


def test_several_are_told_and_the_worst_is_the_exit_code(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("nnlint: 1\ninput: [4]\nlayers: [{type: Linear, in_features: 3, "
                      "out_features: 2}]\n")  # fmt: skip
    code, out, err = run(MNIST, "ReLU", str(broken))
    assert (code, err) == (1, "")
    assert "mnist-mlp" in out
    assert "\nReLU\n" in out
    code, out, err = run("Linaer", str(broken), MNIST)
    assert code == 2
    assert "12,960 + 42 = 13,002" in out
    assert "did you mean 'Linear'?" in err


# -- errors


def test_a_spec_with_errors_is_explained_as_far_as_it_goes(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text(
        "nnlint: 1\ninput: [4]\nlayers:\n  - {type: Linear, out_features: 3}\n"
        "  - {type: Linear, in_features: 9, out_features: 2}\n  - {type: Linar}\n"
    )
    code, out, err = run(str(file))
    assert (code, err) == (1, "")
    assert "in_features × out_features = 4·3 = 12" in out
    assert "at least" in out
    assert out.endswith(f"\n`nnlint {file}` finds 2 errors\n")
    assert cli.main([str(file)], io.StringIO(), io.StringIO()) == 1


def test_a_file_without_a_network_says_so(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text("nnlint: 1\nlayers: [")
    code, out, _ = run(str(file))
    assert code == 1
    assert f"there is no network in {file} to explain" in out
    assert "finds 1 error\n" in out


def test_a_broken_budget_is_exit_3_as_in_linting(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text(
        "nnlint: 1\ninput: [4]\nlayers: [{type: Linear, out_features: 3}]\n"
        "budget: {params: 9}\n"
    )
    assert cli.main([str(file)], io.StringIO(), io.StringIO()) == 3
    code, out, _ = run(str(file))
    assert code == 3
    assert "finds 1 error\n" in out


def test_a_warning_is_no_error(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text("nnlint: 1\ninput: [4]\nlayers: [{type: Custom, output: [2]}]\n")
    code, out, _ = run(str(file))
    assert code == 0
    assert "finds" not in out


# -- variants


def test_a_variant_is_chosen() -> None:
    code, out, _ = run("--variant", "medium", GPT2)
    assert code == 0
    assert " (medium) " in out.splitlines()[0]
    assert "354,823,168" in out
    assert "1024·1024" not in out.splitlines()[0]


def test_an_unknown_variant_is_exit_2() -> None:
    code, out, err = run("--variant", "mediun", GPT2)
    assert (code, out) == (2, "")
    assert "did you mean 'medium'?" in err


# -- which layer is meant


@pytest.mark.parametrize("layer", ["logits", "5", "layers[4]", "10:8"])
def test_one_layer_by_each_of_its_names(layer: str) -> None:
    code, out, err = run(f"{MNIST}:{layer}")
    assert (code, err) == (0, "")
    assert told(out) == ["5  Linear logits"]
    assert "biases      out_features = 10\n" in out


def test_types_are_names_where_nothing_is_called_so() -> None:
    assert told(run(f"{MNIST}:Linear")[1]) == ["1  Linear", "3  Linear", "5  Linear logits"]
    assert told(run(f"{GPT2}:h/MultiheadAttention")[1]) == [
        "4  decoder h ×12 / Residual / MultiheadAttention"
    ]


@pytest.mark.parametrize(
    ("layer", "layers"),
    [
        # the table: 1 widen, 2 mix, 3 ReLU, 4 Add in `first`; four more in each copy of `use`
        ("first", [1, 2, 3, 4]),
        ("first/widen", [1]),
        ("first/core/mix", [2]),
        ("core/mix", [2, 6, 10, 14]),
        ("use", list(range(5, 17))),
        ("use.1", [9, 10, 11, 12]),
        ("use.2/widen", [13]),
        ("use.1/core/mix", [10]),
        ("widen", [1, 5, 9, 13]),
        ("mix", [17]),  # what is seen from outside goes before what is inside
        ("layers[1]", list(range(5, 17))),
        ("blocks.grow.layers[0]", [1, 5, 9, 13]),
        ("inner", [2, 3, 6, 7, 10, 11, 14, 15]),
        ("18:6", list(range(5, 17))),
        ("7:10", [2, 6, 10, 14]),
    ],
)
def test_ways_lead_where_from_would(nested: str, layer: str, layers: list[int]) -> None:
    code, out, err = run(f"{nested}:{layer}")
    assert (code, err) == (0, "")
    assert [int(head.split()[0]) for head in told(out)] == layers


def test_copies_that_are_one_row_hold_each_of_their_numbers() -> None:
    for copy in (0, 5, 11):
        assert told(run(f"{GPT2}:h.{copy}/MultiheadAttention")[1])
    assert run(f"{GPT2}:h.12/MultiheadAttention")[0] == 2


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ("logit", "did you mean 'logits'?"),
        ("Liner", "did you mean 'Linear'?"),
        ("6", "there is no layer 6: the table has 5 layers, counted from 1"),
        ("0", "there is no layer 0"),
        ("layers[9]", "there is no layer 'layers[9]' in it"),
        ("1:1", "no layer stands at line 1, column 1"),
        ("", "there is no layer '' in it"),
        ("qqqqqq", "a layer is a name (logits), a way into a part"),
        ("\x1b[31m", "there is no layer '\\x1b[31m' in it"),
    ],
)
def test_an_unknown_layer_is_exit_2_and_says_what_is_there(layer: str, words: str) -> None:
    code, out, err = run(f"{MNIST}:{layer}")
    assert (code, out) == (2, "")
    assert words in err
    assert err.startswith(f"nnlint: {MNIST}: ")


# -- a single layer


def test_a_layer_alone_tells_all_of_itself() -> None:
    _, out, _ = run(f"{GPT2}:4")
    said = [" ".join(line.split()) for line in out.splitlines()]
    for line in (
        "takes [1024, 768] from 3 h/LayerNorm",
        "gives [1024, 768] to 5 h/Add",
        "embed_dim 768 (inferred)",
        "num_heads 12 (written as $heads)",
        "causal true (written)",
        "bias true (default)",
        "head_dim 64 (null: embed_dim / num_heads)",
        "it stands for 12 equal copies",
        "in_proj_weight 3 × embed_dim × embed_dim = 3·768·768 = 1,769,472",
        "out_proj.bias embed_dim = 768",
        "https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html",
    ):
        assert line in said
    query_key_value_out = 4 * 1024 * 768 * 768
    macs = 12 * (query_key_value_out + 2 * 1024 * 1024 * 768)
    assert f"= {macs:,}" in out


def test_where_values_come_from_is_said(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text(
        "nnlint: 1\ninputs: {left: [4], right: [4]}\ndefaults: {Linear: {bias: false}}\n"
        "layers:\n  - {type: Add, from: [left, right]}\n"
        "  - {type: Linear, out_features: 4, repeat: 2, first: {out_features: 6}, name: two}\n"
        "outputs: {scores: two}\n"
    )
    out = run(f"{file}:1")[1]
    assert "takes [4] from the network's input left" in out
    first, second = run(f"{file}:2")[1], run(f"{file}:3")[1]
    assert "out_features  6 (written for the first copy)" in first
    assert "out_features  4 (written)" in second
    assert "bias          false (from the spec's defaults)" in first
    assert "gives [4] to the network's output scores" in second


def test_the_last_copy_feeds_the_next() -> None:
    assert "3 h/LayerNorm of the next copy" in " ".join(run(f"{GPT2}:10")[1].split())


# -- the screen


@pytest.mark.parametrize("width", ["80", "200"])
@pytest.mark.parametrize("layer", ["", ":4", ":h"])
def test_a_screen_s_width_is_kept(
    monkeypatch: pytest.MonkeyPatch, width: str, layer: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    lines = run(f"{GPT2}{layer}")[1].splitlines()
    assert max(len(line) for line in lines if "https://" not in line) <= int(width)


def test_colours_are_asked_for() -> None:
    assert "\x1b[" not in run(MNIST)[1]
    assert "\x1b[" in run("--color", "always", MNIST)[1]


def test_nothing_of_a_spec_acts_on_the_screen(tmp_path: Path) -> None:
    file = tmp_path / "net\x1b[2J.yaml"
    file.write_text(
        'nnlint: 1\nname: "bad\\e[31m\\nname"\ninput: [4]\n'
        'layers: [{type: "Lin\\e[1mear", name: "a\\rb"}, {type: Linear, out_features: 2}]\n'
        'variants: {"\\e[5m": {}}\n'
    )
    for layer in ("", ":1", ":2", ":\x1b[7m"):
        _, out, err = run(f"{file}{layer}")
        assert "\x1b" not in out + err
        assert "\r" not in out + err


def test_where_there_is_no_middle_dot_a_product_is_no_decimal_number() -> None:
    """784·16 must not become 784.16."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    cli.main(["explain", MNIST], stream, io.StringIO())
    out = stream.buffer.getvalue().decode()  # type: ignore[attr-defined]
    assert "784.16" not in out
