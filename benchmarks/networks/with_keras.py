"""The networks in Keras, summed up by its `summary()`: needs keras and a backend for it."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras

from benchmarks.networks import timed


def mnist() -> keras.Model:
    """784-16-16-10."""
    layers = keras.layers
    dense = [layers.Dense(16, activation="relu"), layers.Dense(16, activation="relu")]
    return keras.Sequential([keras.Input((784,)), *dense, layers.Dense(10)])


def resnet50() -> keras.Model:
    """Keras' own, which has biases before its norms; no weights are loaded."""
    return keras.applications.ResNet50(weights=None)


NETWORKS = {"mnist": mnist, "keras-resnet50": resnet50}


def summary(model: keras.Model) -> str:
    """Keras' table."""
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    return "\n".join(lines)


def params(model: keras.Model) -> int:
    """All, with the moving statistics, as Keras counts."""
    return int(model.count_params())


if __name__ == "__main__":
    used = {"keras": keras.__version__, "Keras' backend": keras.config.backend()}
    timed.answer(NETWORKS, summary, params, used)
