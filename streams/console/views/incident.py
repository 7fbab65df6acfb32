"""The view of one incident: due, how much, where, what is said, who carries it, what we said, the cell, log, next."""

from typing import NamedTuple

from streams.console.state import Case, ConsoleState
from streams.console.views.answers import Answers, answers
from streams.console.views.chart import Chart, chart
from streams.console.views.due import Due, due_steps
from streams.console.views.health import Feeding, problems
from streams.console.views.lens import Lens
from streams.console.views.log import Log, newest_lines
from streams.console.views.next_steps import NextSteps, next_steps
from streams.console.views.part import Part
from streams.desk_log.action import ROLES, instant_ms
from streams.situations.situation import Carrier, Situation
from streams.wording.inert import inert

GROWTH = 1.2
"""From this ratio to the hour before, or below its inverse, it is rising or falling."""


class Head(NamedTuple):
    """Brand, severity, since when, the summary, and what people decided."""

    brand: str
    severity: str
    severity_name: str
    since: str
    summary: str
    as_of: str
    decisions: list[str]


class Figure(NamedTuple):
    """One figure: its name, its value, and a line below it."""

    name: str
    value: str
    note: str = ""


class Much(NamedTuple):
    """How much is said."""

    figures: list[Figure]
    chart: Chart
    caption: str


class Network(NamedTuple):
    """One network: its share, and whether the brand spoke there."""

    name: str
    share: float
    percent: str
    spoken: str
    missing: bool


class Post(NamedTuple):
    """A publication that carries the incident."""

    id: str
    network: str
    text: str
    facts: str
    url: str
    verified: str
    answered: str


class Who(NamedTuple):
    """Who carries it: kinds of authors, and publications."""

    carriers: list[str]
    posts: list[Post]


class IncidentView(NamedTuple):
    """Everything that the page of an incident shows."""

    incident: str
    version: int
    problems: list[str]
    head: Head
    due: list[Due]
    much: Much
    where: list[Network]
    said: list[tuple[str, str]]
    weaknesses: list[str]
    who: Who
    answers: Answers
    cell: list[tuple[str, str]]
    log: Log
    next: NextSteps

    def parts(self) -> list[Part]:
        """Return the parts of the page that change, in order."""
        return [
            Part("health", "health", self.problems),
            Part("head", "head", self.head),
            Part("due", "due", self.due),
            Part("much", "much", self.much),
            Part("where", "where", self.where),
            Part("said", "said", self),
            Part("who", "who", self.who),
            Part("ours", "ours", self.answers),
            Part("cell", "cell", self.cell),
            Part("log", "log", self.log),
            Part("next", "next", self.next),
        ]


def incident_view(case: Case, situation: Situation, state: ConsoleState, feeding: Feeding, lens: Lens) -> IncidentView:
    """Return the view of an incident.

    Parameters
    ----------
    case, situation
        The incident, and its latest picture.
    state, feeding
        What the page rests on.
    lens
        Who looks, and when.
    """
    brand = case.brand
    return IncidentView(
        incident=case.incident,
        version=case.desk.version,
        problems=problems(state, feeding, lens, case),
        head=_head(case, situation, lens),
        due=due_steps(case, lens),
        much=_much(situation, lens),
        where=_where(situation, lens),
        said=[(inert(each.term, None, 60), lens.number(each.count)) for each in situation.terms],
        weaknesses=[lens.config.words.mentions(inert(n, None, 60), c) for n, c in situation.weaknesses.items() if c],
        who=_who(case, situation, lens),
        answers=answers(case, situation, lens),
        cell=[
            (lens.say(f"role_{role}"), lens.note(brand, case.desk.roles.get(role, "")) or lens.say("nobody"))
            for role in ROLES
        ],
        log=newest_lines(case, lens),
        next=next_steps(case, situation, lens),
    )


def _head(case: Case, situation: Situation, lens: Lens) -> Head:
    desk = case.desk
    decisions = []
    if desk.mute is not None and instant_ms(desk.mute.until) > lens.now_ms:
        mute = desk.mute
        decisions.append(
            lens.say("muted", time=lens.time(mute.until), who=mute.who, why=lens.note(case.brand, mute.why))
        )
    for verdict in (desk.closed, desk.verdict):
        if verdict is not None:
            why = lens.note(case.brand, verdict.why)
            decisions.append(lens.say("closed", time=lens.time(verdict.at), who=verdict.who, why=why))
    severity = "calm" if situation.ended else case.severity
    return Head(
        brand=case.brand,
        severity=severity,
        severity_name=lens.say("is_over") if situation.ended else lens.config.words.say(f"severity_{severity}"),
        since=lens.since(situation.since),
        summary=_summary(case, situation, lens),
        as_of=lens.say("as_of", time=lens.time(situation.minute)),
        decisions=decisions,
    )


def _summary(case: Case, situation: Situation, lens: Lens) -> str:
    """Return since when it has this severity, and why; the summary of the event would tell the figures of then."""
    words = lens.config.words
    if situation.ended or not situation.criteria:
        return ""
    since = next((each.at for each in reversed(case.events) if each.severity == situation.severity), situation.since)
    criteria = " + ".join(words.say(f"criterion_{name}") for name in situation.criteria)
    severity = words.say(f"severity_{situation.severity}")
    return lens.say("reached", severity=severity, time=lens.time(since), criteria=criteria)


def _much(situation: Situation, lens: Lens) -> Much:
    figures = situation.figures
    drawn = chart(situation)
    share = lens.say(
        "of_them", share=lens.config.words.percent(figures.share), before=lens.number(figures.negatives_before)
    )
    return Much(
        [
            Figure(lens.say("negative_people"), lens.number(figures.negative_voices), _trend(situation, lens)),
            Figure(lens.say("expected"), lens.number(figures.expected_negative_voices, 1)),
            Figure(lens.say("six_hours"), lens.number(figures.negative_voices_6h)),
            Figure(lens.say("mentions_hour"), lens.number(figures.mentions), share),
            Figure(lens.say("reach"), lens.number(figures.reach)),
        ],
        drawn,
        lens.say("trend", time=lens.time(situation.minute), most=lens.number(drawn.most)),
    )


def _trend(situation: Situation, lens: Lens) -> str:
    growth = situation.figures.growth
    if growth is None:
        return lens.say("rising") if situation.figures.negatives else ""
    if growth >= GROWTH:
        return f"↑ {lens.say('rising')} ×{lens.number(growth, 1)}"
    return f"↓ {lens.say('falling')} ×{lens.number(growth, 1)}" if growth * GROWTH <= 1 else f"→ {lens.say('steady')}"


def _where(situation: Situation, lens: Lens) -> list[Network]:
    return [
        Network(
            inert(part.network, None, 60),
            part.share,
            lens.config.words.percent(part.share),
            lens.say("spoken", time=lens.time(part.spoken)) if part.spoken else lens.say("not_spoken"),
            part.spoken is None and part.case_negatives > 0,
        )
        for part in situation.networks
    ]


def _who(case: Case, situation: Situation, lens: Lens) -> Who:
    verified, answered = case.desk.verified, case.desk.answered
    posts = [
        Post(
            post.id,
            post.network,
            lens.text(case.brand, post.text),
            lens.say(
                "post_facts",
                author=lens.author(post),
                network=inert(post.network, None, 60),
                reach=lens.number(post.reach),
                reposts=lens.number(post.reposts),
            ),
            lens.link(post.url),
            lens.say("verified_by", who=verified[post.id].who) if post.id in verified else "",
            lens.say("answered_by", who=answered[post.id].who) if post.id in answered else "",
        )
        for post in situation.posts
    ]
    return Who([_carrier(each, lens) for each in situation.carriers if each.posts or each.authors], posts)


def _carrier(each: Carrier, lens: Lens) -> str:
    if each.kind == "official":
        return lens.say("carrier_official", posts=lens.number(each.posts))
    if each.kind == "public":
        return lens.say("carrier_public", authors=lens.number(each.authors), reach=lens.number(each.reach))
    return lens.say("carrier_private", authors=lens.number(each.authors))
