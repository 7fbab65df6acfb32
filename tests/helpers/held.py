"""When each severity and each criterion held, in local time, by the incident events of a replay."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from detectors.severity import SEVERITIES, Severity
from streams.mentions.message import Message
from streams.pipeline import Pipeline
from streams.scenarios import Period, Scenario
from streams.scoring.scorer import TextModel
from streams.settings.config import Config
from streams.watching.incident_event import IncidentEvent
from streams.watching.watch_event import incident_events as of_incidents


def incident_events(scenario: Scenario, model: TextModel) -> list[IncidentEvent]:
    """The incident events of a whole scenario."""
    pipeline = Pipeline(Config(timezone=str(scenario.zone)), model)
    messages = [Message("scenario", n, line.rstrip()) for n, line in enumerate(scenario.mentions())]
    return of_incidents(pipeline.run(messages) + pipeline.finish())


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
