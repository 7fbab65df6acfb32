"""The view of what comes next: the response desk's signals with their next step, then the runbook's first steps."""

from typing import NamedTuple

from streams.console.state import Case
from streams.console.views.lens import Lens
from streams.situations.situation import Situation

_RUNBOOKS = {"critical": "BadBuzzCrisis", "warning": "BadBuzzNegativeGrowth", "watch": "BadBuzzWatch"}
_RANK = {"critical": 0, "warning": 1, "info": 2}
_STEPS = ("verify", "cell", "holding", "hold", "keep")


class Advice(NamedTuple):
    """A signal that holds: its name, since when and why, and what to do."""

    severity: str
    name: str
    since: str
    why: str
    next: str


class NextSteps(NamedTuple):
    """Signals with their next step, the runbook's first steps, and its address."""

    advice: list[Advice]
    steps: list[str]
    runbook: str
    url: str


def next_steps(case: Case, situation: Situation, lens: Lens) -> NextSteps:
    """Return what comes next in an incident."""
    words = lens.config.words
    advice = []
    for active in sorted(situation.signals, key=lambda each: (_RANK.get(each.severity, 3), each.since)):
        if active.signal in {"case", "effect"}:  # that a case is open, and what a statement did, is said elsewhere
            continue
        event = case.signals.get(active.signal)
        advice.append(
            Advice(
                active.severity,
                words.say(f"desk_name_{active.signal}"),
                lens.time(active.since),
                event.why if event else "",
                event.next
                if event
                else words.say(f"desk_next_{active.signal}", network=str(active.values.get("network", ""))),
            )
        )
    runbook = _RUNBOOKS.get(case.severity, "BadBuzzCrisis")
    base = lens.config.console.runbooks_url.rstrip("/")
    steps = [lens.say(f"step_{step}") for step in _STEPS]
    return NextSteps(advice, steps, lens.say("runbook", name=runbook), f"{base}/{runbook}.md" if base else "")
