"""Names that are long, or act on what shows them, everywhere that a spec has a name."""

from __future__ import annotations

from tests.hostile.case import MARK, ROW, Case, clean, text

MEGABYTE = 1_000_000
LONG = "n" * MEGABYTE
ACTING = (
    "[red]x[/red][/] \x1b[31mred\x1b[0m\x1b]0;title\x07 \x9b31m {0} %s",
    "x\n::error file=a::forged\r\n##[error]forged\u2028::error::a\0",
    "\u202eexe\u2066\u200f a\u200b\u200d\ufeffb",
)  # fmt: skip


def quoted(words: str) -> str:
    """A double-quoted YAML text that means these words; what does not print is an escape."""
    return (
        '"'
        + "".join(c if c.isalnum() and c.isascii() else f"\\u{ord(c):04x}" for c in words)
        + '"'
    )


def named(name: str, words: str) -> tuple[Case, ...]:
    """The words as the name of the network, of layers, keys, variables, blocks and a loss."""
    return (
        clean(f"{name}: of the network", f"{MARK}name: {words}\nlayers: [{ROW}]\n", 20),
        text(f"{name}: of a type", "NN120", f"{MARK}layers: [¦{words}]\n"),
        text(f"{name}: of a key", "NN103",
             f"{MARK}layers: [{{type: Linear, out_features: 4, ? ¦{words} : 1}}]\n"),
        text(f"{name}: of a source", "NN108" if words != LONG else "NN207",
             f"{MARK}layers: [{{type: ReLU, from: ¦{words}}}]\n"),
        text(f"{name}: of a loss", "NN104", f"{MARK}layers: [{ROW}]\nloss: ¦{words}\n"),
        text(f"{name}: of a block that is not there", "NN122",
             f"{MARK}layers: [{{block: ¦{words}}}]\n"),
        text(f"{name}: of a variant", "NN116",
             f"{MARK}layers: [{ROW}]\nexpect: {{variants: {{? ¦{words} : 20}}}}\n"),
    )  # fmt: skip


CASES = (
    *named("1 MB", LONG),
    clean(
        "1 MB: of a layer",
        f"{MARK}layers: [{{type: Linear, out_features: 4, name: {LONG}}}]\n",
        20,
    ),
    *(
        text(
            f"acting {n}: of a layer",
            "NN108",
            f"{MARK}layers: [{{type: Linear, out_features: 4, name: ¦{quoted(words)}}}]\n",
        )
        for n, words in enumerate(ACTING)
    ),
    *(one for n, words in enumerate(ACTING) for one in named(f"acting {n}", quoted(words))),
)
