"""Writes the exact top-k scan: every item against every query, in two standard operators."""

from onnx import TensorProto, helper


def build(opset: int, ir_version: int):
    """items [N,D], query [B,D], mask [B,N] or [1,N] (added to the scores), k int64 [1] -> values, indices int64 [B,k]."""
    nodes = [
        # transB reads the items row by row as they lie in memory: half the time of MatMul for one query.
        helper.make_node("Gemm", ["query", "items"], ["scores"], transB=1),
        helper.make_node("Add", ["scores", "mask"], ["masked"]),
        helper.make_node("TopK", ["masked", "k"], ["values", "indices"], axis=1, largest=1, sorted=1),
    ]
    value = helper.make_tensor_value_info
    inputs = [
        value("items", TensorProto.FLOAT, ["items", "dimension"]),
        value("query", TensorProto.FLOAT, ["batch", "dimension"]),
        value("mask", TensorProto.FLOAT, ["mask_batch", "mask_items"]),
        value("k", TensorProto.INT64, [1]),
    ]
    outputs = [value("values", TensorProto.FLOAT, ["batch", "k"]), value("indices", TensorProto.INT64, ["batch", "k"])]
    graph = helper.make_graph(nodes, "scan", inputs, outputs)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir_version, producer_name="cinedeepmatch")
