"""The kinds of networks that are generated, each with sizes drawn at random.

Where a count is easy to sum up on the way, the spec states it: nnlint then proves it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    Network = dict[str, Any]
    Family = Callable[[Random], Network]

ACTIVATIONS = ("ReLU", "GELU", "SiLU", "ELU", "LeakyReLU")
HEADS = {
    "CrossEntropyLoss": (2, 10, 100, 1000),
    "MSELoss": (1, 4),
    "BCEWithLogitsLoss": (1, 20),
}
IMAGES = ([3, 32, 32], [3, 64, 64], [1, 64, 64], [3, 224, 224])


def head(rng: Random) -> tuple[str, int]:
    """A loss, and how many outputs it gets."""
    loss = rng.choice(list(HEADS))
    return loss, rng.choice(HEADS[loss])


def mlp(rng: Random) -> Network:
    """Linear layers, with norms or dropout between them."""
    features, act = rng.choice((13, 64, 784, 2048)), rng.choice(ACTIVATIONS)
    widths = [rng.choice((32, 64, 128, 256, 512)) for _ in range(rng.randint(1, 9))]
    normed, dropout = rng.random() < 0.3, rng.choice((0, 0, 0.1, 0.5))
    loss, outputs = head(rng)
    layers: list[Any] = []
    for width in widths:
        layers += dense(width, act, normed=normed, dropout=dropout)
    layers.append({"type": "Linear", "out_features": outputs, "name": "head"})
    params = sum(before * after + after for before, after in pairwise([features, *widths]))
    params += sum(widths) * normed + widths[-1] * outputs + outputs
    return {"input": [features], "layers": layers, "loss": loss, "expect": {"params": params}}


def dense(width: int, act: str, *, normed: bool, dropout: float) -> list[Any]:
    """A hidden layer: a norm's two factors take the place of the bias."""
    layers: list[Any] = [{"type": "Linear", "out_features": width}]
    if normed:
        layers[0]["bias"] = False
        layers.append("BatchNorm1d")
    layers.append(act)
    return [*layers, {"type": "Dropout", "p": dropout}] if dropout else layers


def cnn(rng: Random) -> Network:
    """Stages of convolutions with poolings between them, every layer written out."""
    image, act = rng.choice(IMAGES), rng.choice(ACTIVATIONS)
    channels, params, width = image[0], 0, rng.choice((16, 32, 64))
    layers: list[Any] = []
    for _ in range(rng.randint(2, 4)):
        for _ in range(rng.randint(1, 3)):
            layers += [convolution(width, 3, padding=1, bias=False), "BatchNorm2d", act]
            params += 9 * channels * width + 2 * width
            channels = width
        layers.append({"type": "MaxPool2d", "kernel_size": 2})
        width *= 2
    loss, outputs = head(rng)
    params += channels * outputs + outputs
    return {
        "input": image,
        "layers": [*layers, *classifier(outputs)],
        "loss": loss,
        "expect": {"params": params, "output": [outputs]},
        "budget": {"params": 2 * params},
    }


def convolution(channels: int | str, kernel: int, **others: Any) -> Network:
    """A convolution in two dimensions."""
    return {"type": "Conv2d", "out_channels": channels, "kernel_size": kernel, **others}


def classifier(outputs: int) -> list[Any]:
    """The mean of each map, and a layer on them."""
    pool = {"type": "AdaptiveAvgPool2d", "output_size": 1}
    return [pool, "Flatten", {"type": "Linear", "out_features": outputs, "name": "fc"}]


def residual(rng: Random) -> Network:
    """Stages of residual blocks, with variables and deeper variants."""
    act, width, stages = rng.choice(ACTIVATIONS), rng.choice((32, 48, 64)), rng.randint(2, 4)
    loss, outputs = head(rng)
    stem = convolution(width, 7, stride=2, padding=3, name="stem")
    return {
        "input": rng.choice(IMAGES[1:]),
        "vars": {f"n{stage}": rng.randint(1, 6) for stage in range(1, stages + 1)},
        "variants": {"deep": {"n1": 8, "n2": 12}},
        "defaults": {"Conv2d": {"bias": False, "norm": "BatchNorm2d", "act": act}},
        "blocks": {"stage": residual_block(rng, act)},
        "layers": [stem, *residual_stages(width, stages), *classifier(outputs)],
        "loss": loss,
        "expect": {"output": [outputs]},
        "budget": {"params": "2G"},
    }


def residual_block(rng: Random, act: str) -> Network:
    """Two convolutions, or three around a narrow one."""
    inner = convolution("$out", 3, stride="$stride", padding=1)
    body = [inner, convolution("$out", 3, padding=1, act="none")]
    if rng.random() < 0.5:
        body = [convolution("$out", 1), inner, convolution("4*$out", 1, act="none")]
    part = {"type": "Residual", "on_mismatch": "project", "act": act, "body": body}
    return {"args": {"out": "required", "stride": 1}, "layers": [part]}


def residual_stages(width: int, stages: int) -> list[Network]:
    """Each twice as wide and half as large as the one before."""
    found: list[Network] = []
    for stage in range(stages):
        use = {"block": "stage", "out": width << stage, "repeat": f"$n{stage + 1}"}
        found.append({**use, "first": {"stride": 2}, "name": f"conv{stage + 2}"})
    return found


def transformer(rng: Random) -> Network:
    """A language model that reads both ways or one, with smaller and larger variants."""
    heads, tokens = rng.choice((4, 8, 12)), rng.choice((128, 512, 1024))
    layers = [
        {"type": "Embedding", "num_embeddings": "$vocab", "embedding_dim": "$d", "name": "wte"},
        {"type": "PositionEmbedding", "num_embeddings": tokens, "name": "wpe"},
        {"block": "layer", "repeat": "$layers"},
        "LayerNorm",
    ]
    vocabulary = rng.choice((8192, 32000, 50304))
    names = {"d": 64 * heads, "heads": heads, "layers": rng.randint(2, 12), "vocab": vocabulary}
    tied = {"type": "Linear", "out_features": "$vocab", "bias": False, "tie": "wte"}
    return {
        "input": {"tokens": tokens},
        "vars": names,
        "variants": {"large": {"d": 128 * heads, "layers": 24}, "tiny": {"layers": 1}},
        "blocks": {"layer": {"layers": transformer_layer(rng)}},
        "layers": [*layers, tied],
        "expect": {"output": [tokens, vocabulary]},
    }


def transformer_layer(rng: Random) -> list[Network]:
    """Attention and a perceptron, each added to what came."""
    attention: Network = {"type": "MultiheadAttention", "num_heads": "$heads"}
    if rng.random() < 0.6:
        attention["causal"] = True
    up = {"type": "Linear", "out_features": "4*$d", "act": rng.choice(("GELU", "SiLU"))}
    bodies = [
        ["LayerNorm", attention],
        ["LayerNorm", up, {"type": "Linear", "out_features": "$d"}],
    ]
    return [{"type": "Residual", "body": body} for body in bodies]


def autoencoder(rng: Random) -> Network:
    """Down with strided convolutions, up with transposed ones."""
    act, image, width = rng.choice(ACTIVATIONS), rng.choice(IMAGES), rng.choice((16, 32))
    widths = [width << step for step in range(rng.randint(2, 4))]
    down = [resized("Conv2d", wide, act=act) for wide in widths]
    up = [resized("ConvTranspose2d", wide, act=act) for wide in widths[-2::-1]]
    layers = [*down, *up, resized("ConvTranspose2d", image[0])]
    return {"input": image, "layers": layers, "loss": "MSELoss", "expect": {"output": image}}


def resized(kind: str, channels: int, **others: Any) -> Network:
    """A convolution that halves the size, or one that doubles it."""
    size = {"kernel_size": 4, "stride": 2, "padding": 1}
    return {"type": kind, "out_channels": channels, **size, **others}


def recurrent(rng: Random) -> Network:
    """A recurrent layer over tokens, and a head on its last step."""
    vocabulary, width = rng.choice((5000, 20000)), rng.choice((64, 128, 256))
    loss, outputs = head(rng)
    cell = {"type": rng.choice(("LSTM", "GRU")), "hidden_size": width, "output": "last"}
    return {
        "input": {"tokens": rng.choice((64, 200))},
        "layers": [
            {"type": "Embedding", "num_embeddings": vocabulary, "embedding_dim": 128},
            {**cell, "num_layers": rng.randint(1, 3), "bidirectional": rng.random() < 0.5},
            {"type": "Dropout", "p": 0.3},
            {"type": "Linear", "out_features": outputs, "name": "head"},
        ],
        "loss": loss,
        "expect": {"output": [outputs]},
    }


WEIGHTS: dict[Family, int] = {
    mlp: 5, cnn: 5, residual: 4, transformer: 4, autoencoder: 2, recurrent: 1,
}  # fmt: skip
"""How often each kind comes, against the others."""
