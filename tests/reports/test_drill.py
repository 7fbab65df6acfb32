"""What the figures of a drill mean: minutes since the first alert, in the record's time at any speed."""

import pytest

from streams.event_time import rfc3339_ms
from streams.reports.drill import DrillClock, DrillStep, drill_steps
from tests.helpers.report_histories import action, actions, history


def test_steps_are_minutes_since_the_first_warning_by_whoever_did_them_first() -> None:
    again = action(10, "acknowledge", "2012-06-12T02:00:00Z", "Marc")
    assert drill_steps(history(*actions(), again)) == [
        DrillStep("acknowledge", 12.0, "Anne"),
        DrillStep("statement", 382.0, "Anne"),
        DrillStep("hold", 17.0, "Marc"),
    ]


def test_what_nobody_did_or_took_back_has_no_minutes() -> None:
    undone = action(10, "undo", "2012-06-12T00:11:00Z", of="action-0001")
    assert [step.minutes for step in drill_steps(history(actions()[0], undone))] == [None, None, None]


@pytest.mark.parametrize("speed", [1.0, 10.0])
def test_at_any_speed_an_action_stands_at_the_time_of_the_record(speed: float) -> None:
    clock = DrillClock(wall_ms=1_000_000, event_ms=400_000, speed=speed)
    done = action(1, "acknowledge", rfc3339_ms(1_000_000 + 60_000))
    assert clock.corrected(done).at_ms == 400_000 + 60_000 * speed
    assert clock.wall(clock.event(1_234_567)) == pytest.approx(1_234.567)
