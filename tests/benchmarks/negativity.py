"""Microseconds a text: the negativity model beside VADER, the same texts in the same run.

``python -m tests.benchmarks.negativity [RUNS]`` prints a Markdown table. *Cold* is a model that has seen no word
and no text before; *cold words* also forgets every word between batches or texts; *warm* knows the words and not the
text; *seen* knows the text. The figures are the least of some runs, in processor time of this process alone.
"""

import gzip
import json
import sys
import time
from collections.abc import Callable

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from detectors.negativity import NegativityModel
from tests.helpers.paths import SHARED

BATCH = 500
FILES = ("sentiment/val.jsonl.gz", "sentiment/val_airlines.jsonl.gz", "incidents/steam_2025.jsonl.gz")
LIMIT = 9_000


def cost(work: Callable[[], object], texts: int) -> float:
    """Time one call in microseconds of processor time a text."""
    started = time.process_time()
    work()
    return (time.process_time() - started) / texts * 1e6


def measure(texts: list[str]) -> dict[str, float]:
    """Time each way once."""
    vader = SentimentIntensityAnalyzer()
    batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    one, many = NegativityModel.load(), NegativityModel.load()

    def alone(*, words: bool) -> None:
        for text in texts:
            if words:
                one.forget()
            one.score_one(text)

    def together(*, words: bool) -> None:
        for batch in batches:
            if words:
                many.forget()
            many.score_many(batch)

    figures = {
        "VADER": cost(lambda: [vader.polarity_scores(text) for text in texts], len(texts)),
        "score_many, cold": cost(lambda: together(words=False), len(texts)),
        "score_one, cold": cost(lambda: alone(words=False), len(texts)),
        "score_many, cold words": cost(lambda: together(words=True), len(texts)),
        "score_one, cold words": cost(lambda: alone(words=True), len(texts)),
    }
    together(words=False)
    alone(words=False)
    for model in (one, many):
        model.forget(pieces=False)
    figures["score_many, warm"] = cost(lambda: together(words=False), len(texts))
    figures["score_one, warm"] = cost(lambda: alone(words=False), len(texts))
    recent, batch = texts[-BATCH:], batches[-1]
    figures["score_many, seen"] = cost(lambda: many.score_many(batch), len(batch))
    figures["score_one, seen"] = cost(lambda: [one.score_one(text) for text in recent], len(recent))
    return figures


def main(runs: int = 3) -> int:
    """Print the table; say so where the texts are missing."""
    missing = [name for name in FILES if not (SHARED / "data" / name).is_file()]
    if missing:
        print(f"skipped: no {missing[0]} in {SHARED}/data (BADBUZZ_SHARED says where the records are)")
        return 0
    columns = []
    for name in FILES:
        with gzip.open(SHARED / "data" / name, "rt", encoding="utf-8") as lines:
            texts = [json.loads(line)["text"] for line, _ in zip(lines, range(LIMIT), strict=False)]
        tries = [measure(texts) for _ in range(runs)]
        columns.append({way: min(figures[way] for figures in tries) for way in tries[0]})
    print(f"| µs a text | {' | '.join(name.split('/')[1].removesuffix('.jsonl.gz') for name in FILES)} |")
    print(f"|---|{'---:|' * len(FILES)}")
    for way in columns[0]:
        print(f"| {way} | {' | '.join(f'{column[way]:.2f}' for column in columns)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 3))
