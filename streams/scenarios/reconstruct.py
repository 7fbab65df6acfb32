"""Reconstructed incidents: a scenario file turned into mentions, the same to the byte for the same file.

The file's form is described in `streams.scenarios.form`; scenarios that ship with badbuzz lie in `streams/scenarios`.
The lines come as a careful collector would send them: in the order of event time but for a few that are late by less
than a minute, a few sent twice, and a heartbeat for every minute in which a network had nothing to say.
"""

import heapq
import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from importlib.resources.abc import Traversable
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from streams.errors import ConfigError
from streams.scenarios.check import parse
from streams.scenarios.form import Echo, Phase, ScenarioFile, Single, Source
from streams.scenarios.people import Crowd, Originals, Writer

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


class Utterance(NamedTuple):
    """One mention and what only its author knows.

    Parameters
    ----------
    at
        Event time, seconds since the epoch.
    tone, negative
        What was meant: the truth, which the mention itself does not carry.
    phase
        The phase it belongs to, `baseline`, `answers` or `posts`.
    mention
        The record, as it is sent.
    """

    at: int
    tone: str
    negative: bool
    phase: str
    mention: dict[str, object]


class _Planned(NamedTuple):
    at: int
    order: int
    phase: str
    tone: str
    network: str
    repost_share: float
    single: Single | None = None
    target: str | None = None
    kind: str = "post"


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
        return list(_Telling(self._file, self.start, self.end, self.zone).tell())

    def _heartbeats(self, heard: set[tuple[str, int]]) -> Iterator[tuple[int, int, bytes]]:
        heads = [
            (network, msgspec.json.encode({"v": 1, "kind": "heartbeat", "brand": self.brand, "network": network})[:-1])
            for network in self.networks
        ]
        first, last = int(self.start.timestamp()) // 60, int(self.end.timestamp()) // 60
        for minute in range(first, last + 2):
            at = _rfc3339(minute * 60 + 60)
            for network, head in heads:
                if (network, minute) not in heard:
                    tail = f',"id":"heartbeat:{network}:{at}","created_at":"{at}","text":""}}\n'
                    yield minute * 60 + 60, -1, head + tail.encode()

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
        There is no such scenario, or its file is not as `streams.scenarios.form` says.

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


class _Telling:
    """One telling of a scenario: plans when things are said, then says them in order."""

    def __init__(self, file: ScenarioFile, start: datetime, end: datetime, zone: ZoneInfo) -> None:
        self.file = file
        self.zone = zone
        self.start, self.end = int(start.timestamp()), int(end.timestamp())
        self.rng = random.Random(f"{file.seed} said")
        self.crowd = Crowd(file, random.Random(f"{file.seed} crowd"))
        self.writer = Writer(file, random.Random(f"{file.seed} words"))
        self.originals = Originals()
        self.queue: list[_Planned] = []
        self.meant: dict[str, bool] = {}
        self.orders = 0
        self.ids = 0

    def tell(self) -> Iterator[Utterance]:
        self._plan_baseline()
        for phase in self.file.phases:
            self._plan_phase(phase)
        for single in self.file.posts:
            self._plan(self._seconds(single.at), "posts", "", single.network, single=single)
        while self.queue:
            yield self._say(heapq.heappop(self.queue))

    def _plan(
        self,
        at: int,
        phase: str,
        tone: str,
        network: str,
        repost_share: float = 0.0,
        *,
        single: Single | None = None,
        target: str | None = None,
        kind: str = "post",
    ) -> None:
        if self.start <= at < self.end:
            self.orders += 1
            planned = _Planned(at, self.orders, phase, tone, network, repost_share, single, target, kind)
            heapq.heappush(self.queue, planned)

    def _plan_baseline(self) -> None:
        base = self.file.baseline
        rng = random.Random(f"{self.file.seed} baseline")
        shares = {name: network.share for name, network in self.file.networks.items()}
        hour_mean, day_mean = sum(base.by_hour) / 24, sum(base.by_weekday) / 7
        day, day_factor = None, 1.0
        for hour in range(self.start, self.end, 3600):
            local = datetime.fromtimestamp(hour, self.zone)
            if local.date() != day:
                day, day_factor = local.date(), _spread(rng, base.day_spread)
            rate = base.mentions_per_day / 24 * base.by_hour[local.hour] / hour_mean
            rate *= base.by_weekday[local.weekday()] / day_mean * day_factor * _spread(rng, base.hour_spread)
            for at in _arrivals(rng, hour, min(hour + 3600, self.end), rate):
                self._plan(at, "baseline", _pick(rng, base.tones), _pick(rng, shares), base.repost_share)

    def _plan_phase(self, phase: Phase) -> None:
        rng = random.Random(f"{self.file.seed} {phase.name}")
        shares = phase.networks or {name: network.share for name, network in self.file.networks.items()}
        first, last = self._seconds(phase.start), self._seconds(phase.end)
        for step in range(first, last, 60):
            rate = phase.rate_at((step + 30 - first) / (last - first))
            for at in _arrivals(rng, step, min(step + 60, last), rate):
                self._plan(at, phase.name, _pick(rng, phase.tones), _pick(rng, shares), phase.repost_share)

    def _say(self, planned: _Planned) -> Utterance:
        if planned.single is not None:
            return self._say_single(planned, planned.single)
        network = self.file.networks[planned.network]
        official = planned.phase == "answers"
        author, followers = ("official", None) if official else self.crowd.speaker(planned.phase, planned.network)
        repost_of, text, kind = planned.target if planned.kind == "repost" else None, "", planned.kind
        if repost_of is None and network.reposts and self.rng.random() < planned.repost_share:
            repost_of = self.originals.pick(self.rng, planned.network, planned.tone)
        if repost_of is not None:
            kind, text = "repost", self.writer.cut("RT " + self.originals.text(repost_of), network)
        text = text or self.writer.write(planned.tone, network)
        extra: dict[str, object] = {"followers": followers}
        if kind == "repost":
            extra["repost_of"] = repost_of
        elif kind == "reply":
            extra["reply_to"] = planned.target
        if official:
            extra |= {"official": True, "promise_due_at": self._promise(planned.at)}
        mention = self._mention(planned, kind, author, text, extra)
        negative = self.file.tones[planned.tone].negative if planned.tone else self.meant[str(planned.target)]
        if kind == "post":
            self.originals.add(planned.network, planned.tone, str(mention["id"]), text, followers or 0)
        if negative and not official and kind != "repost":
            self._plan_answer(planned, str(mention["id"]))
        return Utterance(planned.at, planned.tone, negative, planned.phase, mention)

    def _say_single(self, planned: _Planned, single: Single) -> Utterance:
        author = "official" if single.official else self.crowd.stranger()
        extra: dict[str, object] = {"followers": single.followers, "url": single.url}
        if single.official:
            extra["official"] = True
        mention = self._mention(planned, single.kind, author, single.text, extra)
        name = str(mention["id"])
        self.originals.keep(name, single.text)
        self.meant[name] = single.negative
        for echo, kind in ((single.reposted, "repost"), (single.answered, "reply")):
            if echo is not None:
                self._plan_echo(planned, echo, name, kind)
        return Utterance(planned.at, "", single.negative, "posts", mention)

    def _plan_echo(self, planned: _Planned, echo: Echo, target: str, kind: str) -> None:
        for _ in range(echo.count):
            delay = -math.log(1.0 - self.rng.random()) / math.log(2) * echo.half_life_minutes * 60
            self._plan(planned.at + 1 + int(delay), "posts", echo.tone or "", planned.network, target=target, kind=kind)

    def _plan_answer(self, planned: _Planned, target: str) -> None:
        answers = self.file.answers
        if answers is None or planned.network not in answers.networks or self.rng.random() >= answers.share:
            return
        delay = answers.median_minutes * 60 * math.exp(self.rng.gauss(0, 0.6))
        local = datetime.fromtimestamp(planned.at + int(delay), self.zone)
        opening, closing = answers.hours
        while not (local.weekday() < 5 and opening <= local.hour < closing):
            wait = local.replace(hour=opening, minute=self.rng.randint(0, 50))
            local = wait if wait > local and local.weekday() < 5 else wait + timedelta(days=1)
        if local.replace(tzinfo=None) < answers.until:
            at = int(local.timestamp())
            self._plan(at, "answers", answers.tone, planned.network, target=target, kind="reply")

    def _promise(self, at: int) -> str | None:
        answers = self.file.answers
        if answers is None or self.rng.random() >= answers.promise_share:
            return None
        return _rfc3339(at + answers.promise_hours * 3600)

    def _mention(
        self, planned: _Planned, kind: str, author: str, text: str, extra: dict[str, object]
    ) -> dict[str, object]:
        self.ids += 1
        mention: dict[str, object] = {
            "v": 1,
            "id": f"{planned.network}:{self.ids:07d}",
            "kind": kind,
            "brand": self.file.brand,
            "network": planned.network,
            "created_at": _rfc3339(planned.at),
            "text": text,
            "lang": self.file.lang,
            "author": author,
        }
        return mention | {key: value for key, value in extra.items() if value is not None}

    def _seconds(self, local: datetime) -> int:
        return int(local.replace(tzinfo=self.zone).timestamp())


def _folder() -> Traversable:
    return resources.files("streams") / "scenarios"


def _rfc3339(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _pick(rng: random.Random, weights: dict[str, float]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _spread(rng: random.Random, sigma: float) -> float:
    return math.exp(rng.gauss(0, sigma) - sigma * sigma / 2)


def _arrivals(rng: random.Random, start: int, end: int, rate: float) -> Iterator[int]:
    """Draw the seconds of a Poisson process of so many an hour between two instants."""
    if rate <= 0:
        return
    at = start - math.log(1.0 - rng.random()) * 3600 / rate
    while at < end:
        yield int(at)
        at -= math.log(1.0 - rng.random()) * 3600 / rate
