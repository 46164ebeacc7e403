"""The specs in specs/ against the frameworks: tests/data/networks.json and macs.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nnlint.engine import lint_text

if TYPE_CHECKING:
    from nnlint.report import Report

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(__file__).parent / "data"
NETWORKS: list[dict[str, Any]] = json.loads((DATA / "networks.json").read_text("utf-8"))
MACS: list[dict[str, Any]] = json.loads((DATA / "macs.json").read_text("utf-8"))

ZOO = {
    "albert-base-v2": "transformers/albert-base-v2/AlbertModel",
    "alexnet": "torchvision/alexnet",
    "bert-base": "transformers/bert-base-uncased/BertModel",
    "bert-base:large": "transformers/bert-large-uncased/BertModel",
    "bert-base:tiny": "transformers/bert-tiny/BertModel",
    "cait-s24": "timm/cait_s24_224",
    "clip-vit-large": "transformers/clip-vit-large-patch14/CLIPModel",
    "convnext-tiny": "torchvision/convnext_tiny",
    "convnext-tiny:base": "torchvision/convnext_base",
    "convnext-tiny:large": "torchvision/convnext_large",
    "convnext-tiny:small": "keras/ConvNeXtSmall/include_top=True, weights=None",
    "deepseek-v2": "transformers/deepseek-v2/DeepseekV2ForCausalLM",
    "deit-tiny": "timm/deit_tiny_patch16_224",
    "distilbert": "transformers/distilbert-base-uncased/DistilBertModel",
    "efficientnet-b0": "timm/tf_efficientnet_b0",
    "falcon-7b": "transformers/falcon-7b/FalconForCausalLM",
    "gemma-2-9b": "transformers/gemma-2-9b/Gemma2ForCausalLM",
    "googlenet": "torchvision/googlenet/aux_logits=False",
    "googlenet-aux": "torchvision/googlenet/aux_logits=True",
    "gpt2": "transformers/gpt2/GPT2LMHeadModel",
    "gpt2:large": "transformers/gpt2-large/GPT2LMHeadModel",
    "gpt2:medium": "transformers/gpt2-medium/GPT2LMHeadModel",
    "gpt2:xl": "transformers/gpt2-xl/GPT2LMHeadModel",
    "keras-densenet169": "keras/DenseNet169/include_top=True, weights=None",
    "keras-mobilenet": "keras/MobileNet/include_top=True, weights=None",
    "keras-resnet50": "keras/ResNet50/include_top=True, weights=None",
    "llama-2-7b": "transformers/llama-2-7b/LlamaForCausalLM",
    "llama-2-7b:70b": "transformers/llama-2-70b/LlamaForCausalLM",
    "llama-3-8b": "transformers/llama-3-8b/LlamaForCausalLM",
    "llama-3-8b:405b": "transformers/llama-3.1-405b/LlamaForCausalLM",
    "llama-3-8b:70b": "transformers/llama-3-70b/LlamaForCausalLM",
    "mixer-b16": "timm/mixer_b16_224",
    "mixtral-8x7b": "transformers/mixtral-8x7b/MixtralForCausalLM",
    "mixtral-8x7b:8x22b": "transformers/mixtral-8x22b-v0.1/MixtralForCausalLM",
    "mnasnet1-0": "torchvision/mnasnet1_0",
    "mobilenet-v2": "torchvision/mobilenet_v2",
    "phi-1-5": "transformers/phi-1.5/PhiForCausalLM",
    "pythia-160m": "transformers/pythia-160m/GPTNeoXForCausalLM",
    "pythia-160m:6.9b": "transformers/pythia-6.9b/GPTNeoXForCausalLM",
    "qwen2-7b": "transformers/qwen2-7b/Qwen2ForCausalLM",
    "qwen3-30b-a3b": "transformers/qwen3-30b-a3b/Qwen3MoeForCausalLM",
    "resnet18": "torchvision/resnet18",
    "resnet50": "torchvision/resnet50",
    "resnet50:resnet101": "torchvision/resnet101",
    "resnext50": "torchvision/resnext50_32x4d",
    "shufflenet-v2-x2": "torchvision/shufflenet_v2_x2_0",
    "squeezenet1-1": "torchvision/squeezenet1_1",
    "starcoder2-3b": "transformers/starcoder2-3b/Starcoder2ForCausalLM",
    "t5-small:base": "transformers/t5-base/T5ForConditionalGeneration",
    "vgg16": "torchvision/vgg16",
    "vit-b-16": "torchvision/vit_b_16",
    "vit-b-16:b_32": "torchvision/vit_b_32",
    "vit-b-16:h_14": "torchvision/vit_h_14",
    "vit-b-16:l_16": "torchvision/vit_l_16",
    "whisper-tiny:medium": "transformers/whisper-medium/WhisperForConditionalGeneration",
    "wide-resnet101": "torchvision/wide_resnet101_2",
}
"""A spec, or `spec:variant`, and the network that it is: framework/name[/variant]."""

COUNTED_MACS = {
    "alexnet": "alexnet", "bert-base": "bert-base-uncased", "gpt2": "gpt2", "lenet5": "lenet5",
    "mnist": "mnist_mlp", "mobilenet-v2": "mobilenet_v2", "resnet18": "resnet18",
    "resnet50": "resnet50", "t5-small": "t5-small", "unet": "unet", "vgg16": "vgg16",
    "vit-b-16": "vit_b_16", "whisper-tiny": "whisper-tiny",
}  # fmt: skip
"""A spec, and its name in macs.json, which has its parameters too."""

TOKENS = {"gpt2": ("tokens: 1024,", "tokens: 128,")}
"""What to change in a spec to have the input that macs.json states."""

UNSEEN_BY_TORCH = {"vit-b-16": 12 * (4 * 197 * 768**2 + 2 * 197**2 * 768)}
"""MACs that FlopCounterMode does not see: torchvision's attention runs as one fused
operator, whose four projections and two products it leaves out in each of the 12 layers."""


def lint(name: str) -> Report:
    spec, _, variant = name.partition(":")
    text = (ROOT / "specs" / f"{spec}.yaml").read_text("utf-8")
    return lint_text(text, spec, variant or None)


def named(key: str) -> dict[str, Any]:
    framework, name, *variant = key.split("/")
    wanted = (framework, name, *variant)
    (record,) = [
        one for one in NETWORKS
        if (one["framework"], one["name"], *filter(None, [one.get("variant")])) == wanted
    ]  # fmt: skip
    return record


@pytest.mark.parametrize("name", ZOO)
def test_a_network_has_the_parameters_of_its_framework(name: str) -> None:
    record, report = named(ZOO[name]), lint(name)
    assert report.graph
    total = report.graph.totals
    assert (total.params, total.trainable) == (record["total"], record["trainable"])
    if record["framework"] != "transformers":  # whose buffers are tables that it computes
        stored = total.moving or total.buffers
        assert stored == record["buffers"]


def tied() -> list[str]:
    return [name for name, key in ZOO.items() if named(key)["tied"]]


@pytest.mark.parametrize("name", tied())
def test_what_is_tied_is_what_the_framework_ties(name: str) -> None:
    record, report = named(ZOO[name]), lint(name)
    assert report.graph
    missing = record["total_untied"] - record["total"] - report.graph.totals.tied
    # T5's total names its encoder's and its decoder's table beside the shared one
    tables = [node.own for node in report.graph.nodes if node.spec.name == "shared_table"]
    assert missing == (tables[0] if name.startswith("t5") else 0)


@pytest.mark.parametrize("name", COUNTED_MACS)
def test_a_network_has_the_macs_that_torch_counts(name: str) -> None:
    (record,) = [one for one in MACS if one["name"] == COUNTED_MACS[name]]
    text = (ROOT / "specs" / f"{name}.yaml").read_text("utf-8")
    before, after = TOKENS.get(name, ("", ""))
    graph = lint_text(text.replace(before, after, 1)).graph
    assert graph
    assert graph.totals.macs - UNSEEN_BY_TORCH.get(name, 0) == record["macs_flop_counter"]
    assert lint(name).graph.totals.params == record["params"]  # type: ignore[union-attr]


def test_every_network_of_macs_json_is_in_the_zoo() -> None:
    assert sorted(COUNTED_MACS.values()) == sorted(one["name"] for one in MACS)


@pytest.mark.parametrize("name", sorted({name.partition(":")[0] for name in ZOO}))
def test_what_a_spec_declares_is_held_against_it(name: str) -> None:
    report = lint(name)
    entries = [*report.expectations, *(e for v in report.variants for e in v.expectations)]
    assert all(one.holds for one in entries)
    assert {"params", "output"} <= {one.key.partition(".")[0] for one in entries}


def test_there_are_enough_of_them() -> None:
    assert len(list((ROOT / "specs").glob("*.yaml"))) >= 24
