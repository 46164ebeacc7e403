"""What does not fit in a network, noted while it is laid out."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from nnlint.finding import Applies, Edit, Fix, Problem
from nnlint.mistakes import MOST_MISTAKES, too_many
from nnlint.teaching import fitting_input, way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nnlint.finding import Path, Use
    from nnlint.graph import Edge
    from nnlint.layers.base import Layer, LayerSpec
    from nnlint.layers.shape import Misfit

ABOUT_SHAPES = ("NN201", "NN202", "NN203", "NN204", "NN211", "NN212")
"""Findings that the way of the shape explains."""
MOST_ADVICE = 5


class NotLaidError(Exception):
    """The rest of the network is not laid out; why is reported."""


class Problems:
    """The problems of a network, told by the place that is being laid out.

    Attributes:
        found: each problem once, by its code and place.
        uses: the uses of blocks around that place, the outermost first.
        later_copy: it lies in a copy that is not the first.
        cut_short: what the parts that are missing make of the totals.
    """

    def __init__(self) -> None:
        self.found: dict[tuple[str, Path], Problem] = {}
        self.uses: list[Use] = []
        self.later_copy = False
        self.cut_short: dict[str, bool] = {}
        self._advised = 0

    @contextmanager
    def inside(self, use: Use) -> Iterator[None]:
        """What is found meanwhile lies in the block that is used there."""
        self.uses.append(use)
        yield
        self.uses.pop()

    def tell(self, code: str, path: Path, message: str, remedy: str | None = None) -> None:
        """Note a problem at a place."""
        self.add(Problem(code, path, message, remedy))

    def add(self, problem: Problem) -> None:
        """Note a problem; what several copies of a part have in common is one.

        Raises:
            NotLaidError: it is one more than is told.
        """
        inside = problem.path[:1] == ("blocks",)
        uses = tuple(self.uses) if inside else ()
        self.found.setdefault((problem.code, problem.path), problem._replace(uses=uses))
        if len(self.found) > MOST_MISTAKES:
            _, last = self.found.popitem()
            stop = too_many(last.path)
            self.found[stop.code, stop.path] = stop
            raise NotLaidError

    def misfit(
        self,
        spec: LayerSpec,
        misfit: Misfit,
        edges: tuple[Edge, ...],
        leaf: Layer | None = None,
    ) -> None:
        """Note that a layer, a `leaf` or a part, does not take what arrives."""
        written = misfit.key and (misfit.key in spec.given or misfit.key in spec.elsewhere)
        path = spec.place(misfit.key) if misfit.key and written else spec.path
        message, remedy = f"{spec.label}: {misfit.message}", misfit.help
        if leaf and misfit.code == "NN212":
            remedy = self._fitting_input(edges, leaf) or remedy
        if self.later_copy and misfit.code == "NN201":
            message = f"{message} in a later copy"
            remedy = f"each copy takes what the one before gives: leave {misfit.key} out"
        note = way(edges) if misfit.code in ABOUT_SHAPES else None
        fix = None
        if written and misfit.right is not None and not self.later_copy:
            fix = Fix(Applies.UNSAFE, (Edit(path, misfit.right),))
        self.add(Problem(misfit.code, path, message, remedy, note=note, fix=fix))

    def _fitting_input(self, edges: tuple[Edge, ...], merge: Layer) -> str | None:
        """Which input would fit; looked for a few times, for it takes its time."""
        self._advised += 1
        return fitting_input(edges, merge) if self._advised <= MOST_ADVICE else None

    def lose(self) -> None:
        """A part is missing for a reason that is reported: the sums are lower bounds."""
        self.cut_short = {"complete": False, "macs_complete": False, "excused": True}

    def excuse(self) -> None:
        """What is unknown follows from a problem that is reported."""
        self.cut_short["excused"] = True
