"""Writes the MiniLM encoder as a plain ONNX graph, straight from its weights.

The graph is written by hand instead of traced because that keeps it small (no shape arithmetic), keeps every operator
in the standard ONNX domain, and lets pooling and normalisation live inside, so that no caller can forget them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from rounding import Rounded

HIDDEN, HEADS, LAYERS, EPS = 384, 12, 6, 1e-12
HEAD_SIZE = HIDDEN // HEADS
OPSET, IR_VERSION = 20, 10
# Tokens whose GELUs are all smaller than this share its scale, so that the scale's zero can be fixed (rounding.py).
LEAST_TOP = np.float32(1.5)


class Graph:
    """Collects nodes and constants under unique names; with rounded linears (rounding.py) it writes them in int8."""

    def __init__(self, rounded: dict[str, Rounded] | None):
        self.rounded, self.nodes, self.constants, self.count = rounded, [], {}, 0
        self.inputs: dict[str, str] = {}

    def constant(self, name: str, value: np.ndarray) -> str:
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def ints(self, *values: int) -> str:
        return self.constant("i_" + "_".join(map(str, values)), np.array(values, np.int64))

    def add(self, op: str, *inputs: str, outputs: int = 1, **attributes):
        self.count += 1
        names = [f"{op.lower()}_{self.count}" + (f"_{i}" if outputs > 1 else "") for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, name=f"n{self.count}", **attributes))
        return names[0] if outputs == 1 else names

    def linear(self, name: str, x: str, weight: np.ndarray, bias: np.ndarray) -> str:
        """x @ weight + bias; weight is [in, out].

        Rounded: int8 weights with a scale an output channel. The activations are uint8, on a scale that is fixed or a
        token's own and never a batch's, so that a text's vector does not depend on its neighbours. ONNX Runtime makes one
        integer product of DequantizeLinear, MatMul and DequantizeLinear.
        """
        self.inputs[name] = x
        if self.rounded is None:
            product = self.add("MatMul", x, self.constant(name + ".weight", weight))
            return self.add("Add", product, self.constant(name + ".bias", bias))
        r = self.rounded[name]
        top = self.add("Max", self.add("ReduceMax", x, self.ints(-1), keepdims=1), self.constant("least_top", LEAST_TOP)) if r.by_token else None
        if top is not None:
            x = self.add("Mul", x, self.add("Div", self.constant("one", np.float32(1)), top))
        step, zero = self.constant(name + ".step", np.float32(r.step)), self.constant(f"zero_{r.zero}", np.uint8(r.zero))
        w = self.add("DequantizeLinear", self.constant(name + ".q", r.weight), self.constant(name + ".scale", r.scale), axis=1)
        coarse = self.add("DequantizeLinear", self.add("QuantizeLinear", x, step, zero), step, zero)
        product = self.add("MatMul", coarse, w)
        if r.fine:
            step, zero = self.constant(name + ".fine_step", np.float32(r.step / 254)), self.constant("zero_128", np.uint8(128))
            left = self.add("DequantizeLinear", self.add("QuantizeLinear", self.add("Sub", x, coarse), step, zero), step, zero)
            product = self.add("Add", product, self.add("MatMul", left, w))
        return self.add("Add", product if top is None else self.add("Mul", product, top), self.constant(name + ".bias", r.bias))

    def layer_norm(self, name: str, x: str, weights: dict) -> str:
        return self.add("LayerNormalization", x, self.constant(name + ".gamma", weights[name + ".weight"]),
                        self.constant(name + ".beta", weights[name + ".bias"]), axis=-1, epsilon=EPS)


def rows(graph: Graph, table: np.ndarray, ids: str) -> str:
    """Looks up word vectors; the int8 table keeps one scale a row, so that rare words lose nothing to common ones."""
    if graph.rounded is None:
        return graph.add("Gather", graph.constant("words", table), ids)
    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12) / 127.0
    q = np.clip(np.rint(table / scale), -127, 127).astype(np.int8)
    picked = graph.add("Cast", graph.add("Gather", graph.constant("words.q", q), ids), to=TensorProto.FLOAT)
    return graph.add("Mul", picked, graph.add("Gather", graph.constant("words.scale", scale.astype(np.float32)), ids))


def linears(weights: dict, layer: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The four linears of a layer by name: weight [in, out] and bias."""
    p = f"encoder.layer.{layer}."
    q, k, v = (p + f"attention.self.{n}" for n in ("query", "key", "value"))
    # The 1/sqrt(d) of the scores is folded into the query weights.
    s = np.float32(1 / np.sqrt(HEAD_SIZE))
    w = np.concatenate([weights[q + ".weight"].T * s, weights[k + ".weight"].T, weights[v + ".weight"].T], axis=1)
    b = np.concatenate([weights[q + ".bias"] * s, weights[k + ".bias"], weights[v + ".bias"]])
    others = (p + n for n in ("attention.output.dense", "intermediate.dense", "output.dense"))
    return {p + "qkv": (w, b), **{n: (weights[n + ".weight"].T, weights[n + ".bias"]) for n in others}}


def attention(g: Graph, x: str, bias: str, linear: dict, p: str) -> str:
    qkv = g.add("Reshape", g.linear(p + "qkv", x, *linear[p + "qkv"]), g.ints(0, 0, 3 * HEADS, HEAD_SIZE))
    query, key, value = g.add("Split", qkv, g.ints(HEADS, HEADS, HEADS), outputs=3, axis=2)
    query, value = (g.add("Transpose", t, perm=[0, 2, 1, 3]) for t in (query, value))
    scores = g.add("Add", g.add("MatMul", query, g.add("Transpose", key, perm=[0, 2, 3, 1])), bias)
    context = g.add("MatMul", g.add("Softmax", scores, axis=-1), value)
    merged = g.add("Reshape", g.add("Transpose", context, perm=[0, 2, 1, 3]), g.ints(0, 0, HIDDEN))
    return g.linear(p + "attention.output.dense", merged, *linear[p + "attention.output.dense"])


def encode(g: Graph, weights: dict, max_tokens: int, mask: str) -> str:
    """The six layers: input_ids -> the tokens' vectors [B,S,H]."""
    x = rows(g, weights["embeddings.word_embeddings.weight"], "input_ids")
    # One segment only, so its vector is added to the positions once and for all.
    place = weights["embeddings.position_embeddings.weight"][:max_tokens] + weights["embeddings.token_type_embeddings.weight"][0]
    length = g.add("Shape", "input_ids", start=1, end=2)
    x = g.add("Add", x, g.add("Slice", g.constant("places", place), g.ints(0), length, g.ints(0)))
    x = g.layer_norm("embeddings.LayerNorm", x, weights)
    hidden = g.add("Mul", g.add("Sub", mask, g.constant("one", np.float32(1))), g.constant("far", np.float32(1e4)))
    bias = g.add("Unsqueeze", hidden, g.ints(1, 2))
    for layer in range(LAYERS):
        p, linear = f"encoder.layer.{layer}.", linears(weights, layer)
        up, down = p + "intermediate.dense", p + "output.dense"
        x = g.layer_norm(p + "attention.output.LayerNorm", g.add("Add", attention(g, x, bias, linear, p), x), weights)
        h = g.linear(down, g.add("Gelu", g.linear(up, x, *linear[up])), *linear[down])
        x = g.layer_norm(p + "output.LayerNorm", g.add("Add", h, x), weights)
    return x


def build(weights: dict, max_tokens: int, rounded: dict[str, Rounded] | None = None, head: np.ndarray | None = None, show_inputs: bool = False):
    """The encoder: input_ids, attention_mask int64 [B,S] -> embedding float32 [B,384], mean-pooled, unit length.

    rounded: the linears in int8 (rounding.py); float32 without. head: a matrix that the mean is multiplied with before it is
    scaled. show_inputs: what each linear reads is an output too, by the linear's name.
    """
    g = Graph(rounded)
    mask = g.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    x = encode(g, weights, max_tokens, mask)
    # Mean of the real tokens: [B,1,S] x [B,S,H]; the division by the count cancels in the normalisation.
    total = g.add("Squeeze", g.add("MatMul", g.add("Unsqueeze", mask, g.ints(1)), x), g.ints(1))
    if head is not None:
        total = g.add("MatMul", total, g.constant("head", head.astype(np.float32)))
    norm = g.add("Max", g.add("ReduceL2", total, g.ints(1), keepdims=1), g.constant("tiny", np.float32(1e-12)))
    g.nodes.append(helper.make_node("Div", [total, norm], ["embedding"], name="normalise"))
    tokens = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "tokens"]) for n in ("input_ids", "attention_mask")]
    outputs = [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", HIDDEN])]
    if show_inputs:
        g.nodes += [helper.make_node("Identity", [read], [name]) for name, read in g.inputs.items()]
        outputs += [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", "tokens", None]) for name in g.inputs]
    graph = helper.make_graph(g.nodes, "minilm-l6-v2", tokens, outputs, list(g.constants.values()))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="cinedeepmatch")
