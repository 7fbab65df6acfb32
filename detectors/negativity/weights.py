"""Weights of the negativity model: the file that ships with the package, and the look-up of features in it."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

WEIGHTS: Final = Path(__file__).with_name("weights.npz")

STEPS: Final = 512
"""Steps of the logistic table to one unit of log-odds: finer than the four decimals it holds."""

KNOWN: Final = 1 << 32
"""One known feature, in a sum that holds two: the number of known features above, the sum of their weights below."""


class Weights(NamedTuple):
    """The result of training.

    Attributes
    ----------
    slots
        A power of two of 16-bit slots: the feature's weight in the high byte, eight more bits of its hash in the low
        one, so that a feature never trained on is distinguished from the owner of its slot (but for one time in 256)
        and weighs nothing. Zero is a free slot.
    gain
        Log-odds, times `STEPS`, to one unit of evidence.
    bias
        Log-odds, times `STEPS`, of a text without evidence.
    """

    slots: NDArray[np.int16]
    gain: float
    bias: float


def weigh(slots: NDArray[np.int16], hashes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Look up features: `KNOWN` plus the weight of a known one, zero for any other.

    Parameters
    ----------
    slots
        The slots of `Weights`; slot 0 is always free, so that a hash of zero weighs nothing.
    hashes
        Hashes of 32 bits.

    Examples
    --------
    >>> slots = np.array([0, 0, 0, -7 << 8 | 3], dtype=np.int16)
    >>> (weigh(slots, np.array([0, 4 * 3 + 3, 4 * 9 + 3])) - KNOWN).tolist() == [-KNOWN, -7, -KNOWN]
    True
    """
    entries = slots.take(hashes & (len(slots) - 1))
    check = hashes >> (len(slots).bit_length() - 1)
    check ^= entries
    check &= 255
    weights = (entries >> 8) + np.int64(KNOWN)
    weights *= (check == 0) & (entries != 0)
    return weights


def unpack(stored: Mapping[str, NDArray[Any]]) -> Weights:
    """Unpack a weights file: for each used slot it holds the gap since the last one, the weight and the check byte."""
    slots = np.zeros(1 << int(stored["bits"]), dtype=np.int16)
    slots[np.cumsum(stored["gaps"], dtype=np.int64)] = stored["weights"].astype(np.int16) << 8 | stored["checks"]
    slots.setflags(write=False)
    return Weights(slots, float(stored["gain"]), float(stored["bias"]))


@cache
def shipped() -> Weights:
    """Return the weights that ship with the package, read once a process."""
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        return unpack(stored)
