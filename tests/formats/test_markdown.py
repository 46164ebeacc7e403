"""The comment of a pull request: its figures, what it leaves out, what it can't be made to do.

The layers of the small networks here are linear: n inputs and m outputs have n·m weights
and m biases, n·m MACs, and 4 bytes a parameter.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from nnlint import rules
from nnlint.budget import read
from nnlint.comparison import Comparison, Diff, compare
from nnlint.engine import lint_bytes
from nnlint.formats import markdown
from nnlint.markdown.page import MOST, MOST_ITEMS, MOST_ROWS
from nnlint.policy import Policy
from nnlint.report import Report, Status
from nnlint.terminal import Style
from tests.markdown import reading

if TYPE_CHECKING:
    from collections.abc import Sequence

TITLES = ["Metric", "Base", "Now", "Δ", "Δ %", "Budget", "Left"]


def spec(*widths: int, inputs: int = 784, **more: Any) -> dict[str, Any]:
    """An MLP of these widths."""
    layers: list[Any] = []
    for width in widths:
        layers += [{"type": "Linear", "out_features": width}, "ReLU"]
    return {"nnlint": 1, "name": "mlp", "input": [inputs], "layers": layers[:-1], **more}


def weights(inputs: int, *widths: int) -> int:
    return sum(n * m for n, m in zip((inputs, *widths), widths, strict=False))


def params(inputs: int, *widths: int) -> int:
    return weights(inputs, *widths) + sum(widths)


def lint(data: dict[str, Any] | bytes | None, path: str) -> Report | None:
    if data is None:
        return None
    return lint_bytes(data if isinstance(data, bytes) else json.dumps(data).encode(), path)


def change(
    old: dict[str, Any] | bytes | None, new: dict[str, Any] | bytes | None,
    path: str = "specs/mlp.yaml", old_path: str | None = None,
) -> Comparison:  # fmt: skip
    was = old_path or path
    return compare(lint(old, was), lint(new, path), path, was if old is not None else None)


def comment(*comparisons: Comparison, base: str = "main") -> str:
    return markdown.difference(Diff(base, comparisons), Style())


def run(*reports: Report) -> str:
    return markdown.render(reports, Style())


def plain(data: dict[str, Any], path: str = "mlp.yaml") -> Report:
    report = lint(data, path)
    assert report is not None
    return report


def headline(text: str) -> str:
    """The one heading of the third level, as it reads."""
    found = [line for line in text.splitlines() if line.startswith("### ")]
    assert len(found) == 1
    return reading.words(found[0]).replace("\N{NO-BREAK SPACE}", " ")


def row(text: str, title: str) -> list[str]:
    """The row of a table whose first cell ends so."""
    return next(
        one for table in reading.tables(text) for one in table if one[0].endswith(title)
    )


# What is first


def test_first_line_is_the_marker_and_no_other_is() -> None:
    for text in (comment(change(spec(16, 10), spec(24, 10))), run(plain(spec(16, 10)))):
        assert text.splitlines()[0] == markdown.MARKER
        assert text.count(markdown.MARKER) == 1


def test_headline_has_verdict_and_growth() -> None:
    before, after = params(784, 16, 16, 10), params(784, 24, 16, 10)
    assert before == 13_002
    budget = {"params": 15_000}
    text = comment(change(spec(16, 16, 10, budget=budget), spec(24, 16, 10, budget=budget)))
    growth = f"mlp grows by {after - before:,} parameters"
    percent = f"+{100 * (after - before) / before:.1f} %"
    assert headline(text) == f"❌ nnlint: 1 budget broken, {growth} ({percent})"


def test_nothing_changed() -> None:
    text = comment(change(spec(16, 10), spec(16, 10)))
    assert headline(text) == "✅ nnlint: no network changed"
    assert reading.tables(text) == []
    assert "1 network" in text


def test_several_networks_are_counted() -> None:
    text = comment(
        change(spec(16, 10), spec(24, 10), "a.yaml"),
        change(spec(16, 10), spec(12, 10), "b.yaml"),
        change(None, spec(16, 10), "c.yaml"), change(spec(16, 10), None, "d.yaml"),
    )  # fmt: skip
    words = "1 grows, 1 shrinks, 1 is new and 1 is gone"
    assert headline(text) == f"✅ nnlint: 4 networks changed: {words}"


def test_same_parameters_other_macs() -> None:
    conv = {"type": "Conv2d", "out_channels": 4, "kernel_size": 3}
    old = {"nnlint": 1, "name": "net", "input": [1, 12, 12], "layers": [conv]}
    text = comment(change(old, {**old, "input": [1, 22, 22]}))
    was, now = (4 * 9 * (size - 2) ** 2 for size in (12, 22))
    assert f"+{100 * (now - was) // was}.0 %" in headline(text)
    assert headline(text).startswith("✅ nnlint: net keeps its 40 parameters, MACs ")


# The table


def test_a_row_a_metric() -> None:
    budget = {"params": 15_000}
    text = comment(change(spec(16, 16, 10, budget=budget), spec(24, 16, 10, budget=budget)))
    was, now = params(784, 16, 16, 10), params(784, 24, 16, 10)
    table = reading.tables(text)[0]
    assert table[0] == TITLES
    assert [one[0] for one in table[1:]] == ["❌ Params", "MACs", "Size"]
    percent = f"+{100 * (now - was) / was:.1f} %"
    over = f"{now - 15_000:,} over"
    assert table[1] == [
        "❌ Params",
        f"{was:,}",
        f"{now:,}",
        f"+{now - was:,}",
        percent,
        "15,000",
        over,
    ]
    macs = [weights(784, 16, 16, 10), weights(784, 24, 16, 10)]
    assert table[2][1:4] == [*(f"{one:,}" for one in macs), f"+{macs[1] - macs[0]:,}"]
    assert table[3][1:3] == [f"{one * 4 / 1024:.1f} KiB" for one in (was, now)]


def test_without_a_budget_its_columns_are_left_out() -> None:
    text = comment(change(spec(16, 10), spec(12, 10)))
    assert reading.tables(text)[0][0] == TITLES[:5]
    fewer = params(784, 16, 10) - params(784, 12, 10)
    assert row(text, "Params")[3] == f"\N{MINUS SIGN}{fewer:,}"


def test_exact_where_rounding_would_show_the_same() -> None:
    big = [params(10_000, 100, width) for width in (10, 11)]
    assert {f"{one / 1e6:.1f}" for one in big} == {"1.0"}
    text = comment(change(spec(100, 10, inputs=10_000), spec(100, 11, inputs=10_000)))
    assert row(text, "Params")[1:4] == [*(f"{one:,}" for one in big), f"+{big[1] - big[0]:,}"]


def test_near_budget_shows_though_nothing_changed() -> None:
    near = spec(16, 16, 10, budget={"params": 13_010})
    text = comment(change(near, near))
    table = reading.tables(text)[0]
    assert table[1:] == [["⚠️ Params", "13,002", "13,002", "0", "", "13,010", "8"]]
    assert "2 metrics" in text


def test_unknown_totals() -> None:
    odd = {"type": "Custom", "name": "odd"}
    old, new = spec(16, 10), spec(16, 10, budget={"params": 20_000})
    new["layers"] = [*new["layers"], odd]
    text = comment(change(old, new))
    known = params(784, 16, 10)
    assert row(text, "Params") == [
        "❓ Params", f"{known:,}", f"≥ {known:,}", "?", "", "20,000", f"≤ {20_000 - known:,}",
    ]  # fmt: skip
    assert "1 budget not provable" in headline(text)


def test_new_and_gone() -> None:
    count = params(784, 16, 10)
    new = comment(change(None, spec(16, 10)))
    assert row(new, "Params") == ["Params", "–", f"{count:,}", f"+{count:,}", "new"]
    gone = comment(change(spec(16, 10), None))
    assert row(gone, "Params") == ["Params", f"{count:,}", "–", f"−{count:,}", "gone"]


def test_budget_of_a_layer_and_at_a_dtype() -> None:
    def net(width: int) -> dict[str, Any]:
        data = spec(width, 10, budget={"size": {"max": "64 KiB", "dtype": "int8"},
                                       "layers": {"head": {"params": 200}}})  # fmt: skip
        data["layers"][-1]["name"] = "head"
        return data

    text = comment(change(net(16), net(19)))
    was, now = 16 * 10 + 10, 19 * 10 + 10
    assert row(text, "params of head")[1:3] == [str(was), str(now)]
    assert row(text, "params of head")[5:] == ["200", "0"]
    assert row(text, "size as int8")[2] == f"{params(784, 19, 10) / 1024:.1f} KiB"


def test_who_sets_the_limit_where_it_is_the_repository() -> None:
    ceilings = tuple(read({"params": 20_000}, "pyproject.toml"))
    policy = Policy(ceilings=ceilings)
    reports = [
        lint_bytes(json.dumps(spec(width, 10)).encode(), "a.yaml", None, policy)
        for width in (16, 24)
    ]
    text = comment(compare(*reports, "a.yaml", "a.yaml"))
    assert "Limited params by `pyproject.toml`" in text


def test_variants_are_networks_of_their_own() -> None:
    def net(width: int) -> dict[str, Any]:
        layers = [
            {"type": "Linear", "out_features": "$w"},
            {"type": "Linear", "out_features": width},
        ]
        return {**spec(1), "layers": layers, "vars": {"w": 4}, "variants": {"wide": {"w": 8}},
                "budget": {"params": "1M"}}  # fmt: skip

    text = comment(change(net(2), net(3)))
    table = [one for table in reading.tables(text)[:2] for one in table]
    assert "mlp (wide)" in text.replace("`", "").replace("*", "").splitlines()
    assert "and 1 variant with it" in headline(text)
    bases = [one[1] for one in table if one[0] == "Params"]
    assert bases == [f"{params(784, width, 2):,}" for width in (4, 8)]


def test_many_networks_have_one_row_each() -> None:
    both = [
        change(spec(16, 10, name=f"net{n}"), spec(16 + n, 10, name=f"net{n}"), f"{n}.yaml")
        for n in range(1, 31)
    ]
    text = comment(*both)
    table = reading.tables(text)[0]
    assert len(table) == 31
    assert row(text, "net7")[1:3] == [
        f"{params(784, 23, 10):,}", f"+{params(784, 23, 10) - params(784, 16, 10):,}",
    ]  # fmt: skip
    assert text.count("<details>") == text.count("</details>") == 30


def test_every_broken_budget_is_told_in_the_one_row_of_a_network() -> None:
    budget = {"params": 13_000, "size": 52_000}
    nets = [
        change(
            spec(16, 16, 10, name=f"n{n}"),
            spec(16, 16, 10, name=f"n{n}", budget=budget),
            f"{n}.yaml",
        )
        for n in range(4)
    ]
    # 4 bytes a parameter: 13,002 of them are 52,008 B
    assert row(comment(*nets), "n2")[0] == "❌ n2"
    assert row(comment(*nets), "n2")[5] == "params: 2 over<br>size: 8 B over"


def test_names_that_are_not_enough_get_their_path() -> None:
    text = comment(*(change(spec(16, 10), spec(12, 10), path) for path in ("a.yaml", "b.yaml")))
    assert "**`mlp` in `b.yaml`**" in text.splitlines()


# Budgets that the change itself moves


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ({"params": 15_000}, {"params": 20_000}, "15,000 → 20,000"),
        ({"params": 15_000}, {}, "nothing limits it any more"),
        ({"params": 15_000}, {"params": {"max": 15_000, "level": "warning"}},
         "15,000 → 15,000 (warning)"),
        ({"params": {"max": 15_000, "max_increase": 5}}, {"params": {"max": 15_000}},
         "params.max_increase of mlp: 5 → nothing limits it any more"),
        ({"params": {"max": 15_000, "max_increase_pct": 5}},
         {"params": {"max": 15_000, "max_increase_pct": 7}}, ": 5.0 % → 7.0 %"),
    ],
)  # fmt: skip
def test_a_weaker_budget_is_said_at_once(old: Any, new: Any, words: str) -> None:
    text = comment(change(spec(16, 10, budget=old), spec(16, 10, budget=new)))
    said = next(line for line in text.splitlines() if line.startswith("> - "))
    assert words in reading.words(said)
    assert text.index("This change weakens a budget") < 200


@pytest.mark.parametrize("new", [{"params": 15_000}, {"params": 14_000}])
def test_an_equal_or_a_lower_budget_is_no_warning(new: Any) -> None:
    text = comment(change(spec(16, 10, budget={"params": 15_000}), spec(16, 10, budget=new)))
    assert "weakens" not in text


def test_a_deleted_spec_weakens_nothing() -> None:
    assert "weakens" not in comment(change(spec(16, 10, budget={"params": 15_000}), None))


# Findings


def test_new_finding_links_to_its_rule() -> None:
    text = comment(change(spec(16, 10), spec(16, 10, expect={"params": 7})))
    rule = rules.find("NN911")
    assert rule
    links = [one.attrs["href"] for one in reading.tokens(text) if one.type == "link_open"]
    assert links == [rule.url]
    assert "specs/mlp.yaml:1" in reading.words(text)
    assert "1 expectation broken" in headline(text)


def test_fixed_findings_are_counted_and_folded() -> None:
    text = comment(change(spec(16, 10, expect={"params": 7}), spec(16, 10)))
    assert "<summary>1 finding fixed</summary>" in text
    assert headline(text) == "✅ nnlint: no network changed"


def test_a_network_that_cannot_be_read() -> None:
    broken = b"nnlint: 1\nname: mlp\ninput: [784]\nlayers: [\n"
    text = comment(change(spec(16, 10), broken))
    assert "1 error" in headline(text)
    assert row(text, "Params") == ["Params", f"{params(784, 16, 10):,}", "?", "?", ""]
    unread = Comparison(
        "a.yaml", "a.yaml", None, Report("a.yaml", Status.UNREADABLE, "no | access")
    )
    text = comment(unread)
    assert headline(text).startswith("❌ nnlint: 1 input could not be checked")
    assert "a.yaml could not be read: no | access" in reading.words(text)


# Layers


def test_layers_that_changed() -> None:
    text = comment(change(spec(16, 16, 10), spec(24, 16, 10)))
    table = reading.tables(text)[1]
    assert [one[0] for one in table[1:]] == ["~ Linear #1", "~ Linear #3"]
    was, now = 784 * 16 + 16, 784 * 24 + 24
    assert table[1][1:5] == [
        "out_features: 16 → 24",
        f"{was:,} → {now:,}",
        f"+{now - was:,}",
        "+6,272",
    ]
    assert table[2][1] == "input: [16] → [24]"


def test_layers_that_came_and_went() -> None:
    text = comment(change(spec(16, 10), spec(16, 12, 10)))
    assert "+ Linear" in " ".join(one[0] for one in reading.tables(text)[1])
    text = comment(change(spec(16, 12, 10), spec(16, 10)))
    assert "− Linear" in " ".join(one[0] for one in reading.tables(text)[1])


def test_layers_of_a_network_are_capped() -> None:
    deep = [16] * 70
    text = comment(change(spec(*deep), spec(*[17] * 70)))
    assert len(reading.tables(text)[1]) == 51
    assert "… and 20 more layers." in text


# A plain run


def test_plain_run_of_one() -> None:
    text = run(plain(spec(16, 16, 10, budget={"params": 15_000})))
    assert headline(text) == "✅ nnlint: mlp has 13,002 parameters"
    first, layers = reading.tables(text)
    assert first[1] == [
        "mlp",
        "13,002",
        "12,960",
        "50.8 KiB",
        "params 15,000",
        f"{15_000 - 13_002:,}",
    ]
    assert len(layers) == 1 + 5
    assert sum(int(one[2].replace(",", "")) for one in layers[1:]) == 13_002


def test_plain_run_of_several_with_what_was_not_checked() -> None:
    text = run(
        plain(spec(16, 10), "a.yaml"), plain(spec(16, 10, expect={"params": 7}), "b.yaml"),
        Report("c.yaml", Status.UNREADABLE, "no access"), Report("d.yaml", Status.SKIPPED, "-"),
    )  # fmt: skip
    assert "1 input could not be checked, 1 expectation broken" in headline(text)
    assert [one[0] for one in reading.tables(text)[0][1:]] == ["mlp in a.yaml", "mlp in b.yaml"]
    assert "c.yaml could not be read: no access" in reading.words(text)
    assert "1 file skipped" in reading.words(text)


# What a spec can't do

EVIL = [
    "[a](https://evil.example) ![i](//evil.example) <img src=x> @octocat #12 www.evil.example",
    "a|b|c\\|d", "<!-- nnlint -->",
    "x\n\n# heading\n| a | b |\n| - | - |", "``` ` `` :tada: $x$",
    "</summary></details><h1>", "\u202eevil\u2028\x1b[31m",
]  # fmt: skip


@pytest.mark.parametrize("evil", EVIL)
def test_no_word_of_a_spec_acts(evil: str) -> None:
    def net(width: int) -> dict[str, Any]:
        budget = {"params": {"max": 100, "message": evil}, "layers": {evil: {"params": 5}}}
        data = spec(width, 10, name=evil, budget=budget, expect={evil: 3}, vars={"w": 1},
                    variants={evil: {"w": 2}})  # fmt: skip
        data["layers"].append({"type": "Custom", "parameters": {}, "macs": 0, "output": [10]})
        data["layers"].append({"type": evil})
        return data

    good = net(16)
    good["layers"].pop()
    del good["expect"], good["budget"]["layers"]
    wide = {**good, "layers": [{"type": "Linear", "out_features": 24}, *good["layers"][1:]]}
    for old, new in ((net(16), net(24)), (good, wide), (None, good), (good, None)):
        text = comment(change(old, new, evil.replace("/", "-") + ".yaml"), base=evil)
        _harmless(text)
        if new:
            _harmless(run(plain(new, evil)))


OURS = ("<!-- nnlint -->", "<details", "</details>", "<summary>", "<sub>", "</sub>", "<br>")


def _harmless(text: str) -> None:
    assert text.count(markdown.MARKER) == 1
    links = [one.attrs["href"] for one in reading.tokens(text) if one.type == "link_open"]
    known = {rule.url for code in rules.codes() if (rule := rules.find(code))}
    assert set(links) <= known
    assert "image" not in reading.kinds(text)
    assert reading.acting(text) == []
    assert all(one.startswith(OURS) for one in reading.html(text)), reading.html(text)
    for block in reading.html(text):
        assert block.count("<!--") == block.count(markdown.MARKER)
        assert "<img" not in block
        assert "<h1" not in block
    assert text.count("<details") == text.count("</details>") == text.count("<summary>")
    for table in reading.tables(text):
        assert {len(one) for one in table} == {len(table[0])}
    assert all(char in "\n\N{NO-BREAK SPACE}" or char.isprintable() for char in text)


# What GitHub takes


def _huge(count: int) -> Sequence[Comparison]:
    long = "<|>&" * 100
    return [
        change(
            spec(16, *[12] * 40, 10, name=f"{long}{n}", expect={"params": 1}),
            spec(24, *[13] * 40, 10, name=f"{long}{n}", expect={"params": 2, "macs": 1}),
            f"{long}{n}.yaml",
        )
        for n in range(count)
    ]


@pytest.mark.parametrize("count", [1, 6, 60])
def test_a_comment_stays_below_the_limit(count: int) -> None:
    text = comment(*_huge(count))
    assert len(text) < MOST
    assert text.count("<details") == text.count("</details>") == text.count("<summary>")
    for table in reading.tables(text):
        assert {len(one) for one in table} == {len(table[0])}


def left_out(text: str) -> str:
    """The line that says what there was no room for; the last one is the footer."""
    *_, line, blank, footer = text.splitlines()
    assert not blank
    assert footer.startswith("<sub>")
    return line


def test_what_is_left_out_is_counted() -> None:
    text = comment(*_huge(60))
    shown = len(reading.tables(text)[0]) - 1
    assert shown <= MOST_ROWS
    assert f"{60 - shown} networks" in left_out(text)
    assert f"{60 - MOST_ITEMS} findings" in left_out(text)
    tables = text.count("<details")
    assert f"{60 - tables} layer tables" in left_out(text)
