"""Writes the quick encoder as an ONNX graph: a vector a word, their mean, one projection."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from minilm_graph import HIDDEN, IR_VERSION, OPSET


def quantised(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    scale = np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-12) / 127.0
    return np.clip(np.rint(rows / scale), -127, 127).astype(np.int8), scale.astype(np.float32)


def build(words: np.ndarray, projection: np.ndarray, bias: np.ndarray):
    """input_ids, attention_mask int64 [B,S] -> embedding float32 [B,384], unit length; the words int8, a scale a row."""
    table, scale = quantised(words)
    constants = {"words": table, "scales": scale, "projection": projection.astype(np.float32), "bias": bias.astype(np.float32),
                 "tokens": np.array([1], np.int64), "last": np.array([-1], np.int64), "tiny": np.float32(1e-12)}
    node = helper.make_node
    nodes = [
        node("Gather", ["words", "input_ids"], ["picked"]),
        node("Cast", ["picked"], ["wide"], to=TensorProto.FLOAT),
        node("Gather", ["scales", "input_ids"], ["scale"]),
        node("Cast", ["attention_mask"], ["real"], to=TensorProto.FLOAT),
        node("Unsqueeze", ["real", "last"], ["column"]),
        node("Mul", ["scale", "column"], ["weight"]),
        node("Mul", ["wide", "weight"], ["weighed"]),
        node("ReduceSum", ["weighed", "tokens"], ["sum"], keepdims=0),
        # A text's length does not matter to the projection, only what it is about.
        node("ReduceL2", ["sum", "last"], ["length"], keepdims=1),
        node("Max", ["length", "tiny"], ["divisor"]),
        node("Div", ["sum", "divisor"], ["bag"]),
        node("MatMul", ["bag", "projection"], ["turned"]),
        node("Add", ["turned", "bias"], ["moved"]),
        node("ReduceL2", ["moved", "last"], ["norm"], keepdims=1),
        node("Div", ["moved", "norm"], ["embedding"]),
    ]
    tokens = [helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "tokens"]) for n in ("input_ids", "attention_mask")]
    output = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", HIDDEN])
    graph = helper.make_graph(nodes, "minilm-words", tokens, [output], [numpy_helper.from_array(np.asarray(v), n) for n, v in constants.items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="cinedeepmatch")
