"""What is due: the steps of an incident that people owe, each with its clock and its button, overdue ones first."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from streams.console.state import Case
from streams.console.views.lens import Lens
from streams.desk_log.action import DeskAction
from streams.desk_log.overdue import Owed, owed
from streams.event_time import MINUTE_MS

ORIGINALS = 3
"""Publications to verify before the brand answers."""
MUTE_WARNING_MS = 10 * MINUTE_MS
"""How long before its end a mute is listed among what is due."""
_COUNTED = frozenset(("hold", "promised"))
"""Steps of which there may be many: the soonest is shown, with their number."""
_ORDER = ("overdue", "due", "open", "done")


class Button(NamedTuple):
    """A form of one button: its label, the kind of its action and the action's own fields."""

    label: str
    kind: str
    fields: Mapping[str, str] = MappingProxyType({})


class Due(NamedTuple):
    """One step.

    Parameters
    ----------
    step
        As in `streams.desk_log.overdue`, and `verified`.
    state
        `overdue`, `due`, `open` (without a clock) or `done`.
    label, clock
        What, and when: by when, or by whom it was done and when.
    due_at
        By when, RFC 3339; empty without a clock.
    button
        What does it; None where a form with words does.
    form
        Id of the form that does it; empty for none.
    """

    step: str
    state: str
    label: str
    clock: str
    due_ms: int
    button: Button | None = None
    form: str = ""


def due_steps(case: Case, lens: Lens) -> list[Due]:
    """Return the steps of an incident: overdue, due, open, done; the soonest first."""
    wanted = [
        each
        for each in owed(case.situation, case.desk)
        if each.step != "mute" or 0 < each.due_ms - lens.now_ms <= MUTE_WARNING_MS
    ]
    counts = Counter(each.step for each in wanted)
    first = {each.step: each for each in reversed(wanted)}
    steps = [
        _step(each, counts[each.step], case, lens)
        for each in wanted
        if each.step not in _COUNTED or each is first[each.step]
    ]
    steps += _without_clock(case, lens, {step.step for step in steps})
    return sorted(steps, key=lambda step: (_ORDER.index(step.state), step.due_ms))


def overdue_count(case: Case, now_ms: int) -> int:
    """Return how many steps of an incident are overdue."""
    return sum(step.overdue_s(now_ms) > 0 for step in owed(case.situation, case.desk) if step.step != "mute")


def _step(each: Owed, count: int, case: Case, lens: Lens) -> Due:
    label = {
        "acknowledge": lambda: lens.say("due_somebody"),
        "holding": lambda: lens.say("due_holding"),
        "update": lambda: lens.say("due_update"),
        "mute": lambda: lens.say("due_mute"),
        "hold": lambda: lens.say("due_scheduled", count=lens.number(count)),
        "promised": lambda: lens.say("due_promises", count=lens.number(count)),
        "promise": lambda: lens.say("due_promise", text=lens.note(case.brand, each.about.text if each.about else "")),
    }[each.step]()
    if each.done is not None:
        return Due(each.step, "done", label, done_clock(each.done, lens), each.due_ms, _undoing(each, lens))
    late = each.overdue_s(lens.now_ms) > 0
    clock = lens.say("late" if late else "in", time=lens.time(each.due_ms), span=lens.span(each.due_ms, lens.now_ms))
    state = "overdue" if late else "due"
    return Due(each.step, state, label, clock, each.due_ms, _button(each, lens), _FORMS.get(each.step, ""))


_FORMS = {"holding": "do-statement", "update": "do-statement"}


def _button(each: Owed, lens: Lens) -> Button | None:
    if each.step == "acknowledge":
        return Button(lens.say("i_have_it"), "acknowledge")
    if each.step == "hold":
        return Button(lens.say("held"), "hold")
    if each.step == "promise" and each.about is not None:
        return Button(lens.say("kept"), "kept", {"promise": each.about.id})
    return None


def _undoing(each: Owed, lens: Lens) -> Button | None:
    return Button(lens.say("release"), "release") if each.step == "hold" else None


def _without_clock(case: Case, lens: Lens, known: set[str]) -> list[Due]:
    """Return the steps of every incident for which event time sets no deadline."""
    steps = []
    desk = case.desk
    if "acknowledge" not in known:
        done = desk.acknowledged
        button = None if done else Button(lens.say("i_have_it"), "acknowledge")
        steps.append(_open("acknowledge", lens.say("due_somebody"), done, lens, button))
    verified = list(desk.verified.values())
    label = lens.say("due_verified_some", count=str(len(verified))) if verified else lens.say("due_verified")
    steps.append(_open("verified", label, verified[-1] if len(verified) >= ORIGINALS else None, lens, None, "who"))
    if "holding" not in known and not (case.situation and any(s.on_the_matter for s in case.situation.statements)):
        said = desk.statements[0] if desk.statements else None
        steps.append(_open("holding", lens.say("due_holding"), said, lens, None, "do-statement"))
    if "hold" not in known:
        button = Button(lens.say("release"), "release") if desk.hold else Button(lens.say("held"), "hold")
        steps.append(_open("hold", lens.say("due_hold"), desk.hold, lens, button))
    return steps


def _open(step: str, label: str, done: DeskAction | None, lens: Lens, button: Button | None, form: str = "") -> Due:
    if done is not None:
        return Due(step, "done", label, done_clock(done, lens), done.at_ms, button)
    return Due(step, "open", label, "", 0, button, form)


def done_clock(action: DeskAction, lens: Lens) -> str:
    """Return by whom something was done, and when."""
    return f"{action.who}, {lens.time(action.at)}"
