"""Everything that nnlint knows, for programs. Standard output is pure JSON.

The top level holds:

* `version`: of this layout; it grows when a key changes its meaning or goes.
* `nnlint`: the program's version.
* `summary`: `linted`, `skipped`, `unreadable` inputs; `errors`, `warnings`, `infos`,
  `ignored` (by comments), `known` (to the baseline).
* `files`: one entry an input, in order, with
  `path`, `status` (`linted`, `skipped`, `unreadable`), `reason` (null where linted),
  `findings` and `network` (null where there is none).

A finding has `code`, `name`, `severity`, `message`, `help`, `note`, `path` (into the document),
`line`, `column`, `end_line`, `end_column` (from 1, the end exclusive), `url` (its rule's page),
`related` (other places that have to do with it, the uses of the block that it lies in: places
as above, each with a `message`), `fix` (null, or `applies`: `safe`, `unsafe` or `expectation`,
and `replacements`: places as above, each with the `text` that goes there).

A network has `name`, `inputs`, `output`, `outputs`, `variant` (the one that was asked for),
`dtype`, `layers`, `totals`, `activations` (an estimate, in elements, with its `rule`),
`budget` (its lines, each with a `state`: `ok`, `near`, `over`, `unknown`, the `layer` that it
binds and the `dtype` of its size, null for the network's, and the `origin`: the file or flag
that sets it, null where the spec does), `expect` (its
entries) and `variants` (those that were checked beside it). Counts
are exact integers of any size. Where something is unknown, `complete` is false and the
counts are what is known: the true ones are at least that. Unknown shapes are null.
A layer's `weights`, `biases`, `params`, `buffers` and `macs` are those of all its `count`
equal copies, so each column adds up to `totals`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nnlint import __version__, rules
from nnlint.activations import RULE, activations
from nnlint.comparison.change import METRICS
from nnlint.quantity import size_in_bytes
from nnlint.report import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nnlint.budget import Limit
    from nnlint.budget.bounds import Bound
    from nnlint.comparison import Comparison, Diff, LayerChange, NetworkChange
    from nnlint.expectation import Expectation
    from nnlint.finding import Finding, Repair
    from nnlint.graph import Graph, Group, Node
    from nnlint.layers.shape import Shape
    from nnlint.report import Report, Variant
    from nnlint.terminal import Style

VERSION = 1


def render(reports: Sequence[Report], style: Style) -> str:  # noqa: ARG001 - a format's signature
    """The reports as one JSON object."""
    document = {
        "version": VERSION,
        "nnlint": __version__,
        "summary": count(reports)._asdict(),
        "files": [_file(report) for report in reports],
    }
    return inert(_laid_out(document)) + "\n"


def inert(text: str) -> str:
    r"""The same JSON without `##`, so that no CI takes a string in its log for `##[error]`."""
    return text.replace("##", "#\\u0023")


def difference(diff: Diff, style: Style) -> str:  # noqa: ARG001 - a format's signature
    """A change as one JSON object.

    The top level holds `version`, `nnlint`, `base` (what it is compared with), `summary`
    (specs by what became of them; findings that are `new`, `standing` and `fixed`) and
    `specs`, each with `path`, `old_path` (null: it is new), `kind` (`added`, `removed`,
    `renamed`, `changed`, `same`, `unreadable`), `reason` (why it could not be read, else
    null), its findings under `new`, `standing` (errors about budgets
    that the base has too) and `fixed` (with places in the base), `budget` as above, `loosened`
    (limits that the change itself raises or takes away, each with its `metric`, the `layer`
    pattern, the `dtype`, the `key`: `max`, `max_increase` or `max_increase_pct`, the `limit`
    the `level` and the `origin`), `silenced` (how many more findings the spec's comments
    silence) and `networks`: the spec's own, then its variants, each with the `differences` of
    the whole and its layers. What is compared stands as `base`, `now` and `change`, null where
    there is none or where that can't be known. `reconfigured` names configuration files that
    say something else by now, budgets apart.
    """
    document = {
        "version": VERSION,
        "nnlint": __version__,
        "base": diff.base,
        "summary": _diff_summary(diff),
        "reconfigured": list(diff.reconfigured),
        "specs": [_comparison(one) for one in diff.comparisons],
    }
    return inert(_laid_out(document)) + "\n"


def _diff_summary(diff: Diff) -> dict[str, int]:
    kinds = [one.kind for one in diff.comparisons]
    found = {
        key: sum(len(getattr(one, key)) for one in diff.comparisons)
        for key in ("new", "standing", "fixed")
    }
    return {**{kind: kinds.count(kind) for kind in KINDS}, **found}


def _comparison(one: Comparison) -> dict[str, Any]:
    return {
        "path": one.path,
        "old_path": one.old_path,
        "kind": one.kind,
        "reason": one.reason,
        "new": [_finding(finding) for finding in one.new],
        "standing": [_finding(finding) for finding in one.standing],
        "fixed": [_finding(finding) for finding in one.fixed],
        "budget": [_limit(limit) for limit in (one.after.limits if one.after else ())],
        "loosened": [
            {"was": _bound(each.was), "now": _bound(each.now) if each.now else None}
            for each in one.loosened
        ],
        "silenced": one.silenced,
        "networks": [_change(network) for network in one.networks],
    }


def _bound(one: Bound) -> dict[str, Any]:
    return {
        "metric": one.ceiling.metric,
        "layer": one.ceiling.layer,
        "dtype": one.ceiling.dtype,
        "key": one.key,
        "limit": one.amount if isinstance(one.amount, int) else float(one.amount),
        "level": one.ceiling.level.value,
        "origin": one.ceiling.origin,
    }


def _change(network: NetworkChange) -> dict[str, Any]:
    there = (network.before is not None, network.after is not None)
    return {
        "variant": network.variant,
        "differences": [each._asdict() for each in network.differences],
        **_costs(network, there),
        "layers": [_layer_change(one) for one in network.changed],
    }


def _layer_change(one: LayerChange) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "layer": one.called,
        "type": one.node.spec.type,
        "path": list(one.node.path),
        "index": {"base": one.numbers[0], "now": one.numbers[1]},
        "differences": [each._asdict() for each in one.differences],
        **_costs(one, (one.before is not None, one.after is not None)),
    }


def _costs(change: LayerChange | NetworkChange, there: tuple[bool, bool]) -> dict[str, Any]:
    """Parameters, MACs and bytes as they were and are; unknown is null, never a zero."""
    found = {}
    for metric in METRICS:
        was, now = change.was.exact(metric), change.costs.exact(metric)
        found[metric] = {
            "base": was if there[0] else None,
            "now": now if there[1] else None,
            "change": None if was is None or now is None else now - was,
        }
    return found


KINDS = ("changed", "added", "removed", "renamed", "same", "unreadable")
LAID_OUT = 4
"""Maps that lie deeper, a finding or a layer, stand on one line: it reads, and is fast."""


def _laid_out(value: Any, depth: int = 1) -> str:
    """JSON with one entry a line; the encoder's own indentation takes ten times as long."""
    indent = "\n" + "  " * depth
    if isinstance(value, dict) and value and depth <= LAID_OUT:
        entries = (f"{json.dumps(k)}: {_laid_out(v, depth + 1)}" for k, v in value.items())
        return "{" + indent + f",{indent}".join(entries) + indent[:-2] + "}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        items = (_laid_out(one, depth + 1) for one in value)
        return "[" + indent + f",{indent}".join(items) + indent[:-2] + "]"
    return json.dumps(value)


def _file(report: Report) -> dict[str, Any]:
    return {
        "path": report.path,
        "status": report.status.value,
        "reason": report.reason,
        "findings": [_finding(finding) for finding in report.findings],
        "network": _network(report, report.graph) if report.graph else None,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.rule.code,
        "name": finding.rule.name,
        "severity": finding.rule.severity.value,
        "message": finding.message,
        "help": finding.help,
        "note": finding.note,
        "path": list(finding.path),
        **finding.span._asdict(),
        "url": _url(finding),
        "related": [{**one.span._asdict(), "message": one.message} for one in finding.related],
        "fix": _fix(finding.repair) if finding.repair else None,
    }


def _url(finding: Finding) -> str | None:
    rule = rules.find(finding.rule.code)
    return rule.url if rule else None


def _fix(repair: Repair) -> dict[str, Any]:
    """What `--fix` or its kin would replace; the places do not overlap."""
    places = [{**place.span._asdict(), "text": place.text} for place in repair.replacements]
    return {"applies": repair.applies.value, "replacements": places}


def _network(report: Report, graph: Graph) -> dict[str, Any]:
    total = graph.totals
    return {
        "name": graph.name,
        "inputs": {name: _shape(shape) for name, shape in graph.inputs.items()},
        "output": _shape(graph.output.shape),
        "outputs": {
            name: {"shape": _shape(output.edge.shape), "loss": output.loss}
            for name, output in graph.outputs.items()
        },
        "variant": graph.variant,
        "dtype": graph.dtype,
        "layers": [_layer(index, node) for index, node in enumerate(graph.nodes, 1)],
        "totals": {
            "weights": total.weights,
            "biases": total.biases,
            "params": total.params,
            "trainable": total.trainable,
            "frozen": total.frozen,
            "active": total.active,
            "embedding": total.embedding,
            "tied": total.tied,
            "moving": total.moving,
            "buffers": total.buffers,
            "bytes": size_in_bytes(total.params, graph.dtype),
            "complete": total.complete,
            "macs": total.macs,
            "macs_complete": total.macs_complete,
        },
        "activations": _activations(graph),
        "budget": [_limit(limit) for limit in report.limits],
        "expect": [_expectation(one) for one in report.expectations],
        "variants": [_variant(one) for one in report.variants],
    }


def _activations(graph: Graph) -> dict[str, Any]:
    found = activations(graph)
    return {
        "peak": found.peak,
        "total": found.total,
        "bytes_at_peak": size_in_bytes(found.peak, graph.dtype),
        "complete": found.complete,
        "rule": RULE,
    }


def _variant(variant: Variant) -> dict[str, Any]:
    """What is counted of a variant that was checked beside the base."""
    total = variant.graph.totals
    return {
        "name": variant.graph.variant,
        "params": total.params,
        "macs": total.macs,
        "complete": total.complete,
        "macs_complete": total.macs_complete,
        "budget": [_limit(limit) for limit in variant.limits],
        "expect": [_expectation(one) for one in variant.expectations],
    }


def _layer(index: int, node: Node) -> dict[str, Any]:
    return {
        "index": index,
        "type": node.spec.type,
        "name": node.spec.name,
        "path": list(node.path),
        "groups": [_group(part) for part in node.parts],
        "count": node.count,
        "inputs": [_shape(shape) for shape in node.inputs],
        "output": _shape(node.output),
        "bias": node.spec.bias,
        "trainable": node.trainable,
        "weights": node.weights,
        "biases": node.biases,
        "moving": node.moving,
        "params": node.params,
        "active": node.active,
        "tied_to": list(node.tied[1].path) if node.tied else None,
        "buffers": node.stored,
        "complete": node.complete,
        "macs": None if node.macs is None else node.all_macs,
        "derivation": node.derivation or None,
    }


def _group(group: Group) -> dict[str, Any]:
    """A container around a layer."""
    return {"type": group.spec.type, "name": group.spec.name, "count": group.count}


def _shape(shape: Shape) -> list[int] | None:
    return None if shape.open else list(shape.dims)


def _expectation(one: Expectation) -> dict[str, Any]:
    return {"key": one.key, "expected": one.expected, "real": one.real, "holds": one.holds}


def _limit(limit: Limit) -> dict[str, Any]:
    exact = limit.unit != "share"
    values = {"used": limit.used, "limit": limit.limit, "left": limit.left}
    shown = {key: int(value) if exact else float(value) for key, value in values.items()}
    return {
        "metric": limit.metric,
        "layer": limit.what.part,
        "dtype": limit.ceiling.dtype,
        "level": limit.ceiling.level.value,
        **shown,
        "warn_at": float(limit.warn_at),
        "origin": limit.origin,
        "state": limit.state,
    }
