"""One webhook as a source: what its senders deliver, in batches; each delivery answered when its batch is committed."""

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from streams.errors import ConfigError
from streams.settings.sources import CollectorSettings, WebhookConfig
from streams.sources.source import Batch
from streams.sources.webhook.body import items_of
from streams.sources.webhook.content import Content, ContentDecoder
from streams.sources.webhook.credentials import Verifier
from streams.sources.webhook.forms import load_form
from streams.sources.webhook.limits import SeenDeliveries, TokenBucket
from streams.sources.webhook.mapping import Mapper
from streams.sources.webhook.receiver import Answer, Delivered, Receiver
from streams.sources.webhook.schemes import equal

MAX_BATCH = 5_000
"""Posts after which a batch is full."""
MAX_WAITING_BYTES = 32 * 1024 * 1024
"""Bodies of deliveries that may wait for a commit together."""
IDLE_S = 25.0
"""Longest time between two batches, in seconds."""
COMMIT_TIMEOUT_S = 10.0
"""Seconds that a sender waits for the commit before it is sent away; it comes again."""
RETRY_S = 5

logger = logging.getLogger(__name__)


class Waiting(NamedTuple):
    """A delivery that waits for its commit."""

    id: str
    content: Content
    size: int
    committed: asyncio.Future[bool]


class Webhook:
    """A webhook, as a source that acknowledges.

    Parameters
    ----------
    name
        Of the source; the end of its address, `/hooks/NAME`.
    config
        Of the source.
    common
        What all sources share.
    accounts
        Official accounts; not needed, as every delivery names its author.
    receiver
        The server that it is added to.
    clock
        Current time.
    commit_timeout_s, idle_s
        `COMMIT_TIMEOUT_S` and `IDLE_S`, where a test cannot wait so long.

    Raises
    ------
    ConfigError
        The name, the scheme, a secret or the form is wrong.

    Notes
    -----
    A webhook cannot be asked again, so its cursor is `None` and exactly-once rests on its senders: what was not
    answered with success they send again; what comes twice is known by its id here, and by its mention's in the scorer.
    """

    def __init__(
        self,
        name: str,
        config: WebhookConfig,
        common: CollectorSettings,
        accounts: frozenset[str] = frozenset(),
        *,
        receiver: Receiver,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        commit_timeout_s: float = COMMIT_TIMEOUT_S,
        idle_s: float = IDLE_S,
    ) -> None:
        key = f"sources.{name}"
        if config.form and config.mapping:
            raise ConfigError(f"{key}: expected `form` or `mapping`, got both; leave one out")
        form = config.mapping or (load_form(config.form, f"{key}.form") if config.form else None)
        self.name = name
        self.network = config.network or (form.network if form else "") or name
        self._verifier = Verifier(key, config, clock)
        mapper = Mapper(form, f"{key}.mapping" if config.mapping else f"{key}.form") if form else None
        self._decoder = ContentDecoder(f"hooks/{name}", self.network, mapper)
        self._success = form.status if form else 202
        self._clock = clock
        self._commit_timeout_s, self._idle_s = commit_timeout_s, idle_s
        self._bucket = TokenBucket(config.deliveries_a_minute, time.monotonic)
        self._seen = SeenDeliveries()
        self._refused: Counter[str] = Counter()
        self._waiting: dict[str, Waiting] = {}
        self._waiting_bytes = 0
        self._arrived: deque[Waiting] = deque()
        self._arrival = asyncio.Event()
        self._yielded: deque[tuple[Batch, list[Waiting]]] = deque()
        self._reader: object | None = None
        self._unreadable = False
        receiver.add(self)

    async def read(self, cursor: str | None) -> AsyncIterator[Batch]:
        """Yield what is delivered; the cursor is not needed, for nothing can be asked for again."""
        self._refuse_waiting()
        self._reader = reader = object()
        try:
            while True:
                try:
                    async with asyncio.timeout(self._idle_s):
                        await self._arrival.wait()
                except TimeoutError:
                    pass
                yield self._batch()
        finally:
            if self._reader is reader:
                self._reader = None
                self._refuse_waiting()

    def acknowledge(self, batch: Batch) -> None:
        """Confirm that a batch, and each before it, is committed: its senders are answered."""
        if not any(batch is yielded for yielded, _ in self._yielded):
            return
        last = None
        while last is not batch:
            last, deliveries = self._yielded.popleft()
            for delivery in deliveries:
                self._seen.add(delivery.id)
                self._settle(delivery, committed=True)

    def handshake(self, token: str) -> bool:
        """Whether the token of a Meta handshake is the configured one."""
        try:
            expected = self._verifier.verify_token()
        except ConfigError:
            return False
        return bool(expected) and equal(token, expected)

    def refuse(self, reason: str) -> None:
        """Count a delivery that was refused before it was read."""
        self._refused[reason] += 1

    async def deliver(self, delivered: Delivered) -> Answer:
        """Take a delivery in, and answer when it is committed.

        Parameters
        ----------
        delivered
            The whole body, and what came with it.

        Returns
        -------
        Answer
            The status, what the sender is told, and after how many seconds it may come again.
        """
        try:
            verdict = self._verifier.verify(delivered)
        except ConfigError as error:
            if not self._unreadable:
                logger.error("Webhook %s answers 503 until its secret can be read: %s", self.name, error)
            self._unreadable = True
            return Answer(503, {"error": "not ready"}, RETRY_S)
        self._unreadable = False
        if verdict.fault:
            self.refuse(verdict.fault)
            return Answer(401)
        if verdict.delivery in self._seen:
            return Answer(200, {"seen": True})
        wait_s = 0.0 if verdict.delivery in self._waiting else self._bucket.wait_s()
        if wait_s:
            self.refuse("rate")
            return Answer(429, {"error": "too many deliveries in a minute"}, wait_s)
        return await self._store(verdict.delivery, delivered)

    async def _store(self, delivery: str, delivered: Delivered) -> Answer:
        waiting = self._waiting.get(delivery)
        if waiting is None:
            items = items_of(delivered.body, delivered.content_type)
            if items is None:
                self.refuse("json")
                return Answer(400, {"error": "expected JSON"})
            content = self._decoder.decode(items, delivered.headers, self._clock())
            self._refused["ignored"] += content.ignored
            if not (content.accepted or content.letters):
                return Answer(self._success, {"accepted": 0})
            if self._reader is None or self._waiting_bytes > MAX_WAITING_BYTES:
                return Answer(503, {"error": "the log cannot be written now"}, RETRY_S)
            waiting = self._enqueue(delivery, content, len(delivered.body))
        try:
            async with asyncio.timeout(self._commit_timeout_s):
                committed = await asyncio.shield(waiting.committed)
        except TimeoutError:
            committed = False
        if not committed:
            return Answer(503, {"error": "the log cannot be written now"}, RETRY_S)
        return _answer(waiting.content, self._success)

    def _enqueue(self, delivery: str, content: Content, size: int) -> Waiting:
        waiting = Waiting(delivery, content, size, asyncio.get_running_loop().create_future())
        self._waiting[delivery] = waiting
        self._waiting_bytes += size
        self._arrived.append(waiting)
        self._arrival.set()
        return waiting

    def _batch(self) -> Batch:
        deliveries: list[Waiting] = []
        size = 0
        while self._arrived and size < MAX_BATCH:
            deliveries.append(self._arrived.popleft())
            size += len(deliveries[-1].content.posts) + len(deliveries[-1].content.letters)
        if not self._arrived:
            self._arrival.clear()
        contents = [delivery.content for delivery in deliveries]
        letters = [letter for content in contents for letter in content.letters]
        self._refused.update(letter.reason for letter in letters)
        batch = Batch(
            [post for content in contents for post in content.posts],
            complete_to=max((content.complete_to for content in contents if content.complete_to), default=None),
            refused=dict(+self._refused),
            dead_letters=letters,
        )
        self._refused.clear()
        self._yielded.append((batch, deliveries))
        return batch

    def _refuse_waiting(self) -> None:
        self._arrived.clear()
        self._arrival.clear()
        self._yielded.clear()
        for delivery in list(self._waiting.values()):
            self._settle(delivery, committed=False)

    def _settle(self, delivery: Waiting, *, committed: bool) -> None:
        if self._waiting.pop(delivery.id, None):
            self._waiting_bytes -= delivery.size
        if not delivery.committed.done():
            delivery.committed.set_result(committed)


def _answer(content: Content, success: int) -> Answer:
    report: dict[str, Any] = {"accepted": content.accepted}
    if content.letters:
        first = content.letters[0]
        report["refused"] = len(content.letters)
        report["first"] = {"index": first.offset, "reason": first.reason, "detail": first.detail}
    return Answer(success if content.accepted or content.ignored else 422, report)
