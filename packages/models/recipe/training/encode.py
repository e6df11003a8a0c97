"""Writes the vectors of a JSON list of texts by an ONNX encoder, float32, one after another: of a text of several lines
the mean of its lines, as the server has it.

    python encode.py model.onnx tokenizer.json texts.json texts.bin
"""

from __future__ import annotations

import json
import sys

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

BATCH, MOST_TOKENS = 32, 256


def main(model: str, tokenizer_file: str, texts_file: str, output: str) -> None:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(tokenizer_file)
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_TOKENS)
    texts = json.load(open(texts_file))
    lines = [(owner, line) for owner, text in enumerate(texts) for line in ([l for l in text.split("\n") if l.strip()] or [""])]
    rows = [encoded.ids for encoded in tokenizer.encode_batch([line for _, line in lines])]
    sums = np.zeros((len(texts), 384), np.float32)
    order = sorted(range(len(rows)), key=lambda at: len(rows[at]))
    for start in range(0, len(order), BATCH):
        at = order[start : start + BATCH]
        width = max(len(rows[i]) for i in at)
        ids = np.array([rows[i] + [0] * (width - len(rows[i])) for i in at], np.int64)
        mask = np.array([[1] * len(rows[i]) + [0] * (width - len(rows[i])) for i in at], np.int64)
        vectors = session.run(["embedding"], {"input_ids": ids, "attention_mask": mask})[0]
        np.add.at(sums, [lines[i][0] for i in at], vectors)
    sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    sums.tofile(output)


if __name__ == "__main__":
    main(*sys.argv[1:])
