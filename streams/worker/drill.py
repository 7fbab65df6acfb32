"""The drill: a reconstructed incident as an exercise through the running chain, timed until its people have answered.

The past is sent at once, so that what is usual is learned; then the incident happens now. People are alerted and answer
as in any incident; the drill reads what they did from the topic `desk`.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from detectors.negativity import NegativityModel
from detectors.severity import Severity
from streams.desk_log.action import DeskAction, decode_action
from streams.errors import InputError, WorkerError
from streams.event_time import MINUTE_MS, rfc3339_ms, utc
from streams.kafka.following.topic_follower import Followed, TopicFollower
from streams.kafka.logs.desk_writer import DeskWriter
from streams.kafka.logs.incident_log import decode_watch_events
from streams.kafka.logs.mention_producer import MentionProducer
from streams.kafka.topics import DESK, INCIDENTS, SITUATIONS
from streams.mentions.message import Message, event_ms
from streams.pipeline import Pipeline
from streams.recordings.pacing import batches
from streams.reports.drill import DrillClock, DrillStep, drill_steps
from streams.reports.history import History, histories
from streams.scenarios import Scenario, exercise_brand, exercise_lines
from streams.settings.config import Config
from streams.situations.situation import Situation
from streams.watching.watch_event import WatchEvent, incident_events

LEAD = timedelta(minutes=2)
"""How long before its first warning the incident begins to happen now."""
EARLY = timedelta(hours=6)
"""How long before its first documented fact a scenario may become a warning."""
LOOK_S = 1.0
BY = "badbuzz drill"


class Drilled(NamedTuple):
    """What came of a drill: its history, actions at their event times; None where nothing was found; its steps."""

    history: History | None
    steps: list[DrillStep]


class Drill:
    """A drill.

    Parameters
    ----------
    scenario
        The incident.
    config
        Configuration of the chain: where Kafka is.
    begin
        Instant of the scenario that is now; None: two minutes before its first warning.
    minutes
        Longest time by the wall clock.
    speed
        Times event time. Above 1 the record lies in the past, as event times may not lie in the future: clocks on the
        page are then late, and figures are in the record's time.
    on_news
        Called with each thing that happens, as a sentence.

    Attributes
    ----------
    brand
        Of the exercise.
    """

    def __init__(
        self,
        scenario: Scenario,
        config: Config,
        *,
        begin: datetime | None = None,
        minutes: float = 60.0,
        speed: float = 1.0,
        on_news: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._scenario = scenario
        self._config = config
        self._minutes = minutes
        self._news = on_news
        self._begin = begin or first_warning(scenario, config) - LEAD
        started_ms = time.time_ns() // 1_000_000
        self.brand = exercise_brand(scenario.brand, utc(started_ms))
        self._clock = DrillClock(started_ms, started_ms - round(minutes * MINUTE_MS * (speed - 1)), speed)
        self._name = msgspec.json.encode(self.brand)
        self._lock = threading.Lock()
        self._events: list[WatchEvent] = []
        self._actions: list[DeskAction] = []
        self._situations: dict[str, Situation] = {}

    def run(self, stopping: threading.Event) -> Drilled:
        """Play the exercise until all steps are done, its time is over, or it is stopped.

        Raises
        ------
        BrokerError
            Kafka cannot be reached, or a topic is missing.
        """
        producer = MentionProducer(self._config)
        follower = TopicFollower(self._config.kafka, (INCIDENTS, SITUATIONS, DESK), self._record)
        follower.start()
        over = threading.Event()
        failures: list[BaseException] = []

        def play() -> None:
            try:
                self._play(producer, over)
            except BaseException as error:  # raised by whoever waits for it
                failures.append(error)

        thread = threading.Thread(target=play, name="drill", daemon=True)
        thread.start()
        deadline = time.monotonic() + 60 * self._minutes
        drilled = Drilled(None, [])
        while not stopping.wait(LOOK_S) and time.monotonic() < deadline and not failures and follower.failure is None:
            drilled = self._look(drilled)
            if drilled.steps and all(step.minutes is not None for step in drilled.steps):
                break
        over.set()
        thread.join()
        producer.close()
        follower.stop()
        if failure := next(iter(failures), follower.failure):
            raise failure
        self._close(drilled)
        return drilled

    def _play(self, producer: MentionProducer, over: threading.Event) -> None:
        """Send the past at once, then each line when it is due."""
        shift = utc(self._clock.event_ms) - self._begin
        lines = enumerate(exercise_lines(self._scenario, self.brand, shift, self._begin))
        messages = (Message(self.brand, number, line) for number, line in lines)
        for batch in _paced(messages, self._clock, over):
            producer.send(batch)

    def _record(self, records: list[Followed]) -> None:
        """Keep the exercise's own records; whatever else is on the topics is not even decoded."""
        own = [record for record in records if self._name in record.value]
        with self._lock:
            for record in own:
                if record.topic == DESK:
                    self._actions.append(decode_action(record.value))
                elif record.topic == SITUATIONS:
                    situation = Situation.from_json(record.value)
                    self._situations[situation.incident] = situation
                else:
                    self._events += decode_watch_events(record.value)

    def _look(self, before: Drilled) -> Drilled:
        """Read what happened, and say what is new."""
        with self._lock:
            events, actions, situations = list(self._events), list(self._actions), dict(self._situations)
        if not incident_events(events):
            return before
        history = histories(events, map(self._clock.corrected, actions), situations)[-1]
        if before.history is None or len(before.history.events) < len(history.events):
            self._news(history.events[-1].summary)
        alerted = Severity.of(history.first.severity) >= Severity.WARNING
        steps = drill_steps(history) if alerted else []
        known = {step.kind for step in before.steps if step.minutes is not None}
        for step in steps:
            if step.minutes is not None and step.kind not in known:
                self._news(f"{step.kind}: {step.who}, {step.minutes:.1f} min after the first alert")
        return Drilled(history, steps)

    def _close(self, drilled: Drilled) -> None:
        """Close the desk's side, so that nobody owes anything for an exercise that is over."""
        if drilled.history is None or drilled.history.desk.closed is not None:
            return
        writer = DeskWriter(self._config.kafka)
        try:
            writer.append(
                DeskAction(
                    id=uuid.uuid4().hex,
                    incident=drilled.history.incident,
                    brand=self.brand,
                    kind="close",
                    who=BY,
                    at=rfc3339_ms(time.time_ns() // 1_000_000),
                    why="the exercise is over",
                )
            )
        finally:
            writer.close()


def first_warning(scenario: Scenario, config: Config) -> datetime:
    """Return when a scenario first becomes a warning, by a replay of it in this process.

    Raises
    ------
    InputError
        It never does.
    """
    pipeline = Pipeline(config, NegativityModel.load())
    loud = scenario.facts[0].at - EARLY if scenario.facts else scenario.start
    lines = exercise_lines(scenario, scenario.brand, timedelta(), loud)
    messages = (Message(scenario.title, number, line) for number, line in enumerate(lines))
    for batch in batches(messages):
        for event in incident_events(pipeline.run(batch)):
            if Severity.of(event.severity) >= Severity.WARNING:
                return datetime.fromisoformat(event.at).astimezone(UTC)
    raise InputError(f"expected a scenario that becomes a warning, got {scenario.title!r}: choose another one")


def _paced(messages: Iterator[Message], clock: DrillClock, over: threading.Event) -> Iterator[list[Message]]:
    """Yield messages when they are due by a drill's clock, until it is over."""
    batch: list[Message] = []
    for message in messages:
        ms = event_ms(message.value)
        if ms is None:
            raise WorkerError(f"expected a mention with its time, got {message.value!r:.80}: correct the scenario")
        wait_s = clock.wall(ms) - time.time()
        if wait_s > 0 and batch:
            yield batch
            batch = []
        if wait_s > 0:
            over.wait(wait_s)
        if over.is_set():
            return
        batch.append(message)
        if len(batch) >= 1000:
            yield batch
            batch = []
    if batch:
        yield batch
