"""The stages in order: bytes -> document -> schema -> spec -> graph -> rules -> report.

Bad input is a value at every stage.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from nnlint import expectation, ignores, mistakes, placing, rules, sources, stages
from nnlint.finding import Finding, Problem, Severity, Span
from nnlint.policy import EVERY_RULE
from nnlint.record import Record
from nnlint.report import Report, Status, Variant, without_needless_echoes
from nnlint.wording import did_you_mean, grouped, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from nnlint.budget import Ceiling, Limit
    from nnlint.document import Document
    from nnlint.graph import Graph
    from nnlint.meaning import Meant
    from nnlint.policy import Policy
    from nnlint.spec import ModelSpec

TOP = Span(1, 1, 1, 1)
HIDING = ("NN0", "NN1", "NN2")
"""Errors of these families keep the rules from what lies behind them."""
SEEN_FIRST = ("NN0", "NN1")
"""Families whose findings no other hides."""


class NoSuchVariant(Exception):  # noqa: N818 - said of the spec, not of nnlint
    """The spec has no variant of that name."""


def lint_source(
    source: sources.Source,
    *,
    skip_unmarked: bool,
    variant: str | None = None,
    policy: Policy = EVERY_RULE,
) -> Report:
    """Lint one input; whatever happens, the answer is a report."""
    from nnlint.document import MAX_BYTES  # noqa: PLC0415 - yaml loads with the first file

    only_if_marked = skip_unmarked or not source.named
    try:
        fetched = stages.run(
            "reading", sources.fetch, source, MAX_BYTES, only_if_marked=only_if_marked
        )
    except sources.Unreadable as reason:
        kept = reason.data if source.path == sources.STDIN else b""
        return Report(source.path, Status.UNREADABLE, str(reason), data=kept)
    except sources.TooLarge as size:
        return _refused(source.path, "NN014", _too_large(size.args[0], MAX_BYTES))
    report = lint_fetched(fetched, source.path, variant, policy)
    return report._replace(data=fetched.data) if source.path == sources.STDIN else report


def lint_fetched(
    fetched: sources.Fetched, path: str, variant: str | None, policy: Policy
) -> Report:
    """Lint bytes that were had from somewhere; whatever happens, the answer is a report."""
    if not fetched.is_marked:
        return Report(path, Status.SKIPPED, sources.MARKER_WORDS)
    try:
        return lint_bytes(fetched.data, path, variant, policy)
    except NoSuchVariant as reason:
        return Report(path, Status.UNREADABLE, str(reason))
    except Exception as error:
        return Report(path, Status.UNREADABLE, f"internal error: {error!r}")


def _too_large(size: int, limit: int) -> str:
    return f"the file has {grouped(size)} bytes, and the most is {grouped(limit)}"


def lint_bytes(
    data: bytes, path: str, variant: str | None = None, policy: Policy = EVERY_RULE
) -> Report:
    """Lint the bytes of a spec."""
    try:
        text = data.removeprefix(sources.BYTE_ORDER_MARK).decode()
        report = lint_text(text, path, variant, policy)
        return report._replace(marked=data.startswith(sources.BYTE_ORDER_MARK))
    except UnicodeDecodeError as error:
        from nnlint.document import Lines  # noqa: PLC0415 - yaml loads with the first file

        read: bytes = error.object  # without a byte order mark
        before = read[: error.start].decode("utf-8", "replace")
        line, column = Lines(before).place(len(before))
        message = f"the byte 0x{read[error.start]:02X} is no UTF-8"
        return _refused(path, "NN001", message, Span(line, column, line, column + 1), data)


def _refused(path: str, code: str, message: str, span: Span = TOP, data: bytes = b"") -> Report:
    """A report whose only finding is that the file can't be read as text."""
    remedy = "save the file as UTF-8" if code == "NN001" else "split it into several specs"
    finding = placing.finding(Problem(code, (), message, remedy), span)
    return Report(path, text=data.decode("utf-8", "replace"), findings=(finding,))


def lint_text(
    text: str,
    path: str = "<text>",
    variant: str | None = None,
    policy: Policy = EVERY_RULE,
) -> Report:
    """Lint the text of a spec; with `variant`, that variant of it alone."""
    from nnlint import document  # noqa: PLC0415 - yaml loads with the first file

    read = stages.run("parsing", document.read, text)
    networks, problems = _checked(read, variant, policy) if read.root else ([], [])
    whole = variant is None and (not networks or len(networks[0][0].variants) < len(networks))
    problems = [*read.problems, *problems]
    said = stages.run("findings", _said, read, problems, policy, whole=whole)
    main: tuple[ModelSpec | None, Graph | None] = networks[0] if networks else (None, None)
    spec, graph = main
    return Report(
        path,
        text=read.text,
        findings=said.findings,
        graph=graph,
        variants=tuple(_variant(*each, policy.ceilings) for each in networks[1:]),
        limits=_limits(spec, graph, policy.ceilings) if graph and spec else (),
        ceilings=_ceilings(spec, policy.ceilings) if spec else (),
        expectations=expectation.expectations(graph, spec) if graph and spec else (),
        ignored=said.ignored,
        quiet=said.quiet,
        judges=None if variant or said.hides or not read.root else policy.judges,
    )


class _Said(Record):
    """What is said of a file.

    Attributes:
        findings: in its order.
        quiet: what was found and is not said.
        ignored: how much its comments silence.
        hides: an error, or how many there are, keeps part of it from being looked at.
    """

    findings: tuple[Finding, ...]
    quiet: tuple[Finding, ...]
    ignored: int
    hides: bool


def _checked(
    read: Document, variant: str | None, policy: Policy
) -> tuple[list[tuple[ModelSpec, Graph]], list[Problem]]:
    """The networks of a document, and what is wrong with it and with them."""
    from nnlint import meaning, unused  # noqa: PLC0415 - they load with the first file

    meant = stages.run("schema", meaning.read, read.data)
    if mistakes.are_cut(meant.problems):
        return [], meant.problems  # no later stage is safe on what was not checked
    networks = _networks(meant, variant, policy)
    if networks and mistakes.are_cut(networks[-1][1].problems):
        return [], [*meant.problems, *map(meant.placed, _unlaid(networks))]
    found = list(unused.check(meant.data))
    for each in networks:
        found += stages.run("rules", _judged, *each, networks[0][1], policy, meant)
    return networks, [*meant.problems, *map(meant.placed, found)]


def _unlaid(networks: Iterable[tuple[ModelSpec, Graph]]) -> Iterator[Problem]:
    """What is wrong up to the network that has too many mistakes to be laid out."""
    for spec, graph in networks:
        for one in (*spec.problems, *graph.problems):
            yield one._replace(variant=graph.variant)


def _said(read: Document, problems: Iterable[Problem], policy: Policy, *, whole: bool) -> _Said:
    """What is said of a file; and how much its comments silence.

    Unless the `whole` of it was looked at, every variant too, an ignore may be needed yet.
    """
    placed = _allowed(placing.placed(read, problems), policy)
    hiding = any(map(hides, placed))
    cut = mistakes.are_cut(placed)

    def judges(code: str) -> bool:
        # behind an error lies what no rule has seen: its ignores may be needed there
        seen = whole and not hiding
        return not cut and policy.judges(code) and (seen or code.startswith(SEEN_FIRST))

    silenced = ignores.apply(ignores.find(read), placed, judges)
    unneeded = _allowed(placing.placed(read, silenced.problems), policy)
    found = [*silenced.findings, *unneeded]
    shown = [one for one in without_needless_echoes(found) if policy.shows(one)]
    shown.sort(key=lambda finding: finding.sort_key)
    kept = set(map(id, shown))
    quiet = tuple(one for one in found if id(one) not in kept)
    return _Said(tuple(shown), quiet, silenced.ignored, hiding or cut)


def hides(finding: Finding) -> bool:
    """Whether part of the network is not looked at because of it."""
    return finding.rule.severity is Severity.ERROR and finding.rule.code.startswith(HIDING)


def _allowed(findings: Iterable[Finding], policy: Policy) -> list[Finding]:
    """The findings of rules that are on, with the severities that hold here."""
    return [policy.weighed(finding) for finding in findings if policy.allows(finding)]


def _networks(
    meant: Meant, variant: str | None, policy: Policy
) -> list[tuple[ModelSpec, Graph]]:
    """The network to judge, then its variants."""
    from nnlint import spec, wiring  # noqa: PLC0415 - as above

    chosen: list[str | None] = [variant]
    networks: list[tuple[ModelSpec, Graph]] = []
    while chosen:
        name = chosen.pop(0)
        reader = networks[0][0].reader if networks else None
        model = stages.run("spec", spec.parse, meant.data, meant.refused, name, reader)
        if model is None:
            break
        if variant is not None and variant not in model.variants:
            raise NoSuchVariant(_no_variant(variant, model.variants))
        if variant is None and name is None:
            chosen += _also_checked(model, policy)
        networks.append((model, stages.run("graph", wiring.connect, model, name)))
        if mistakes.are_cut(networks[-1][1].problems):
            break
    return networks


def _also_checked(spec: ModelSpec, policy: Policy) -> list[str]:
    """The variants that a plain run checks too: all with a budget, else those expected."""
    if policy.every_variant or policy.ceilings or any(key != "warn_at" for key in spec.budget):
        return list(spec.variants)
    named = spec.expect.get("variants", {})
    return [name for name in spec.variants if name in named]


def _no_variant(name: str, known: tuple[str, ...]) -> str:
    hint = did_you_mean(name, known) or (
        f"it has {listed(known, 'and')}" if known else "it has none"
    )
    return f"there is no variant {quoted(name)} in it: {hint}"


def _variant(spec: ModelSpec, graph: Graph, ceilings: Sequence[Ceiling]) -> Variant:
    limits = _limits(spec, graph, ceilings)
    return Variant(graph, limits, expectation.expectations(graph, spec))


def _judged(
    spec: ModelSpec, graph: Graph, main: Graph, policy: Policy, meant: Meant
) -> Iterator[Problem]:
    """What is wrong with one network; of a variant also that it is the variant's."""
    found = [*spec.problems, *graph.problems]
    for rule in rules.checks(advice=policy.wants_advice):
        found += rule.check(graph) if rule.check else ()
    found += stages.run("budget", list, _over_budget(spec, graph, policy, meant))
    found += _grown(spec, graph, policy, None if graph is main else graph.variant)
    found += expectation.check(graph, spec)
    if graph is main or graph.variant is None:
        return iter(found)
    return (one._replace(variant=graph.variant) for one in found)


def _limits(spec: ModelSpec, graph: Graph, ceilings: Sequence[Ceiling]) -> tuple[Limit, ...]:
    if not (spec.budget or ceilings):
        return ()
    from nnlint import budget  # noqa: PLC0415 - many specs have none

    return budget.limits(graph, spec, ceilings)


def _ceilings(spec: ModelSpec, ceilings: Sequence[Ceiling]) -> tuple[Ceiling, ...]:
    if not spec.budget:
        return tuple(ceilings)
    from nnlint import budget  # noqa: PLC0415 - as above

    return (*ceilings, *budget.read(spec.budget))


def _over_budget(
    spec: ModelSpec, graph: Graph, policy: Policy, meant: Meant
) -> Iterator[Problem]:
    if not (spec.budget or policy.ceilings):
        return
    from nnlint import budget  # noqa: PLC0415 - as above

    laid_out = partial(_laid_out, meant, graph.variant)
    trials = budget.Trials(meant.data, laid_out, graph.variant)
    yield from budget.check(graph, spec, policy.ceilings, trials)


def _grown(spec: ModelSpec, graph: Graph, policy: Policy, key: str | None) -> Iterator[Problem]:
    """What a change adds too much, the network being known in the base by that key."""
    ceilings = (*policy.ceilings, *policy.promised)
    if not (policy.base and key in policy.base and (spec.budget or ceilings)):
        return
    from nnlint import budget  # noqa: PLC0415 - as above

    yield from budget.grown(policy.base[key], graph, spec, ceilings)


def _laid_out(meant: Meant, variant: str | None, data: Any) -> Graph | None:
    """The network of other data, checked or not."""
    from nnlint import spec, wiring  # noqa: PLC0415 - as above

    model = spec.parse(data, meant.refused, variant)
    return wiring.connect(model, variant) if model else None
