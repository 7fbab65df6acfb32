"""Soft labels: what a large sentence encoder thinks of training texts, text hash to probability.

With this file training needs no encoder, and the repository holds no text. `detectors.negativity.teacher` writes it.
"""

from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SOFT_LABELS: Final = Path(__file__).with_name("soft_labels.npz")


def key(text: str) -> int:
    """Return a text's hash of 40 bits.

    Parameters
    ----------
    text
        Any string.

    Examples
    --------
    >>> key("late again") == key("late again") != key("late")
    True
    """
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()[:5], "little")


def pack(labels: dict[int, float]) -> dict[str, Any]:
    """Return the arrays of the file: hashes in order as gaps, probabilities in 255 steps.

    Parameters
    ----------
    labels
        Probability, 0 to 1, of each text's hash.
    """
    keys = np.array(sorted(labels), dtype=np.int64)
    steps = np.array([round(labels[int(key)] * 255) for key in keys], dtype=np.uint8)
    return {"gaps": np.diff(keys, prepend=0).astype(np.uint32), "labels": steps}


def look_up(texts: Sequence[str], path: Path = SOFT_LABELS) -> NDArray[np.float32]:
    """Return each text's soft label, -1 where it has none.

    Parameters
    ----------
    texts
        Any strings.
    path
        The file.
    """
    with np.load(path, allow_pickle=False) as stored:
        keys, labels = np.cumsum(stored["gaps"], dtype=np.int64), stored["labels"]
    wanted = np.array([key(text) for text in texts], dtype=np.int64)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, labels[places] / 255, -1).astype(np.float32)
