"""Panels of the sources that collectors read, for the dashboard of badbuzz itself."""

from collections.abc import Sequence

from grafana_foundation_sdk.builders.statetimeline import Panel as StateTimeline
from grafana_foundation_sdk.builders.timeseries import Panel as TimeSeries
from grafana_foundation_sdk.models.dashboard import ValueMap, ValueMapping, ValueMappingResult

from dashboards import panels as p
from dashboards.defaults import selector
from streams.metrics import source_families as m
from streams.metrics.family import Family

_OF_INSTALLATION = selector()
READ: list[ValueMapping] = [
    ValueMap(
        {
            "0": ValueMappingResult(text="not read", color=p.RED, index=0),
            "1": ValueMappingResult(text="read", color=p.GREEN, index=1),
        }
    )
]


def source_panels() -> Sequence[StateTimeline | TimeSeries]:
    """Return the panels; they are empty where no collector runs."""
    return [
        p.state_timeline(
            "Sources: read",
            "Whether each source of the configuration can be read.",
            {"{{source}}": f"max by (source) ({m.UP.name}{_OF_INSTALLATION})"},
            READ,
        ),
        p.time_series(
            "Sources: time behind",
            "Wall clock minus the event time up to which the source was read and committed.",
            {"{{source}}": f"time() - max by (source) ({m.COMPLETE_TO.name}{_OF_INSTALLATION})"},
            unit="s",
            lines_at=((None, "transparent"), (300, p.ORANGE)),
        ),
        p.time_series(
            "Sources: time since last post",
            "Wall clock minus the newest event time of the posts read, about a brand or not.",
            {"{{source}}": f"time() - max by (source) ({m.LAST_POST.name}{_OF_INSTALLATION})"},
            unit="s",
        ),
        p.time_series(
            "Sources: mentions collected",
            "A second, committed to Kafka; and the posts that were read for them.",
            {
                "{{source}}": f"sum by (source) (rate({m.COLLECTED.name}{_OF_INSTALLATION}[15m]))",
                "{{source}}, posts": f"sum by (source) (rate({m.EVENTS.name}{_OF_INSTALLATION}[15m]))",
            },
            unit="cps",
        ),
        p.time_series(
            "Sources: failures in 15 minutes",
            "Each ended a reading, which began again from the committed cursor; by reason.",
            {"{{source}}, {{reason}}": _increase("source, reason", m.RECONNECTS) + " > 0"},
            stacked=True,
        ),
        p.time_series(
            "Sources: waiting for Kafka",
            "Mentions read and not committed, and commits in 15 minutes that Kafka did not confirm.",
            {
                "{{source}}": f"sum by (source) ({m.QUEUED.name}{_OF_INSTALLATION})",
                "{{source}}, commits": _increase("source", m.COMMITS_FAILED),
            },
        ),
        p.time_series(
            "Sources: left out and missing in 15 minutes",
            "Records that could not be read or may not be collected, and seconds that a network could not replay.",
            {
                "{{source}}, {{reason}}": _increase("source, reason", m.DROPPED) + " > 0",
                "{{source}}, seconds": _increase("source", m.GAP) + " > 0",
            },
        ),
        p.time_series(
            "Sources: paid for and looked up in 15 minutes",
            "Posts that a network charges for, and posts whose author's followers were asked for, found or missing.",
            {
                "{{source}}, paid": _increase("source", m.SPENT) + " > 0",
                "{{source}}, {{result}}": _increase("source, result", m.LOOKED_UP) + " > 0",
            },
            width=24,
        ),
    ]


def _increase(labels: str, family: Family) -> str:
    return f"sum by ({labels}) (increase({family.name}{_OF_INSTALLATION}[15m]))"
