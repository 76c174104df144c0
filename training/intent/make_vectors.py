"""Makes the table of static token vectors from a small sentence encoder, once.

`python training/intent/make_vectors.py MODEL_FOLDER` needs torch and safetensors, and the folder of
all-MiniLM-L6-v2 (sentence-transformers; Apache-2.0; model.safetensors with the SHA-256 below, vocab.txt). Each
word piece goes through the encoder alone, its output is averaged over its positions; the vectors are reduced by
principal components, weighted down where the piece is common (Zipf's law by rank, as in Model2Vec, Tulkens and van
Dongen 2024), and stored as int8. Writes `src/bottega/intent/token_vectors.npz`.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TARGET = Path(__file__).parents[2] / "src" / "bottega" / "intent" / "token_vectors.npz"
HEADS, LAYERS, CLS, SEP = 12, 6, 101, 102
PLAIN = 1996
"""Pieces before this place of the vocabulary are markers, unused places and single characters."""


def encode(weights: dict[str, torch.Tensor], ids: torch.Tensor) -> torch.Tensor:
    """Token ids (batch x length, no padding) to sentence vectors (batch x 384): BERT, mean of the positions."""

    def norm(x: torch.Tensor, name: str) -> torch.Tensor:
        weight, bias = weights[f"{name}.weight"], weights[f"{name}.bias"]
        return torch.nn.functional.layer_norm(x, weight.shape, weight, bias, eps=1e-12)

    def linear(x: torch.Tensor, name: str) -> torch.Tensor:
        return torch.nn.functional.linear(x, weights[f"{name}.weight"], weights[f"{name}.bias"])

    length = ids.shape[1]
    x = weights["embeddings.word_embeddings.weight"][ids]
    x = x + weights["embeddings.position_embeddings.weight"][:length]
    x = norm(x + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}"
        query, key, value = (
            linear(x, f"{at}.attention.self.{part}").unflatten(-1, (HEADS, -1)).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        mixed = torch.nn.functional.scaled_dot_product_attention(query, key, value)
        mixed = linear(mixed.transpose(1, 2).flatten(2), f"{at}.attention.output.dense")
        x = norm(x + mixed, f"{at}.attention.output.LayerNorm")
        inner = torch.nn.functional.gelu(linear(x, f"{at}.intermediate.dense"))
        x = norm(x + linear(inner, f"{at}.output.dense"), f"{at}.output.LayerNorm")
    return x.mean(dim=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dimensions", type=int, default=128)
    options = parser.parse_args()
    file = options.folder / "model.safetensors"
    if hashlib.sha256(file.read_bytes()).hexdigest() != SHA256:
        raise SystemExit(f"{file} is not the model that this table is made from")
    weights = load_file(file)
    vocabulary = (options.folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    with torch.inference_mode():
        batches = torch.arange(len(vocabulary)).split(512)
        vectors = torch.cat(
            [
                encode(weights, torch.stack([torch.full_like(b, CLS), b, torch.full_like(b, SEP)], 1))
                for b in batches
            ]
        ).numpy()
    centred = vectors - vectors[PLAIN:].mean(axis=0)
    _, _, directions = np.linalg.svd(centred[PLAIN:], full_matrices=False)
    small = centred @ directions[: options.dimensions].T
    small *= np.log(1 + np.arange(len(vocabulary)))[:, None] / np.log(1 + len(vocabulary))
    scale = np.abs(small).max(axis=0) / 127
    np.savez_compressed(
        TARGET,
        table=np.clip(np.rint(small / scale), -127, 127).astype(np.int8),
        scale=scale.astype(np.float32),
        vocabulary=np.frombuffer("\n".join(vocabulary).encode(), np.uint8),
    )
    digest = hashlib.sha256(TARGET.read_bytes()).hexdigest()
    TARGET.with_suffix(".sha256").write_text(digest + "\n", encoding="ascii")
    print(f"{TARGET}: {TARGET.stat().st_size / 1e6:.1f} MB, {small.shape}")


if __name__ == "__main__":
    main()
