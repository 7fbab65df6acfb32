"""Statements of an incident, for a report: what a brand said on it, what each does, and what came of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from streams.desk_log.action import instant_ms
from streams.reports.history import History
from streams.reports.reading import Reader
from streams.reports.report import Row, Section
from streams.response.desk_event import DeskEvent
from streams.situations.situation import StatementEffect

FIVE_PS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "apologise": ("apology",),
        "counter": ("correction",),
        "admit": ("admission",),
        "repair": ("resolved",),
        "compensate": ("compensation",),
    }
)
"""What a brand may do in public in a crisis, and the marks of a statement that does it."""


class Statement(NamedTuple):
    """One official statement.

    Parameters
    ----------
    id, network, at, text
        The publication.
    marks
        What it does; None where no picture of the incident has it.
    on_the_matter
        Whether it speaks of the incident; None where that is not known.
    effect
        None where it was not measured.
    logged_by
        Who logged it, where no source has shown it; else empty.
    """

    id: str
    network: str
    at: str
    text: str
    marks: tuple[str, ...] | None
    on_the_matter: bool | None
    effect: StatementEffect | None
    logged_by: str = ""


def statements(history: History) -> list[Statement]:
    """Return the statements of an incident by time: of its latest picture, whose effect was published, and logged."""
    effects = {event.posts[0].id: event for event in history.signals if event.signal == "effect" and event.posts}
    found = {}
    for event in effects.values():
        post = event.posts[0]
        found[post.id] = Statement(post.id, post.network, post.at, post.text, None, None, _effect(event))
    for said in history.situation.statements if history.situation else ():
        effect = said.effect or (_effect(effects[said.id]) if said.id in effects else None)
        marks = tuple(said.marks)
        found[said.id] = Statement(said.id, said.network, said.at, said.text, marks, said.on_the_matter, effect)
    seen = {each.text.strip() for each in found.values()}
    for logged in history.desk.statements:
        if logged.text.strip() not in seen:
            said_by = logged.id, logged.network, logged.at, logged.text
            found[logged.id] = Statement(*said_by, None, True, None, logged.who)
    return sorted(found.values(), key=lambda each: (instant_ms(each.at), each.id))


def first_word(history: History) -> Statement | None:
    """Return the first statement on the matter since people were alerted or before."""
    return next((each for each in statements(history) if each.on_the_matter), None)


def statements_section(history: History, reader: Reader) -> Section:
    """Return the section of what was said, statements that people logged and no source has shown included."""
    rows = tuple(
        Row(
            (
                reader.time(each.at),
                reader.elapsed(each.at),
                reader.text(each.network, 60),
                reader.text(each.text),
                _does(each, reader),
                effect_text(each.effect, reader),
            ),
            each.effect.verdict if each.effect else "",
        )
        for each in statements(history)
    )
    columns = tuple(reader.say(f"column_{name}") for name in ("time", "elapsed", "network", "text", "does", "effect"))
    return Section("statements", reader.say("statements"), columns, rows, empty=reader.say("nothing_said"))


def five_ps_section(history: History, reader: Reader) -> Section:
    """Return the section of the five Ps: each with the first statement that does it, or not said."""
    known = [each for each in statements(history) if each.marks is not None]
    rows = []
    for name, marks in FIVE_PS.items():
        said = next((each for each in known if set(marks) & set(each.marks or ())), None)
        where = reader.say("not_said")
        if said is not None:
            where = f"{reader.time(said.at)} ({reader.elapsed(said.at)}), {reader.text(said.network, 60)}"
        elif history.situation is None:
            where = reader.say("not_known")
        rows.append(Row((reader.say(f"p_{name}"), where)))
    columns = (reader.say("column_p"), reader.say("column_said"))
    return Section("five_ps", reader.say("five_ps"), columns, tuple(rows))


def effect_text(effect: StatementEffect | None, reader: Reader) -> str:
    """Return the effect of a statement with its interval, in words."""
    if effect is None:
        return reader.say("not_measured")
    return reader.say(
        "effect",
        verdict=reader.config.words.say(f"desk_verdict_{effect.verdict}"),
        points=f"{effect.points:+d}",
        low=f"{effect.low:+d}",
        high=f"{effect.high:+d}",
        minutes=reader.number(effect.minutes),
    )


def _effect(event: DeskEvent) -> StatementEffect:
    values = event.values
    low, points, high = (int(values[name]) for name in ("low", "points", "high"))
    return StatementEffect(str(values["verdict"]), low, points, high, int(values["minutes"]))


def _does(each: Statement, reader: Reader) -> str:
    if each.logged_by:
        return reader.say("logged_by", who=reader.note(each.logged_by))
    if each.marks is None:
        return reader.say("not_known")
    if not each.on_the_matter:
        return reader.say("something_else")
    return ", ".join(reader.say(f"mark_{mark}") for mark in each.marks) or "-"
