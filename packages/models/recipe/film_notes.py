"""Makes assets/film-notes/notes.ndjson and training/film-queries.ndjson from the writers' files.

    python film_notes.py wikipedia-movies.json.gz FILE.ndjson...

A writer's line is {"title", "year", "synopsis", "keywords", "queries"}. Synopses and keywords ship; queries only train.
The catalogue gives the names (facts, not text) by which a film is told from its namesakes, and nothing else.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import unicodedata
from pathlib import Path

RECIPE = Path(__file__).resolve().parent
STARTER = RECIPE.parent.parent / "server" / "assets" / "starter-catalog.ndjson"
MOST_PEOPLE = 8


def key(title: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", title.lower()) if not unicodedata.combining(c))
    words = re.findall(r"\w+", re.sub(r"(?<=\w)['’](?=\w)", "", plain))
    return " ".join([w for w in words if w not in {"the", "a", "an", "and"}] or words)


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def people_of(catalogue: Path) -> dict[tuple[str, int], list[str]]:
    """The cast of each film; of namesakes of one year the one that the catalogue tells most of."""
    films: dict[tuple[str, int], dict] = {}
    for movie in json.load(gzip.open(catalogue)):
        at = (key(movie["title"]), movie["year"])
        if at not in films or len(movie.get("extract", "")) > len(films[at].get("extract", "")):
            films[at] = movie
    return {at: movie["cast"][:MOST_PEOPLE] for at, movie in films.items()}


def write(path: Path, rows: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows))


def main(catalogue: Path, files: list[Path]) -> None:
    people = people_of(catalogue)
    starter = {(key(movie["title"]), movie["releaseYear"]) for movie in lines(STARTER)}
    notes: dict[tuple[str, int], dict] = {}
    for film in (film for file in files for film in lines(file)):
        notes.setdefault((key(film["title"]), film["year"]), film)
    ordered = [notes[at] for at in sorted(notes, key=lambda at: (at[1], at[0]))]
    # The starter catalogue's own synopses are notes already.
    write(RECIPE.parent / "assets" / "film-notes" / "notes.ndjson", [
        {"title": film["title"], "year": film["year"], "people": people.get((key(film["title"]), film["year"]), []),
         "synopsis": film["synopsis"], "keywords": film["keywords"]}
        for film in ordered if (key(film["title"]), film["year"]) not in starter])
    write(RECIPE / "training" / "film-queries.ndjson",
          [{"title": film["title"], "year": film["year"], "queries": film["queries"]} for film in ordered])
    found = sum((key(f["title"]), f["year"]) in people for f in ordered)
    print(f"{len(ordered)} films, {found} of them in the catalogue")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
