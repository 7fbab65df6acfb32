"""What a replay costs beside decoding and scoring the same lines alone, in one run."""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from detectors.negativity import NegativityModel
from streams.config import Config
from streams.mention import decode
from streams.mention_files import MentionFiles
from streams.pipeline import Pipeline
from streams.replay import batches, replay
from streams.scorer import Message
from tests.conftest import SHARED


def seconds(work: Callable[[], object]) -> float:
    """Time one call in seconds of this process's own processor time."""
    started = time.process_time()
    work()
    return time.process_time() - started


def decode_and_score(messages: Sequence[Message]) -> None:
    """Decode and score the lines, and nothing else."""
    model = NegativityModel.load()
    for batch in batches(messages):
        model.score_many([decode(message.value).text or "" for message in batch])


def main(path: Path, runs: int = 3) -> None:
    """Print the median of each and their ratio."""
    rows = []
    for _ in range(runs):
        messages = list(MentionFiles([str(path)]))
        alone = seconds(lambda messages=messages: decode_and_score(messages))
        whole = seconds(lambda messages=messages: replay(messages, Pipeline(Config(), NegativityModel.load())))
        rows.append((whole / alone, alone, whole))
    ratio, alone, whole = sorted(rows)[len(rows) // 2]
    print(f"| {path.name} | {len(messages):,} | {alone:.2f} | {whole:.2f} | {ratio:.2f} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED / "data" / "incidents" / "steam_2025.jsonl.gz")
