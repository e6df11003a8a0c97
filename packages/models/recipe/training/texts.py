"""Writes what the encoder has to encode for training: queries with their films, texts to distil from, words, movies.

    python texts.py passages.ndjson tokenizer.json FOLDER
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from pairs import Pairs

SEED, TO_DISTIL, MOST_PASSAGES = 5, 16_000, 12


def asked(pairs: Pairs) -> list[tuple[int, str]]:
    """Queries for films that have a note: as people typed them, its sentences, and some of its keywords."""
    found = [(at, query) for at in pairs.asked for query in pairs.movies[at]["queries"]]
    for at in pairs.noted:
        movie = pairs.movies[at]
        found += [(at, sentence) for sentence in movie["noted"][:-1]]
        for _ in range(2):
            picked = pairs.random.sample(movie["keywords"], min(len(movie["keywords"]), pairs.random.randint(2, 4)))
            found.append((at, " ".join(picked).lower()))
    return found


def main(passages: Path, tokenizer: Path, folder: Path) -> None:
    pairs = Pairs(passages, Path(__file__).parent / "film-queries.ndjson", SEED)
    queries = asked(pairs)
    distilled: set[str] = set()
    while len(distilled) < TO_DISTIL:
        distilled.add(pairs.draw()[1])
    texts = sorted(distilled)
    random.Random(SEED).shuffle(texts)
    vocabulary = json.loads(tokenizer.read_text())["model"]["vocab"]
    words = [word.removeprefix("##") for word in sorted(vocabulary, key=vocabulary.__getitem__)]
    lists = {
        "queries": [query for _, query in queries],
        "texts": texts + [query for _, query in queries],
        "words": ["" if word.startswith("[") else word for word in words],
        "plain": ["\n".join(movie["passages"][:MOST_PASSAGES]) for movie in pairs.movies],
        "noted": ["\n".join((movie["noted"] + movie["passages"])[:MOST_PASSAGES]) for movie in pairs.movies],
    }
    for name, of in lists.items():
        (folder / f"{name}.json").write_text(json.dumps(of))
    (folder / "films.json").write_text(json.dumps([at for at, _ in queries]))


if __name__ == "__main__":
    main(*(Path(name) for name in sys.argv[1:4]))
