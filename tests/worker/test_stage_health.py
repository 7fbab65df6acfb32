"""What an SRE can rely on: a stage that does not work is not ready and makes no progress, whatever its loop does."""

import logging

import pytest

from streams.kafka.broker_monitor import BrokerMonitor, BrokerState, TopicState
from streams.kafka.start_offset import StartCounts
from streams.settings.kafka import KafkaSettings
from streams.worker.health.stage_health import StageHealth

TOPIC = "mentions"


class Part:
    topic, ready, ticked, log = TOPIC, True, 0.0, StartCounts()

    def __init__(self) -> None:
        self.positions: dict[int, int | None] = {0: 5, 1: 5}


def answer(monitor: BrokerMonitor, at: float, *ends: int) -> BrokerState:
    topics = {TOPIC: TopicState("id", dict.fromkeys(range(len(ends)), 0), dict(enumerate(ends)))} if ends else {}
    monitor.state = BrokerState(at, topics, {})
    return monitor.state


def stage_of(part: Part) -> tuple[StageHealth, BrokerMonitor]:
    monitor = BrokerMonitor(KafkaSettings(), [TOPIC])
    return StageHealth(part, monitor, clock=lambda: 0.0), monitor


def test_a_stage_with_nothing_waiting_makes_progress_by_each_answer_of_the_broker() -> None:
    stage, monitor = stage_of(Part())
    stage.observe(answer(monitor, 10.0, 5, 5))
    assert (stage.progressed, stage.lag, stage.expected) == (10.0, {0: 0, 1: 0}, 2)


def test_a_stage_that_leaves_messages_waiting_makes_no_progress() -> None:
    stage, monitor = stage_of(Part())
    stage.observe(answer(monitor, 10.0, 5, 5))
    stage.observe(answer(monitor, 15.0, 9, 5))
    stage.observe(answer(monitor, 20.0, 9, 5))
    assert (stage.progressed, stage.lag) == (10.0, {0: 4, 1: 0})


def test_a_stuck_partition_keeps_its_lag_while_others_make_progress() -> None:
    part = Part()
    stage, monitor = stage_of(part)
    stage.observe(answer(monitor, 10.0, 5, 5))
    part.positions = {0: 5, 1: 8}
    stage.observe(answer(monitor, 15.0, 9, 9))
    assert (stage.progressed, stage.lag, stage.positions) == (15.0, {0: 4, 1: 1}, {0: 5, 1: 8})


def test_without_the_topic_a_stage_is_not_ready_and_makes_no_progress() -> None:
    stage, monitor = stage_of(Part())
    stage.observe(answer(monitor, 10.0, 5, 5))
    stage.observe(answer(monitor, 15.0))
    assert (stage.progressed, stage.ready, stage.expected) == (10.0, False, 0)


def test_a_stage_that_is_not_ready_itself_makes_no_progress() -> None:
    part = Part()
    stage, monitor = stage_of(part)
    part.ready = False
    stage.observe(answer(monitor, 10.0, 5, 5))
    assert (stage.progressed, stage.ready) == (0.0, False)


def test_a_partition_that_stands_still_is_logged_once_and_its_going_on_too(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    part = Part()
    stage, monitor = stage_of(part)
    for at in range(10, 60, 5):
        part.positions = {0: 5, 1: at}
        stage.observe(answer(monitor, float(at), 9, at + 3))
    assert [record.getMessage() for record in caplog.records] == [
        "mentions/0 does not move: 4 messages have waited for 15 s, its brands are not watched"
    ]
    part.positions = {0: 9, 1: 60}
    stage.observe(answer(monitor, 60.0, 9, 60))
    assert caplog.records[-1].getMessage() == "mentions/0 moves again"


def test_a_stage_that_is_still_loading_its_state_is_not_called_stuck(caplog: pytest.LogCaptureFixture) -> None:
    part = Part()
    stage, monitor = stage_of(part)
    part.ready = False
    for at in range(10, 60, 5):
        stage.observe(answer(monitor, float(at), 9, 9))
    assert not caplog.records
