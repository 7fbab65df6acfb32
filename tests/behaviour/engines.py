"""The engines under test: each runs the lines of a record and returns its incident events."""

from collections.abc import Callable, Sequence

from detectors.negativity import NegativityModel
from streams.mentions.message import Message
from streams.offline.replay import replay
from streams.pipeline import Pipeline
from streams.settings.config import Config

Engine = Callable[[Sequence[bytes]], list[bytes]]
"""Lines of a record in, the JSON of its incident events out."""


def situations_in_process(lines: Sequence[bytes]) -> list[bytes]:
    """Return the situations of a record in the in-process pipeline, in order."""
    found: list[bytes] = []
    pipeline = Pipeline(
        Config(), NegativityModel.load(), on_situation=lambda situation: found.append(situation.to_json())
    )
    replay((Message("record", i, value) for i, value in enumerate(lines)), pipeline)
    return found


def in_process(lines: Sequence[bytes]) -> list[bytes]:
    """Run a record through the in-process pipeline."""
    pipeline = Pipeline(Config(), NegativityModel.load())
    events, _ = replay((Message("record", i, value) for i, value in enumerate(lines)), pipeline)
    return [event.to_json() for event in events]
