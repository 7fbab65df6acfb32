"""Train the negativity model: ``python -m detectors.negativity.train --data DIR --seed N``.

Logistic regression on the hashed features of `detectors.negativity.features`, negative against the rest, over all
languages at once. Reads ``train.jsonl.gz`` and ``train_brands.jsonl.gz`` of the directory and nothing else; the sets
for validation are `detectors.negativity.evaluate`'s. The same data, seed and versions give the same file to the byte.

The matrix of texts by features is never built: a text is its pieces (matrix `texts`) and its pairs across pieces
(`pairs`), a piece its features (`pieces`), which makes a pass over the corpus five times shorter.
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit

from detectors.negativity.features import HASH_BITS, PAIR, read, runs, split
from detectors.negativity.model import STEPS, WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

FILES: Final = ("train.jsonl.gz", "train_brands.jsonl.gz")
BITS: Final = 22
MIN_COUNT: Final = 2  # a feature seen in one text says what that text says
RARITY: Final = 3.0  # power of the inverse document frequency; 2 and 4 are worse on held-out texts
BALANCE: Final = 0.5  # power of balancing sources and labels; 1 gives small sources too much
RIDGE: Final = 1e-6
PASSES: Final = 100
HELD_OUT: Final = 0.1  # of the texts, for calibration


class Example(NamedTuple):
    """A labelled text."""

    text: str
    label: str
    source: str


class Corpus(NamedTuple):
    """Texts as sparse counts; see the module's docstring."""

    texts: csr_matrix
    pieces: csr_matrix
    pairs: csr_matrix
    hashes: Integers
    counts: Floats
    known: Floats


def load(directory: Path) -> list[Example]:
    """Read the labelled texts that may be trained on."""
    rows = [
        row for name in FILES for row in map(json.loads, gzip.decompress((directory / name).read_bytes()).splitlines())
    ]
    return [Example(row["text"], row["label"], f"{row['source']}:{row['lang']}") for row in rows]


def count(examples: Sequence[Example]) -> Corpus:
    """Count the features of texts, and choose those that get a slot: of those that share one, the most frequent."""
    index: dict[str, int] = {}
    flat: list[int] = []
    bounds = [0]
    for example in examples:
        flat += [index.setdefault(piece, len(index)) for piece in split(example.text)]
        bounds.append(len(flat))
    ids = np.array(flat)
    texts = csr_matrix((np.ones(len(ids), np.float32), ids, bounds), shape=(len(examples), len(index)))
    owners, hashes, ends = _piece_features(list(index))
    rows = np.repeat(np.arange(len(examples)), np.diff(bounds))
    left, right = ends[1][ids[:-1]], ends[0][ids[1:]]
    paired = (rows[1:] == rows[:-1]) & (left != 0) & (right != 0)
    pair_rows, pair_hashes = rows[1:][paired], ((left * PAIR + right) & HASH_BITS)[paired]

    frequency = np.asarray(texts.sum(axis=0)).ravel().astype(np.float64)
    distinct, inverse = np.unique(np.concatenate([hashes, pair_hashes]), return_inverse=True)
    totals = np.bincount(inverse, np.concatenate([frequency[owners], np.ones(len(pair_rows))]))
    slots = distinct & ((1 << BITS) - 1)
    candidates = np.flatnonzero((totals >= MIN_COUNT) & (slots != 0))
    ordered = candidates[np.lexsort((distinct[candidates], -totals[candidates], slots[candidates]))]
    first = np.append(True, slots[ordered][1:] != slots[ordered][:-1])
    chosen = np.sort(ordered[first])
    columns = np.full(len(distinct), -1)
    columns[chosen] = np.arange(len(chosen))

    def matrix(rows: Integers, columns: Integers, height: int) -> csr_matrix:
        kept = columns >= 0
        shape = (height, len(chosen))
        return csr_matrix((np.ones(kept.sum(), np.float32), (rows[kept], columns[kept])), shape=shape)

    pieces = matrix(owners, columns[inverse[: len(owners)]], len(index))
    pairs = matrix(pair_rows, columns[inverse[len(owners) :]], len(examples))
    known = texts @ np.asarray(pieces.sum(axis=1)).ravel() + np.asarray(pairs.sum(axis=1)).ravel()
    return Corpus(texts, pieces, pairs, distinct[chosen], totals[chosen], np.maximum(known, 1).astype(np.float64))


def _piece_features(pieces: list[str]) -> tuple[Integers, Integers, Integers]:
    """Give owner and hash of every feature within pieces, and the hashes of each piece's first and last token."""
    owners: list[Integers] = []
    hashes: list[Integers] = []
    ends = np.zeros((2, len(pieces)), dtype=np.int64)

    def add(owner: Integers, found: Integers) -> None:
        owners.append(owner[found != 0])
        hashes.append(found[found != 0])

    for start, part in _parts(pieces, 20_000):
        tokens, words, starts = read(part)
        stops = np.append(starts[1:], len(tokens))
        own = start + np.repeat(np.arange(len(part)), stops - starts)
        some = np.flatnonzero(stops > starts)
        ends[0, start + some], ends[1, start + some] = words[starts[some]], words[stops[some] - 1]
        add(own, words)
        inside = np.flatnonzero(own[1:] == own[:-1])
        add(own[inside], (words[inside] * PAIR + words[inside + 1]) & HASH_BITS)
        found, columns = runs(tokens)
        wide = np.repeat(own, np.diff(np.append(columns, found.shape[1])))
        for row in found:
            add(wide, row)
    return np.concatenate(owners), np.concatenate(hashes), ends


def _parts(items: list[str], size: int) -> Iterator[tuple[int, list[str]]]:
    for start in range(0, len(items), size):
        yield start, items[start : start + size]


def fit(corpus: Corpus, negative: Floats, weight: Floats, sources: Integers) -> Floats:
    """Fit the weights by L-BFGS.

    Each source has an intercept of its own that is then thrown away: how many of a source's texts are negative says how
    it was collected, and must not be learned as the tone of its words.

    Parameters
    ----------
    corpus
        The counts.
    negative, weight, sources
        For each text: 1 where it is negative; its weight, zero to leave it out; the number of its source.
    """
    train = np.flatnonzero(weight)
    texts, pairs, target, share = corpus.texts[train], corpus.pairs[train], negative[train], weight[train]
    source, scale = sources[train], (1 / np.sqrt(corpus.known[train])).astype(np.float32)
    rarity = np.log(len(train) / corpus.counts + 1) ** RARITY
    rarity = (rarity / rarity.mean()).astype(np.float32)
    texts_t, pieces_t, pairs_t = texts.T.tocsr(), corpus.pieces.T.tocsr(), pairs.T.tocsr()
    size = len(rarity)

    def loss(vector: Floats) -> tuple[float, Floats]:
        weights = (vector[:size] * rarity).astype(np.float32)
        margin = scale * (texts @ (corpus.pieces @ weights) + pairs @ weights) + vector[size:][source]
        residual = share * (expit(margin) - target)
        pulled = (residual * scale).astype(np.float32)
        gradient = RIDGE * vector
        gradient[:size] += rarity * (pieces_t @ (texts_t @ pulled) + pairs_t @ pulled)
        gradient[size:] += np.bincount(source, residual, minlength=len(vector) - size)
        value = share @ (np.logaddexp(0, margin) - target * margin) + RIDGE / 2 * (vector @ vector)
        return float(value), gradient

    start = np.zeros(size + sources.max() + 1)
    options = {"maxiter": PASSES, "maxcor": 6, "gtol": 1e-12, "ftol": 1e-7}
    weights: Floats = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x[:size] * rarity
    return weights


def quantise(weights: Floats, top: float) -> Integers:
    """Bring weights to -127..127 (`top`), none to zero, which marks a free slot."""
    scaled = np.clip(np.round(weights * 127 / top), -127, 127)
    return np.where(scaled == 0, np.where(weights < 0, -1, 1), scaled).astype(np.int64)


def evidence(corpus: Corpus, weights: Integers) -> Floats:
    """Give each text's evidence, as the model sums it."""
    exact = weights.astype(np.float64)
    return np.asarray((corpus.texts @ (corpus.pieces @ exact) + corpus.pairs @ exact) / np.sqrt(corpus.known))


def calibrate(value: Floats, negative: Floats, weight: Floats) -> tuple[float, float]:
    """Fit gain and bias of the log-odds to one unit of evidence (Platt 1999, Advances in Large Margin Classifiers)."""
    unit = value.std()

    def loss(vector: Floats) -> tuple[float, Floats]:
        margin = vector[0] * value / unit + vector[1]
        residual = weight * (expit(margin) - negative)
        total = weight @ (np.logaddexp(0, margin) - negative * margin)
        return float(total), np.array([residual @ value / unit, residual.sum()])

    gain, bias = minimize(loss, np.zeros(2), jac=True, method="L-BFGS-B").x
    return float(gain / unit), float(bias)


def train(examples: Sequence[Example], seed: int) -> dict[str, Any]:
    """Train on labelled texts and give what the weights file holds."""
    corpus = count(examples)
    negative = np.array([example.label == "negative" for example in examples], dtype=np.float64)
    names, sources = np.unique([example.source for example in examples], return_inverse=True)
    cells, cell = np.unique([f"{example.source} {example.label}" for example in examples], return_inverse=True)
    weight = (1 / np.bincount(cell)[cell]) ** BALANCE
    weight /= weight.sum()
    held_out = np.random.default_rng(seed).random(len(examples)) < HELD_OUT

    weights = fit(corpus, negative, np.where(held_out, 0, weight), sources)
    top = float(np.quantile(np.abs(weights), 0.999))
    value = evidence(corpus, quantise(weights, top))
    # Calibrated on sources that know neutral texts, each of its three labels a third: no source's share of negatives.
    complete = np.isin(sources, [place for place, name in enumerate(names) if f"{name} neutral" in cells])
    chosen = held_out & complete
    balanced = np.where(chosen, 1 / np.maximum(np.bincount(cell[chosen], minlength=len(cells)), 1)[cell], 0)
    gain, bias = calibrate(value, negative, balanced / balanced.sum())

    steps = quantise(fit(corpus, negative, weight, sources), top)
    slots = corpus.hashes & ((1 << BITS) - 1)
    order = np.argsort(slots)
    return {
        "bits": np.int64(BITS),
        "gaps": np.diff(slots[order], prepend=0).astype(np.uint16),
        "weights": steps[order].astype(np.int8),
        "checks": ((corpus.hashes >> BITS) & 255)[order].astype(np.uint8),
        "gain": np.float64(gain * STEPS),
        "bias": np.float64(bias * STEPS),
    }


def main() -> None:
    """Train and write the weights."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="directory with train.jsonl.gz, train_brands.jsonl.gz")
    parser.add_argument("--seed", type=int, default=0, help="chooses the texts held out for calibration")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="file to write (default: the one in the package)")
    arguments = parser.parse_args()
    trained = train(load(arguments.data), arguments.seed)
    np.savez_compressed(arguments.out, **trained)
    print(f"{len(trained['weights'])} features, {arguments.out.stat().st_size / 1e6:.1f} MB in {arguments.out}")


if __name__ == "__main__":
    main()
