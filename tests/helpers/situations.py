"""Made-up pictures, events and actions of an incident, for tests of what people see."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from streams.console.state import DESK, INCIDENTS, SITUATIONS, Record
from streams.desk_log.action import DeskAction
from streams.event_time import rfc3339
from streams.response.desk_event import ShownAsks, ShownPromises
from streams.situations.situation import (
    TREND_STEPS,
    ActiveSignal,
    Carrier,
    Deadline,
    Figures,
    NetworkPart,
    OfficialStatement,
    Situation,
    StatementEffect,
)
from streams.watching.incident_event import AnswerCounts, IncidentEvent, ShownPost, ShownTerm

HOSTILE = '<script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">{{7*7}}\u202e"\'>'
"""What somebody may post, call a brand or write in the log."""


def at(minutes_ago: float, now: datetime | None = None) -> str:
    """Return a time some minutes before now, RFC 3339 to the second."""
    moment = (now or datetime.now(UTC)) - timedelta(minutes=minutes_ago)
    return rfc3339(round(moment.timestamp() * 1000))


def post(number: int, **values: Any) -> ShownPost:
    """Return a publication that carries the incident."""
    known: dict[str, Any] = {
        "id": f"post-{number}",
        "network": "twitter",
        "author": f"user{number}",
        "reach": 8_539,
        "reposts": 12,
        "negativity": 0.9,
        "text": f"The code does not work, my order is cancelled, shame on you ({number})",
        "url": f"https://twitter.example/status/{number}",
        "followers": 12_000 if number == 1 else 80,
    }
    return ShownPost(**(known | values))


def situation(brand: str = "3 Suisses", **values: Any) -> Situation:
    """Return the picture of a critical incident that began 44 minutes ago."""
    incident = values.pop("incident", f"{brand}/2012-06-11T15:31:00Z")
    trend = [0, 0, 1, 0, 0, 2, 1, 0, 0, 0, 1, 0, 0, 3, 2, 1, 0, 0, 1, 0, 2, 3, 5, 9, 14, 18, 22, 31, 40, 38, 45, 52, 60]
    known: dict[str, Any] = {
        "id": f"{incident}/situation/{at(0)}",
        "incident": incident,
        "open_incident": incident,
        "brand": brand,
        "at": at(0),
        "minute": at(1),
        "ended": False,
        "severity": "critical",
        "since": at(44),
        "warned_at": at(34),
        "case_open": True,
        "criteria": ["negative_growth", "surge"],
        "figures": Figures(
            mentions=214,
            negatives=170,
            share=0.79,
            mentions_before=80,
            negatives_before=55,
            growth=3.1,
            voices=190,
            expected_voices=4.2,
            negative_voices=93,
            expected_negative_voices=0.3,
            negative_voices_6h=512,
            copies=3,
            reach=250_000,
            last_mention_at=at(1),
            trend=[0] * (TREND_STEPS - len(trend)) + trend,
        ),
        "networks": [
            network("twitter", 0.76, 130, spoken=at(20)),
            network("facebook", 0.13, 25),
            network("forum", 0.10, 15),
        ],
        "terms": [ShownTerm("29343", 170), ShownTerm("site", 39), ShownTerm("cancelled", 12)],
        "posts": [post(1), post(2), post(3)],
        "weaknesses": {"promo code": 170},
        "carriers": [
            Carrier("official", 1, 2, 40_000),
            Carrier("public", 2, 2, 250_000),
            Carrier("private", 9, 9, 900),
        ],
        "answers": AnswerCounts(complaints=231, answers=17, deletions=1, blocks=0, scheduled=2),
        "asks": ShownAsks(open=60, overdue=41, answered=17, first_reply_p50_s=2880, estimated=False),
        "promises": ShownPromises(open=2, kept=1, broken=0),
        "statements": [statement()],
        "signals": [
            ActiveSignal(
                signal="wrong_network",
                severity="warning",
                since=at(12),
                due=None,
                values={"share": 0.4, "network": "facebook"},
                posts=[],
            ),
            ActiveSignal(
                signal="complaints_waiting",
                severity="critical",
                since=at(9),
                due=None,
                values={"overdue": 41},
                posts=[],
            ),
        ],
        "deadlines": [
            Deadline("holding", at(4)),
            Deadline("scheduled", at(-25)),
            Deadline("promise", at(-12)),
        ],
    }
    return Situation(**(known | values))


def network(name: str, share: float, negatives: int, *, spoken: str | None = None) -> NetworkPart:
    """Return one network's part."""
    return NetworkPart(
        network=name,
        share=share,
        mentions=round(negatives * 1.25),
        negatives=negatives,
        case_negatives=negatives,
        spoken=spoken,
        last_mention_at=at(1),
    )


def statement(**values: Any) -> OfficialStatement:
    """Return a statement of the brand that made it worse."""
    known: dict[str, Any] = {
        "id": "said-1",
        "network": "twitter",
        "at": at(20),
        "text": "The code is not valid, orders with it are cancelled.",
        "marks": ["refusal"],
        "on_the_matter": True,
        "replies": 44,
        "negative_replies": 39,
        "effect": StatementEffect(verdict="worse", low=4, points=12, high=20, minutes=20),
    }
    return OfficialStatement(**(known | values))


def event(shown: Situation, severity: str, previous: str, minutes_ago: float, **values: Any) -> IncidentEvent:
    """Return a change of severity in the incident of a situation."""
    known: dict[str, Any] = {
        "id": f"{shown.incident}/{severity}",
        "incident": shown.incident,
        "brand": shown.brand,
        "at": at(minutes_ago),
        "severity": severity,
        "previous": previous,
        "criteria": shown.criteria,
        "since": shown.since,
        "window_minutes": 60,
        "observed": 93,
        "expected": 0.3,
        "factor": None,
        "score": 40.0,
        "authors": 190,
        "negatives": 93,
        "copies": 3,
        "networks": {"twitter": 0.76},
        "terms": shown.terms,
        "posts": shown.posts,
        "answers": shown.answers,
        "weaknesses": {},
        "summary": f"{severity.upper()} {shown.brand}: 93 people negative in 1 h, 0.3 expected; 76% on twitter",
    }
    return IncidentEvent(**(known | values))


def action(shown: Situation, number: int, kind: str, who: str = "Anne", **values: Any) -> DeskAction:
    """Return an action on the incident of a situation; its id follows from the number."""
    known = {"id": f"action-{number:04d}", "incident": shown.incident, "brand": shown.brand, "at": at(0)}
    return msgspec.convert(known | {"type": "desk_action", "kind": kind, "who": who} | values, DeskAction)


def records(shown: Situation, *actions: DeskAction) -> list[Record]:
    """Return the records of an incident: its events, its picture and what people did."""
    events = [event(shown, "warning", "calm", 34), event(shown, "critical", "warning", 20)]
    return [
        *(Record(INCIDENTS, each.id.encode(), each.to_json()) for each in events),
        Record(SITUATIONS, shown.brand.encode(), shown.to_json()),
        *(Record(DESK, each.incident.encode(), each.to_json()) for each in actions),
    ]
