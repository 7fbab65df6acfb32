"""Producer of mentions: each keyed by its brand, its event time unchanged, with heartbeats at the end of a record."""

import time
from collections.abc import Callable, Iterable
from typing import Any, Literal

import msgspec
from kafka import KafkaProducer
from kafka.errors import KafkaError

from streams.errors import BrokerError, MentionError
from streams.event_time import MINUTE_MS, closing_ms, rfc3339, rfc3339_ms
from streams.kafka.clients import broker_errors, producer_options
from streams.kafka.topic_admin import require_topic
from streams.kafka.topics import MENTIONS
from streams.mentions.dead_letter import DeadLetter
from streams.mentions.heartbeat import encode_heartbeat
from streams.mentions.mention import decode, milliseconds
from streams.mentions.message import Message
from streams.recordings.pacing import as_they_come, batches, paced
from streams.recordings.recording import Recording
from streams.settings.brands.brand_names import BrandNames
from streams.settings.config import Config

FLUSH_TIMEOUT_S = 60.0
MAX_MENTION_BYTES = 1_000_000
"""A broker accepts 1 MiB a message by default, its own fields included."""


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """Summary of what was sent; the last line of `badbuzz replay --to-kafka --json`.

    Parameters
    ----------
    messages
        Lines sent, unreadable ones too: the scorer moves those to the dead letters.
    unreadable
        Of these, the unreadable ones.
    heartbeats
        Heartbeats sent at the end, one a brand and network.
    too_large
        Lines that no broker accepts by default: not sent.
    newest
        Newest event time, if any.
    """

    type: Literal["sent"] = "sent"
    v: Literal[1] = 1
    messages: int
    unreadable: int = 0
    heartbeats: int
    too_large: int
    newest: str | None

    def to_json(self) -> bytes:
        """Encode as one JSON line, without the line's end."""
        return msgspec.json.encode(self)


class MentionProducer:
    """Send mentions to the topic `mentions`.

    Parameters
    ----------
    config
        Configuration.
    dead_letter
        Called with each line that is too large to be sent.
    brands
        Send only these; empty: all.
    unreadable
        Called with each line that is no readable mention, and is sent all the same.

    Raises
    ------
    BrokerError
        Kafka cannot be reached or does not accept a mention.
    """

    def __init__(
        self,
        config: Config,
        dead_letter: Callable[[DeadLetter], None] = lambda _: None,
        brands: frozenset[str] = frozenset(),
        unreadable: Callable[[DeadLetter], None] = lambda _: None,
    ) -> None:
        self.config = config
        self.dead_letter = dead_letter
        self._names = BrandNames(config.brands)
        self.brands = frozenset(map(self._names.brand, brands))
        self.unreadable = unreadable
        self.messages = self.unread = 0
        self.heartbeats = 0
        self.too_large = 0
        self.newest_ms = 0
        self._sources: set[tuple[str, str]] = set()
        self._topic = config.kafka.topic(MENTIONS)
        self._error: BaseException | None = None
        require_topic(config.kafka, MENTIONS, "WRITE")
        with broker_errors(config.kafka):
            self._producer: Any = KafkaProducer(**producer_options(config.kafka))

    def send(self, messages: Iterable[Message]) -> None:
        """Send messages, in their order."""
        for message in messages:
            key = self._key(message)
            if self.brands and (key is None or key.decode() not in self.brands):
                continue
            if len(message.value) > MAX_MENTION_BYTES:
                self.too_large += 1
                detail = f"expected at most {MAX_MENTION_BYTES} bytes, got {len(message.value)}"
                self.dead_letter(DeadLetter("size", detail, message.source, message.offset, message.value))
                continue
            self._send(message.value, key)
            self.messages += 1

    def finish(self) -> Sent:
        """Send a heartbeat for each brand and network that closes the newest bucket, and wait until all is stored."""
        end_ms = closing_ms(self.newest_ms, self.config.lateness_ms)
        # No heartbeat may lie in the future: with mentions of just now, wait until their bucket can be closed.
        while self._sources and end_ms > time.time() * 1000 + MINUTE_MS:
            time.sleep(0.2)
        name = f"end of record/{rfc3339_ms(end_ms)}"
        for brand, network in sorted(self._sources):
            self._send(encode_heartbeat(name, brand, network, end_ms), brand.encode())
            self.heartbeats += 1
        self.close()
        return Sent(
            messages=self.messages,
            unreadable=self.unread,
            heartbeats=self.heartbeats,
            too_large=self.too_large,
            newest=rfc3339(self.newest_ms) if self.newest_ms else None,
        )

    def close(self) -> None:
        """Wait until all is stored, and end; the newest bucket stays open."""
        with broker_errors(self.config.kafka):
            self._producer.flush(FLUSH_TIMEOUT_S)
            self._producer.close()
        self._check()

    def _key(self, message: Message) -> bytes | None:
        """Return the key of a line, its brand; none where the line cannot be read: the scorer reports why."""
        try:
            mention = decode(message.value)
        except MentionError as error:
            self.unread += not self.brands
            self.unreadable(DeadLetter(error.reason, error.detail, message.source, message.offset, message.value))
            return None
        brand, ms = self._names.brand(mention.brand), milliseconds(mention)
        if ms <= time.time() * 1000 + MINUTE_MS and (not self.brands or brand in self.brands):
            self._sources.add((brand, mention.network))
            self.newest_ms = max(self.newest_ms, ms)
        return brand.encode()

    def _send(self, value: bytes, key: bytes | None) -> None:
        self._check()
        try:
            self._producer.send(self._topic, value=value, key=key).add_errback(self._failed)
        except KafkaError as error:
            self._failed(error)
            self._check()

    def _failed(self, error: BaseException) -> None:
        self._error = self._error or error

    def _check(self) -> None:
        if self._error is not None:
            raise BrokerError(
                f"Kafka at {', '.join(self.config.kafka.servers)} did not accept a mention: "
                f"{type(self._error).__name__}: {self._error}"
            ) from self._error


def send_record(
    messages: Recording,
    producer: MentionProducer,
    *,
    speed: float = 0.0,
    live: bool = False,
    step: Callable[[], None] = lambda: None,
) -> Sent:
    """Send a recorded stream of mentions, paced by event time, and close it with heartbeats.

    Parameters
    ----------
    messages
        In the order of their event times, but for the lateness.
    producer
        Sends them, and is finished.
    speed
        Seconds of event time a second; 0: as fast as possible.
    live
        Whether each is sent as it comes, for a pipe that stays open.
    step
        Called after each batch, for progress.
    """
    for batch in paced(messages, speed) if speed else as_they_come(messages) if live else batches(messages):
        producer.send(batch)
        step()
    return producer.finish()
