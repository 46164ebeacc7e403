"""The layers: every module of this folder is a family, every class in it a layer.

The folder is the list: a module dropped in here is registered, nothing else is edited.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

from nnlint import plugins
from nnlint.layers.base import Container, Layer

if TYPE_CHECKING:
    from collections.abc import Iterator


@cache
def find(name: str) -> type[Layer] | None:
    """The layer of that name; of its family alone the module is run.

    A network uses a few families; the others are only looked through for the class.
    """
    heading = f"class {name}(".encode()
    for module, text in _texts().items():
        if heading in text:
            found = getattr(import_module(f"{__name__}.{module}"), name, None)
            if _is_layer(found, f"{__name__}.{module}"):
                return found
    return None


@cache
def _texts() -> dict[str, bytes]:
    """The text of every module of this folder."""
    folder = Path(__file__).parent
    return {name: (folder / f"{name}.py").read_bytes() for name in plugins.modules(__path__)}


def families() -> Iterator[tuple[str, list[type[Layer]]]]:
    """Every family with its layers, in the order of the folder and of its modules."""
    for module in plugins.modules(__path__):
        family = import_module(f"{__name__}.{module}")
        own = [value for value in vars(family).values() if _is_layer(value, family.__name__)]
        if own:
            yield module, own


def _is_layer(value: object, module: str) -> TypeGuard[type[Layer]]:
    if not (isinstance(value, type) and issubclass(value, Layer)):
        return False
    abstract = value in (Layer, Container) or value.__name__.startswith("_")
    return value.__module__ == module and not abstract


@cache
def layer_types() -> dict[str, type[Layer]]:
    """Every layer by its name."""
    return {layer.__name__: layer for _, own in families() for layer in own}


@cache
def keras_families() -> dict[str, tuple[str, ...]]:
    """What Keras calls a layer -> what it is called here, by its number of axes if need be."""
    found: dict[str, tuple[str, ...]] = {}
    for layer in layer_types().values():
        for name in layer.keras:
            found[name] = (*found.get(name, ()), layer.__name__)
    return found


def keras_names() -> dict[str, str]:
    """What Keras calls a layer -> what it, or the first of its kind, is called here."""
    return {name: ours[0] for name, ours in keras_families().items()}
