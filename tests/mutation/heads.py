"""Mistakes at the end: what the last layer gives, and what the loss expects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.mutation.kind import kind
from tests.mutation.tree import Mutation, Spec, both, put

if TYPE_CHECKING:
    from collections.abc import Iterator

LOSS = ("loss",)


def appended(spec: Spec, layer: Any) -> Iterator[Mutation]:
    """A layer behind the last one, if that gives scores; its name stays with the output."""
    if spec.is_classifier and spec.last.type != "Softmax":
        yield spec.last.followed_by(layer)


@kind("NN501", "NN502", "NN503")
def softmax_before_the_loss(spec: Spec) -> Iterator[Mutation]:
    yield from appended(spec, {"type": "Softmax", "dim": -1})
    if spec.last.type == "Softmax":
        yield put(LOSS, "CrossEntropyLoss")


@kind("NN501", "NN502")
def sigmoid_before_the_loss(spec: Spec) -> Iterator[Mutation]:
    yield from appended(spec, "Sigmoid")


@kind("NN505", "NN502", "NN503")
def log_softmax_before_the_loss(spec: Spec) -> Iterator[Mutation]:
    yield from appended(spec, {"type": "LogSoftmax", "dim": -1})


@kind("NN512")
def relu_before_the_loss(spec: Spec) -> Iterator[Mutation]:
    yield from appended(spec, "ReLU")


@kind("NN406")
def dropout_last(spec: Spec) -> Iterator[Mutation]:
    yield from appended(spec, {"type": "Dropout", "p": 0.2})


@kind("NN408")
def batch_norm_last(spec: Spec) -> Iterator[Mutation]:
    if not any(site.type == "Embedding" for site in spec.layers()):
        yield from appended(spec, "BatchNorm1d")


@kind("NN506")
def loss_on_probabilities(spec: Spec) -> Iterator[Mutation]:
    if spec.data.get("loss") == "CrossEntropyLoss":
        yield put(LOSS, "NLLLoss")
    if spec.data.get("loss") == "BCEWithLogitsLoss":
        yield put(LOSS, "BCELoss")


@kind("NN506")
def sigmoid_dropped(spec: Spec) -> Iterator[Mutation]:
    if spec.data.get("loss") == "BCELoss":
        yield spec.last.removed()


@kind("NN502", "NN507", "NN501")
def loss_on_scores(spec: Spec) -> Iterator[Mutation]:
    """Where probabilities arrive."""
    if spec.data.get("loss") == "BCELoss":
        yield put(LOSS, "BCEWithLogitsLoss")
    if spec.last.type == "Softmax":
        yield put(LOSS, "NLLLoss")


@kind("NN510")
def one_score_for_classes(spec: Spec) -> Iterator[Mutation]:
    if spec.data.get("loss") == "BCEWithLogitsLoss" and spec.last.layer.get("out_features"):
        yield put(LOSS, "CrossEntropyLoss")
    elif spec.data.get("loss") == "CrossEntropyLoss" and is_plain(spec):
        yield spec.last.with_key("out_features", 1)


def is_plain(spec: Spec) -> bool:
    """Whether one dense layer gives the scores of one sample."""
    tokens = any(site.type == "Embedding" for site in spec.layers())
    return spec.last.type == "Linear" and not tokens


@kind("NN503")
def softmax_over_one(spec: Spec) -> Iterator[Mutation]:
    if is_plain(spec) and spec.data.get("loss") == "CrossEntropyLoss":
        one = spec.last.with_key("out_features", 1)
        yield both(one, spec.last.followed_by({"type": "Softmax", "dim": -1}))


@kind("NN504", "NN503")
def softmax_without_dim(spec: Spec) -> Iterator[Mutation]:
    if spec.is_classifier and any(site.type == "Embedding" for site in spec.layers()):
        yield from appended(spec, "Softmax")


@kind("NN104")
def loss_by_the_name_of_keras(spec: Spec) -> Iterator[Mutation]:
    if "loss" in spec.data:
        yield put(LOSS, "categorical_crossentropy")


@kind(legal=True)
def loss_of_a_regression(spec: Spec) -> Iterator[Mutation]:
    """Of the pixels of an image, or of probabilities (Brier's score)."""
    if spec.last.type in ("Sigmoid", "Softmax"):
        yield put(LOSS, "MSELoss")
