"""Training texts of the negativity model: labelled files, rated reviews, sentences of our own writing, and word lists.

Each kind has its scale in the loss. Words have no label: they are there for the teacher's soft labels alone.
"""

import csv
import gzip
import json
import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.negativity.evaluate import TRAINING, Example, load

PUBLIC: Final = ("train_public.jsonl.gz",)
WRITTEN: Final = Path(__file__).with_name("written.toml")
REVIEWS: Final = ("steam_2025", "delivery_de_2026", "finance_apps_2021_2022", "streaming_in_2024")
LANGUAGES: Final = {"delivery_de_2026": "de", "finance_apps_2021_2022": "en", "streaming_in_2024": "en"}
WORDS: Final = {
    **dict.fromkeys(("en", "id", "zh"), 5000),
    **dict.fromkeys(("fr", "es", "it", "de", "ar"), 4500),
    **dict.fromkeys(("pt", "ru"), 2500),
    "ja": 2000,
    "nl": 1000,
    "pl": 1000,
    "tr": 1000,
    "ko": 800,
    "hu": 600,
}
"""Frequent words of each language that the teacher labels."""

LABELS: Final = ("negative", "neutral", "positive")
MOST: Final = 4000
"""Texts of one public or review source that are used: more repeat its manner."""

VARIANTS: Final = 3

_HANDLE = re.compile(r"@\w+")
_LINK = re.compile(r"https?://\S+")


class Weighted(NamedTuple):
    """An example and its scale in the loss; zero where it has no label."""

    example: Example
    scale: float


def written() -> list[Example]:
    """Return the sentences of `written.toml`, their places filled.

    Examples
    --------
    >>> len({example.source for example in written()})
    6
    """
    chosen = random.Random(0)
    examples = []
    for language, lists in tomllib.loads(WRITTEN.read_text(encoding="utf-8")).items():
        for label in ("negative", "neutral", "positive"):
            for sentence in lists[label]:
                things = chosen.sample(lists["thing"], VARIANTS) if "{thing}" in sentence else [""]
                times = chosen.sample(lists["time"], VARIANTS) if "{time}" in sentence else [""]
                for thing in things:
                    filled = [sentence.format(thing=thing, time=time) for time in times]
                    examples += [Example(text, label, f"written:{language}") for text in filled]
    return examples


def reviews(directory: Path) -> list[Example]:
    """Return rated reviews of the brands that are in no incident, their rating as label.

    Parameters
    ----------
    directory
        The incident records, with ``truth.csv``.
    """
    with (directory / "truth.csv").open(encoding="utf-8", newline="") as file:
        judged = {(row["file"], row["brand"]) for row in csv.DictReader(file)}
    seen: set[str] = set()
    examples = []
    for name in REVIEWS:
        for row in _rows(directory / f"{name}.jsonl.gz"):
            rating = row.get("rating")
            if (name, row["brand"]) in judged or row.get("official") or rating is None:
                continue
            text = _HANDLE.sub("@user", _LINK.sub("http", row.get("text") or "")).strip()
            if len(text) < 4 or text in seen:
                continue
            seen.add(text)
            label = "negative" if rating < 0 else "positive" if rating > 0 else "neutral"
            examples.append(Example(text, label, f"{name}:{row.get('lang') or LANGUAGES.get(name, '?')}"))
    return examples


def words() -> list[Example]:
    """Return frequent words of many languages (package wordfreq; only needed to train)."""
    from wordfreq import top_n_list  # noqa: PLC0415 - of training alone

    found = {word: language for language, size in WORDS.items() for word in top_n_list(language, size)}
    return [Example(word, "", f"word:{language}") for word, language in found.items()]


def gather(directory: Path, incidents: Path | None) -> list[Weighted]:
    """Return all training texts, each text once.

    Parameters
    ----------
    directory
        The labelled files.
    incidents
        The incident records, for rated reviews; None to leave those out.
    """
    parts = [
        (load(directory, TRAINING), 1.0),
        (written(), 1.0),
        (_thin(load(directory, PUBLIC)), 0.4),
        (_thin(reviews(incidents)) if incidents else [], 0.3),
        (words(), 0.0),
    ]
    found: dict[str, Weighted] = {}
    for examples, scale in parts:
        for example in examples:
            found.setdefault(example.text, Weighted(example, scale))
    return list(found.values())


def share(examples: Sequence[Example], chosen: NDArray[np.bool_], size: float) -> NDArray[np.float64]:
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


def _thin(examples: list[Example]) -> list[Example]:
    drawn = random.Random(0)
    sources: dict[str, list[Example]] = {}
    for example in examples:
        sources.setdefault(example.source, []).append(example)
    kept = []
    for source in sorted(sources):
        own = sources[source]
        kept += own if len(own) <= MOST else drawn.sample(own, MOST)
    return kept


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row.get("kind") != "heartbeat":
                yield row
