"""Runs the float32 encoder over texts of our own and keeps what each of its linears reads."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from tokenizers import Tokenizer

SEED, SHORT, LONG, NOTES_OF_A_LONG_TEXT = 5, 640, 24, 5
NOTES = Path(__file__).resolve().parent.parent / "assets" / "film-notes" / "notes.ndjson"


def texts() -> list[str]:
    """Sentences, keywords and credits of our notes on films, and some texts as long as the encoder reads."""
    notes = [json.loads(line) for line in NOTES.read_text().splitlines()]
    rng = random.Random(SEED)
    rng.shuffle(notes)
    short = [text for note in notes for text in (*note["synopsis"].split(". "), ", ".join(note["keywords"]))]
    # Quotation marks, brackets, digits and names are in catalogues, and not in the notes' sentences.
    short += [f'"{note["title"]}" ({note["year"]}) is a film starring {", ".join(note["people"])}.' for note in notes]
    long = [" ".join(note["synopsis"] for note in notes[at : at + NOTES_OF_A_LONG_TEXT]) for at in range(0, LONG * NOTES_OF_A_LONG_TEXT, NOTES_OF_A_LONG_TEXT)]
    return rng.sample(short, SHORT) + long


def read(encoder: onnx.ModelProto, tokenizer: Tokenizer, max_tokens: int) -> dict[str, np.ndarray]:
    """By linear: its input at every token of the texts, [tokens, in]. encoder: built with show_inputs."""
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    session = onnxruntime.InferenceSession(encoder.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()][1:]
    found: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for encoded in tokenizer.encode_batch(texts()):
        ids = np.array([encoded.ids], np.int64)
        for name, value in zip(names, session.run(names, {"input_ids": ids, "attention_mask": np.ones_like(ids)})):
            found[name].append(value[0])
    return {name: np.concatenate(values) for name, values in found.items()}
