"""Reconstructed incidents: mentions generated from a scenario file, the same bytes for the same file.

`streams.scenarios.schema` describes the file; the scenarios that ship with badbuzz lie beside it. The lines are in the
order in which a careful collector would deliver them: event time, but for a few late ones (by less than a minute) and a
few duplicates, with a heartbeat for every minute in which a network has no mention.
"""

import heapq
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import resources
from importlib.resources.abc import Traversable
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from streams.errors import ConfigError
from streams.event_time import MINUTE_MS, rfc3339
from streams.mentions.heartbeat import encode_heartbeat
from streams.scenarios.schema import Citation, ScenarioFile
from streams.scenarios.simulation import Simulation, Utterance
from streams.scenarios.validation import parse

LATE_SHARE = 0.03
DUPLICATE_SHARE = 0.006
MAX_LATE_S = 55  # within the default allowed lateness of 60, so that no line is too late


class Fact(NamedTuple):
    """A documented instant.

    Parameters
    ----------
    at
        In UTC.
    label
        What happened.
    source
        Id of the source that documents it.
    approximate
        The source gives no exact time.
    answer
        The brand's first public answer.
    """

    at: datetime
    label: str
    source: str
    approximate: bool
    answer: bool


class Scenario:
    """A reconstructed incident.

    Parameters
    ----------
    file
        A valid scenario file.

    Attributes
    ----------
    title, reconstruction, brand
        As in the file; `reconstruction` must be shown wherever the scenario is.
    zone
        Zone of its local times.
    start, end
        First and last instant, UTC.
    facts
        Documented instants, in order of time.
    sources
        The documents of these facts.
    networks
        Names of its networks, in the file's order.
    expectations
        What must be found in it, or must not.
    """

    def __init__(self, file: ScenarioFile) -> None:
        self._file = file
        self.title = file.title
        self.reconstruction = file.reconstruction
        self.brand = file.brand
        self.zone = ZoneInfo(file.timezone)
        self.start = self._utc(file.start)
        self.end = self._utc(file.end)
        self.sources: tuple[Citation, ...] = tuple(file.sources)
        self.networks = tuple(file.networks)
        self.expectations = tuple(file.expect)
        facts = (Fact(self._utc(f.at), f.label, f.source, f.approximate, f.answer) for f in file.facts)
        self.facts = tuple(sorted(facts))

    @property
    def answer(self) -> Fact | None:
        """The brand's first public answer, if the file marks one."""
        return next((fact for fact in self.facts if fact.answer), None)

    @property
    def posts(self) -> dict[str, datetime]:
        """Local time of each single post with an id."""
        return {post.id: post.at for post in self._file.posts if post.id}

    def mentions(self) -> Iterator[bytes]:
        r"""Yield every line, heartbeats included, in the order of arrival.

        Yields
        ------
        bytes
            One mention of version 1 as JSON, ending in a line feed. No line is 60 s or more behind the newest before
            it; the last are heartbeats two minutes after the end, which close the last buckets.

        Examples
        --------
        >>> lines = list(load_scenario("trois_suisses_2012").mentions())
        >>> lines == list(load_scenario("trois_suisses_2012").mentions())
        True
        """
        rng = random.Random(f"{self._file.seed} arrival")
        encode = msgspec.json.Encoder().encode
        arrivals: list[tuple[int, int, bytes]] = []
        active_minutes: set[tuple[str, int]] = set()
        for order, utterance in enumerate(self.utterances()):
            line = encode(utterance.mention) + b"\n"
            late = rng.randint(1, MAX_LATE_S) if rng.random() < LATE_SHARE else 0
            arrivals.append((utterance.at + late, order, line))
            if rng.random() < DUPLICATE_SHARE:
                arrivals.append((utterance.at + rng.randint(late, MAX_LATE_S), order, line))
            active_minutes.add((str(utterance.mention["network"]), utterance.at // 60))
        arrivals.sort()
        for _, _, line in heapq.merge(arrivals, self._heartbeats(active_minutes), key=itemgetter(0, 1)):
            yield line

    def utterances(self) -> list[Utterance]:
        """Return every mention once, in the order of event time, with its ground truth."""
        return list(Simulation(self._file, self.start, self.end, self.zone).run())

    def _heartbeats(self, active_minutes: set[tuple[str, int]]) -> Iterator[tuple[int, int, bytes]]:
        first, last = int(self.start.timestamp()) // 60, int(self.end.timestamp()) // 60
        for minute in range(first, last + 2):
            ms = (minute + 1) * MINUTE_MS
            for network in self.networks:
                if (network, minute) not in active_minutes:
                    line = encode_heartbeat(f"heartbeat:{network}:{rfc3339(ms)}", self.brand, network, ms)
                    yield ms // 1000, -1, line + b"\n"

    def _utc(self, local: datetime) -> datetime:
        return local.replace(tzinfo=self.zone).astimezone(UTC)


def shipped_scenarios() -> list[str]:
    """List the scenarios that ship with badbuzz, by name.

    Examples
    --------
    >>> "trois_suisses_2012" in shipped_scenarios()
    True
    """
    return sorted(entry.name.removesuffix(".toml") for entry in _folder().iterdir() if entry.name.endswith(".toml"))


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Load a scenario: one that ships with badbuzz, or a file of your own.

    Parameters
    ----------
    name_or_path
        A name of `shipped_scenarios`, or the path of a file that ends in `.toml`.

    Raises
    ------
    ConfigError
        There is no such scenario, or its file is not valid by `streams.scenarios.schema`.

    Examples
    --------
    >>> load_scenario("trois_suisses_2012").brand
    '3 Suisses'
    """
    name = str(name_or_path)
    file: Traversable = Path(name) if name.endswith(".toml") else _folder() / f"{name}.toml"
    if not name.endswith(".toml") and name not in shipped_scenarios():
        message = f'scenario: expected {" or ".join(shipped_scenarios())} or the path of a .toml file, got "{name}"'
        raise ConfigError(f"{message}; name one of them")
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"scenario: expected a readable file, got {error}; correct the path") from None
    return Scenario(parse(data, file.name))


def _folder() -> Traversable:
    return resources.files("streams") / "scenarios"
