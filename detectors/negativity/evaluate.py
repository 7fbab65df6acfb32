"""Evaluation of the shipped weights: ``python -m detectors.negativity.evaluate --data DIR`` prints the card's table.

Near-copies of training texts in the validation sets (the same tweet with other quotation marks, cut, or reposted) are
left out, as they are where a tenth of the training texts is held out.
"""

import argparse
import gzip
import json
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.negativity.model import NegativityModel

TRAINING: Final = ("train.jsonl.gz", "train_brands.jsonl.gz")
VALIDATION: Final = ("val.jsonl.gz", "val_airlines.jsonl.gz")
NEAR: Final = 0.4
"""A text is a near-copy where at least this share of its runs of four words occurs in training texts."""

_NOT_WORDS = re.compile(r"\\u\w{4}|@user|http\S*")


class Example(NamedTuple):
    """A labelled text; `source` names where it was collected and its language, as in ``xlmt:fr``."""

    text: str
    label: str
    source: str


def load(directory: Path, names: Sequence[str]) -> list[Example]:
    """Read labelled texts from files of JSON lines.

    Parameters
    ----------
    directory, names
        The folder, and the files in it to read.
    """
    lines = [line for name in names for line in gzip.decompress((directory / name).read_bytes()).splitlines()]
    return [Example(row["text"], row["label"], f"{row['source']}:{row['lang']}") for row in map(json.loads, lines)]


def shingles(text: str) -> set[str]:
    """Return a text's runs of four words.

    Examples
    --------
    >>> sorted(shingles("One two, three four FIVE!"))
    ['one two three four', 'two three four five']
    """
    words = re.findall(r"\w+", _NOT_WORDS.sub("", text.lower()))
    return {" ".join(words[start : start + 4]) for start in range(max(1, len(words) - 3))}


def near_copies(texts: Sequence[str], known: Collection[str]) -> NDArray[np.bool_]:
    """Find near-copies of known texts.

    Parameters
    ----------
    texts
        The texts to test.
    known
        The texts they may be copies of.

    Examples
    --------
    >>> near_copies(["my bag is lost again!", "all well"], ["@user my bag is lost again http"]).tolist()
    [True, False]
    """
    seen = set().union(*map(shingles, known)) - {""}
    parts = map(shingles, texts)
    return np.array([len(part & seen) >= NEAR * len(part) for part in parts], dtype=bool)


def auc(negative: NDArray[np.bool_], scores: NDArray[np.float64]) -> float:
    """Return the area under the ROC curve, times 100: how often a negative text scores above another; ties count half.

    Parameters
    ----------
    negative, scores
        The truth and the score of each text.

    Examples
    --------
    >>> auc(np.array([True, False, True, False]), np.array([0.9, 0.1, 0.5, 0.5]))
    87.5
    """
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positives = int(negative.sum())
    return float(100 * (ranks[negative].sum() / positives - (positives + 1) / 2) / (len(scores) - positives))


def table(examples: Sequence[Example], scores: NDArray[np.float64]) -> str:
    """Return a Markdown table, a row a source: texts, AUC, precision and recall at a threshold of 0.5.

    Parameters
    ----------
    examples, scores
        Labelled texts and their scores.
    """
    lines = [
        "| source | texts | negative % | AUC | precision % | recall % | neutral called negative % |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    sources = np.array([example.source for example in examples])
    labels = np.array([example.label for example in examples])
    for source in np.unique(sources):
        own = sources == source
        negative, neutral, called = labels[own] == "negative", labels[own] == "neutral", scores[own] >= 0.5
        if negative.all():
            continue
        hits = (negative & called).sum()
        precision, recall = 100 * hits / max(called.sum(), 1), 100 * hits / negative.sum()
        false = f"{100 * called[neutral].mean():.0f}" if neutral.any() else "-"
        shown = (
            f"{100 * negative.mean():.0f} | {auc(negative, scores[own]):.1f} | {precision:.0f} | {recall:.0f} | {false}"
        )
        lines.append(f"| {source} | {own.sum()} | {shown} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table of the validation sets."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="directory with the training and validation sets")
    directory = parser.parse_args().data
    examples = load(directory, VALIDATION)
    copies = near_copies([example.text for example in examples], {row.text for row in load(directory, TRAINING)})
    fresh = [example for example, copy in zip(examples, copies, strict=True) if not copy]
    scores = np.array(NegativityModel.load().score_many([example.text for example in fresh]))
    print(f"{copies.sum()} near-copies of training texts left out\n\n{table(fresh, scores)}")


if __name__ == "__main__":
    main()
