"""The scorer: batches of raw messages in; rollups and dead letters out.

Decodes strictly, drops duplicates, scores negativity, and combines a batch into rollups. A publication seen again with
other counts (of the kind `update`, or under an id known with others) is an update: a row of the posts in its minute, or
in the oldest open one however late it is, and no mention. The state (recent ids, newest event time per brand) serves
deduplication and lateness only, and is rebuilt by re-reading the tail of the partition.
"""

import time
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import NamedTuple, Protocol

from detectors.negativity import with_rating
from streams.errors import MentionError
from streams.event_time import HOUR_MS, MAX_LATE_MS, MINUTE_MS, oldest_open_minute
from streams.mentions.dead_letter import DeadLetter
from streams.mentions.heartbeat import IDLE_NETWORK
from streams.mentions.mention import MAX_CLOCK_SKEW_MS, SPOKEN, Mention, decode, milliseconds
from streams.mentions.message import Message
from streams.mentions.text import hash64
from streams.scoring.fingerprints import fingerprints
from streams.scoring.rollup import Rollup
from streams.scoring.rollup_builder import RollupBuilder
from streams.scoring.seen_ids import SeenIds
from streams.settings.brands.accounts import Accounts
from streams.settings.brands.brand_names import BrandNames
from streams.settings.config import Config

UPDATE = "update"

Unscored = tuple[RollupBuilder, Mention, int, bool, int]
"""A mention to be scored: its rollup's builder, itself, the hash of its identity, whether it is an update, its time."""


class TextModel(Protocol):
    """A negativity model: `detectors.negativity.NegativityModel`, or another."""

    def score_many(self, texts: list[str]) -> list[float]:
        """Return the negativity of each text, 0 to 1."""


class Batch(NamedTuple):
    """The result of a batch: rollups by minute, dead letters, number of messages read."""

    rollups: list[Rollup]
    letters: list[DeadLetter]
    messages: int


class Scorer:
    """Turn batches of messages into rollups.

    Parameters
    ----------
    config
        Lateness, the negative threshold, official accounts and weaknesses of brands.
    model
        Scores texts.
    clock
        Milliseconds since the epoch: only to refuse event times in the future.

    Examples
    --------
    >>> class Flat:
    ...     def score_many(self, texts):
    ...         return [0.9 for _ in texts]
    >>> line = b'{"id":"1","brand":"Acme","network":"forum","created_at":"2012-06-11T18:00:00Z","text":"never again"}'
    >>> messages = [Message("example", i, value) for i, value in enumerate((line, line, b"{"))]
    >>> batch = Scorer(Config(), Flat()).score(messages)
    >>> batch.rollups[0].counts.negatives, batch.rollups[0].counts.duplicates, batch.letters[0].reason
    (1, 1, 'json')
    """

    def __init__(self, config: Config, model: TextModel, clock: Callable[[], int] | None = None) -> None:
        self.config = config
        self.model = model
        self.clock = clock or (lambda: time.time_ns() // 1_000_000)
        self._lateness_ms = config.lateness_ms
        self._names = BrandNames(config.brands)
        self._official = {brand: Accounts(own.official_accounts) for brand, own in config.brands.items()}
        self._seen = SeenIds()
        self._newest: dict[tuple[int, str], int] = {}
        self._older: dict[tuple[int, str], int] = {}

    def score(self, messages: Iterable[Message], partition: int = 0) -> Batch:
        """Score a batch of one partition, in its order.

        Parameters
        ----------
        messages
            Raw messages, in the order of the partition.
        partition
            Lateness is judged within a partition.
        """
        collected, letters, read = self._read(messages, partition)
        self._score_texts(collected.unscored)
        return Batch(collected.rollups(), letters, read)

    def recall(self, messages: Iterable[Message], partition: int = 0) -> None:
        """Rebuild the state from messages that were scored before.

        Parameters
        ----------
        messages, partition
            As for `score`.
        """
        self._read(messages, partition)

    def rotate_generations(self) -> None:
        """Start a new generation; ids and event times older than the previous one are forgotten."""
        self._seen.rotate_generations()
        self._older, self._newest = self._newest, {}

    def _read(self, messages: Iterable[Message], partition: int) -> "tuple[_Collected, list[DeadLetter], int]":
        latest_ms = self.clock() + MAX_CLOCK_SKEW_MS
        collected = _Collected(self.config)
        letters: list[DeadLetter] = []
        read = 0
        for source, offset, line, arrived_ms in messages:
            read += 1
            try:
                mention = decode(line)
                ms = milliseconds(mention)
                if ms > (arrived_ms + MAX_CLOCK_SKEW_MS if arrived_ms else latest_ms):
                    raise MentionError("future", f"expected a time up to a minute from now, got {mention.created_at}")
            except MentionError as error:
                letters.append(DeadLetter(error.reason, error.detail, source, offset, line))
            else:
                self._place(mention, ms, partition, collected)
        return collected, letters, read

    def _place(self, mention: Mention, ms: int, partition: int, collected: "_Collected") -> None:
        """Assign a mention to a bucket: its own minute, or the oldest open one if it is late."""
        brand = self._names.brand(mention.brand)
        key = (partition, brand)
        young = self._newest.get(key, 0)
        if ms > young:
            self._newest[key] = ms
        newest = max(young, self._older.get(key, 0)) or ms
        opened = oldest_open_minute(newest, self._lateness_ms)
        minute = ms // MINUTE_MS
        late = minute < opened
        if mention.kind == "heartbeat":
            if not late:
                collected.advance_to(brand, mention.network, ms)
            return
        identity = hash64(f"{brand}\0{mention.network}\0{mention.id}")
        update = self._is_update(mention, identity)
        too_late = newest - ms > MAX_LATE_MS
        # Too late, a mention is only counted; an update is of the time when it is read.
        lag = opened - minute if late and not update and not too_late else 0
        builder = collected.builder(brand, opened if late else minute, mention.network, lag)
        official = bool(mention.official) or (brand in self._official and self._is_official(brand, mention))
        if update is None or (update and official):
            builder.count("duplicates")
            return
        if late and not update:
            if too_late:
                builder.count("too_late")
                return
            builder.count("late")
        elif not late and ms > builder.newest:
            builder.newest = ms
        if official:
            collected.official.append((builder, mention))
        elif (update or mention.kind in SPOKEN) and mention.visibility == "public":
            collected.unscored.append((builder, mention, identity, update, ms // 1000))

    def _is_official(self, brand: str, mention: Mention) -> bool:
        return self._official[brand].has(mention.network, mention.author)

    def _is_update(self, mention: Mention, identity: int) -> bool | None:
        """Return whether a mention is an update; None where it is a duplicate."""
        if mention.kind == UPDATE:
            # It is no mention, so its id is not seen yet: the publication itself may come after it.
            return True
        followers, views = mention.followers or 0, mention.views or 0
        counts = (followers if followers > views else views) << 64 | (mention.reposts or 0)
        known = self._seen.add(identity, counts)
        if known is None:
            return False
        return True if counts not in (known, 0) and mention.kind in SPOKEN else None

    def _score_texts(self, unscored: list[Unscored]) -> None:
        texts = [mention.text or "" for _, mention, *_ in unscored]
        scores = self.model.score_many(texts)
        marks, shares = fingerprints(texts)
        negative_at = self.config.negative_at
        for row, score, mark, shared in zip(unscored, scores, marks, shares, strict=True):
            builder, mention, identity, update, at = row
            negativity = score if mention.rating is None else with_rating(score, mention.rating)
            if update:
                unknown = not mention.text and mention.rating is None
                builder.add_update(mention, identity, None if unknown else negativity)
            else:
                builder.add(mention, identity, negativity, negativity >= negative_at, at, mark, shared)


class _Collected:
    """The rollups of one batch while they are being built."""

    def __init__(self, config: Config) -> None:
        self.unscored: list[Unscored] = []
        self.official: list[tuple[RollupBuilder, Mention]] = []
        self._config = config
        self._builders: dict[tuple[str, int, str, int], RollupBuilder] = {}
        # Event time of the last heartbeat, by brand, network and hour: each hour that a source covered is reported.
        self._advanced: dict[tuple[str, str, int], int] = {}

    def builder(self, brand: str, minute: int, network: str, lag: int = 0) -> RollupBuilder:
        key = (brand, minute, network, lag)
        builder = self._builders.get(key)
        if builder is None:
            builder = self._builders[key] = RollupBuilder(brand, network, minute, self._config.brand(brand), lag)
        return builder

    def advance_to(self, brand: str, network: str, ms: int) -> None:
        key = (brand, network, ms // HOUR_MS)
        self._advanced[key] = max(ms, self._advanced.get(key, ms))

    def rollups(self) -> list[Rollup]:
        """Return them by minute: so a brand's event time never runs ahead of rollups that follow."""
        for rollup, mention in self.official:  # all at once: the lexicons stay in the processor's cache
            rollup.add_official(mention)
        for (brand, network, _), ms in self._advanced.items():
            builder = self.builder(brand, ms // MINUTE_MS, network)
            builder.newest = max(builder.newest, ms)
            builder.covered = network != IDLE_NETWORK
        return [builder.build() for builder in sorted(self._builders.values(), key=attrgetter("minute"))]
