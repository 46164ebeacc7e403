"""Softmax over a large vocabulary, in clusters by frequency."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from nnlint.layers.attribute import FLAG, SIZE, attribute, list_of, stated
from nnlint.layers.base import Layer, ParamTensor, features_last, need_rank
from nnlint.layers.shape import Layout, Misfit, Shape
from nnlint.wording import shape_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class AdaptiveLogSoftmaxWithLoss(Layer):
    """Scores frequent classes in full and rare ones through ever narrower projections.

    The head scores the classes below the first cutoff and one entry for each cluster;
    cluster i projects to in_features / div_value^i and scores its classes from there.
    """

    formula = {
        "head.weight": "in_features × (cutoffs[0] + clusters)",
        "head.bias": "cutoffs[0] + clusters",
        "tail.i.0.weight": "in_features × ⌊in_features / div_value^(i+1)⌋",
        "tail.i.1.weight": "⌊in_features / div_value^(i+1)⌋ × classes of cluster i",
    }
    macs_formula = "one for each weight"
    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html"
    example = {"n_classes": 1000, "cutoffs": [100, 500]}

    in_features: int | None = stated("features that arrive", default=None)
    n_classes: int = attribute(SIZE, "classes in all")
    cutoffs: tuple[int, ...] = attribute(
        list_of(SIZE, "a rising list of class numbers"), "where each cluster begins"
    )
    div_value: float = attribute(
        {"type": "number", "minimum": 1, "title": "a number, 1 or more"},
        "how much narrower each cluster is than the one before", default=4.0,
    )  # fmt: skip
    head_bias: bool = attribute(FLAG, "a bias in the head", default=False)

    def infer(self, *inputs: Shape) -> Shape:
        """[in_features] -> [] (the log-probability of the target)."""
        (x,) = inputs
        self._check_cutoffs()
        if not x.open:
            need_rank(x, range(1, 2), "features [n]", "a Flatten before it makes one axis")
        output = Shape((), Layout.FEATURES)
        if x.dims:
            self.check_stated("in_features", features_last(x), output)
        return output

    def _check_cutoffs(self) -> None:
        rises = all(a < b for a, b in pairwise(self.cutoffs))
        if not rises or self.cutoffs[-1] >= self.n_classes:
            raise Misfit(
                "NN205",
                f"cutoffs {shape_text(self.cutoffs)} must rise and stay below the "
                f"{self.n_classes} classes",
                key="cutoffs",
            )

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """head.weight, head.bias, then two projections for each cluster."""
        width = self.in_features or features_last(inputs[0])
        head = self.cutoffs[0] + len(self.cutoffs)
        yield ParamTensor("head.weight", (head, width))
        if self.head_bias:
            yield ParamTensor("head.bias", (head,))
        narrow = width
        for i, (begin, end) in enumerate(pairwise((*self.cutoffs, self.n_classes))):
            # torch computes this width in floats; so does this line, to agree with it.
            # Once 0 it stays 0, and the power would only overflow.
            narrow = int(width // (self.div_value ** (i + 1))) if narrow else 0
            yield ParamTensor(f"tail.{i}.0.weight", (narrow, width))
            yield ParamTensor(f"tail.{i}.1.weight", (end - begin, narrow))

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:  # noqa: ARG002
        """One for each weight: all clusters are scored."""
        return sum(tensor.count for tensor in self.parameters(*inputs) if not tensor.is_bias)

    @property
    def bias_flag(self) -> bool:
        """The bias of its head."""
        return self.head_bias
