"""The timeline of an incident: changes of severity, signals, statements and what people did, each at its time."""

from collections.abc import Iterator
from typing import NamedTuple

from streams.desk_log.action import DeskAction, instant_ms
from streams.reports.history import History
from streams.reports.reading import Reader
from streams.reports.report import Row, Section
from streams.reports.statements import statements
from streams.response.desk_event import DeskEvent

BADBUZZ = "badbuzz"
_SHOWN_WITH_STATEMENTS = frozenset(("effect",))


class Moment(NamedTuple):
    """One moment: when, who, what, and its tone."""

    at_ms: int
    who: str
    what: str
    tone: str = ""


def timeline_section(history: History, reader: Reader) -> Section:
    """Return the timeline, each moment with its local time, UTC and the time since the beginning."""
    rows = tuple(Row((*reader.times(at), who, what), tone) for at, who, what, tone in moments(history, reader))
    columns = tuple(reader.say(f"column_{name}") for name in ("time", "utc", "elapsed", "who", "what"))
    return Section("timeline", reader.say("timeline"), columns, rows)


def moments(history: History, reader: Reader) -> list[Moment]:
    """Return the moments of an incident by time; what was undone is left out."""
    found = [Moment(history.since_ms, BADBUZZ, reader.say("began")), *_changes(history, reader)]
    found += [_signal(event, reader) for event in history.signals if event.signal not in _SHOWN_WITH_STATEMENTS]
    for said in statements(history):
        if said.logged_by:  # it is among what people did
            continue
        phrase = "said" if said.on_the_matter is not False else "said_else"
        what = reader.say(phrase, network=reader.text(said.network, 60), text=reader.text(said.text))
        found.append(Moment(instant_ms(said.at), reader.text(history.brand, 60), what, _tone(said.effect)))
    for logged in history.desk.log:
        action = logged.action
        if not logged.undone and action.kind != "undo":
            found.append(Moment(action.at_ms, reader.note(action.who), did(action, reader)))
    return sorted(found, key=lambda moment: moment.at_ms)


def did(action: DeskAction, reader: Reader) -> str:
    """Return what an action did, as a sentence without its subject."""
    words = reader.config.words
    return words.say(
        f"console_did_{action.kind}",
        text=reader.note(action.text),
        why=reader.note(action.why),
        time=reader.time(action.due or action.until or action.at),
        role=words.say(f"console_role_{action.role}") if action.role else "",
        person=reader.note(action.person) or words.say("console_nobody"),
        what=action.of,
    )


def _changes(history: History, reader: Reader) -> Iterator[Moment]:
    words = reader.config.words
    for event in history.events:
        if event.severity == "calm":
            what = reader.say("over")
        else:
            criteria = " + ".join(words.say(f"criterion_{name}") for name in event.criteria)
            severity = words.say(f"severity_{event.severity}")
            what = reader.say("change", severity=severity, criteria=criteria, figures=reader.text(event.figures, 400))
        yield Moment(instant_ms(event.at), BADBUZZ, what, event.severity)


def _signal(event: DeskEvent, reader: Reader) -> Moment:
    name = reader.config.words.say(f"desk_name_{event.signal}")
    what = reader.say("signal", name=name, why=reader.text(event.why, 300))
    if event.state == "ends":  # its reason names the signal
        what = reader.text(event.why, 300)
    tone = "" if event.state == "ends" else event.severity
    return Moment(instant_ms(event.at), BADBUZZ, what, tone)


def _tone(effect: object) -> str:
    return str(getattr(effect, "verdict", ""))
