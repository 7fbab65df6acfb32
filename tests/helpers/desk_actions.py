"""Made-up desk actions."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from streams.desk_log.action import DeskAction
from streams.situations.situation import Situation

INCIDENT = "Acme/2024-03-09T09:04:00Z"
START = datetime(2024, 3, 9, 9, 5, tzinfo=UTC)
_numbers = itertools.count(1)


def action(kind: str, minutes: float = 0, **fields: Any) -> DeskAction:
    """One action, some minutes after the incident's first picture."""
    at = (START + timedelta(minutes=minutes)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    own = {"id": f"action-{next(_numbers):04}", "incident": INCIDENT, "brand": "Acme", "who": "anne", "at": at}
    return DeskAction(**({"kind": kind} | own | fields))


def picture(**fields: Any) -> Situation:
    """The picture of an incident that became a warning at `START`, with a holding answer due half an hour later."""
    figures = {
        "mentions": 90,
        "negatives": 80,
        "share": 0.889,
        "mentions_before": 10,
        "negatives_before": 2,
        "growth": 40.0,
        "voices": 85,
        "expected_voices": 1.2,
        "negative_voices": 77,
        "expected_negative_voices": 0.1,
        "negative_voices_6h": 79,
        "copies": 0,
        "reach": 12_000,
        "last_mention_at": "2024-03-09T09:59:00Z",
        "trend": [0] * 36,
    }
    own: dict[str, Any] = {
        "id": f"{INCIDENT}/situation/2024-03-09T10:01:00Z",
        "incident": INCIDENT,
        "open_incident": INCIDENT,
        "brand": "Acme",
        "at": "2024-03-09T10:01:00Z",
        "minute": "2024-03-09T10:00:00Z",
        "ended": False,
        "severity": "warning",
        "since": "2024-03-09T09:00:00Z",
        "warned_at": "2024-03-09T09:05:00Z",
        "case_open": True,
        "criteria": ["negative_growth"],
        "figures": figures,
        "networks": [],
        "terms": [],
        "posts": [],
        "weaknesses": {},
        "carriers": [],
        "answers": {"complaints": 80, "answers": 0, "deletions": 0, "blocks": 0, "scheduled": 0},
        "asks": {"open": 80, "overdue": 40, "answered": 0, "first_reply_p50_s": None, "estimated": False},
        "promises": {"open": 0, "kept": 0, "broken": 0},
        "statements": [],
        "signals": [],
        "deadlines": [{"kind": "holding", "due": "2024-03-09T09:35:00Z"}],
    }
    return msgspec.convert(own | fields, Situation)
