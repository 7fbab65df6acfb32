"""What a person who reads annotations in Grafana can rely on: each incident event once, in order, delaying none."""

import threading
from typing import Any

import msgspec
import pytest

from detectors.negativity import NegativityModel
from streams.errors import ConfigError
from streams.mentions.message import Message
from streams.metrics.label_cap import clean_label
from streams.offline.replay import replay
from streams.oncall.annotations import AnnotationSender, annotation, annotation_sender
from streams.oncall.grafana import Grafana
from streams.pipeline import Pipeline
from streams.response.event_builder import build_desk_event
from streams.settings.config import Config
from streams.watching.incident_event import IncidentEvent
from streams.watching.watch_event import incident_events
from tests.helpers.desks import DeskDriver, statement
from tests.helpers.monitoring.fake_grafana import TOKEN, FakeGrafana
from tests.helpers.records import crisis


@pytest.fixture(scope="module")
def events() -> list[IncidentEvent]:
    """The events of a crisis from its opening to its end."""
    lines = [Message("record", i, value) for i, value in enumerate(crisis())]
    return incident_events(replay(lines, Pipeline(Config(), NegativityModel.load()))[0])


def test_an_incident_is_a_point_at_each_change_and_a_range_at_its_end(
    server: FakeGrafana, grafana: Grafana, events: list[IncidentEvent]
) -> None:
    sender = AnnotationSender(grafana)
    for event in events:
        sender.send(event)
    assert sender.close() == 0
    sent = server.annotations
    assert [one["tags"][:3] for one in sent[:-1]] == [
        ["badbuzz", "Acme", "opened"],
        *[["badbuzz", "Acme", "changed"]] * (len(sent) - 2),
    ]
    assert sent[-1]["tags"][:3] == ["badbuzz", "Acme", "closed"]
    assert sent[-1]["timeEnd"] - sent[-1]["time"] > 3_600_000
    assert [one["text"] for one in sent] == [event.summary for event in events]
    assert [one["tags"][3] for one in sent[:-1]] == [event.severity for event in events[:-1]]


def test_what_is_owed_is_a_point_when_it_begins_and_a_range_when_it_ends(server: FakeGrafana, grafana: Grafana) -> None:
    desk = DeskDriver().incident(0).say([statement(40)], until=60)
    sender = AnnotationSender(grafana)
    for change in desk.changes:
        if change.signal == "holding_due":
            sender.send(build_desk_event("Acme", change, [], Config()))
    assert sender.close() == 0
    begun, ended = server.annotations
    assert begun["tags"][:5] == ["badbuzz", "Acme", "desk", "holding_due", "warning"]
    assert begun["text"].startswith("Acme: nothing said on the matter for 30 min")
    assert ended["tags"][:4] == ["badbuzz", "Acme", "desk", "holding_due"]
    assert ended["timeEnd"] > ended["time"]


@pytest.mark.parametrize(
    "brand",
    ["A  B", "\U0001f469\u200d\U0001f373 Chef", "\u062e\u0627\u0646\u0647\u200c\u06cc \u0645\u0627", "Back`tick"],
)
def test_an_annotation_is_tagged_with_the_brand_as_the_dashboards_ask_for_it(
    events: list[IncidentEvent], brand: str
) -> None:
    for event in (events[0], events[-1]):
        assert annotation(msgspec.structs.replace(event, brand=brand)).tags[0] == clean_label(brand)


def test_an_annotation_whose_response_was_lost_is_not_added_twice(
    server: FakeGrafana, grafana: Grafana, events: list[IncidentEvent]
) -> None:
    server.lost_responses = 1
    first = annotation(events[0])
    grafana.annotate(first.key, first.time_ms, first.tags, first.text)
    assert len(server.annotations) == 1


def test_an_unreachable_grafana_delays_nothing_and_gets_its_annotations_when_it_is_back(
    server: FakeGrafana, events: list[IncidentEvent]
) -> None:
    server.failures = [(503, b"{}")]
    respond, back = server.respond, threading.Event()

    def stuck(method: str, path: str, body: Any, authorization: str | None) -> tuple[int, Any]:
        back.wait(10)
        return respond(method, path, body, authorization)

    server.respond = stuck  # type: ignore[method-assign]
    sender = AnnotationSender(Grafana(server.url, TOKEN, timeout=15, attempts=1))
    for event in events:
        sender.send(event)
    assert server.annotations == [], "all are queued while Grafana has not even answered the first"
    back.set()
    assert sender.close(timeout=10) == 0
    assert len(server.annotations) == len(events)


def test_the_queue_is_bounded_and_dropped_annotations_are_counted(events: list[IncidentEvent]) -> None:
    sender = AnnotationSender(Grafana("http://127.0.0.1:9", TOKEN, attempts=1), capacity=2)
    for event in events * 4:
        sender.send(event)
    assert sender.dropped >= 4 * len(events) - 3
    assert sender.close(timeout=0.1) <= 2


def test_a_worker_sends_annotations_only_where_a_grafana_is_configured(
    server: FakeGrafana, events: list[IncidentEvent]
) -> None:
    assert annotation_sender({}) is None
    with pytest.raises(ConfigError, match="BADBUZZ_GRAFANA_URL"):
        annotation_sender({"BADBUZZ_GRAFANA_URL": "grafana", "BADBUZZ_GRAFANA_TOKEN": TOKEN})
    sender = annotation_sender({"BADBUZZ_GRAFANA_URL": server.url, "BADBUZZ_GRAFANA_TOKEN": TOKEN})
    assert sender is not None
    sender.send(events[0])
    assert sender.close() == 0
    assert len(server.annotations) == 1
