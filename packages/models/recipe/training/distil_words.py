"""Distils the encoder into a table of words: learns, for short texts of our own, the vectors that the encoder gives them.

    python distil_words.py tokenizer.json texts.json texts.bin words.json words.bin words.npz

texts: what somebody might type (pairs.py); words: each entry of the vocabulary by itself; .bin: their vectors by the
encoder, float32, as encode-texts.ts writes them.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

SEED, WIDTH, HIDDEN, BATCH, EPOCHS, HELD_OUT, RATE = 7, 256, 384, 256, 6, 1500, 2e-3
COMMON = 1e-3


def bags(tokenizer: Tokenizer, texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    rows = [encoded.ids for encoded in tokenizer.encode_batch(texts)]
    return torch.tensor([i for row in rows for i in row]), torch.tensor(np.cumsum([0] + [len(r) for r in rows[:-1]]))


def main(tokenizer_file: str, texts_file: str, texts_bin: str, words_file: str, words_bin: str, output: str) -> None:
    torch.manual_seed(SEED)
    tokenizer = Tokenizer.from_file(tokenizer_file)
    tokenizer.no_padding()
    texts = json.load(open(texts_file))
    target = torch.from_numpy(np.fromfile(texts_bin, np.float32).reshape(-1, HIDDEN))
    alone = torch.from_numpy(np.fromfile(words_bin, np.float32).reshape(len(json.load(open(words_file))), HIDDEN))
    ids, _ = bags(tokenizer, texts)
    share = torch.bincount(ids, minlength=len(alone)).float() / len(ids)
    centred = alone - alone.mean(0)
    axes = torch.linalg.svd(centred, full_matrices=False).Vh[:WIDTH]
    # A word says the less the more common it is.
    table = torch.nn.Parameter(centred @ axes.T * (COMMON / (COMMON + share))[:, None])
    projection, bias = torch.nn.Parameter(axes.clone()), torch.nn.Parameter(target.mean(0).clone() * 0.5)
    # Only the words of a batch are touched, so that a step costs little.
    optimizers = [torch.optim.SparseAdam([table], lr=RATE * 0.5), torch.optim.Adam([projection, bias], lr=RATE)]

    def read(chosen: list[int]) -> torch.Tensor:
        flat, starts = bags(tokenizer, [texts[i] for i in chosen])
        return F.normalize(F.normalize(F.embedding_bag(flat, table, starts, mode="sum", sparse=True), dim=-1) @ projection + bias, dim=-1)

    def held() -> float:
        with torch.no_grad():
            return float((read(list(range(HELD_OUT))) * target[:HELD_OUT]).sum(1).mean())

    rng = np.random.default_rng(SEED)
    print(f"held-out cosine {held():.4f}", flush=True)
    best, kept = 0.0, None
    for epoch in range(EPOCHS):
        for optimizer, rate in zip(optimizers, (RATE * 0.5, RATE)):
            optimizer.param_groups[0]["lr"] = rate * (1 - epoch / EPOCHS)
        order = rng.permutation(np.arange(HELD_OUT, len(texts)))
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH].tolist()
            read_now = read(chosen)
            # Near to the encoder's vector, and nearer to it than to those of the other texts.
            cosine = (read_now * target[chosen]).sum(1).mean()
            loss = (1 - cosine) + 0.1 * F.cross_entropy(20 * read_now @ target[chosen].T, torch.arange(len(chosen)))
            for optimizer in optimizers:
                optimizer.zero_grad()
            loss.backward()
            for optimizer in optimizers:
                optimizer.step()
        now = held()
        print(f"epoch {epoch} held-out cosine {now:.4f}", flush=True)
        if now > best:
            best, kept = now, [t.detach().numpy().copy() for t in (table, projection, bias)]
    np.savez(output, words=kept[0], projection=kept[1], bias=kept[2])


if __name__ == "__main__":
    main(*sys.argv[1:])
