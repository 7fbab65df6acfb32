"""Discrete-event simulation of a scenario: when each mention is posted, by whom, and in which words."""

import heapq
import math
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from streams.event_time import rfc3339
from streams.scenarios.people import Crowd, Originals, Writer
from streams.scenarios.schema import AnsweringPolicy, Echo, Phase, ScenarioFile, SinglePost


class Utterance(NamedTuple):
    """One mention and its ground truth, which the mention itself does not carry.

    Parameters
    ----------
    at
        Event time, seconds since the epoch.
    tone, negative
        What its author meant.
    phase
        The phase it belongs to, `baseline`, `answers` or `posts`.
    mention
        The record, ready to be encoded.
    """

    at: int
    tone: str
    negative: bool
    phase: str
    mention: dict[str, object]


class _Planned(NamedTuple):
    """A future post; those of one second are in the order in which they were planned."""

    at: int
    order: int
    phase: str
    tone: str
    network: str
    repost_share: float
    single: SinglePost | None = None
    target: str | None = None
    kind: str = "post"


class Simulation:
    """One run of a scenario: a queue of planned posts, published in the order of event time.

    A post may cause others: reposts, replies, answers of the brand.

    Parameters
    ----------
    file
        A valid scenario file.
    start, end
        First and last instant, UTC.
    zone
        Zone of its local times.
    """

    def __init__(self, file: ScenarioFile, start: datetime, end: datetime, zone: ZoneInfo) -> None:
        self.file = file
        self.zone = zone
        self.start, self.end = int(start.timestamp()), int(end.timestamp())
        # The words of the seeds decide every text: changing one changes all mentions of a scenario.
        self.rng = random.Random(f"{file.seed} said")
        self.crowd = Crowd(file, random.Random(f"{file.seed} crowd"))
        self.writer = Writer(file, random.Random(f"{file.seed} words"))
        self.originals = Originals()
        self.queue: list[_Planned] = []
        self.negative_posts: dict[str, bool] = {}
        # Mention ids: of the single posts by their ids in the file, and of the latest by network and tone.
        self.named: dict[str, str] = {}
        self.latest: dict[tuple[str, str], str] = {}
        self.orders = 0
        self.ids = 0

    def run(self) -> Iterator[Utterance]:
        """Yield every mention, in the order of event time."""
        self._plan_baseline()
        for phase in self.file.phases:
            self._plan_phase(phase)
        for single in self.file.posts:
            self._plan(self._seconds(single.at), "posts", "", single.network, single=single)
        while self.queue:
            yield self._publish(heapq.heappop(self.queue))

    def _plan(
        self,
        at: int,
        phase: str,
        tone: str,
        network: str,
        repost_share: float = 0.0,
        *,
        single: SinglePost | None = None,
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
        shares = self._networks(phase)
        kind = "reply" if phase.in_reply_to else "post"
        first, last = self._seconds(phase.start), self._seconds(phase.end)
        for step in range(first, last, 60):
            rate = phase.rate_at((step + 30 - first) / (last - first))
            for at in _arrivals(rng, step, min(step + 60, last), rate):
                tone, network = _pick(rng, phase.tones), _pick(rng, shares)
                self._plan(at, phase.name, tone, network, phase.repost_share, target=phase.in_reply_to, kind=kind)

    def _networks(self, phase: Phase) -> dict[str, float]:
        if phase.in_reply_to:
            return {next(post.network for post in self.file.posts if post.id == phase.in_reply_to): 1.0}
        return phase.networks or {name: network.share for name, network in self.file.networks.items()}

    def _publish(self, planned: _Planned) -> Utterance:
        if planned.single is not None:
            return self._publish_single(planned, planned.single)
        network = self.file.networks[planned.network]
        official = planned.phase == "answers"
        author, followers = ("official", None) if official else self.crowd.author(planned.phase, planned.network)
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
            extra["reply_to"] = self.named.get(str(planned.target), planned.target)
        if official:
            extra |= {"official": True, "promise_due_at": self._promise(planned.at)}
        if kind == "post" and network.kind == "review":
            kind, extra["rating"] = "review", self.file.tones[planned.tone].rating
        mention = self._mention(planned, kind, author, text, extra)
        negative = self.file.tones[planned.tone].negative if planned.tone else self.negative_posts[str(planned.target)]
        self.latest[planned.network, planned.tone] = str(mention["id"])
        if kind == "post":
            self.originals.add(planned.network, planned.tone, str(mention["id"]), text, followers or 0)
        if negative and not official and kind != "repost":
            self._plan_answer(planned, str(mention["id"]))
        return Utterance(planned.at, planned.tone, negative, planned.phase, mention)

    def _publish_single(self, planned: _Planned, single: SinglePost) -> Utterance:
        extra: dict[str, object] = {"followers": single.followers, "url": single.url}
        extra["reply_to"] = self._target(single)
        if single.official:
            extra["official"] = True
        extra |= self._answering(single)
        mention = self._mention(planned, single.kind, self._author(single), single.text, extra)
        name = str(mention["id"])
        if single.id:
            self.named[single.id] = name
        self.originals.add_text(name, single.text)
        self.negative_posts[name] = single.negative
        for echo, kind in ((single.reposted, "repost"), (single.answered, "reply")):
            if echo is not None:
                self._plan_echo(planned, echo, name, kind)
        return Utterance(planned.at, "", single.negative, "posts", mention)

    def _answering(self, single: SinglePost) -> dict[str, object]:
        """Return the fields that say what a post of the brand is: None for those that it leaves out."""
        times = {"promise_due_at": single.promise_due_at, "publish_at": single.publish_at}
        extra: dict[str, object] = {name: rfc3339(self._seconds(at) * 1000) for name, at in times.items() if at}
        extra |= {"target": single.target, "role": single.role, "marks": single.marks or None}
        extra["visibility"] = "private" if single.visibility == "private" else None
        extra["keeps"] = self.named[single.keeps] if single.keeps else None
        return extra

    def _author(self, single: SinglePost) -> str:
        if single.author is None:
            return "official" if single.official else self.crowd.new_id()
        return f"{random.Random(f'{self.file.seed} author {single.author}').getrandbits(48):012x}"

    def _target(self, single: SinglePost) -> str | None:
        if single.to_tone:
            return self.latest.get((single.network, single.to_tone))
        return self.named[single.to] if single.to else None

    def _plan_echo(self, planned: _Planned, echo: Echo, target: str, kind: str) -> None:
        for _ in range(echo.count):
            delay = -math.log(1.0 - self.rng.random()) / math.log(2) * echo.half_life_minutes * 60
            self._plan(planned.at + 1 + int(delay), "posts", echo.tone or "", planned.network, target=target, kind=kind)

    def _plan_answer(self, planned: _Planned, target: str) -> None:
        answers = self._policy(planned.at)
        if answers is None or planned.network not in answers.networks or self.rng.random() >= answers.share:
            return
        delay = answers.median_minutes * 60 * math.exp(self.rng.gauss(0, 0.6))
        local = datetime.fromtimestamp(planned.at + int(delay), self.zone)
        opening, closing = answers.hours
        days = 7 if answers.weekends else 5
        while not (local.weekday() < days and opening <= local.hour < closing):
            wait = local.replace(hour=opening, minute=self.rng.randint(0, 50))
            local = wait if wait > local and local.weekday() < days else wait + timedelta(days=1)
        if local.replace(tzinfo=None) < answers.until:
            at = int(local.timestamp())
            self._plan(at, "answers", answers.tone, planned.network, target=target, kind="reply")

    def _policy(self, at: int) -> AnsweringPolicy | None:
        """Return the answering policy in force: of those begun, the latest."""
        begun = [p for p in self.file.policies if p.since is None or self._seconds(p.since) <= at]
        return max(begun, key=lambda p: self._seconds(p.since) if p.since else self.start, default=None)

    def _promise(self, at: int) -> str | None:
        answers = self._policy(at)
        if answers is None or self.rng.random() >= answers.promise_share:
            return None
        return rfc3339((at + answers.promise_hours * 3600) * 1000)

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
            "created_at": rfc3339(planned.at * 1000),
            "text": text,
            "lang": self.file.lang,
            "author": author,
        }
        return mention | {key: value for key, value in extra.items() if value is not None}

    def _seconds(self, local: datetime) -> int:
        return int(local.replace(tzinfo=self.zone).timestamp())


def _pick(rng: random.Random, weights: dict[str, float]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _spread(rng: random.Random, sigma: float) -> float:
    return math.exp(rng.gauss(0, sigma) - sigma * sigma / 2)


def _arrivals(rng: random.Random, start: int, end: int, rate: float) -> Iterator[int]:
    """Draw the seconds of a Poisson process, with a rate an hour, between two instants."""
    if rate <= 0:
        return
    at = start - math.log(1.0 - rng.random()) * 3600 / rate
    while at < end:
        yield int(at)
        at -= math.log(1.0 - rng.random()) * 3600 / rate
