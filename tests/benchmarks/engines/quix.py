"""The job on quixstreams: a streaming data frame, tumbling windows by event time, state by brand, exactly once."""

import logging
import os
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from quixstreams import Application, State
from quixstreams.dataframe.windows import Collect
from quixstreams.models import Deserializer
from quixstreams.models.serializers.exceptions import IgnoreMessage

from detectors.negativity import NegativityModel
from streams.errors import MentionError
from streams.kafka.topics import MENTIONS
from streams.mentions.mention import Mention, decode, milliseconds
from streams.settings.kafka import KafkaSettings
from tests.benchmarks.engines.clock import Clock
from tests.benchmarks.engines.job import ALERTS, COUNTS, LATENESS_S, MINUTE_MS, Item, Watch, item

COMMIT_S = 1.0
NAME = "quixstreams"


class Mentions(Deserializer):  # type: ignore[misc,unused-ignore]
    """Decode strictly; leave out what cannot be read."""

    def __call__(self, value: bytes, ctx: Any) -> Mention:
        try:
            return decode(value)
        except MentionError:
            raise IgnoreMessage from None


class Brands:
    """The detectors of each brand: in memory as they are, in the engine's state as numbers, from which they return."""

    def __init__(self) -> None:
        self.watches: dict[str, Watch] = {}

    def close(self, window: dict[str, Any], brand: str, _timestamp: int, _headers: Any, state: State) -> list[Any]:
        """Return the messages of a closed minute."""
        minute = window["start"] // MINUTE_MS
        watch = self.watches.get(brand)
        if watch is None or watch.detector.now != state.get("now"):
            watch = self.watches[brand] = self._restore(state)
        messages = watch.close(minute, window["items"])
        detector = watch.detector
        state.set("now", detector.now)
        state.set_bytes("learned", msgspec.msgpack.encode(detector.state()))
        state.set_bytes(f"minute {minute}", msgspec.msgpack.encode(detector.recent_row(minute)))
        return messages

    def _restore(self, state: State) -> Watch:
        learned = state.get_bytes("learned")
        if learned is None:
            return Watch()
        now = state.get("now", 0)
        rows = {minute: state.get_bytes(f"minute {minute}") for minute in range(now - 25 * 60, now)}
        recent = {minute: msgspec.msgpack.decode(row) for minute, row in rows.items() if row is not None}
        return Watch(msgspec.msgpack.decode(learned), recent)


def run(settings: KafkaSettings, clock: Clock) -> None:
    """Run until the clock has counted the last message."""
    logging.disable(logging.WARNING)
    model, brands = NegativityModel.load(), Brands()

    def counted(_topic: str, _partition: int, _offset: int) -> None:
        if clock.add():
            clock.report()
            app.stop()

    def score(mention: Mention) -> Item:
        return item(mention, model.score_one(mention.text or ""))

    with TemporaryDirectory() as folder:
        app = Application(
            broker_address=settings.bootstrap_servers,
            consumer_group=settings.topic(NAME),
            auto_offset_reset="earliest",
            processing_guarantee="exactly-once",
            commit_interval=COMMIT_S,
            state_dir=folder,
            on_message_processed=counted,
        )
        mentions = app.topic(
            settings.topic(MENTIONS),
            value_deserializer=Mentions(),
            key_deserializer="str",
            timestamp_extractor=lambda mention, _headers, _timestamp, _type: milliseconds(mention),
        )
        to = {
            name: app.topic(settings.topic(f"{name}.{NAME}"), value_serializer="bytes", key_serializer="str")
            for name in (COUNTS, ALERTS)
        }
        windows = (
            app.dataframe(mentions)
            .apply(score)
            .tumbling_window(MINUTE_MS, grace_ms=LATENESS_S * 1000)
            .agg(items=Collect())
            .final()
        )
        closed = windows.apply(brands.close, stateful=True, expand=True, metadata=True)
        closed.filter(lambda out: out[0] == COUNTS).apply(lambda out: out[1]).to_topic(to[COUNTS])
        closed.filter(lambda out: out[0] == ALERTS).apply(lambda out: out[1]).to_topic(to[ALERTS])
        app.run()
    os._exit(0)
