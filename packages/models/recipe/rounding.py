"""Rounds the linears of the encoder to int8 so that what they compute stays.

What makes the difference to rounding each number to the nearest step (the model card has the figures):

- What the normalisations give has a few channels that are many times larger than the rest, and so has, in odd texts, what
  attention gives. Both are rounded twice: what the first step leaves has a step of its own, and a product of its own.
- GELUs are hardly ever negative, so their zero stands low, and their step is of the token's largest.
- What a weight loses is made up by the channels that move with its own (GPTQ, arXiv 2210.17323), and what is lost on average
  goes into the bias: `to_int8`, `round_linear`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import minilm_graph
from minilm_graph import LAYERS

# Room for what is larger than all that was seen; with a second step behind it, it costs nothing.
ROOM = 2.0
DAMPING = 0.01
# GELU is never below -0.17: its zero stands where LEAST_TOP's token still has room for that.
GELU_LEAST = 0.17
GELU_ZERO = int(np.ceil(255 * GELU_LEAST / (GELU_LEAST + float(minilm_graph.LEAST_TOP))))


@dataclass(frozen=True)
class Rounded:
    """A linear in int8, whose input is rounded in steps of `step` from `zero`."""

    weight: np.ndarray
    scale: np.ndarray
    bias: np.ndarray
    step: float
    zero: int = 128
    # The step is a part of the token's largest value.
    by_token: bool = False
    # What the step leaves is rounded too, in steps of a 254th, and multiplied on its own.
    fine: bool = False


def to_int8(weight: np.ndarray, gram: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int8 [in, out] and a scale an output channel. gram: the inputs' products [in, in], averaged over tokens."""
    w, size = weight.astype(np.float64), len(weight)
    scale = np.maximum(np.abs(w).max(axis=0), 1e-12) / 127.0
    gram = gram + np.eye(size) * DAMPING * np.trace(gram) / size
    order = np.argsort(-np.diag(gram), kind="stable")
    w, gram = w[order], gram[np.ix_(order, order)]
    factor = np.linalg.cholesky(np.linalg.inv(gram)).T
    q = np.empty_like(w)
    for start in range(0, size, 128):
        end = min(start + 128, size)
        errors = np.zeros((end - start, w.shape[1]))
        for i in range(start, end):
            q[i] = np.clip(np.rint(w[i] / scale), -127, 127)
            errors[i - start] = (w[i] - q[i] * scale) / factor[i, i]
            w[i + 1 : end] -= np.outer(factor[i, i + 1 : end], errors[i - start])
        # What is further down takes the block's errors at once: the same sums, in one product.
        w[end:] -= factor[start:end, end:].T @ errors
    back = np.empty_like(q)
    back[order] = q
    return back.astype(np.int8), scale.astype(np.float32)


def round_linear(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, **how) -> Rounded:
    x = x.astype(np.float64)
    q, scale = to_int8(weight, x.T @ x / len(x))
    lost = x.mean(axis=0) @ (weight - q * scale.astype(np.float64))
    return Rounded(q, scale, (bias + lost).astype(np.float32), **{"step": float(np.abs(x).max()) * ROOM / 127, **how})


def round_linears(weights: dict, inputs: dict[str, np.ndarray]) -> dict[str, Rounded]:
    """inputs: what each linear reads over the calibration texts, [tokens, in]."""
    gelus = {"step": 1 / (255 - GELU_ZERO), "zero": GELU_ZERO, "by_token": True}
    done: dict[str, Rounded] = {}
    for layer in range(LAYERS):
        for name, (weight, bias) in minilm_graph.linears(weights, layer).items():
            reads_gelus = name == f"encoder.layer.{layer}.output.dense"
            done[name] = round_linear(inputs[name], weight, bias, **(gelus if reads_gelus else {"fine": True}))
    return done
