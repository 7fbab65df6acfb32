"""The log of an incident: what people did and how its severity changed, newest first, as sentences."""

from typing import NamedTuple
from urllib.parse import quote

from streams.console.state import Case
from streams.console.views.lens import Lens
from streams.desk_log.action import DeskAction, instant_ms

SHOWN_LINES = 60
UNDO_BUTTONS = 8
UNDOABLE = frozenset(
    {
        "acknowledge",
        "mute",
        "note",
        "verified",
        "statement",
        "answered",
        "promise",
        "kept",
        "close",
        "false_alarm",
        "planned",
    }
)


class Line(NamedTuple):
    """One line: when, by whom, what; whether it was undone, and the action that can be undone."""

    at: str
    time: str
    who: str
    what: str
    url: str
    undone: bool
    undo: str


class Log(NamedTuple):
    """The newest lines, the path of the whole log where there are more, and how many there are."""

    lines: list[Line]
    rest: str
    total: str


def newest_lines(case: Case, lens: Lens) -> Log:
    """Return the newest lines of the log; the latest of them can be undone."""
    lines = log_lines(case, lens)
    undoable = {line.undo for line in [line for line in lines if line.undo][:UNDO_BUTTONS]}
    shown = [line if line.undo in undoable else line._replace(undo="") for line in lines[:SHOWN_LINES]]
    more = len(lines) > SHOWN_LINES and not lens.shared
    return Log(shown, f"/log/{quote(case.incident)}" if more else "", lens.number(len(lines)))


def log_lines(case: Case, lens: Lens) -> list[Line]:
    """Return the log of an incident, newest first."""
    lines = [
        Line(
            logged.action.at,
            lens.time(logged.action.at),
            logged.action.who,
            did(logged.action, case, lens),
            lens.link(logged.action.url),
            logged.undone,
            logged.action.id if logged.action.kind in UNDOABLE and not logged.undone else "",
        )
        for logged in case.desk.log
    ]
    for event in case.events:
        severity, previous = (lens.config.words.say(f"severity_{name}") for name in (event.severity, event.previous))
        phrase = "log_opened" if event.previous == "calm" else "log_event"
        values = {"severity": severity} if phrase == "log_opened" else {"severity": severity, "previous": previous}
        lines.append(Line(event.at, lens.time(event.at), "badbuzz", lens.say(phrase, **values), "", False, ""))
    lines += [
        Line(signal.at, lens.time(signal.at), "badbuzz", signal.summary, "", False, "")
        for signal in case.signals.values()
    ]
    return sorted(lines, key=lambda line: (instant_ms(line.at), line.who, line.what), reverse=True)


def did(action: DeskAction, case: Case, lens: Lens) -> str:
    """Return what an action did, as a sentence without its subject."""

    def note(text: str) -> str:
        return lens.note(case.brand, text)

    if action.kind == "undo":
        undone = next((other for other in case.desk.actions if other.id == action.of), None)
        what = did(undone, case, lens) if undone is not None and undone.kind != "undo" else action.of
        return lens.say("did_undo", what=what)
    values = {
        "text": note(action.text),
        "why": note(action.why),
        "time": lens.time(action.due or action.until or action.at),
        "role": lens.say(f"role_{action.role}") if action.role else "",
        "person": note(action.person) or lens.say("nobody"),
    }
    return lens.say(f"did_{action.kind}", **values)
