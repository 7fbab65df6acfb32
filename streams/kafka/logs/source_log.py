"""The log of a source: its mentions and its rows on the topics `mentions` and `sources`, in one transaction each.

The transactional id belongs to the source: opening it fences the collector that read the source before. The source's
row carries who wrote it and how many commits there were, so that neither a lost answer nor a second collector makes a
mention come twice.
"""

import contextlib
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from kafka.errors import InvalidProducerEpochError, ProducerFencedError

from streams.collecting.commit import Commit, Position
from streams.collecting.cursor_record import CursorRecord, decode_cursor, encode_cursor
from streams.errors import BrokerError, WorkerError
from streams.kafka.clients import broker_errors
from streams.kafka.logs.dead_letters import MAX_DEAD_LETTER_BYTES, headers
from streams.kafka.logs.source_rows import read_rows
from streams.kafka.topics import DEAD_LETTERS, MENTIONS, SOURCES
from streams.kafka.transactions import close_producer, open_producer, transaction_limit_s, within
from streams.settings.kafka import KafkaSettings

_FENCED = (ProducerFencedError, InvalidProducerEpochError)


class SourceLog:
    """Write the commits of one source; blocking, from one thread at a time.

    Parameters
    ----------
    settings
        Connection settings.
    name
        Of the source.
    """

    def __init__(self, settings: KafkaSettings, name: str) -> None:
        self._settings = settings
        self._name = name
        self._key = name.encode()
        self._owner = uuid.uuid4().hex
        self._producer: Any = None
        self._record: CursorRecord | None = None

    def open(self) -> Position:
        """Fence the previous collector of this source, and return what it committed last.

        Raises
        ------
        BrokerError
            Kafka cannot be reached.
        WorkerError
            Another collector took the source over at the same moment.
        """
        with self._errors():
            self._open_producer()
            rows = self._read()
            stored = decode_cursor(rows[self._key]) if self._key in rows else None
            # From here on the row names this collector: another that is fenced sees by whom.
            self._write(Commit(), self._next(Commit(), stored))
            return Position(stored.cursor, stored.complete_to, rows) if stored else Position()

    def write(self, commit: Commit) -> None:
        """Write a commit in one transaction; the same again after a `BrokerError` is there once.

        Raises
        ------
        BrokerError
            Kafka cannot be reached: whether the commit is there is found out at the next call.
        WorkerError
            Another collector reads this source now.
        """
        with self._errors():
            record = self._next(commit, self._record)
            if self._producer is None and self._stored(record):
                self._record = record
                return
            self._write(commit, record)

    def close(self) -> None:
        """Close the producer."""
        producer, self._producer = self._producer, None
        if producer is not None:
            close_producer(producer)

    def _next(self, commit: Commit, before: CursorRecord | None) -> CursorRecord:
        return CursorRecord(
            cursor=commit.cursor if commit.cursor is not None or before is None else before.cursor,
            at=datetime.now(UTC),
            complete_to=commit.complete_to or (before.complete_to if before else None),
            commits=(before.commits if before else 0) + 1,
            owner=self._owner,
        )

    def _write(self, commit: Commit, record: CursorRecord) -> None:
        producer = self._producer
        mentions, sources = self._settings.topic(MENTIONS), self._settings.topic(SOURCES)

        def transaction() -> bool:
            producer.begin_transaction()
            for brand, value in commit.messages:
                producer.send(mentions, value=value, key=brand.encode())
            for key, row in commit.rows.items():
                producer.send(sources, value=row, key=key, partition=0)
            for letter in commit.dead_letters:
                value = letter.value[:MAX_DEAD_LETTER_BYTES]
                producer.send(self._settings.topic(DEAD_LETTERS), value=value, headers=headers(letter), partition=0)
            producer.send(sources, value=encode_cursor(record), key=self._key, partition=0)
            producer.commit_transaction()
            return True

        within(transaction_limit_s(self._settings), transaction)
        self._record = record

    def _stored(self, record: CursorRecord) -> bool:
        """Open the producer again after an error; return whether a commit is there although its answer was lost."""
        self._check_owner()
        self._open_producer()
        stored = self._check_owner()
        return stored is not None and stored.commits == record.commits

    def _check_owner(self) -> CursorRecord | None:
        rows = self._read()
        stored = decode_cursor(rows[self._key]) if self._key in rows else None
        if stored is not None and self._record is not None and stored.owner != self._owner:
            raise WorkerError(
                f"source {self._name}: expected to be its only collector, but another one took it over at "
                f"{stored.at:%Y-%m-%d %H:%M:%S} UTC or before: stop one of them, or let each read other sources "
                "('badbuzz source run NAME')"
            )
        return stored

    def _open_producer(self) -> None:
        self.close()
        self._producer = open_producer(self._settings, f"source-{self._name}")

    def _read(self) -> dict[bytes, bytes]:
        """Return the rows of this source, up to what is committed now."""
        return read_rows(self._settings, lambda key: key == self._key or key.startswith(self._key + b"/"))

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """Close the producer after any error: whether its transaction was committed is not known."""
        try:
            with broker_errors(self._settings):
                try:
                    yield
                except _FENCED as error:
                    # The broker also fences a collector whose transaction took too long: who wrote last decides.
                    raise BrokerError(
                        f"source {self._name}: its transaction was fenced: it took longer than "
                        f"{self._settings.transaction_timeout_s:g} s (kafka.transaction_timeout_s), or another "
                        "collector reads this source; the next try shows which"
                    ) from error
        except BaseException:
            self.close()
            raise
