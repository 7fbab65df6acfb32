"""Replaying one file for a backtest: its incident events, and when each brand was spoken of."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from streams.errors import MentionError
from streams.mentions.mention import SPOKEN, decode, milliseconds
from streams.mentions.message import Message
from streams.offline.backtest import Record
from streams.offline.replay import replay
from streams.pipeline import Pipeline
from streams.sources.files import MentionFiles


def record(path: str, pipeline: Pipeline) -> Record:
    """Replay one mention file through a fresh pipeline.

    Parameters
    ----------
    path
        `.jsonl` or `.jsonl.gz`; its name without these is what the truth table calls it, `stdin` for `-`.
    pipeline
        A fresh one.
    """
    times: dict[str, list[float]] = {}
    events, _ = replay(_noting(MentionFiles([path]), times, pipeline), pipeline)
    for seconds in times.values():
        seconds.sort()
    name = "stdin" if path == "-" else Path(path).name.removesuffix(".gz").removesuffix(".jsonl")
    return Record(name, times, events)


def _noting(messages: Iterable[Message], times: dict[str, list[float]], pipeline: Pipeline) -> Iterator[Message]:
    for message in messages:
        try:
            mention = decode(message.value)
        except MentionError:
            pass
        else:
            watched = not pipeline.brands or mention.brand in pipeline.brands
            if watched and mention.kind in SPOKEN and not mention.official:
                times.setdefault(mention.brand, []).append(milliseconds(mention) / 1000)
        yield message
