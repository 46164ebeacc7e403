"""Mistakes in what stands where: activations, norms, biases, dropout, Flatten, tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.mutation.kind import kind
from tests.mutation.tree import Mutation, Site, Spec, put, splice

if TYPE_CHECKING:
    from collections.abc import Iterator

ACTIVATIONS = ("ReLU", "ReLU6", "GELU", "SiLU", "SELU", "Tanh", "Sigmoid")
BATCH_NORMS = ("BatchNorm1d", "BatchNorm2d")
NORMS = (*BATCH_NORMS, "LayerNorm", "RMSNorm")
DROPOUTS = ("Dropout", "AlphaDropout")
LEARNING = ("Linear", "Conv1d", "Conv2d", "ConvTranspose2d")


def type_of(layer: Any) -> str:
    """The type of a layer, a norm or an activation; nothing for none."""
    return str(layer.get("type", "")) if isinstance(layer, dict) else str(layer or "none")


def is_activated(site: Site) -> bool:
    return type_of(site.get("act")) in ACTIVATIONS


@kind("NN402", "NN202")
def flatten_dropped(spec: Spec) -> Iterator[Mutation]:
    """Where something that learns stands behind it."""
    for site in spec.layers("Flatten"):
        after = site.sibling(1)
        if after and after.type != "Softmax":
            yield site.removed()


@kind("NN510")
def last_flatten_dropped(spec: Spec) -> Iterator[Mutation]:
    yield from (site.removed() for site in spec.layers("Flatten") if not site.sibling(1))


@kind(legal=True)
def flatten_twice(spec: Spec) -> Iterator[Mutation]:
    yield from (site.followed_by("Flatten") for site in spec.layers("Flatten"))


@kind("NN403")
def activation_duplicated(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        if site.type in ACTIVATIONS:
            yield site.followed_by(site.type)
        elif site.type in LEARNING and is_activated(site) and "repeat" not in site.layer:
            yield site.followed_by(type_of(site.get("act")))


@kind("NN401")
def activation_removed_between_dense(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        if site.type in ACTIVATIONS and is_between(site, "Linear"):
            yield site.removed()
        elif site.type == "Linear" and "act" in site.layer and is_between(site, "Linear"):
            yield site.without("act")


def is_between(site: Site, sort: str) -> bool:
    """Whether the layer before it (or itself) and the next one that learns are of the sort."""
    before = site if site.type == sort else site.sibling(-1)
    after = site.sibling(1)
    while after and after.type in DROPOUTS:
        after = after.sibling(1)
    return bool(before and after and before.type == sort == after.type)


@kind("NN401")
def activation_removed_between_convolutions(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        if site.type in ACTIVATIONS and is_between(site, "Conv2d"):
            yield site.removed()
        dense = "groups" not in site.layer and is_activated(site)
        if site.type == "Conv2d" and dense and is_between(site, "Conv2d"):
            yield site.with_key("act", "none")


@kind("NN401")
def activation_default_removed(spec: Spec) -> Iterator[Mutation]:
    for name, values in spec.data.get("defaults", {}).items():
        if name in LEARNING and "act" in values:
            rest = {key: value for key, value in values.items() if key != "act"}
            yield put(("defaults", name), rest, f"defaults of {name} without act")


@kind("NN401")
def dense_twice(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("Linear"):
        plain = {key: value for key, value in site.layer.items() if key != "name"}
        if not is_activated(site):
            yield site.followed_by(plain)


@kind("NN401", "NN403")
def activation_before_its_layer(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers(*LEARNING):
        after = site.sibling(1)
        if after and after.type in ACTIVATIONS:
            yield site.swapped()


@kind("NN401", "NN403")
def activation_moved_behind_the_next(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers(*ACTIVATIONS):
        after = site.sibling(1)
        if after and after.type in LEARNING:
            yield site.swapped()


@kind()
def hidden_softmax(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        if site.type in ACTIVATIONS and site.sibling(1) and is_between(site, "Linear"):
            yield site.replaced({"type": "Softmax", "dim": -1})
        elif site.type == "Linear" and is_activated(site) and is_between(site, "Linear"):
            yield site.with_key("act", {"type": "Softmax", "dim": -1})


@kind("NN301")
def bias_before_batch_norm(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers(*LEARNING):
        after = site.sibling(1)
        norms = (type_of(site.get("norm")), after.type if after else "")
        if site.get("bias") is False and any(norm in BATCH_NORMS for norm in norms):
            yield site.with_key("bias", True)


@kind("NN301")
def bias_default_before_batch_norm(spec: Spec) -> Iterator[Mutation]:
    for name, values in spec.data.get("defaults", {}).items():
        if values.get("bias") is False and type_of(values.get("norm")) in BATCH_NORMS:
            rest = {key: value for key, value in values.items() if key != "bias"}
            yield put(("defaults", name), rest, f"defaults of {name} without bias: false")


@kind(legal=True)
def norm_removed(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        if site.type in NORMS:
            yield site.removed()
        elif site.get("norm") not in (None, "none"):
            yield site.with_key("norm", "none")


@kind("NN404")
def norm_twice(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        norm = site.get("norm")
        if site.type in NORMS and "name" not in site.layer:
            yield site.followed_by(site.written)
        elif norm not in (None, "none") and not is_activated(site):
            yield site.followed_by(norm)


@kind("NN409")
def momentum_of_keras(spec: Spec) -> Iterator[Mutation]:
    if spec.data.get("convention") != "keras":
        for site in spec.layers(*BATCH_NORMS):
            yield site.with_key("momentum", 0.9)
        for name, values in spec.data.get("defaults", {}).items():
            if type_of(values.get("norm")) in BATCH_NORMS:
                norm = {"type": type_of(values["norm"]), "momentum": 0.99}
                yield put(("defaults", name, "norm"), norm)


@kind("NN405")
def dropout_before_batch_norm(spec: Spec) -> Iterator[Mutation]:
    dropout = {"type": "Dropout", "p": 0.3}
    for site in spec.layers(*BATCH_NORMS):
        yield site.preceded_by(dropout)
    for site in spec.layers("Conv2d"):
        if type_of(site.get("norm")) in BATCH_NORMS and "repeat" not in site.layer:
            alone = {**site.layer, "norm": "none", "act": "none"}
            act = [site.get("act")] if is_activated(site) else []
            yield site.replaced(alone, dropout, site.get("norm"), *act)


@kind("NN107")
def dropout_in_percent(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("Dropout"):
        percent = round(100 * site.layer["p"])
        if percent > 1:
            yield site.with_key("p", percent)


@kind("NN809")
def dropout_too_strong(spec: Spec) -> Iterator[Mutation]:
    """What is kept, where what is dropped belongs."""
    for site in spec.layers("Dropout"):
        if site.layer["p"] < 0.4:
            yield site.with_key("p", 1 - site.layer["p"])


@kind("NN810")
def dropout_twice(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("Dropout"):
        yield site.followed_by(site.written)


@kind("NN410")
def recurrent_dropout_of_one_layer(spec: Spec) -> Iterator[Mutation]:
    yield from (site.without("num_layers") for site in spec.layers("LSTM", "GRU"))


@kind()
def sequence_instead_of_the_last_step(spec: Spec) -> Iterator[Mutation]:
    yield from (site.without("output") for site in spec.layers("LSTM", "GRU"))


@kind("NN402", "NN202", "NN212")
def to_tokens_dropped(spec: Spec) -> Iterator[Mutation]:
    yield from (site.removed() for site in spec.layers("ToTokens"))


@kind("NN402")
def global_mean_dropped(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("Mean"):
        if site.layer["dim"] == [2, 3]:
            yield site.removed()


@kind()
def tokens_not_pooled(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("Select", "Mean"):
        if site.layer.get("dim", 1) == 1 and (spec.data.keys() & {"loss", "outputs"}):
            yield site.removed()


@kind()
def class_token_dropped(spec: Spec) -> Iterator[Mutation]:
    """So that Select takes the first patch."""
    yield from (site.removed() for site in spec.layers("ClassToken"))


@kind()
def first_token_of_causal_attention(spec: Spec) -> Iterator[Mutation]:
    """Which has seen no other token."""
    for site in spec.layers("Select"):
        if site.layer["index"] == -1:
            yield site.with_key("index", 0)
    if spec.last.type == "Linear" and any(
        site.layer.get("causal") is True for site in spec.layers("MultiheadAttention")
    ):
        yield spec.last.preceded_by({"type": "Select", "index": 0})


@kind(legal=True)
def position_table_dropped(spec: Spec) -> Iterator[Mutation]:
    yield from (site.removed() for site in spec.layers("PositionEmbedding"))


@kind(legal=True)
def causal_dropped(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("MultiheadAttention", "MultiheadLatentAttention"):
        if site.layer.get("causal") is True:
            yield site.without("causal")


@kind(legal=True)
def residual_without_shortcut(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("Residual"):
        plain = "shortcut" not in site.layer and site.get("norm") is None
        if plain and not site.get("act"):
            yield splice(site.path, 1, site.layer["body"], "the body without its Residual")


@kind(legal=True)
def global_pool_dropped(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("AdaptiveAvgPool2d"):
        if len(site.path) == 2:
            yield site.removed()


@kind(legal=True)
def pool_dropped(spec: Spec) -> Iterator[Mutation]:
    yield from (site.removed() for site in spec.layers("MaxPool2d", "AvgPool2d"))


@kind(legal=True)
def block_use_dropped(spec: Spec) -> Iterator[Mutation]:
    """One of several uses."""
    uses = [site for site in spec.layers() if "block" in site.layer]
    for site in uses:
        others = [one for one in uses if one.layer["block"] == site.layer["block"]]
        if len(others) > 1 and "name" not in site.layer and len(site.path) == 2:
            yield site.removed()


@kind(legal=True)
def layer_dropped(spec: Spec) -> Iterator[Mutation]:
    """Any; what it leaves may be a network or none."""
    yield from (site.removed() for site in spec.layers())


@kind(legal=True)
def layers_swapped(spec: Spec) -> Iterator[Mutation]:
    """Any two; what it leaves may be a network or none."""
    yield from (site.swapped() for site in spec.layers() if site.sibling(1))
