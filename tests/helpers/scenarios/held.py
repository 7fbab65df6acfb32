"""When each severity, criterion and desk signal held, in local time, by the events of a replay."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from detectors.severity import SEVERITIES, Severity
from streams.mentions.message import Message
from streams.pipeline import Pipeline
from streams.response.desk_event import DeskEvent
from streams.scenarios import Period, Scenario
from streams.scoring.scorer import TextModel
from streams.settings.config import Config
from streams.situations.situation import Situation
from streams.watching.incident_event import IncidentEvent
from streams.watching.watch_event import WatchEvent
from streams.watching.watch_event import incident_events as of_incidents


def watch_events(
    scenario: Scenario, model: TextModel, on_situation: Callable[[Situation], None] | None = None
) -> list[WatchEvent]:
    """The events of incidents and of the response desk in a whole scenario."""
    pipeline = Pipeline(Config(timezone=str(scenario.zone)), model, on_situation=on_situation)
    messages = [Message("scenario", n, line.rstrip()) for n, line in enumerate(scenario.mentions())]
    return pipeline.run(messages) + pipeline.finish()


def incident_events(scenario: Scenario, model: TextModel) -> list[IncidentEvent]:
    """The incident events of a whole scenario."""
    return of_incidents(watch_events(scenario, model))


def held(scenario: Scenario, events: Iterable[IncidentEvent]) -> Mapping[str, list[Period]]:
    """The periods of each severity (that one or a higher) and of each criterion, from the events of one brand."""
    periods: defaultdict[str, list[Period]] = defaultdict(list)
    begun: dict[str, datetime] = {}
    for event in events:
        at = datetime.fromisoformat(event.at).astimezone(scenario.zone).replace(tzinfo=None)
        now = {*SEVERITIES[1 : Severity.of(event.severity) + 1], *event.criteria}
        for signal in begun.keys() - now:
            periods[signal].append(Period(begun.pop(signal), at))
        for signal in now - begun.keys():
            begun[signal] = at
    for signal, at in begun.items():
        periods[signal].append(Period(at))
    return periods


def held_by_the_desk(scenario: Scenario, events: Iterable[DeskEvent]) -> Mapping[str, list[Period]]:
    """The periods of each desk signal, from the events of one brand; a single fact holds at one instant.

    An effect counts by its verdict: `effect_helped`, `effect_worse`, `effect_unclear`.
    """
    periods: defaultdict[str, list[Period]] = defaultdict(list)
    begun: dict[str, datetime] = {}
    for event in events:
        at = datetime.fromisoformat(event.at).astimezone(scenario.zone).replace(tzinfo=None)
        if event.state == "told":
            verdict = event.values.get("verdict")
            periods[f"{event.signal}_{verdict}" if verdict else event.signal].append(Period(at, at))
        elif event.state == "begins":
            begun.setdefault(event.signal, at)
        else:
            periods[event.signal].append(Period(begun.pop(event.signal), at))
    for signal, at in begun.items():
        periods[signal].append(Period(at))
    return periods
