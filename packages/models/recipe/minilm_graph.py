"""Writes the MiniLM encoder as a plain ONNX graph, straight from its weights.

The graph is written by hand instead of traced because that keeps it small (no shape arithmetic), keeps every operator
in the standard ONNX domain, and lets pooling and normalisation live inside, so that no caller can forget them.
"""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper, numpy_helper

HIDDEN, HEADS, LAYERS, EPS = 384, 12, 6, 1e-12
HEAD_SIZE = HIDDEN // HEADS
OPSET, IR_VERSION = 20, 10


class Graph:
    """Collects nodes and constants under unique names."""

    def __init__(self, quantise: bool):
        self.quantise, self.nodes, self.constants, self.count = quantise, [], {}, 0

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

        Quantised: weights int8 with one scale an output channel, activations uint8 with one scale a token. A scale a
        token (not a tensor, as DynamicQuantizeLinear has it) makes a text's vector independent of its neighbours in
        the batch and halves the error; it costs a third of the speed (measured: see the model card).
        """
        b = self.constant(name + ".bias", bias.astype(np.float32))
        if not self.quantise:
            return self.add("Add", self.add("MatMul", x, self.constant(name + ".weight", weight)), b)
        scale = np.maximum(np.abs(weight).max(axis=0), 1e-12) / 127.0
        q = np.clip(np.rint(weight / scale), -127, 127).astype(np.int8)
        xq, top = self.quantised(x)
        zero = self.constant("zero_point", np.array(128, np.uint8))
        product = self.add("MatMulInteger", xq, self.constant(name + ".q", q), zero)
        scales = self.constant(name + ".scale", (scale / 127.0).astype(np.float32))
        product = self.add("Mul", self.add("Cast", product, to=TensorProto.FLOAT), scales)
        return self.add("Add", self.add("Mul", product, top), b)

    def quantised(self, x: str) -> tuple[str, str]:
        top = self.add("ReduceMax", self.add("Abs", x), self.ints(-1), keepdims=1)
        top = self.add("Max", top, self.constant("tiny", np.float32(1e-12)))
        scaled = self.add("Mul", x, self.add("Div", self.constant("q_max", np.float32(127)), top))
        # The cast truncates, so the half added to the zero point rounds: values land in 1..255.
        return self.add("Cast", self.add("Add", scaled, self.constant("q_half", np.float32(128.5))), to=TensorProto.UINT8), top

    def layer_norm(self, name: str, x: str, weights: dict) -> str:
        return self.add("LayerNormalization", x, self.constant(name + ".gamma", weights[name + ".weight"]),
                        self.constant(name + ".beta", weights[name + ".bias"]), axis=-1, epsilon=EPS)


def rows(graph: Graph, table: np.ndarray, ids: str) -> str:
    """Looks up word vectors; the int8 table keeps one scale a row, so that rare words lose nothing to common ones."""
    if not graph.quantise:
        return graph.add("Gather", graph.constant("words", table), ids)
    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-12) / 127.0
    q = np.clip(np.rint(table / scale), -127, 127).astype(np.int8)
    picked = graph.add("Cast", graph.add("Gather", graph.constant("words.q", q), ids), to=TensorProto.FLOAT)
    return graph.add("Mul", picked, graph.add("Gather", graph.constant("words.scale", scale.astype(np.float32)), ids))


def attention(g: Graph, x: str, bias: str, weights: dict, p: str) -> str:
    q, k, v = (p + f"attention.self.{n}" for n in ("query", "key", "value"))
    # The 1/sqrt(d) of the scores is folded into the query weights.
    s = np.float32(1 / np.sqrt(HEAD_SIZE))
    w = np.concatenate([weights[q + ".weight"].T * s, weights[k + ".weight"].T, weights[v + ".weight"].T], axis=1)
    b = np.concatenate([weights[q + ".bias"] * s, weights[k + ".bias"], weights[v + ".bias"]])
    qkv = g.add("Reshape", g.linear(p + "qkv", x, w, b), g.ints(0, 0, 3 * HEADS, HEAD_SIZE))
    query, key, value = g.add("Split", qkv, g.ints(HEADS, HEADS, HEADS), outputs=3, axis=2)
    query, value = (g.add("Transpose", t, perm=[0, 2, 1, 3]) for t in (query, value))
    scores = g.add("Add", g.add("MatMul", query, g.add("Transpose", key, perm=[0, 2, 3, 1])), bias)
    context = g.add("MatMul", g.add("Softmax", scores, axis=-1), value)
    merged = g.add("Reshape", g.add("Transpose", context, perm=[0, 2, 1, 3]), g.ints(0, 0, HIDDEN))
    o = p + "attention.output.dense"
    return g.linear(o, merged, weights[o + ".weight"].T, weights[o + ".bias"])


def build(weights: dict, quantise: bool, max_tokens: int, head: np.ndarray | None = None):
    """The encoder: input_ids, attention_mask int64 [B,S] -> embedding float32 [B,384], mean-pooled, unit length.

    head: a matrix that the mean is multiplied with before it is scaled.
    """
    g = Graph(quantise)
    x = rows(g, weights["embeddings.word_embeddings.weight"], "input_ids")
    # One segment only, so its vector is added to the positions once and for all.
    place = weights["embeddings.position_embeddings.weight"][:max_tokens] + weights["embeddings.token_type_embeddings.weight"][0]
    length = g.add("Shape", "input_ids", start=1, end=2)
    x = g.add("Add", x, g.add("Slice", g.constant("places", place), g.ints(0), length, g.ints(0)))
    x = g.layer_norm("embeddings.LayerNorm", x, weights)
    mask = g.add("Cast", "attention_mask", to=TensorProto.FLOAT)
    hidden = g.add("Mul", g.add("Sub", mask, g.constant("one", np.float32(1))), g.constant("far", np.float32(1e4)))
    bias = g.add("Unsqueeze", hidden, g.ints(1, 2))
    for layer in range(LAYERS):
        p = f"encoder.layer.{layer}."
        x = g.layer_norm(p + "attention.output.LayerNorm", g.add("Add", attention(g, x, bias, weights, p), x), weights)
        up, down = p + "intermediate.dense", p + "output.dense"
        h = g.linear(up, x, weights[up + ".weight"].T, weights[up + ".bias"])
        h = g.add("Gelu", h)
        h = g.linear(down, h, weights[down + ".weight"].T, weights[down + ".bias"])
        x = g.layer_norm(p + "output.LayerNorm", g.add("Add", h, x), weights)
    # Mean of the real tokens: [B,1,S] x [B,S,H]; the division by the count cancels in the normalisation.
    total = g.add("Squeeze", g.add("MatMul", g.add("Unsqueeze", mask, g.ints(1)), x), g.ints(1))
    if head is not None:
        total = g.add("MatMul", total, g.constant("head", head.astype(np.float32)))
    norm = g.add("Max", g.add("ReduceL2", total, g.ints(1), keepdims=1), g.constant("tiny", np.float32(1e-12)))
    g.nodes.append(helper.make_node("Div", [total, norm], ["embedding"], name="normalise"))
    tokens = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "tokens"]) for n in ("input_ids", "attention_mask")]
    output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", HIDDEN])
    graph = helper.make_graph(g.nodes, "minilm-l6-v2", tokens, [output], list(g.constants.values()))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="cinedeepmatch")
