"""The history of the documented incident, as a replay of it gave it, and what a made-up cell did about it."""

import json
from pathlib import Path

import msgspec

from streams.desk_log.action import DeskAction
from streams.reports.history import History, histories
from streams.response.desk_event import DeskEvent
from streams.settings.config import Config
from streams.situations.situation import Situation
from streams.watching.incident_event import IncidentEvent
from streams.watching.watch_event import WatchEvent

GOLDEN = Path(__file__).parents[1] / "reports" / "golden"
INCIDENT = "3 Suisses/2012-06-11T15:30:00Z"
PARIS = Config(timezone="Europe/Paris")
_TYPES: dict[str, type[IncidentEvent] | type[DeskEvent]] = {"incident": IncidentEvent, "desk": DeskEvent}


def action(number: int, kind: str, at: str, who: str = "Anne", **fields: str) -> DeskAction:
    """One action on the documented incident."""
    known = {
        "id": f"action-{number:04d}",
        "incident": INCIDENT,
        "brand": "3 Suisses",
        "kind": kind,
        "who": who,
        "at": at,
    }
    return msgspec.convert(known | fields, DeskAction)


def actions() -> list[DeskAction]:
    """What a made-up cell did in the night of the documented incident."""
    return [
        action(1, "acknowledge", "2012-06-12T00:10:00Z"),
        action(2, "role", "2012-06-12T00:12:00Z", role="lead", person="Anne"),
        action(3, "hold", "2012-06-12T00:15:00Z", "Marc"),
        action(4, "note", "2012-06-12T00:20:00Z", text="called the shop's duty engineer"),
        action(5, "promise", "2012-06-12T00:30:00Z", text="a word at eight", due="2012-06-12T06:00:00Z"),
        action(6, "statement", "2012-06-12T06:20:00Z", text="We know of the code and will say more at noon."),
        action(7, "kept", "2012-06-12T06:21:00Z", promise="action-0005"),
        action(8, "note", "2012-06-12T06:30:00Z", text="in the wrong log"),
        action(9, "undo", "2012-06-12T06:31:00Z", of="action-0008"),
    ]


def recorded() -> tuple[list[WatchEvent], dict[str, Situation]]:
    """The events and the last picture of the documented incident."""
    events: list[WatchEvent] = []
    situations = {}
    for line in (GOLDEN / "trois_suisses_2012.jsonl").read_bytes().splitlines():
        kind = json.loads(line)["type"]
        if kind == "situation":
            situation = Situation.from_json(line)
            situations[situation.incident] = situation
        else:
            events.append(msgspec.json.decode(line, type=_TYPES[kind]))
    return events, situations


def history(*did: DeskAction, pictured: bool = True) -> History:
    """The documented incident, with some actions; without its picture where compaction took that."""
    events, situations = recorded()
    (found,) = histories(events, did, situations if pictured else {})
    return found
