"""The MiniLM encoder in PyTorch, with the names that its published weights have."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

HIDDEN, HEADS, LAYERS, EPS = 384, 12, 6, 1e-12


class Encoder(nn.Module):
    """Token ids [B,S] and lengths [B] -> unit vectors [B,384]: the mean of the real tokens, as the served graph has it."""

    def __init__(self, weights: dict[str, Tensor]):
        super().__init__()
        self.names = {name.replace(".", "/"): name for name in weights if not name.startswith("pooler") and "position_ids" not in name}
        for safe, name in self.names.items():
            self.register_parameter(safe, nn.Parameter(weights[name].float()))

    def weight(self, name: str) -> Tensor:
        return self.get_parameter(name.replace(".", "/"))

    def state(self) -> dict[str, Tensor]:
        return {name: self.weight(name).detach().float().contiguous() for name in self.names.values()}

    def linear(self, name: str, x: Tensor) -> Tensor:
        return F.linear(x, self.weight(name + ".weight"), self.weight(name + ".bias"))

    def norm(self, name: str, x: Tensor) -> Tensor:
        return F.layer_norm(x.float(), (HIDDEN,), self.weight(name + ".weight"), self.weight(name + ".bias"), EPS)

    def forward(self, ids: Tensor, lengths: Tensor) -> Tensor:
        batch, width = ids.shape
        mask = torch.arange(width) < lengths[:, None]
        x = F.embedding(ids, self.weight("embeddings.word_embeddings.weight"))
        x = x + self.weight("embeddings.position_embeddings.weight")[:width] + self.weight("embeddings.token_type_embeddings.weight")[0]
        x = self.norm("embeddings.LayerNorm", x)
        for layer in range(LAYERS):
            p = f"encoder.layer.{layer}."
            q, k, v = (self.linear(p + f"attention.self.{n}", x).view(batch, width, HEADS, -1).transpose(1, 2) for n in ("query", "key", "value"))
            context = F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None, :])
            context = self.linear(p + "attention.output.dense", context.transpose(1, 2).reshape(batch, width, HIDDEN))
            x = self.norm(p + "attention.output.LayerNorm", x + context)
            h = self.linear(p + "output.dense", F.gelu(self.linear(p + "intermediate.dense", x)))
            x = self.norm(p + "output.LayerNorm", x + h)
        return F.normalize((x * mask[..., None]).sum(1), dim=-1)


def pad(rows: list[list[int]]) -> tuple[Tensor, Tensor]:
    lengths = torch.tensor([len(row) for row in rows])
    ids = torch.zeros(len(rows), int(lengths.max()), dtype=torch.long)
    for r, row in enumerate(rows):
        ids[r, : len(row)] = torch.tensor(row)
    return ids, lengths


def encode_all(encoder: Encoder, rows: list[list[int]], batch: int = 128) -> Tensor:
    """The vectors of many texts: sorted by length, so that little is padded."""
    order = sorted(range(len(rows)), key=lambda at: len(rows[at]))
    vectors = torch.empty(len(rows), HIDDEN)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for start in range(0, len(order), batch):
            at = order[start : start + batch]
            vectors[at] = encoder(*pad([rows[i] for i in at])).float()
    return vectors
