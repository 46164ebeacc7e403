"""Layers made of layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnlint.layers.attribute import LAYERS, attribute
from nnlint.layers.base import Container

if TYPE_CHECKING:
    from nnlint.layers.base import LayerSpec, Wiring


class Sequential(Container):
    """Its layers one after the other; with repeat, so many copies of them in a row."""

    reference = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html"
    example = {"layers": [{"type": "Linear", "out_features": 16}, "ReLU"], "repeat": 2}

    layers: tuple[LayerSpec, ...] = attribute(LAYERS, "the layers in their order")

    def wire(self, network: Wiring, *inputs: Any) -> Any:
        """What comes in goes through all of them."""
        return network.chain(self.layers, inputs[0])
