"""Layers in which tokens gather from one another what they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlint.layers.attending import Projections, _Attending, need_divisor
from nnlint.layers.attribute import (
    FLAG,
    PROBABILITY,
    SIZE,
    attribute,
    optional,
    stated,
)
from nnlint.layers.base import ParamTensor, features_last
from nnlint.layers.shape import Misfit, Shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# null is no word, so this is a pattern: an enum's nearest word is sought among texts
QK_NORM = {
    "type": ["string", "null"], "pattern": "^(RMSNorm|LayerNorm)$",
    "title": "RMSNorm, LayerNorm or null",
}  # fmt: skip
CAUSAL = attribute(
    FLAG, "a token sees none that come after it; the MACs are counted in full", default=False
)


class MultiheadAttention(_Attending):
    """Each token gathers, head by head, the values of the tokens whose keys fit its query.

    Takes [T, embed_dim], which attends to itself; or two inputs, the query and a memory
    that is key and value; or three: query, key, value. Yields [T, embed_dim], as long as
    the query. The tensors are PyTorch's: in_proj_weight, or three where kdim or vdim differ
    from embed_dim; or, where num_kv_heads, head_dim, qk_norm or unequal biases are written,
    one matrix for each projection, with the names of Hugging Face's models.
    """

    formula = {
        "in_proj_weight": "3 × embed_dim × embed_dim",
        "q_proj_weight": "embed_dim × embed_dim",
        "k_proj_weight": "kdim × embed_dim",
        "v_proj_weight": "vdim × embed_dim",
        "in_proj_bias": "3 × embed_dim",
        "bias_k": "num_kv_heads × head_dim, if add_bias_kv",
        "bias_v": "num_kv_heads × head_dim, if add_bias_kv",
        "q_proj.weight": "embed_dim × num_heads × head_dim",
        "k_proj.weight": "kdim × num_kv_heads × head_dim",
        "v_proj.weight": "vdim × num_kv_heads × head_dim",
        "q_proj.bias": "num_heads × head_dim",
        "k_proj.bias": "num_kv_heads × head_dim",
        "v_proj.bias": "num_kv_heads × head_dim",
        "q_norm.weight": "head_dim",
        "q_norm.bias": "head_dim",
        "k_norm.weight": "head_dim",
        "k_norm.bias": "head_dim",
        "out_proj.weight": "num_heads × head_dim × embed_dim",
        "out_proj.bias": "embed_dim",
    }
    macs_formula = (
        "queries × 2 × embed_dim × num_heads × head_dim "
        "+ keys × (kdim + vdim) × num_kv_heads × head_dim "
        "+ 2 × queries × keys seen × num_heads × head_dim; "
        "seen: all keys, or window, and one more each for add_bias_kv and add_zero_attn"
    )
    reference = (
        "https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html"
    )
    example = {"num_heads": 8}
    example_inputs = {"input": {"sequence": [100, 512]}}
    keras = ("MultiHeadAttention", "GroupedQueryAttention")
    inputs = range(1, 4)

    embed_dim: int | None = stated("features of the query, and of the output", default=None)
    num_heads: int = attribute(SIZE, "heads of the queries", keras=("num_query_heads",))
    dropout: float = attribute(PROBABILITY, "probability that a token is not seen", default=0.0)
    bias: bool = attribute(
        FLAG, "learned biases of all four projections", default=True, keras=("use_bias",)
    )
    add_bias_kv: bool = attribute(FLAG, "one learned key and value more", default=False)
    add_zero_attn: bool = attribute(FLAG, "one key and value of zeros more", default=False)
    # in torch null says embed_dim; here it says as much as leaving it out
    kdim: int | None = stated("features of the key", optional(SIZE), default=None)
    vdim: int | None = stated("features of the value", optional(SIZE), default=None)
    num_kv_heads: int | None = attribute(
        optional(SIZE), "heads of keys and values, which groups of queries share; "
        "null: num_heads", default=None, keras=("num_key_value_heads",),
    )  # fmt: skip
    head_dim: int | None = attribute(
        optional(SIZE), "features of a head; null: embed_dim / num_heads", default=None,
        keras=("key_dim",),
    )  # fmt: skip
    q_bias: bool | None = attribute(optional(FLAG), "null: as bias", default=None)
    k_bias: bool | None = attribute(optional(FLAG), "null: as bias", default=None)
    v_bias: bool | None = attribute(optional(FLAG), "null: as bias", default=None)
    out_bias: bool | None = attribute(optional(FLAG), "null: as bias", default=None)
    qk_norm: str | None = attribute(
        QK_NORM, "a norm over the features of each head, one for queries and one for keys",
        default=None,
    )  # fmt: skip
    causal: bool = CAUSAL
    window: int | None = attribute(
        optional(SIZE), "how many tokens a query sees; null: all", default=None
    )

    def infer(self, *inputs: Shape) -> Shape:
        """[T, embed_dim], [S, kdim], [S, vdim] -> [T, embed_dim]."""
        output = self.sequence(*inputs)
        self._check_heads(output)
        _, key, value = _three(*inputs)
        for stated_key, x in (("kdim", key), ("vdim", value)):
            if x.dims:
                self.check_stated(stated_key, x.last, output)
        if not (key.open or value.open) and key.dims[0] != value.dims[0]:
            raise Misfit(
                "NN202",
                f"each key has its value, but {key.dims[0]} keys {key} and {value.dims[0]} "
                f"values {value} arrive",
                "take both from the same tokens: from: [query, memory]",
                output=output,
            )
        return output

    def _check_heads(self, output: Shape) -> None:
        if self.num_kv_heads:
            need_divisor("num_heads", self.num_heads, "num_kv_heads", self.num_kv_heads, output)
        if output.dims and self.head_dim is None:
            need_divisor(
                "embed_dim", output.last, "num_heads", self.num_heads, output,
                instead="give head_dim",
            )  # fmt: skip

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """PyTorch's own tensors, or those of a matrix for each projection."""
        head = self._head_dim(*inputs)
        kv_heads_dim = head * (self.num_kv_heads or self.num_heads)
        if self.add_bias_kv:
            yield ParamTensor("bias_k", (1, 1, kv_heads_dim))
            yield ParamTensor("bias_v", (1, 1, kv_heads_dim))
        if self._is_plain:
            yield from self._projections(*inputs).tensors(bias=self.bias_flag)
        else:
            yield from self._of_heads(head, kv_heads_dim)
            yield from self._of_features(self._projections(*inputs))

    def _of_heads(self, head: int, kv_heads_dim: int) -> Iterator[ParamTensor]:
        """The tensors that do not depend on what arrives, if head_dim is written."""
        rows = {"q": head * self.num_heads, "k": kv_heads_dim, "v": kv_heads_dim}
        for part, size in rows.items():
            if self._has_bias(part):
                yield ParamTensor(f"{part}_proj.bias", (size,))
        for part in "qk" if self.qk_norm else "":
            yield ParamTensor(f"{part}_norm.weight", (head,))
            if self.qk_norm == "LayerNorm":
                yield ParamTensor(f"{part}_norm.bias", (head,))

    def _of_features(self, sizes: Projections) -> Iterator[ParamTensor]:
        yield ParamTensor("q_proj.weight", (sizes.heads_dim, sizes.embed_dim))
        yield ParamTensor("k_proj.weight", (sizes.kv_heads_dim, sizes.kdim))
        yield ParamTensor("v_proj.weight", (sizes.kv_heads_dim, sizes.vdim))
        yield ParamTensor("out_proj.weight", (sizes.embed_dim, sizes.heads_dim))
        if self._has_bias("out"):
            yield ParamTensor("out_proj.bias", (sizes.embed_dim,))

    @property
    def projection_biases(self) -> tuple[bool, ...]:
        """Of queries, keys, values and the output."""
        return tuple(self._has_bias(part) for part in ("q", "k", "v", "out"))

    def _has_bias(self, part: str) -> bool:
        own = getattr(self, f"{part}_bias")
        return self.bias if own is None else bool(own)

    @property
    def _biases(self) -> set[bool]:
        """What the flags of all projections come to."""
        return set(self.projection_biases)

    @property
    def bias_flag(self) -> bool:
        """Whether any projection has a bias."""
        return True in self._biases

    @property
    def _is_plain(self) -> bool:
        """Whether PyTorch's own layer can be this one."""
        beyond = (self.num_kv_heads, self.head_dim, self.qk_norm)
        return beyond == (None, None, None) and len(self._biases) == 1

    def _head_dim(self, *inputs: Shape) -> int:
        return self.head_dim or self.width(*inputs) // self.num_heads

    def _projections(self, *inputs: Shape) -> Projections:
        _, key, value = _three(*inputs)
        width, head = self.width(*inputs), self._head_dim(*inputs)
        alone = width if len(inputs) == 1 else None
        return Projections(
            width,
            self.kdim or alone or features_last(key),
            self.vdim or alone or features_last(value),
            head * self.num_heads,
            head * (self.num_kv_heads or self.num_heads),
        )

    @property
    def sees_only_earlier(self) -> bool:
        """If it is causal."""
        return self.causal

    def attended(self, *inputs: Shape) -> tuple[int, ...]:
        """All keys, or a window of them, and those that it adds."""
        keys = _three(*inputs)[1].known[0]
        return (min(keys, self.window or keys) + self.add_bias_kv + self.add_zero_attn,)

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:  # noqa: ARG002
        """Projections, and each query with each key that it sees."""
        query, key, _ = _three(*inputs)
        (seen,) = self.attended(*inputs)
        return self._projections(*inputs).macs(query.known[0], key.known[0], seen)


def _three(*inputs: Shape) -> tuple[Shape, Shape, Shape]:
    """Query, key and value; of two inputs the second is both key and value."""
    return inputs[0], inputs[min(1, len(inputs) - 1)], inputs[-1]


class MultiheadLatentAttention(_Attending):
    """Attention whose keys and values come from one small vector a token (DeepSeek's MLA).

    Takes [T, embed_dim], which attends to itself; the shape stays. A part of each query and
    key carries the position (rope), and all heads share that part of the key; qk_head_dim is
    qk_nope_head_dim + qk_rope_head_dim. Without q_lora_rank queries have one matrix, q_proj.
    """

    formula = {
        "q_proj.weight": "embed_dim × num_heads × qk_head_dim",
        "q_a_proj.weight": "embed_dim × q_lora_rank",
        "q_a_proj.bias": "q_lora_rank",
        "q_a_layernorm.weight": "q_lora_rank",
        "q_b_proj.weight": "q_lora_rank × num_heads × qk_head_dim",
        "kv_a_proj_with_mqa.weight": "embed_dim × (kv_lora_rank + qk_rope_head_dim)",
        "kv_a_proj_with_mqa.bias": "kv_lora_rank + qk_rope_head_dim",
        "kv_a_layernorm.weight": "kv_lora_rank",
        "kv_b_proj.weight": "kv_lora_rank × num_heads × (qk_nope_head_dim + v_head_dim)",
        "o_proj.weight": "num_heads × v_head_dim × embed_dim",
        "o_proj.bias": "embed_dim",
    }
    macs_formula = "T × all matrices + T × T × num_heads × (qk_head_dim + v_head_dim)"
    reference = "https://arxiv.org/abs/2405.04434"
    example = {
        "num_heads": 16, "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64,
        "v_head_dim": 128,
    }  # fmt: skip
    example_inputs = {"input": {"sequence": [100, 2048]}}
    width_keys = ("q_lora_rank", "kv_lora_rank")

    embed_dim: int | None = stated("features that arrive, and leave", default=None)
    num_heads: int = attribute(SIZE, "heads")
    q_lora_rank: int | None = attribute(
        optional(SIZE), "size of the vector that queries come from; null: they come from the "
        "token itself", default=None,
    )  # fmt: skip
    kv_lora_rank: int = attribute(SIZE, "size of the vector that keys and values come from")
    qk_nope_head_dim: int = attribute(SIZE, "features of a query's head without its position")
    qk_rope_head_dim: int = attribute(SIZE, "features of a query's head with its position")
    v_head_dim: int = attribute(SIZE, "features of a value's head")
    bias: bool = attribute(
        FLAG, "learned biases of q_a_proj, kv_a_proj_with_mqa and o_proj", default=False
    )
    dropout: float = attribute(PROBABILITY, "probability that a token is not seen", default=0.0)
    causal: bool = CAUSAL

    @property
    def sees_only_earlier(self) -> bool:
        """If it is causal."""
        return self.causal

    def attended(self, *inputs: Shape) -> tuple[int, ...]:
        """All tokens."""
        return (inputs[0].known[0],)

    @property
    def projection_biases(self) -> tuple[bool, ...]:
        """Of all that can have one: they share a flag."""
        return (self.bias,)

    @property
    def _qk_head_dim(self) -> int:
        return self.qk_nope_head_dim + self.qk_rope_head_dim

    def infer(self, *inputs: Shape) -> Shape:
        """[T, embed_dim] -> [T, embed_dim]."""
        return self.sequence(*inputs)

    def parameters(self, *inputs: Shape) -> Iterator[ParamTensor]:
        """The tensors of Hugging Face's DeepSeek-V2."""
        yield from self._of_queries()
        yield from self._of_keys_and_values()
        width = self.width(*inputs)
        if self.q_lora_rank:
            yield ParamTensor("q_a_proj.weight", (self.q_lora_rank, width))
        else:
            yield ParamTensor("q_proj.weight", (self.num_heads * self._qk_head_dim, width))
        latent = self.kv_lora_rank + self.qk_rope_head_dim
        yield ParamTensor("kv_a_proj_with_mqa.weight", (latent, width))
        yield ParamTensor("o_proj.weight", (width, self.num_heads * self.v_head_dim))
        if self.bias:
            yield ParamTensor("o_proj.bias", (width,))

    def _of_queries(self) -> Iterator[ParamTensor]:
        rank = self.q_lora_rank
        if rank:
            yield ParamTensor("q_a_layernorm.weight", (rank,))
            yield ParamTensor("q_b_proj.weight", (self.num_heads * self._qk_head_dim, rank))
            if self.bias:
                yield ParamTensor("q_a_proj.bias", (rank,))

    def _of_keys_and_values(self) -> Iterator[ParamTensor]:
        rank, head = self.kv_lora_rank, self.qk_nope_head_dim + self.v_head_dim
        yield ParamTensor("kv_a_layernorm.weight", (rank,))
        yield ParamTensor("kv_b_proj.weight", (self.num_heads * head, rank))
        if self.bias:
            yield ParamTensor("kv_a_proj_with_mqa.bias", (rank + self.qk_rope_head_dim,))

    def macs(self, inputs: Sequence[Shape], output: Shape) -> int:  # noqa: ARG002
        """Every matrix at every token, and each token with each."""
        tokens = inputs[0].known[0]
        matrices = [own.count for own in self.parameters(*inputs) if len(own.shape) == 2]
        products = self.num_heads * (self._qk_head_dim + self.v_head_dim)
        return tokens * sum(matrices) + tokens * tokens * products
