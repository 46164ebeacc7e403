"""What the first token of a sequence is made of, where it alone is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers.shape import Layout, Misfit, Unknown
from nnlint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nnlint.graph import Graph, Node


class Tokens(Record):
    """How the tokens of a sequence came about, each in its place.

    Attributes:
        mixing: the types of the layers in which they have learned from each other.
        looks_back: these see only what is earlier, and no memory beside their own tokens.
        maker: the layer that made them of a map; None where some have another origin.
    """

    mixing: tuple[str, ...] = ()
    looks_back: bool = True
    maker: Node | None = None

    @property
    def hides_later(self) -> bool:
        """Whether the first has learned from no other, although it went where tokens do."""
        return bool(self.mixing) and self.looks_back


def first_tokens(graph: Graph) -> Iterator[tuple[Node, Tokens]]:
    """The layers that keep the first of several tokens alone, where it is known what it is.

    Before them stand layers that leave the tokens apart, or in which they learn from each
    other; any other may have put another token to the front.
    """
    keeping = {id(node) for node in graph.nodes if _keeps_first(node)}
    known: dict[int, Tokens | None] = {}
    for node in graph.nodes if keeping else ():
        arriving = _together([known.get(id(one)) if one else Tokens() for one in node.sources])
        known[id(node)] = _made(node, arriving)
        if arriving and id(node) in keeping:
            yield node, arriving


def _together(ways: Sequence[Tokens | None]) -> Tokens | None:
    """How tokens came about that meet, each those in its place; None: nobody knows of some."""
    tokens = [one for one in ways if one]
    if not tokens or len(tokens) < len(ways):
        return None
    mixing = tuple(dict.fromkeys(kind for one in tokens for kind in one.mixing))
    maker = tokens[0].maker if all(one.maker for one in tokens) else None
    return Tokens(mixing, all(one.looks_back for one in tokens), maker)


def _made(node: Node, arriving: Tokens | None) -> Tokens | None:
    """How the tokens that leave it came about; None: nobody knows."""
    layer = node.layer
    if layer is None or node.output.layout is not Layout.SEQUENCE:
        return None
    if layer.is_vocabulary or layer.makes_tokens:
        return Tokens(maker=node if layer.makes_tokens else None)
    if arriving is None or layer.keeps_tokens_apart:
        return arriving
    if not layer.sees_other_steps:
        return None
    mixing = tuple(dict.fromkeys([*arriving.mixing, node.spec.type]))
    looks_back = layer.sees_only_earlier and len(node.inputs) == 1
    return arriving._replace(mixing=mixing, looks_back=arriving.looks_back and looks_back)


def _keeps_first(node: Node) -> bool:
    """Whether it keeps the first of several tokens, and no other."""
    x = node.inputs[0] if node.inputs else None
    if not x or not node.layer or x.layout is not Layout.SEQUENCE or x.open or x.rank != 2:
        return False
    try:
        return node.layer.kept_tokens(x) == range(1) and x.dims[0] > 1
    except (Misfit, Unknown):
        return False
