"""What a person who is paged can rely on."""

from hypothesis import given
from hypothesis import strategies as st

from detectors.series.alarm import AlarmGate

DAY = 86_400.0


def test_a_lasting_burst_alarms_once_a_day() -> None:
    gate = AlarmGate(threshold=2.0)
    alarms = [hour for hour in range(72) if gate.update(hour * 3600.0, 2.5)]
    assert alarms == [0, 24, 48]


def test_a_burst_clearly_worse_than_the_last_alarm_alarms_at_once() -> None:
    gate = AlarmGate(threshold=2.0)
    assert [gate.update(float(t), score) for t, score in enumerate([2.1, 3.1, 3.2, 4.1, 4.3])] == [
        True,
        False,
        True,
        False,
        True,
    ]


@given(st.lists(st.tuples(st.floats(1, DAY), st.floats(0, 9)), max_size=100))
def test_no_score_below_the_threshold_alarms_and_each_alarm_within_a_day_is_worse(
    steps: list[tuple[float, float]],
) -> None:
    gate = AlarmGate(threshold=2.0)
    now, last = 0.0, (-DAY, 0.0)
    for step, score in steps:
        now += step
        if gate.update(now, score):
            assert score >= 2.0
            assert now - last[0] >= DAY or score > last[1] + 1.0
            last = (now, score)
