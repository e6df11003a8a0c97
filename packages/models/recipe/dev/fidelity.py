"""Says what rounding costs: the int8 encoder beside the float32 one, on the same texts and queries.

    python dev/fidelity.py float32.onnx passages.ndjson FOLDER [other.onnx]

float32.onnx: build.py --float32; passages.ndjson: training/dump-passages.ts; FOLDER takes and keeps the vectors; the model that
ships unless another is named. The queries are the development ones and those that the layer learned from
(training/film-queries.ndjson). The latter say nothing of how good the encoder is: they compare two precisions, and are many.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import numpy as np

RECIPE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(RECIPE / "training"))
import encode  # noqa: E402
from pairs import key  # noqa: E402

ASSETS = RECIPE.parent / "assets" / "movie-minilm-l6-int8"
SEED, SENTENCES, MOST_PASSAGES = 11, 1500, 12


def development(movies: list[dict]) -> list[tuple[str, int]]:
    at = {(movie.get("href"), movie["year"]): i for i, movie in reversed(list(enumerate(movies)))}
    queries = [json.loads(line) for line in (RECIPE / "dev" / "dev-queries.jsonl").read_text().splitlines()]
    return [(query["query"], at[query["href"], query["year"]]) for query in queries]


def training(movies: list[dict]) -> list[tuple[str, int]]:
    at = {(key(movie["title"]), movie["year"]): i for i, movie in reversed(list(enumerate(movies)))}
    films = [json.loads(line) for line in (RECIPE / "training" / "film-queries.ndjson").read_text().splitlines()]
    found = [(query, at.get((key(film["title"]), film["year"]))) for film in films for query in film["queries"]]
    return [(query, film) for query, film in found if film is not None]


def vectors(model: Path, name: str, texts: list[str], folder: Path) -> np.ndarray:
    file, listed = folder / f"{model.stem}-{name}.bin", folder / f"{name}.json"
    if not file.exists():
        listed.write_text(json.dumps(texts))
        encode.main(str(model), str(ASSETS / "tokenizer.json"), str(listed), str(file))
    return np.fromfile(file, np.float32).reshape(len(texts), -1)


def ranks(queries: np.ndarray, movies: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """How many movies are nearer than the one that is wanted."""
    found = []
    for start in range(0, len(queries), 256):
        scores, right = queries[start : start + 256] @ movies.T, wanted[start : start + 256]
        found.append((scores > scores[np.arange(len(right)), right][:, None]).sum(axis=1))
    return np.concatenate(found)


def main(float32: Path, passages: Path, folder: Path, model: Path = ASSETS / "model.onnx") -> None:
    movies = [json.loads(line) for line in passages.read_text().splitlines()]
    read = [(movie["noted"] + movie["passages"])[:MOST_PASSAGES] for movie in movies]
    asked = {"dev": development(movies), "training": training(movies)}
    texts = {"sentences": random.Random(SEED).sample([text for movie in read for text in movie], SENTENCES),
             "movies": ["\n".join(movie) for movie in read], **{name: [text for text, _ in of] for name, of in asked.items()}}
    both = {name: [vectors(of, name, texts[name], folder) for of in (float32, model)] for name in texts}
    for name, (exact, rounded) in both.items():
        cosine = (exact * rounded).sum(axis=1)
        print(f"{name:10} {len(cosine):6} cosine: mean {cosine.mean():.5f}  lowest {cosine.min():.5f}")
    for name, of in asked.items():
        wanted, figures = np.array([film for _, film in of]), []
        for which, label in enumerate(("float32", "int8")):
            rank = ranks(both[name][which], both["movies"][which], wanted)
            figures.append(np.array([(rank < 1).mean(), (rank < 10).mean(), (rank < 100).mean(), (1 / (rank + 1)).mean()]))
            print(f"{name:10} {label:8} S@1 {{:.4f}}  S@10 {{:.4f}}  S@100 {{:.4f}}  MRR {{:.4f}}".format(*figures[-1]))
        print(f"{name:10} kept     S@1 {{:.4f}}  S@10 {{:.4f}}  S@100 {{:.4f}}  MRR {{:.4f}}".format(*(figures[1] / figures[0])))


if __name__ == "__main__":
    main(*(Path(name) for name in sys.argv[1:]))
