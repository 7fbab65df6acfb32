"""The view of what we said and whether it helped: statements with their effect, promises, replies, deletions."""

from typing import NamedTuple

from streams.console.state import Case
from streams.console.views.lens import Lens
from streams.event_time import MINUTE_MS
from streams.situations.situation import OfficialStatement, Situation
from streams.wording.inert import inert


class Said(NamedTuple):
    """One statement: when and where, its words, and what came of it."""

    time: str
    network: str
    text: str
    effect: str
    verdict: str
    url: str = ""


class Answers(NamedTuple):
    """What we said, and the figures of how we answer."""

    said: list[Said]
    facts: list[str]


def answers(case: Case, situation: Situation, lens: Lens) -> Answers:
    """Return what the brand said, statements that people logged and no source has shown yet included."""
    seen = {each.text.strip() for each in situation.statements}
    said = [_official(each, case, lens) for each in situation.statements]
    said += [
        Said(
            lens.time(each.at),
            inert(each.network, None, 60),
            lens.note(case.brand, each.text),
            lens.say("not_seen_yet", who=each.who),
            "",
            lens.link(each.url),
        )
        for each in case.desk.statements
        if each.text.strip() not in seen
    ]
    return Answers(said, _facts(situation, lens))


def _official(each: OfficialStatement, case: Case, lens: Lens) -> Said:
    effect = each.effect
    text = lens.say("effect_later")
    if effect is not None:
        text = lens.say(
            "effect",
            verdict=lens.config.words.say(f"desk_verdict_{effect.verdict}"),
            points=f"{effect.points:+d}",
            low=f"{effect.low:+d}",
            high=f"{effect.high:+d}",
            minutes=str(effect.minutes),
        )
    if each.replies:
        replies, negative = lens.number(each.replies), lens.number(each.negative_replies)
        text += f"; {lens.say('replies', replies=replies, negative=negative)}"
    return Said(
        lens.time(each.at),
        inert(each.network, None, 60),
        lens.text(case.brand, each.text),
        text,
        effect.verdict if effect else "",
    )


def _facts(situation: Situation, lens: Lens) -> list[str]:
    counts, asks, promises = situation.answers, situation.asks, situation.promises
    facts = [
        lens.say(
            "counts",
            answers=lens.number(counts.answers),
            complaints=lens.number(counts.complaints),
            deletions=lens.number(counts.deletions),
            blocks=lens.number(counts.blocks),
            scheduled=lens.number(counts.scheduled),
        )
    ]
    if asks.first_reply_p50_s is not None:
        facts.append(lens.say("median", span=lens.span(0, max(MINUTE_MS, asks.first_reply_p50_s * 1000))))
    if asks.open:
        facts.append(lens.say("waiting", open=lens.number(asks.open), overdue=lens.number(asks.overdue)))
    if promises.open or promises.kept or promises.broken:
        facts.append(
            lens.say(
                "promise_counts",
                open=lens.number(promises.open),
                kept=lens.number(promises.kept),
                broken=lens.number(promises.broken),
            )
        )
    return facts
