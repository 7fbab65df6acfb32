"""What a replay costs beside decoding and scoring the same lines alone, in one run.

``python -m tests.benchmarks.replay [FILE]`` prints a Markdown table: processor seconds of this process, each the median
of some runs, each with a fresh model and pipeline.
"""

import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path

from detectors.negativity import NegativityModel
from streams.mentions.mention import decode
from streams.mentions.message import Message
from streams.offline.replay import replay
from streams.offline.score import score_lines
from streams.pipeline import Pipeline
from streams.recordings.files import MentionFiles
from streams.recordings.pacing import batches
from streams.scoring.scorer import Scorer
from streams.settings.config import Config
from tests.helpers.paths import SHARED

RUNS = 3


def seconds(work: Callable[[], object]) -> float:
    """Time one call in seconds of this process's own processor time."""
    started = time.process_time()
    work()
    return time.process_time() - started


def decode_and_score(messages: Sequence[Message]) -> None:
    """Decode and score the lines in batches, and nothing else."""
    model = NegativityModel.load()
    for batch in batches(messages):
        model.score_many([decode(message.value).text or "" for message in batch])


def decode_and_score_singly(messages: Sequence[Message]) -> None:
    """Decode and score the lines one by one, and nothing else."""
    model = NegativityModel.load()
    for message in messages:
        model.score_one(decode(message.value).text or "")


def score_command(messages: Sequence[Message]) -> None:
    """Do what `badbuzz score` does: read, score, write."""
    lines = BytesIO(b"\n".join(message.value for message in messages))
    score_lines(lines, BytesIO(), NegativityModel.load(), lambda _: None)


def roll_up(messages: Sequence[Message]) -> None:
    """Run the scorer alone."""
    scorer = Scorer(Config(), NegativityModel.load())
    for batch in batches(messages):
        scorer.score(batch)


def whole(messages: Sequence[Message]) -> None:
    """Replay to the end."""
    replay(messages, Pipeline(Config(), NegativityModel.load()))


WAYS = {
    "decode and score, in batches": decode_and_score,
    "decode and score, one by one": decode_and_score_singly,
    "what `badbuzz score` does": score_command,
    "scorer: decode, score, roll up": roll_up,
    "replay: all of it": whole,
}


def main(path: Path) -> None:
    """Measure and print."""
    messages = list(MentionFiles([str(path)]))
    figures = {name: sorted(seconds(partial(way, messages)) for _ in range(RUNS)) for name, way in WAYS.items()}
    full = figures["replay: all of it"][RUNS // 2]
    print(f"{path.name}, {len(messages):,} mentions\n")
    print("| | seconds | µs a mention | a replay is so many times this |\n|---|---|---|---|")
    for name, runs in figures.items():
        middle = runs[RUNS // 2]
        print(f"| {name} | {middle:.2f} | {middle / len(messages) * 1e6:.0f} | {full / middle:.2f} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED / "data" / "incidents" / "steam_2025.jsonl.gz")
