"""Reconstructed incidents: a scenario file turned into mentions, the same to the byte for the same file.

The file's form is described in `streams.scenarios.schema`; scenarios that ship with badbuzz lie in `streams/scenarios`.
The lines come as a careful collector would send them: in the order of event time but for a few that are late by less
than a minute, a few sent twice, and a heartbeat for every minute in which a network had nothing to say.
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
from streams.scenarios.schema import ScenarioFile, Source
from streams.scenarios.simulation import Telling, Utterance
from streams.scenarios.validation import parse

LATE_SHARE = 0.03
TWICE_SHARE = 0.006
MOST_LATE = 55  # seconds: within the default allowed lateness of 60, so that no line is lost to it


class Fact(NamedTuple):
    """An instant that a source documents.

    Parameters
    ----------
    at
        In UTC.
    label
        What happened.
    source
        Id of the source that says so.
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
        The checked scenario file.

    Attributes
    ----------
    title, reconstruction, brand
        As the file says; `reconstruction` must be shown wherever the scenario is.
    zone
        The zone its people live in.
    start, end
        First and last instant, UTC.
    facts
        Documented instants, in order of time.
    sources
        Where they were read.
    networks
        Names of its networks, in the file's order.
    """

    def __init__(self, file: ScenarioFile) -> None:
        self._file = file
        self.title = file.title
        self.reconstruction = file.reconstruction
        self.brand = file.brand
        self.zone = ZoneInfo(file.timezone)
        self.start = self._utc(file.start)
        self.end = self._utc(file.end)
        self.sources: tuple[Source, ...] = tuple(file.sources)
        self.networks = tuple(file.networks)
        facts = (Fact(self._utc(f.at), f.label, f.source, f.approximate, f.answer) for f in file.facts)
        self.facts = tuple(sorted(facts))

    @property
    def answer(self) -> Fact | None:
        """The brand's first public answer, if the file marks one."""
        return next((fact for fact in self.facts if fact.answer), None)

    def mentions(self) -> Iterator[bytes]:
        r"""Yield every line, heartbeats included, in the order it would arrive.

        Yields
        ------
        bytes
            One mention of version 1 as JSON, ending in a line feed. No line is 60 s or more behind the newest before
            it, and the last ones are heartbeats two minutes after the end, which close the last buckets.

        Examples
        --------
        >>> lines = list(load_scenario("trois_suisses_2012").mentions())
        >>> lines == list(load_scenario("trois_suisses_2012").mentions())
        True
        """
        rng = random.Random(f"{self._file.seed} arrival")
        encode = msgspec.json.Encoder().encode
        arrivals: list[tuple[int, int, bytes]] = []
        heard: set[tuple[str, int]] = set()
        for order, said in enumerate(self.utterances()):
            line = encode(said.mention) + b"\n"
            late = rng.randint(1, MOST_LATE) if rng.random() < LATE_SHARE else 0
            arrivals.append((said.at + late, order, line))
            if rng.random() < TWICE_SHARE:
                arrivals.append((said.at + rng.randint(late, MOST_LATE), order, line))
            heard.add((str(said.mention["network"]), said.at // 60))
        arrivals.sort()
        for _, _, line in heapq.merge(arrivals, self._heartbeats(heard), key=itemgetter(0, 1)):
            yield line

    def utterances(self) -> list[Utterance]:
        """Give everything that is said, in the order of event time, each once, with the tone that was meant."""
        return list(Telling(self._file, self.start, self.end, self.zone).tell())

    def _heartbeats(self, heard: set[tuple[str, int]]) -> Iterator[tuple[int, int, bytes]]:
        first, last = int(self.start.timestamp()) // 60, int(self.end.timestamp()) // 60
        for minute in range(first, last + 2):
            ms = (minute + 1) * MINUTE_MS
            for network in self.networks:
                if (network, minute) not in heard:
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
    """Load a scenario by the name of one that ships with badbuzz, or from a file of one's own.

    Parameters
    ----------
    name_or_path
        A name of `shipped_scenarios`, or the path of a file that ends in `.toml`.

    Raises
    ------
    ConfigError
        There is no such scenario, or its file is not as `streams.scenarios.schema` says.

    Examples
    --------
    >>> load_scenario("trois_suisses_2012").brand
    '3 Suisses'
    """
    name = str(name_or_path)
    found: Traversable = Path(name) if name.endswith(".toml") else _folder() / f"{name}.toml"
    if not name.endswith(".toml") and name not in shipped_scenarios():
        message = f'scenario: expected {" or ".join(shipped_scenarios())} or the path of a .toml file, got "{name}"'
        raise ConfigError(f"{message}; name one of them")
    try:
        data = found.read_bytes()
    except OSError as error:
        raise ConfigError(f"scenario: expected a readable file, got {error}; mend the path") from None
    return Scenario(parse(data, found.name))


def _folder() -> Traversable:
    return resources.files("streams") / "scenarios"
