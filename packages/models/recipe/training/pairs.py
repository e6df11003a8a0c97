"""Makes training pairs of our own: what somebody might type, and the movie that it is about."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

STOP = set("a about after all an and any are as at be because been before being but by can could did do does for from had has have he her him his how i if in into is it its of off on or our out over own she so some than that the their them then there these they this to too up very was we were what when where which while who whom why will with would you your".split())
OPENINGS = ["movie where {}", "film where {}", "that movie with {}", "the one where {}", "a movie about {}", "film about {}", "what's the movie where {}", "{} movie", "i remember {}", "old movie {}", "there's a scene where {}"]
NAMES = re.compile(r"\w+")


def key(title: str) -> str:
    return " ".join(w for w in NAMES.findall(re.sub(r"['’]", "", title.lower())) if w not in {"the", "a", "an", "and"})


class Pairs:
    def __init__(self, passages: Path, queries: Path, seed: int):
        self.random = random.Random(seed)
        self.movies = [json.loads(line) for line in passages.open()]
        asked: dict[tuple[str, int], list[str]] = {}
        for line in queries.open():
            film = json.loads(line)
            asked[(key(film["title"]), film["year"])] = film["queries"]
        for movie in self.movies:
            movie["queries"] = asked.get((key(movie["title"]), movie["year"]), [])
        self.asked = [i for i, m in enumerate(self.movies) if m["queries"]]
        self.noted = [i for i, m in enumerate(self.movies) if m["noted"]]
        self.told = [i for i, m in enumerate(self.movies) if len(m["passages"]) >= 2]

    def texts_of(self, at: int) -> list[str]:
        return self.movies[at]["noted"] + self.movies[at]["passages"]

    def crop(self, movie: dict, sentence: str) -> str:
        """A part of a sentence as somebody types it from memory: without the title, words dropped, sometimes in bad order."""
        rng, own = self.random, set(NAMES.findall(movie["title"].lower()))
        words = [w for w in re.findall(r"[\w'’-]+", sentence.lower()) if w not in own or w in STOP]
        if rng.random() < 0.5:
            words = [w for w in words if w not in STOP]
            words = [w for w in words if rng.random() < 0.7] or words
            words = words[: rng.randint(3, 9)]
            if rng.random() < 0.2:
                rng.shuffle(words)
        else:
            length = rng.randint(6, 18)
            start = rng.randint(0, max(0, len(words) - length))
            words = [w for w in words[start : start + length] if rng.random() < 0.92]
        return " ".join(words)

    def dress(self, movie: dict, text: str) -> str:
        rng = self.random
        if rng.random() < 0.15 and movie["genres"]:
            text = f"{rng.choice(movie['genres']).lower()} {text}"
        if rng.random() < 0.15:
            year = movie["year"]
            text += " " + rng.choice([f"{year // 10 * 10}s", f"{year % 100 // 10 * 10}s", str(year), f"from the {year // 10 * 10}s"])
        return rng.choice(OPENINGS).format(text) if rng.random() < 0.3 else text

    def draw(self) -> tuple[int, str, list[str]]:
        """A movie, a query for it, and those of its passages that the query was not made of."""
        rng, kind = self.random, self.random.random()
        if kind < 0.35 and self.asked:
            at = rng.choice(self.asked)
            return at, rng.choice(self.movies[at]["queries"]), self.texts_of(at)
        if kind < 0.5:
            at = rng.choice(self.noted)
            movie = self.movies[at]
            picked = rng.sample(movie["keywords"], min(len(movie["keywords"]), rng.randint(2, 4)))
            rest = [text for text in self.texts_of(at) if text != ", ".join(movie["keywords"])]
            return at, self.dress(movie, " ".join(picked).lower()), rest
        at = rng.choice(self.noted if kind < 0.65 else self.told)
        movie, texts = self.movies[at], self.texts_of(at)
        source = rng.choice(texts[1:] if not movie["noted"] else texts)
        rest = [text for text in texts if text is not source]
        return at, self.dress(movie, self.crop(movie, source)) or movie["title"], rest
