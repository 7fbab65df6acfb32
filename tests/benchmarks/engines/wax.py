"""The job on bytewax: batches decoded and scored together, windows folded by event time, detectors as a keyed state."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSink, KafkaSinkMessage, KafkaSource
from bytewax.dataflow import Dataflow
from bytewax.operators import StatefulBatchLogic
from bytewax.operators.windowing import EventClock, TumblingWindower, fold_window
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.run import cli_main

from detectors.negativity import NegativityModel
from streams.errors import MentionError
from streams.kafka.topics import MENTIONS
from streams.mentions.mention import Mention, decode
from streams.settings.kafka import KafkaSettings
from tests.benchmarks.engines.clock import Clock
from tests.benchmarks.engines.job import LATENESS_S, Item, Watch, item

# The engine's own default: how much is read, and sent, again after a crash.
EPOCH = timedelta(seconds=10)
ALIGN_TO = datetime(1970, 1, 1, tzinfo=UTC)
NAME = "bytewax"

Timed = tuple[datetime, Item]
Window = tuple[int, list[Timed]]


class Brand(StatefulBatchLogic):  # type: ignore[misc,unused-ignore]
    """The detectors of one brand; their snapshot is plain numbers, which cost less than a deep copy."""

    def __init__(self, resumed: Any) -> None:
        self.watch = Watch() if resumed is None else Watch(*resumed)

    def on_batch(self, values: list[Window]) -> tuple[Iterable[tuple[str, bytes]], bool]:
        """Close the windows that the watermark has passed, in their order."""
        out: list[tuple[str, bytes]] = []
        for minute, items in sorted(values, key=lambda window: window[0]):
            out += self.watch.close(minute, (one for _, one in items))
        return out, StatefulBatchLogic.RETAIN

    def snapshot(self) -> Any:
        """Return the state to store at the end of an epoch."""
        return self.watch.detector.state(), self.watch.detector.recent_rows()


def run(settings: KafkaSettings, clock: Clock) -> None:
    """Run until the clock has counted the last message."""
    model = NegativityModel.load()
    worked_on = 0

    def read(message: Any) -> Mention | None:
        try:
            return decode(message.value)
        except MentionError:
            return None

    def score(batch: list[Any]) -> list[tuple[str, Timed]]:
        nonlocal worked_on
        if worked_on and clock.add(worked_on):
            clock.report()
            os._exit(0)
        worked_on = len(batch)
        mentions = [mention for mention in map(read, batch) if mention is not None]
        scores = model.score_many([mention.text or "" for mention in mentions])
        return [(m.brand, (m.created_at, item(m, s))) for m, s in zip(mentions, scores, strict=True)]

    def message(keyed: tuple[str, tuple[str, bytes]]) -> KafkaSinkMessage[bytes, bytes]:
        brand, (name, value) = keyed
        return KafkaSinkMessage(brand.encode(), value, topic=settings.topic(f"{name}.{NAME}"))

    def folded(items: list[Timed], one: Timed) -> list[Timed]:
        items.append(one)
        return items

    brokers = [settings.bootstrap_servers]
    flow = Dataflow("bench")
    source = KafkaSource(brokers, [settings.topic(MENTIONS)], batch_size=5000)
    scored = op.flat_map_batch("score", op.input("read", flow, source), score)
    windows = fold_window(
        "minutes",
        scored,
        EventClock(ts_getter=lambda timed: timed[0], wait_for_system_duration=timedelta(seconds=LATENESS_S)),
        TumblingWindower(length=timedelta(minutes=1), align_to=ALIGN_TO),
        builder=list,
        folder=folded,
        merger=list.__add__,
        ordered=False,
    )
    closed = op.stateful_batch("detect", windows.down, Brand)
    op.output("write", op.map("message", closed, message), KafkaSink(brokers, None))
    with TemporaryDirectory() as folder:
        init_db_dir(Path(folder), 1)
        cli_main(flow, workers_per_process=1, epoch_interval=EPOCH, recovery_config=RecoveryConfig(folder))
