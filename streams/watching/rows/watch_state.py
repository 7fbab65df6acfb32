"""The state of a brand's watch as plain records: `BrandWatch` returns it to a snapshot and is restored from it."""

from typing import Any

import msgspec

from detectors.trending import Sample
from streams.scoring.rollup import Rollup
from streams.watching.incident_event import IncidentKey

TermSamples = list[tuple[int, list[Sample]]]
"""The background of the terms: sampled texts by day."""


class WatchState(msgspec.Struct, array_like=True, frozen=True):
    """Learned state, event time and open incident of a watch: a few kilobytes, rewritten with each snapshot.

    Parameters
    ----------
    opened, terms_hour, incident
        As in `BrandWatch`.
    newest, idle_since, has_source_heartbeats
        As in `PartitionTimes`.
    detectors
        State of the brand's detectors, plain numbers.
    last_event
        The latest event of the open incident, as JSON: its networks keep their order.
    criteria
        Those that held at any event of the open incident, in alphabetical order.
    """

    opened: int | None
    terms_hour: int
    newest: list[tuple[int, int]]
    idle_since: list[tuple[int, int]]
    has_source_heartbeats: bool
    incident: IncidentKey | None
    detectors: dict[str, Any]
    last_event: bytes | None
    criteria: list[str]


class MinuteState(msgspec.Struct, array_like=True, frozen=True):
    """A closed minute: it never changes, so it is stored once and dropped when it is too old.

    Parameters
    ----------
    minute
        Its start, in minutes since the epoch.
    detectors
        Figures that the detectors need for a day.
    rollups
        One a network, without the authors; empty where the minute is older than `RecentMinutes` reaches.
    """

    minute: int
    detectors: list[Any]
    rollups: list[Rollup]
