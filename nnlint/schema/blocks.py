"""The blocks of a spec, and the uses of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnlint.published import REQUIRED_ARG
from nnlint.schema import validation
from nnlint.schema.arguments import argument_problems
from nnlint.schema.circles import circles
from nnlint.schema.expressions import expression_problems
from nnlint.schema.remedy import Remedy, nearest_of, problem
from nnlint.schema.translation import translated
from nnlint.wording import described, flow, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path, Problem
    from nnlint.schema.expressions import Names

MOST_NAMES = 8
"""Of the spec's blocks that a message shows."""


class Blocks:
    """What the blocks are called and take; notes who uses which, for the circles."""

    def __init__(self, blocks: dict[str, Any]) -> None:
        self._blocks = blocks
        self._uses: dict[str, list[tuple[Path, str]]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._blocks

    def args(self, name: str) -> dict[str, Any]:
        """The block's arguments with their defaults."""
        block = self._blocks[name]
        args = block.get("args") if isinstance(block, dict) else None
        return args if isinstance(args, dict) else {}

    def as_use(self, name: str) -> Remedy:
        """How the block is used, with the arguments that it needs."""
        needed = [key for key, default in self.args(name).items() if default == REQUIRED_ARG]
        use = {"block": name, **dict.fromkeys(needed, "…")}
        return Remedy(f"write {flow(use)}", None if needed else use)

    def use_problems(self, item: dict[str, Any], path: Path, known: Names) -> Iterator[Problem]:
        """What is wrong with a use of a block."""
        if "type" in item:
            message, remedy = "block and type exclude each other", Remedy("keep one of them")
            yield problem("NN113", (*path, "type"), message, remedy, on_key=True)
        yield from self._named(item, path)
        yield from translated(validation.of_use(item), path)
        for key, value in item.items():
            if key not in ("block", "type", "name"):
                yield from expression_problems(value, (*path, key), known)

    def _named(self, item: dict[str, Any], path: Path) -> Iterator[Problem]:
        """Whether the block is there, and takes those arguments."""
        name, place = item["block"], (*path, "block")
        if not isinstance(name, str):
            message = f"block is {described(name)}, but expected the name of a block"
            yield problem("NN101", place, message)
        elif name not in self:
            remedy = nearest_of(name, self._blocks) or Remedy(self._known())
            yield problem("NN122", place, f"there is no block {quoted(name)}", remedy)
        else:
            self._note(path, name)
            yield from argument_problems(item, path, name, self.args(name))

    def _known(self) -> str:
        words = listed([quoted(name) for name in self._blocks][:MOST_NAMES], "and")
        return f"the spec has {words}" if words else "write it under blocks:"

    def _note(self, path: Path, name: str) -> None:
        """Note a use, where it stands inside a block."""
        if path[0] == "blocks":
            self._uses.setdefault(str(path[1]), []).append((path, name))

    def circles(self) -> Iterator[Problem]:
        """Uses, of those that were looked at, by which a block comes to use itself."""
        yield from circles(self._uses)
