"""Learns what movies are remembered by: a linear layer behind MiniLM, for queries and movies alike.

    python train_head.py FOLDER head.npy

FOLDER has films.json and queries.bin, plain.bin and noted.bin (texts.py, encode.py). Each step tells 384 queries from each other's
films and from 2,048 other movies, by the softmax over cosines. The films' vectors are mostly those without their notes:
the notes say what the queries say, and what is to be learned is what the catalogue does not say.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

SEED, SIZE, BATCH, OTHERS, STEPS, RATE, DECAY, SCALE, NOTED = 7, 384, 384, 2048, 150, 5e-4, 1e-2, 30.0, 0.3


def main(folder: Path, output: str) -> None:
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    plain, noted, queries = (torch.from_numpy(np.fromfile(folder / f"{n}.bin", np.float32).reshape(-1, SIZE)) for n in ("plain", "noted", "queries"))
    films = torch.tensor(json.loads((folder / "films.json").read_text()))
    change = torch.zeros(SIZE, SIZE, requires_grad=True)
    optimizer = torch.optim.AdamW([change], lr=RATE, weight_decay=DECAY)
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = RATE * (1 - step / STEPS)
        chosen = torch.from_numpy(rng.choice(len(films), BATCH, replace=False))
        others = torch.from_numpy(rng.choice(len(plain), OTHERS, replace=False))
        movies = torch.cat([films[chosen], others])
        vectors = (noted if rng.random() < NOTED else plain)[movies]
        asked, items = (F.normalize(x + x @ change, dim=-1) for x in (queries[chosen], vectors))
        # A film is no negative of its own queries, wherever it turns up.
        again = movies[None, :] == films[chosen][:, None]
        again.fill_diagonal_(False)
        scores = (SCALE * asked @ items.T).masked_fill(again, -1e9)
        loss = F.cross_entropy(scores, torch.arange(BATCH))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 25 == 0:
            print(f"step {step} loss {loss.item():.3f}", flush=True)
    np.save(output, (torch.eye(SIZE) + change).detach().numpy())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
