"""Small files that stand for much: aliases, merges, and lists in lists."""

from __future__ import annotations

from tests.hostile.case import MARK, Case, text

ALLOWED = 500_000
"""Nodes that a file may come to with its aliases written out, as NN005's page says."""


def aliases(power: int) -> Case:
    """Each list holds the one before it ten times: the last stands for 10^power values.

    Written out, `a0` has 2 nodes and each list ten times that of the one before and itself:
    21, 211, … and `a5` 211,111. All up to `a5` come to 234,586 with their keys, so of the ten
    `*a5` in `a6` the first fits (445,697), and the second is too much (656,808).
    """
    rows = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, power + 1)]
    rows[5] = rows[5].replace("*a5, *a5", "*a5, ¦*a5", 1)
    whole = f"{MARK}a0: &a0 [x]\n{''.join(rows)}layers: *a{power}\n"
    return text(f"10^{power} aliases", "NN005", whole)


def merge_chain(length: int) -> Case:
    """Each map merges the one before it, which has a value more each time.

    Line n holds five nodes of its own (two keys of its own, the map, a value, and the map
    behind the alias; `<<` is a sign, no node) and the n values of the map before it.
    """
    before = 9  # the root, `nnlint` and `input` with theirs, and the key and the list of it
    allowed = 0
    while before + 4 * allowed + allowed * (allowed + 3) // 2 <= ALLOWED:
        allowed += 1
    rows = [f"m{n}: &m{n} {{<<: *m{n - 1}, k{n}: 1}}\n" for n in range(1, length)]
    rows[allowed - 1] = rows[allowed - 1].replace("*", "¦*", 1)
    return text("merges that grow", "NN005", f"{MARK}m0: &m0 {{k0: 1}}\n{''.join(rows)}")


def merges(levels: int) -> str:
    """Nine merges of the one before it in each: 9^levels, but no key that was not there."""
    rows = [
        f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}], k{n}: 1}}\n"
        for n in range(1, levels + 1)
    ]
    return f"{MARK}¦m0: &m0 {{k0: 1}}\n{''.join(rows)}layers: [*m{levels}]\n"


VALUES = 1000
WIDE = "{" + ", ".join(f"k{n}: 1" for n in range(VALUES)) + "}"
DEEP = 100_000
FITS = 99
"""Lists in the list of layers, which is the second level, up to the hundredth."""


def nested(name: str, opening: str, fits: int = FITS, before: str = "layers: ") -> Case:
    """`¦` in the opening: where the first finding stands in the one that is too much."""
    plain = opening.replace("¦", "")
    marked = opening if "¦" in opening else f"¦{opening}"
    whole = MARK + before + plain * fits + marked + plain * (DEEP - fits)
    return text(f"nested: {name}", "NN004", whole)


def indented(fits: int, depth: int) -> Case:
    """Block lists need a line and a deeper indent each."""
    rows = [" " * n + ("¦-\n" if n == fits + 1 else "-\n") for n in range(1, depth)]
    return text("nested: lines", "NN004", f"{MARK}layers:\n{''.join(rows)}")


CASES = (
    *(aliases(power) for power in range(6, 10)),
    text("self alias", "NN006", f"{MARK}layers: &a [¦*a, *a]\n"),
    text("self alias in a map", "NN006", f"{MARK}layers: &a {{b: ¦*a}}\n"),
    text("self alias as a key", "NN006", f"{MARK}layers: &a {{? ¦*a : 1}}\n"),
    text("self alias merged", "NN006", f"{MARK}layers: &a {{<<: ¦*a}}\n"),
    text("self alias of the root", "NN006", "--- &a\nnnlint: 1\nlayers: ¦*a\n"),
    text("mutual aliases", "NN002", f"{MARK}x: &x [¦*y]\ny: &y [*x]\n"),
    text("mutual aliases inside", "NN006", f"{MARK}x: &x [&y [¦*x], *y]\n"),
    text("alias of nothing", "NN002", f"{MARK}layers: [¦*a]\n"),
    text("many anchors", "NN015 NN016", f"{MARK}layers: [&a x, ¦{'&a x, ' * 30_000}"),
    # each alias is one more layer that is none, although all stand in one place
    text("many aliases", "NN015 NN120", f"{MARK}layers: [¦&a x{', *a' * 5_000}]\n"),
    text("merges of merges", "NN102 NN103", merges(11)),
    merge_chain(2000),
    # w and what stands around it are 2,012 nodes, and each *w is 1,001: 497 of them fit
    text("wide merges", "NN005",
         f"{MARK}w: &w {WIDE}\nx: {{<<: [{'*w, ' * 497}¦*w, *w]}}\n"),
    nested("lists", "["),
    nested("maps", "{¦a: ", FITS - 1),  # the key lies a level deeper than its map
    nested("maps as keys", "{"),
    nested("lists as keys", "[¦? ", FITS // 2),  # a list and a map of one key each
    nested("dashes", "- ", before="layers:\n"),
    nested("keys", "? ", fits=FITS + 1, before=""),
    nested("tags", "!!seq ["),
    text("nested: lists with anchors", "NN004 NN016", f"{MARK}layers: &a [¦{'&a [' * DEEP}"),
    indented(FITS, 1500),
    text("nested: behind aliases", "NN004",
         f"{MARK}a: &a {'[' * 60}x{']' * 60}\nb: {'[' * 40}¦*a"),
)  # fmt: skip
