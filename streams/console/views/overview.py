"""The view of all brands: open incidents, worst first, then what is over, then the calm ones."""

from typing import NamedTuple
from urllib.parse import quote

from detectors.severity import Severity
from streams.console.state import Case, ConsoleState
from streams.console.views.due import Due, due_steps, overdue_count
from streams.console.views.health import Feeding, problems
from streams.console.views.lens import Lens
from streams.console.views.part import Part
from streams.desk_log.action import instant_ms
from streams.event_time import HOUR_MS

SHOWN_AFTER_MS = 72 * HOUR_MS
"""How long an incident that is over is listed."""


class Row(NamedTuple):
    """One brand with an incident."""

    path: str
    brand: str
    severity: str
    severity_name: str
    since: str
    figures: str
    overdue: str
    next_step: Due | None
    who: str
    over: bool


class Overview(NamedTuple):
    """The page of all brands."""

    problems: list[str]
    rows: list[Row]
    calm: str

    def parts(self) -> list[Part]:
        """Return the parts of the page that change, in order."""
        return [Part("health", "health", self.problems), Part("brands", "brands", self)]


def overview(state: ConsoleState, feeding: Feeding, lens: Lens) -> Overview:
    """Return the view of all brands."""
    cases = {brand: case for brand, case in state.brand_cases().items() if case.open or _recent(case, lens)}
    rows = [_row(case, lens) for case in sorted(cases.values(), key=lambda case: _order(case, lens))]
    calm = sorted((set(state.brand_cases()) | set(lens.config.brands)) - set(cases))
    return Overview(
        problems(state, feeding, lens),
        rows,
        lens.say("calm_brands", brands=", ".join(calm)) if calm else "",
    )


def path(incident: str) -> str:
    """Return the path of an incident's page.

    Examples
    --------
    >>> path("A&B/2012-06-11T00:00:00Z")
    '/incident/A%26B/2012-06-11T00%3A00%3A00Z'
    """
    return f"/incident/{quote(incident)}"


def _order(case: Case, lens: Lens) -> tuple[bool, int, int, int, str]:
    negatives = case.situation.figures.negative_voices if case.situation else 0
    return (
        not case.open,
        -Severity.of(case.severity),
        -overdue_count(case, lens.now_ms),
        -negatives,
        case.brand,
    )


def _recent(case: Case, lens: Lens) -> bool:
    at = case.situation.at if case.situation else case.events[-1].at
    return lens.now_ms - instant_ms(at) < SHOWN_AFTER_MS


def _row(case: Case, lens: Lens) -> Row:
    situation, now_ms = case.situation, lens.now_ms
    late = overdue_count(case, now_ms) if case.open else 0
    steps = due_steps(case, lens) if case.open else []
    acknowledged = case.desk.acknowledged
    if situation is None:
        figures = lens.say("no_picture")
    elif situation.ended:
        figures = lens.say("ended_at", time=lens.time(situation.minute))
    else:
        figures = lens.say("people_negative", people=lens.number(situation.figures.negative_voices))
    since = situation.since if situation else case.events[0].since
    return Row(
        path(case.incident) if situation else "",
        case.brand,
        case.severity,
        lens.config.words.say(f"severity_{case.severity}"),
        lens.since(since),
        figures,
        lens.say("overdue_count", count=lens.number(late)) if late else "",
        next((step for step in steps if step.state in {"overdue", "due"}), None),
        acknowledged.who if acknowledged else "",
        not case.open,
    )
