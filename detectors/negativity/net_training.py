"""Training of the embedding net: stochastic gradient descent in NumPy, seeded, on labels and a teacher's soft labels.

The loss of a text is its share of the labels' cross entropy plus `SOFT` times the cross entropy to its soft label,
where it has one. Embeddings move by Adagrad with one rate a feature (Duchi et al. 2011, JMLR 12), layers by Adam
(Kingma and Ba 2015). Features, pieces and pooled numbers are dropped at random, so that no single one carries a text.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import expit

from detectors.negativity.net import BITS, HIDDEN, INPUT, OUTPUT, STEP, WIDTH
from detectors.negativity.net_features import Table

Singles = NDArray[np.float32]
Integers = NDArray[np.int64]

EPOCHS: Final = 4
BATCH: Final = 128
RATE: Final = 0.05  # of embeddings; falls to zero over the epochs, as the layers' rate does
LAYER_RATE: Final = 2e-3
SOFT: Final = 3.0
MOST_SHARE: Final = 8.0  # times the average: a source of a few texts must not be learned by heart
DROP_FEATURES: Final = 0.2
DROP_PIECES: Final = 0.1
DROP_POOLED: Final = 0.2
LEVELS: Final = 127


class Layers(NamedTuple):
    """The layers' weights; see `net.Net`."""

    first: Singles
    first_bias: Singles
    second: Singles
    second_bias: Singles
    last: Singles
    last_bias: Singles


class Training:
    """Embeddings and layers in training.

    Parameters
    ----------
    size
        Number of features.
    seed
        Of the start values, the order of texts and what is dropped.
    """

    def __init__(self, size: int, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self.table: Singles = self._random.normal(0, 0.05, (size, WIDTH)).astype(np.float32)
        self._squares = np.zeros(size, dtype=np.float32)

        def start(rows: int, columns: int, variance: float) -> Singles:
            drawn: Singles = self._random.normal(0, variance**0.5, (rows, columns)).astype(np.float32)
            return drawn

        self.layers = Layers(
            start(WIDTH, HIDDEN, 2 / WIDTH),
            np.zeros(HIDDEN, np.float32),
            start(2 * HIDDEN, HIDDEN, 1 / HIDDEN),
            np.zeros(HIDDEN, np.float32),
            start(HIDDEN, 1, 1 / HIDDEN)[:, 0],
            np.zeros(1, np.float32),
        )
        self._means = [np.zeros_like(layer) for layer in self.layers]
        self._spreads = [np.zeros_like(layer) for layer in self.layers]
        self._step = 0

    def epoch(self, table: Table, order: Integers, target: Singles, weight: Singles, rate: float) -> None:
        """Go over the texts once.

        Parameters
        ----------
        table
            The texts.
        order
            Which of them.
        target, weight
            For each text the probability to learn and how much it counts.
        rate
            Share of the full learning rates, 0 to 1.
        """
        order = self._random.permutation(order)
        for start in range(0, len(order), BATCH):
            self._batch(table, order[start : start + BATCH], target, weight, rate)

    def _batch(self, table: Table, chosen: Integers, target: Singles, weight: Singles, rate: float) -> None:
        draw = self._random
        begins, ends = table.bounds[chosen], table.bounds[chosen + 1]
        chosen = chosen[ends > begins]
        lengths = (ends - begins)[ends > begins]
        if not len(chosen):
            return
        bounds = np.append(0, np.cumsum(lengths))
        places = np.repeat(table.bounds[chosen] - bounds[:-1], lengths) + np.arange(bounds[-1])
        unique, inverse = np.unique(table.flat[places], return_inverse=True)
        features = table.features[unique]
        kept = draw.random(features.nnz, dtype=np.float32) >= DROP_FEATURES
        owners = np.repeat(np.arange(len(unique)), np.diff(features.indptr))[kept]
        ids, columns = np.unique(features.indices[kept], return_inverse=True)
        counts = np.bincount(owners, minlength=len(unique))
        scale = (1 / np.sqrt(np.maximum(counts, 1))).astype(np.float32)
        part = csr_matrix((scale[owners], (owners, columns)), shape=(len(unique), len(ids)))

        first, first_bias, second, second_bias, last, last_bias = self.layers
        vectors = part @ self.table[ids]
        inner = np.maximum(vectors @ first + first_bias, 0)
        present = (draw.random(len(inverse), dtype=np.float32) >= DROP_PIECES)[:, None]
        each = inner[inverse] * present
        size = lengths.astype(np.float32)[:, None]
        tops = np.maximum.reduceat(each, bounds[:-1], axis=0)
        pooled = np.concatenate([np.add.reduceat(each, bounds[:-1], axis=0) / size, tops], axis=1)
        mask = (draw.random(pooled.shape, dtype=np.float32) >= DROP_POOLED) / np.float32(1 - DROP_POOLED)
        pooled *= mask
        outer = np.maximum(pooled @ second + second_bias, 0)
        margin = outer @ last + last_bias

        pull = (weight[chosen] * (expit(margin) - target[chosen])).astype(np.float32)
        back_outer = np.outer(pull, last) * (outer > 0)
        back_pooled = (back_outer @ second.T) * mask
        text = np.repeat(np.arange(len(chosen)), lengths)
        back_each = (back_pooled[:, :HIDDEN] / size)[text]
        back_each += back_pooled[:, HIDDEN:][text] * (each == tops[text])
        back_each *= (each > 0) & present
        spread = csr_matrix(
            (np.ones(len(inverse), np.float32), (inverse, np.arange(len(inverse)))), shape=(len(unique), len(inverse))
        )
        back_inner = spread @ back_each
        gradients = (
            vectors.T @ back_inner,
            back_inner.sum(axis=0),
            pooled.T @ back_outer,
            back_outer.sum(axis=0),
            outer.T @ pull,
            pull.sum(keepdims=True),
        )
        back_table = part.T @ (back_inner @ first.T)
        self._squares[ids] += np.square(back_table).mean(axis=1)
        self.table[ids] -= back_table * (rate * RATE / (np.sqrt(self._squares[ids]) + 1e-7))[:, None]
        self._move(gradients, len(chosen), rate * LAYER_RATE)

    def _move(self, gradients: Sequence[Singles], texts: int, rate: float) -> None:
        self._step += 1
        first, second = 1 - 0.9**self._step, 1 - 0.999**self._step
        for layer, gradient, mean, square in zip(self.layers, gradients, self._means, self._spreads, strict=True):
            gradient = gradient / np.float32(texts)  # noqa: PLW2901
            mean += 0.1 * (gradient - mean)  # noqa: PLW2901
            square += 0.001 * (gradient * gradient - square)  # noqa: PLW2901
            layer -= np.float32(rate) * (mean / first / (np.sqrt(square / second) + 1e-8) + 1e-4 * layer)  # noqa: PLW2901


def pack(training: Training, chosen: Integers) -> dict[str, Any]:
    """Quantise what was trained: the arrays of the weights file, but for the gain.

    Parameters
    ----------
    training
        The trained net.
    chosen
        Its features.
    """
    slots = chosen & ((1 << BITS) - 1)
    step = float(np.quantile(np.abs(training.table), 0.9995)) / LEVELS
    layers = training.layers
    scale = step / INPUT * STEP  # one step of the first layer's result

    def whole(values: Singles, unit: float) -> Integers:
        return np.rint(values.astype(np.float64) / unit).astype(np.int32)

    return {
        "net_gaps": np.diff(slots, prepend=0).astype(np.uint16),
        "net_checks": (chosen >> BITS).astype(np.uint16),
        "net_table": np.clip(np.rint(training.table / step), -LEVELS, LEVELS).astype(np.int8).T.copy(),
        "net_first": whole(layers.first, STEP),
        "net_first_bias": whole(layers.first_bias, scale),
        "net_scale": np.float64(scale * OUTPUT),
        "net_second": whole(layers.second, STEP),
        "net_second_bias": whole(layers.second_bias, STEP / OUTPUT),
        "net_last": whole(layers.last, STEP),
    }


def target_of(label: Singles, share: Singles, soft: Singles) -> tuple[Singles, Singles]:
    """Merge label and soft label: the two cross entropies are one, to their mean, with the sum of their weights.

    Parameters
    ----------
    label, share
        1 where a text is negative, and its weight.
    soft
        The teacher's probability; below zero where there is none.

    Examples
    --------
    >>> one = np.ones(1, np.float32)
    >>> [float(part[0]) for part in target_of(one, one, 0 * one)]
    [0.25, 4.0]
    """
    extra = np.where(soft >= 0, SOFT, 0).astype(np.float32)
    weight = np.minimum(share, MOST_SHARE).astype(np.float32) + extra
    mean = (np.minimum(share, MOST_SHARE) * label + extra * soft) / np.maximum(weight, 1e-9)
    return mean.astype(np.float32), weight
