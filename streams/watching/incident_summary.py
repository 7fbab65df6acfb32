"""The summary of an incident event: the one line that an on-call person reads first, in their language and zone."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from detectors.severity import COORDINATED, REACH
from streams.settings.config import Config
from streams.watching.incident_event import IncidentEvent
from streams.watching.quotation import author
from streams.wording.language import Language

MAX_SUMMARY_TERMS = 4
CROWD_MINUTES = 360


def summary(event: IncidentEvent, config: Config) -> str:
    """Summarize an event in one line.

    Parameters
    ----------
    event
        Its own `summary` and `figures` are not read.
    config
        Language, zone, and which authors are named.
    """
    words = config.words
    at, since = datetime.fromisoformat(event.at), datetime.fromisoformat(event.since)
    if event.severity == "calm":
        return words.say("calm_again", brand=event.brand, since=words.time(since, config.zone, beside=at))
    criteria = " + ".join(words.say(f"criterion_{name}") for name in event.criteria)
    severity = words.say(f"severity_{event.severity}").upper()
    parts = [words.say("headline", severity=severity, brand=event.brand, criteria=criteria, figures=event.figures)]
    if event.terms:
        parts.append(words.say("said", terms=", ".join(term.term for term in event.terms[:MAX_SUMMARY_TERMS])))
    if event.answers.deletions or event.answers.blocks:
        deleted, blocked = words.number(event.answers.deletions), words.number(event.answers.blocks)
        parts.append(words.say("aggravating", deleted=deleted, blocked=blocked))
    return "; ".join(parts) + "."


def figures(event: IncidentEvent, config: Config) -> str:
    """Return how much, where, since when and which known weak point; first why it is critical, where it is."""
    words = config.words
    counts = list(_counts(event, config))
    parts = counts
    if reasons := _reasons(event, words):
        parts = [words.say("and").join(reasons), words.say("now", figures=counts[0]), *counts[1:]]
    if event.planned:
        parts.insert(0, words.say("planned", name=event.planned))
    parts += where_since(event.networks, event.since, event.at, config)
    if event.weaknesses:
        named = ", ".join(words.mentions(name, count) for name, count in event.weaknesses.items())
        parts.append(words.say("weakness", weaknesses=named))
    return "; ".join(parts)


def _counts(event: IncidentEvent, config: Config) -> Iterator[str]:
    """Yield the observed and expected people or copies, unless reach leads, and what the widest post reaches."""
    words = config.words
    if event.criteria[:1] != [REACH]:
        if event.criteria[:1] == [COORDINATED]:
            count = counted(words, "copies", event.observed, event.expected, event.window_minutes)
        else:
            negative = "negative_growth" in event.criteria
            count = people(words, event.observed, event.expected, event.window_minutes, negative=negative)
        yield count + ("" if event.factor is None else words.say("times", times=words.number(event.factor)))
    if event.reached is not None:
        post = next((post for post in event.posts if post.id == event.reached.post), None)
        where = ""
        if post is not None:
            where = words.say("reach_on", network=post.network)
            if post.author:
                where += words.say("reach_by", author=author(post, config))
        reach, usual = words.number(event.reached.people), words.number(event.reached.usual)
        yield words.say("reach", where=where, people=reach, usual=usual)


def people(words: Language, observed: float, expected: float, minutes: int, *, negative: bool) -> str:
    """Return how many people talk or are negative, and how many are usual."""
    return counted(words, "people_negative" if negative else "people_talking", observed, expected, minutes)


def counted(words: Language, phrase: str, observed: float, expected: float, minutes: int) -> str:
    """Return a phrase with a count and how many are usual."""
    return words.say(
        phrase,
        observed=words.number(observed),
        expected=words.number(expected, 1),
        span=words.span(minutes),
    )


def where_since(networks: Mapping[str, float], since: str, at: str, config: Config) -> list[str]:
    """Return the main network with its share, and since when; times are RFC 3339."""
    words = config.words
    parts = []
    if networks:
        network, share = next(iter(networks.items()))
        parts.append(words.say("share", share=words.percent(share), network=network))
    began = words.time(datetime.fromisoformat(since), config.zone, beside=datetime.fromisoformat(at))
    return [*parts, words.say("since", time=began)]


def _reasons(event: IncidentEvent, words: Language) -> list[str]:
    """Return why a critical incident is worse than a warning."""
    escalation = event.escalation
    if escalation is None:
        return []
    reasons = []
    if escalation.both_criteria:
        reasons.append(words.say("because_both"))
    if escalation.warned_minutes:
        reasons.append(words.say("because_lasting", span=words.span(escalation.warned_minutes)))
    if escalation.negatives > event.observed:
        crowd = words.number(escalation.negatives)
        reasons.append(words.say("because_crowd", people=crowd, span=words.span(CROWD_MINUTES)))
    return reasons
