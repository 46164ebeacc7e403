"""Mistakes in sizes: widths, heads, groups, kernels, strides, paddings, tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.mutation.kind import kind
from tests.mutation.tree import Mutation, Site, Spec, put

if TYPE_CHECKING:
    from collections.abc import Iterator

CONVOLUTIONS = ("Conv1d", "Conv2d")
POOLS = ("MaxPool2d", "AvgPool2d")
STATED = {
    "Linear": ("in_features", -1), "Conv1d": ("in_channels", 0), "Conv2d": ("in_channels", 0),
    "ConvTranspose2d": ("in_channels", 0), "BatchNorm1d": ("num_features", 0),
    "BatchNorm2d": ("num_features", 0), "LayerNorm": ("normalized_shape", -1),
    "RMSNorm": ("normalized_shape", -1), "LSTM": ("input_size", -1), "GRU": ("input_size", -1),
    "MultiheadAttention": ("embed_dim", -1),
}  # fmt: skip
"""The inferred attribute of a layer, and the axis that it is."""


def plus(value: Any, more: int) -> Any:
    """A number or an expression, and so many more."""
    return value + more if isinstance(value, int) else f"{value}+{more}"


def width(site: Site) -> str | None:
    """The key with the number of features or channels that it gives."""
    keys = ("out_features", "out_channels")
    return next((key for key in keys if key in site.layer), None)


def ends_of(spec: Spec, mismatch: str) -> Iterator[tuple[Site, str]]:
    """The last layers of the bodies of such residuals, with the key of their width."""
    for residual in spec.layers("Residual"):
        body = residual.layer["body"]
        last = Site(spec, (*residual.path, "body", len(body) - 1))
        key = width(last)
        if residual.layer.get("on_mismatch", "error") == mismatch and key:
            yield last, key


@kind("NN212")
def width_before_an_add(spec: Spec) -> Iterator[Mutation]:
    for site, key in ends_of(spec, "error"):
        yield site.with_key(key, plus(site.layer[key], 8))


@kind(legal=True)
def width_before_a_projection(spec: Spec) -> Iterator[Mutation]:
    for site, key in ends_of(spec, "project"):
        yield site.with_key(key, plus(site.layer[key], 8))


@kind("NN212")
def width_in_a_branch_of_a_sum(spec: Spec) -> Iterator[Mutation]:
    for parallel in spec.layers("Parallel"):
        for index, branch in enumerate(parallel.layer["branches"]):
            if branch and parallel.layer.get("merge", "Concat") in ("Add", "Multiply"):
                site = Site(spec, (*parallel.path, "branches", index, len(branch) - 1))
                key = width(site)
                if key:
                    yield site.with_key(key, plus(site.layer[key], 8))


@kind(legal=True)
def width_by_one(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("Linear", *CONVOLUTIONS):
        key = width(site)
        alone = len(site.path) == 2 and site.sibling(1)
        if key and alone:
            yield site.with_key(key, plus(site.layer[key], 1))


@kind("NN201")
def stated_size(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers(*STATED):
        key, axis = STATED[site.type]
        if site.arriving and key not in site.layer and not site.layer.get("channels"):
            yield site.with_key(key, site.arriving[0][axis] + 1)


@kind("NN213")
def head_of_another_vocabulary_tied(spec: Spec) -> Iterator[Mutation]:
    yield from (
        site.with_key("out_features", plus(site.layer["out_features"], 1))
        for site in spec.layers("Linear")
        if "tie" in site.layer
    )


@kind(legal=True)
def head_of_another_vocabulary(spec: Spec) -> Iterator[Mutation]:
    reads = any(site.type == "Embedding" for site in spec.layers())
    if reads and spec.last.type == "Linear" and "tie" not in spec.last.layer:
        yield spec.last.with_key("out_features", plus(spec.last.layer["out_features"], 1))


@kind("NN204")
def heads_that_do_not_divide(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("MultiheadAttention"):
        if site.get("head_dim") is None and site.arriving:
            wide = site.arriving[0][-1]
            heads = next(number for number in range(5, wide) if wide % number)
            yield site.with_key("num_heads", heads)


@kind("NN204")
def key_heads_that_do_not_divide(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("MultiheadAttention"):
        if site.get("num_kv_heads"):
            yield site.with_key("num_kv_heads", 5)


@kind("NN204")
def groups_that_do_not_divide(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers(*CONVOLUTIONS, "ChannelShuffle"):
        if "groups" in site.layer:
            yield site.with_key("groups", plus(site.layer["groups"], 1))


@kind(legal=True)
def depthwise_made_dense(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers(*CONVOLUTIONS):
        if site.layer.get("groups") == "$in":
            yield site.without("groups")


@kind("NN211")
def kernel_larger_than_the_map(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers(*CONVOLUTIONS, *POOLS):
        padding = site.get("padding", 0)
        if isinstance(padding, int) and site.arriving:
            largest = max(size for shape in site.arriving for size in shape[1:])
            yield site.with_key("kernel_size", largest + 2 * padding + 1)


@kind("NN211")
def global_pool_by_a_fixed_kernel(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("AdaptiveAvgPool2d"):
        if site.arriving and site.arriving[0][1] > 1:
            size = site.arriving[0][1] + 1
            yield site.replaced({"type": "AvgPool2d", "kernel_size": size})


def joined(site: Site) -> str:
    """How what it gives is joined: by a sum, a concatenation, a projection; else nothing."""
    for part in site.around:
        if part.type == "Parallel":
            return str(part.layer.get("merge", "Concat"))
        if part.type == "Residual":
            return str(part.layer.get("on_mismatch", "Add"))
    return ""


def doubled(site: Site) -> Mutation:
    stride = site.get("stride", site.layer["kernel_size"] if site.type in POOLS else 1)
    twice = 2 * stride if isinstance(stride, int) else f"2*{stride}"
    return site.with_key("stride", twice)


@kind("NN212")
def stride_doubled_on_one_branch(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers(*CONVOLUTIONS, *POOLS):
        if joined(site) in ("Add", "Concat"):
            yield doubled(site)


@kind(legal=True)
def stride_doubled(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers(*CONVOLUTIONS, *POOLS):
        if joined(site) in ("", "project", "skip"):
            yield doubled(site)


@kind("NN212")
def padding_dropped_on_one_branch(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers(*CONVOLUTIONS, *POOLS):
        if joined(site) in ("Add", "Concat") and "padding" in site.layer:
            yield site.without("padding")


@kind("NN204", "NN212")
def padding_dropped_before_a_projection(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers(*CONVOLUTIONS):
        if joined(site) == "project" and "padding" in site.layer:
            yield site.without("padding")


@kind(legal=True)
def padding_dropped(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers(*CONVOLUTIONS, *POOLS):
        if joined(site) == "" and "padding" in site.layer:
            yield site.without("padding")


@kind("NN414", "NN212")
def kernel_of_a_transposed_convolution(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("ConvTranspose2d"):
        if site.get("stride", 1) > 1:
            yield site.with_key("kernel_size", plus(site.layer["kernel_size"], 1))


@kind("NN212")
def stride_of_a_transposed_convolution(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("ConvTranspose2d"):
        if "stride" in site.layer and "Concat" in (site.sibling(1) or site).label:
            yield site.without("stride")


@kind("NN201", "NN202", "NN205")
def position_table_too_short(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("PositionEmbedding"):
        if site.arriving:
            yield site.with_key("num_embeddings", site.arriving[0][0] - 1)


@kind("NN107", "NN205")
def fewer_experts_than_chosen(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("MoE"):
        yield site.with_key("num_experts", site.layer["top_k"] - 1)


@kind("NN211", "NN407", "NN202")
def input_far_too_small(spec: Spec) -> Iterator[Mutation]:
    if spec.data.get("input") == [3, 224, 224]:
        yield put(("input",), [3, 8, 8])


@kind(legal=True)
def input_halved(spec: Spec) -> Iterator[Mutation]:
    shape = spec.data.get("input")
    if isinstance(shape, list) and len(shape) == 3 and shape[1] > 1:
        yield put(("input",), [shape[0], shape[1] // 2, shape[2] // 2])


@kind("NN412")
def input_channels_last(spec: Spec) -> Iterator[Mutation]:
    shape = spec.data.get("input")
    if isinstance(shape, list) and len(shape) == 3 and shape[1] > 1 and first_convolves(spec):
        yield put(("input",), [*shape[1:], shape[0]])


def first_convolves(spec: Spec) -> bool:
    """Whether a convolution is what first counts channels."""
    counts = [site.type for site in spec.layers() if site.type in ("Linear", *CONVOLUTIONS)]
    return counts[:1] in [[name] for name in CONVOLUTIONS]


@kind("NN202")
def map_as_features(spec: Spec) -> Iterator[Mutation]:
    shape = spec.data.get("input")
    if isinstance(shape, list) and len(shape) == 3 and first_convolves(spec):
        yield put(("input",), [shape[0] * shape[1] * shape[2]])


@kind("NN402")
def features_as_map(spec: Spec) -> Iterator[Mutation]:
    if spec.data.get("input") == [784]:
        yield put(("input",), [1, 28, 28])


@kind("NN202")
def tokens_as_features(spec: Spec) -> Iterator[Mutation]:
    form = spec.data.get("input")
    if isinstance(form, dict) and isinstance(form.get("tokens"), int):
        yield put(("input",), [form["tokens"], 768])


@kind("NN212")
def shortcut_without_projection(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("Residual"):
        if "on_mismatch" in site.layer:
            yield site.without("on_mismatch")
        if "shortcut" in site.layer:
            yield site.without("shortcut")


@kind("NN212", "NN202", "NN201", "NN203")
def permute_dropped(spec: Spec) -> Iterator[Mutation]:
    yield from (site.removed() for site in spec.layers("Permute"))


@kind("NN202")
def norm_of_another_rank(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers("BatchNorm2d"):
        yield site.replaced({**site.layer, "type": "BatchNorm1d"})
    norm = spec.data.get("defaults", {}).get("Conv2d", {}).get("norm")
    if norm == "BatchNorm2d":
        yield put(("defaults", "Conv2d", "norm"), "BatchNorm1d")


@kind("NN407", "NN211", "NN202")
def pool_before_the_features(spec: Spec) -> Iterator[Mutation]:
    """Pooled to one place before the convolutions have run."""
    first = Site(spec, ("layers", 0))
    if spec.layers("AdaptiveAvgPool2d") and first.type == "Conv2d":
        yield first.followed_by({"type": "AdaptiveAvgPool2d", "output_size": 1})


@kind(legal=True)
def repeat_off_by_one(spec: Spec) -> Iterator[Mutation]:
    for site in spec.layers():
        if "repeat" in site.layer:
            yield site.with_key("repeat", plus(site.layer["repeat"], 1))
