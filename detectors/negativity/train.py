"""Training of the negativity model: ``python -m detectors.negativity.train --data DIR --seed N``.

Logistic regression on the hashed features of `detectors.negativity.features`, negative against the rest, over all
languages at once. Reads only ``train.jsonl.gz`` and ``train_brands.jsonl.gz`` of the directory; the validation sets
belong to `detectors.negativity.evaluate`. The same data, seed and versions give the same file to the byte.

The matrix of texts by features is never built: a text is its pieces (matrix `texts`) and its pairs across pieces
(`pairs`), a piece its features (`pieces`), which makes a pass over the corpus five times shorter.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit, logit

from detectors.negativity.evaluate import TRAINING, Example, load, near_copies, table
from detectors.negativity.features import HASH_BITS, PAIR, hashes, read, split
from detectors.negativity.weights import STEPS, WEIGHTS

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LABELS: Final = ("negative", "neutral", "positive")
BITS: Final = 22
MIN_COUNT: Final = 2  # a feature of one text only would repeat that text's label
# The settings below were chosen on a tenth of the training texts, held out, near-copies of the others left out.
RARITY: Final = 3.0  # power of the inverse document frequency; 2 is worse, 4 no better
WHOLE: Final = 1.5  # how much easier words and pairs get weight than character runs; 1 and 2.5 are worse
STRIDE: Final = 1.7  # scale of all features: larger converges in fewer passes
SIZE: Final = 0.6  # power of a source's size in its share of the loss: 0.75 ranks as well, less evenly over sources
RIDGE: Final = 3e-6
PASSES: Final = 60
HELD_OUT: Final = 0.1  # of the texts, for calibration
NEGATIVE: Final = 3 / 7
"""Negative share a score is calibrated for; at 1/3, 0.5 finds 45 % of airlines' complaints, at 3/7 61 %."""


class Corpus(NamedTuple):
    """Texts as sparse counts; see the module's docstring."""

    texts: csr_matrix
    pieces: csr_matrix
    pairs: csr_matrix
    hashes: Integers
    whole: NDArray[np.bool_]
    counts: Floats
    known: Floats


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
    owners, features, whole, ends = _piece_features(list(index))
    rows = np.repeat(np.arange(len(examples)), np.diff(bounds))
    left, right = ends[1][ids[:-1]], ends[0][ids[1:]]
    paired = (rows[1:] == rows[:-1]) & (left != 0) & (right != 0)
    pair_rows, pair_hashes = rows[1:][paired], ((left * PAIR + right) & HASH_BITS)[paired]

    frequency = np.asarray(texts.sum(axis=0)).ravel().astype(np.float64)
    distinct, inverse = np.unique(np.concatenate([features, pair_hashes]), return_inverse=True)
    totals = np.bincount(inverse, np.concatenate([frequency[owners], np.ones(len(pair_rows))]))
    entire = np.zeros(len(distinct), dtype=bool)
    entire[inverse] = np.concatenate([whole, np.ones(len(pair_rows), dtype=bool)])
    slots = distinct & ((1 << BITS) - 1)
    candidates = np.flatnonzero((totals >= MIN_COUNT) & (slots != 0))
    ordered = candidates[np.lexsort((distinct[candidates], -totals[candidates], slots[candidates]))]
    first = np.append(True, slots[ordered][1:] != slots[ordered][:-1])
    chosen = np.sort(ordered[first])
    columns = np.full(len(distinct), -1)
    columns[chosen] = np.arange(len(chosen))

    def matrix(rows: Integers, columns: Integers, height: int) -> csr_matrix:
        used = columns >= 0
        shape = (height, len(chosen))
        return csr_matrix((np.ones(used.sum(), np.float32), (rows[used], columns[used])), shape=shape)

    pieces = matrix(owners, columns[inverse[: len(owners)]], len(index))
    pairs = matrix(pair_rows, columns[inverse[len(owners) :]], len(examples))
    known = texts @ np.asarray(pieces.sum(axis=1)).ravel() + np.asarray(pairs.sum(axis=1)).ravel()
    return Corpus(
        texts, pieces, pairs, distinct[chosen], entire[chosen], totals[chosen], np.maximum(known, 1).astype(np.float64)
    )


def _piece_features(pieces: list[str]) -> tuple[Integers, Integers, NDArray[np.bool_], Integers]:
    """Return every feature's owner, hash and whether it is a token or a pair, and pieces' first and last tokens."""
    owners: list[Integers] = []
    features: list[Integers] = []
    whole: list[NDArray[np.bool_]] = []
    ends = np.zeros((2, len(pieces)), dtype=np.int64)

    for start in range(0, len(pieces), 20_000):
        part = read(pieces[start : start + 20_000])
        matrix, columns = hashes(part)
        owner = start + np.repeat(np.arange(len(columns) - 1), np.diff(columns))
        for number, row in enumerate(matrix):
            present = row != 0
            owners.append(owner[present])
            features.append(row[present])
            whole.append(np.full(present.sum(), number < 2))
        begins, stops = part.starts[:-1], part.starts[1:]
        some = np.flatnonzero(stops > begins)
        ends[:, start + some] = part.words[begins[some]], part.words[stops[some] - 1]
    return np.concatenate(owners), np.concatenate(features), np.concatenate(whole), ends


def share(examples: Sequence[Example], chosen: NDArray[np.bool_], size: float) -> Floats:
    """Return each chosen text's share of the loss: a third of every source's to each label.

    In a source without neutral texts two thirds go to the positive ones. So the share of negative texts in a source,
    which depends on how it was collected, is not learned as the tone of its language.

    Parameters
    ----------
    examples
        The labelled texts.
    chosen
        Which of them count; the others get zero.
    size
        Power of a source's number of texts in its share.
    """
    sources = np.array([example.source for example in examples])
    labels = np.array([example.label for example in examples])
    shares = np.zeros(len(examples))
    for source in np.unique(sources[chosen]):
        own = chosen & (sources == source)
        cells = {label: own & (labels == label) for label in LABELS}
        for label, cell in cells.items():
            third = 2 if label == "positive" and not cells["neutral"].any() else 1
            if cell.any():
                shares[cell] = third / cell.sum() * own.sum() ** size
    shares /= shares.sum()
    return shares


def fit(corpus: Corpus, negative: Floats, shares: Floats) -> Floats:
    """Fit the weights by L-BFGS.

    Parameters
    ----------
    corpus
        The counts.
    negative, shares
        For each text: 1 where it is negative; its share of the loss, zero to leave it out.
    """
    train = np.flatnonzero(shares)
    texts, pairs, target, part = corpus.texts[train], corpus.pairs[train], negative[train], shares[train]
    scale = (1 / np.sqrt(corpus.known[train])).astype(np.float32)
    rarity = np.log(len(train) / corpus.counts + 1) ** RARITY
    stride = (rarity / rarity.mean() * np.where(corpus.whole, WHOLE, 1) * STRIDE).astype(np.float32)
    texts_t, pieces_t, pairs_t = texts.T.tocsr(), corpus.pieces.T.tocsr(), pairs.T.tocsr()

    def loss(vector: Floats) -> tuple[float, Floats]:
        weights = (vector[:-1] * stride).astype(np.float32)
        margin = scale * (texts @ (corpus.pieces @ weights) + pairs @ weights) + vector[-1]
        residual = part * (expit(margin) - target)
        pulled = (residual * scale).astype(np.float32)
        gradient = np.append(RIDGE * vector[:-1], residual.sum())
        gradient[:-1] += stride * (pieces_t @ (texts_t @ pulled) + pairs_t @ pulled)
        value = part @ (np.logaddexp(0, margin) - target * margin) + RIDGE / 2 * (vector[:-1] @ vector[:-1])
        return float(value), gradient

    options = {"maxiter": PASSES, "maxcor": 6, "gtol": 1e-12, "ftol": 1e-7}
    fitted = minimize(loss, np.zeros(len(stride) + 1), jac=True, method="L-BFGS-B", options=options)
    weights: Floats = fitted.x[:-1] * stride
    return weights


def quantise(weights: Floats, top: float) -> Integers:
    """Scale weights to -127..127 (`top`), none to zero, which marks a free slot."""
    scaled = np.clip(np.round(weights * 127 / top), -127, 127)
    return np.where(scaled == 0, np.where(weights < 0, -1, 1), scaled).astype(np.int64)


def evidence(corpus: Corpus, weights: Integers) -> Floats:
    """Return each text's evidence, as the model sums it."""
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
    """Train on labelled texts, print figures of the held-out tenth, and return the arrays of the weights file."""
    corpus = count(examples)
    negative = np.array([example.label == "negative" for example in examples], dtype=np.float64)
    held_out = np.random.default_rng(seed).random(len(examples)) < HELD_OUT

    weights = fit(corpus, negative, share(examples, ~held_out, SIZE))
    top = float(np.quantile(np.abs(weights), 0.999))
    # Calibrated on sources with neutral texts, each counting the same.
    complete = {example.source for example in examples if example.label == "neutral"}
    chosen = held_out & np.array([example.source in complete for example in examples])
    value = evidence(corpus, quantise(weights, top))
    gain, bias = calibrate(value, negative, share(examples, chosen, 0))
    bias += logit(NEGATIVE) - logit(1 / 3)
    tested = [examples[place] for place in np.flatnonzero(held_out).tolist()]
    known = {examples[place].text for place in np.flatnonzero(~held_out).tolist()}
    fresh = ~near_copies([example.text for example in tested], known)
    scores = expit(gain * value[held_out] + bias)[fresh]
    print(table([example for example, new in zip(tested, fresh, strict=True) if new], scores))

    steps = quantise(fit(corpus, negative, share(examples, np.ones_like(held_out), SIZE)), top)
    slots = corpus.hashes & ((1 << BITS) - 1)
    order = np.argsort(slots)
    return {
        "bits": np.int64(BITS),
        "gaps": np.diff(slots[order], prepend=0).astype(np.uint32),
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
    trained = train(load(arguments.data, TRAINING), arguments.seed)
    np.savez_compressed(arguments.out, **trained)
    print(f"{len(trained['weights'])} features, {arguments.out.stat().st_size / 1e6:.1f} MB in {arguments.out}")


if __name__ == "__main__":
    main()
