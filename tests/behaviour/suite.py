"""The guarantees to on-call people, the same on every engine."""

import json
import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.behaviour.engines import Engine
from tests.helpers.records import (
    CRISIS_AT,
    DAY,
    HOUR,
    MINUTE,
    QUIET_DAYS,
    answered_crisis,
    crisis,
    damaged,
    in_order,
    line,
    quiet,
    wave,
)


def decoded(events: list[bytes]) -> list[dict[str, Any]]:
    return [json.loads(event) for event in events]


def severities(events: list[bytes], brand: str = "Acme") -> list[str]:
    return [event["severity"] for event in decoded(events) if event["brand"] == brand]


class IncidentBehaviour:
    """The suite: a subclass gives the fixture `incidents_of`, the engine under test."""

    def test_a_growing_wave_of_negatives_is_reported_in_half_an_hour_and_ends_calm(self, incidents_of: Engine) -> None:
        events = decoded(incidents_of(crisis()))
        warned = next(event for event in events if event["severity"] in {"warning", "critical"})
        assert warned["brand"] == "Acme"
        assert "negative_growth" in warned["criteria"]
        assert warned["networks"]["twitter"] > 0.5
        assert warned["observed"] > 10 * max(warned["expected"], 0.1)
        assert warned["at"] <= "2024-03-09T09:31:00Z"
        assert [event["severity"] for event in events][-1] == "calm"
        assert {event["brand"] for event in events} == {"Acme"}

    def test_a_long_wide_wave_of_negatives_becomes_critical(self, incidents_of: Engine) -> None:
        assert "critical" in severities(incidents_of(crisis()))

    def test_severity_only_rises_while_an_incident_is_open(self, incidents_of: Engine) -> None:
        rank = ["calm", "watch", "warning", "critical"]
        for event in decoded(incidents_of(crisis())):
            assert event["severity"] == "calm" or rank.index(event["severity"]) > rank.index(event["previous"])

    def test_isolated_negative_mentions_never_alert(self, incidents_of: Engine) -> None:
        grumbles = [
            (QUIET_DAYS * DAY + h * 3 * HOUR, line(500 + h, QUIET_DAYS * DAY + h * 3 * HOUR, rating=-1))
            for h in range(12)
        ]
        assert incidents_of(in_order(quiet(days=QUIET_DAYS + 2), grumbles)) == []

    def test_a_surge_of_positive_mentions_is_a_watch_and_never_a_crisis(self, incidents_of: Engine) -> None:
        events = incidents_of(in_order(quiet(days=QUIET_DAYS + 2), wave(150, 120, rating=1)))
        assert severities(events) == ["watch", "calm"]

    def test_one_author_who_posts_all_the_time_never_alerts(self, incidents_of: Engine) -> None:
        posts = wave(200, 120, rating=-1, author="angry one")
        assert set(severities(incidents_of(in_order(quiet(days=QUIET_DAYS + 2), posts)))) <= {"watch", "calm"}

    def test_a_flood_of_copies_is_a_watch_by_itself_and_is_named(self, incidents_of: Engine) -> None:
        flood = wave(300, 180, rating=-1, text="boycott this brand today, share this message with everyone you know")
        opened, closed = decoded(incidents_of(in_order(quiet(days=QUIET_DAYS + 2), flood)))
        assert (opened["severity"], opened["criteria"]) == ("watch", ["coordinated"])
        assert opened["observed"] == opened["copies"] >= 8
        assert closed["severity"] == "calm"

    def test_one_negative_post_of_wide_reach_is_a_warning_by_itself(self, incidents_of: Engine) -> None:
        before = quiet(days=QUIET_DAYS + 2)
        far_reaching = [
            (
                CRISIS_AT,
                line(
                    900,
                    CRISIS_AT,
                    rating=-1,
                    followers=4_000_000,
                    network="twitter",
                    text="never again with this brand",
                ),
            )
        ]
        events = decoded(incidents_of(in_order(before, far_reaching)))
        assert [event["severity"] for event in events][:1] == ["warning"]
        assert events[0]["criteria"] == ["reach"]
        assert events[0]["posts"][0]["id"] == "Acme-900"

    @pytest.mark.parametrize("kind", ["post", "update"])
    @pytest.mark.parametrize("pause", [0, 20 * MINUTE], ids=["time of publication", "time of the look"])
    def test_a_post_that_is_counted_again_is_judged_by_its_last_counts(
        self, incidents_of: Engine, kind: str, pause: int
    ) -> None:
        looks = [(60_000, 300), (900_000, 9_000), (6_000_000, 40_000)]
        at = CRISIS_AT
        own: dict[str, Any] = {"rating": -1, "text": "never again with this brand", "network": "twitter"}
        rows = [(at, line(900, at, views=40, **own))]
        for n, (views, reposts) in enumerate(looks, 1):
            seen = line(900, at + n * pause, kind=kind, views=views, reposts=reposts, **own)
            rows.append((at + n * 20 * MINUTE, seen))
        [opened, *_] = decoded(incidents_of(in_order(quiet(days=QUIET_DAYS + 2), rows)))
        assert (opened["severity"], opened["criteria"]) == ("warning", ["reach"])
        assert opened["at"] <= "2024-03-09T09:30:00Z"
        assert opened["posts"][0]["id"] == "Acme-900"
        assert opened["posts"][0]["reach"] >= 60_000

    def test_a_feeds_first_day_is_learning_and_not_alerting(self, incidents_of: Engine) -> None:
        assert incidents_of(in_order(wave(200, 600, rating=-1, at=0))) == []

    @pytest.mark.parametrize("seed", range(2))
    def test_lines_shuffled_within_the_lateness_give_the_same_bytes(self, incidents_of: Engine, seed: int) -> None:
        lines = crisis()
        rng = random.Random(seed)
        when = {value: json.loads(value)["created_at"] for value in lines}

        def jittered(value: bytes) -> float:
            return datetime.fromisoformat(when[value]).timestamp() + rng.uniform(0, 59)

        shuffled = sorted(lines, key=jittered)
        assert shuffled != lines
        assert incidents_of(shuffled) == incidents_of(lines)

    @pytest.mark.parametrize(("kind", "pause"), [("post", 0), ("update", 0), ("update", 20)])
    def test_looks_at_a_publication_swapped_within_the_lateness_give_the_same_bytes(
        self, incidents_of: Engine, kind: str, pause: int
    ) -> None:
        rng = random.Random(7)
        looks: list[tuple[float, bytes]] = []
        for n, value in enumerate(crisis()):
            seen = json.loads(value)
            at = datetime.fromisoformat(seen["created_at"])
            counts = {"kind": kind, "views": 1000 + n, "reposts": n % 50, "followers": n % 900}
            later = seen | counts | {"created_at": (at + timedelta(seconds=pause)).isoformat()}
            looks += [(at.timestamp(), value), (at.timestamp() + pause, json.dumps(later).encode())]
        swapped = [(at + rng.uniform(0, 59), value) for at, value in looks]
        assert incidents_of(in_order(swapped)) == incidents_of(in_order(looks)) != []

    def test_duplicates_change_nothing(self, incidents_of: Engine) -> None:
        lines = crisis()
        doubled = [value for value in lines for _ in range(2)]
        assert incidents_of(doubled) == incidents_of(lines)

    def test_mentions_of_other_brands_change_nothing(self, incidents_of: Engine) -> None:
        lines = crisis()
        alone = [value for value in lines if b'"Acme"' in value]
        both = [event for event in incidents_of(lines) if b'"brand":"Acme"' in event]
        assert incidents_of(alone) == both

    def test_heartbeats_change_nothing_but_the_time_of_publication(self, incidents_of: Engine) -> None:
        lines = [(json.loads(value)["created_at"], value) for value in crisis()]
        beats = []
        for minute in range(0, (QUIET_DAYS + 2) * 1440 - 20, 7):
            beat = json.loads(line(minute, minute * MINUTE, kind="heartbeat"))
            beats.append((beat["created_at"], json.dumps(beat).encode()))
        assert incidents_of([value for _, value in sorted(lines + beats)]) == incidents_of(
            [value for _, value in lines]
        )

    def test_a_backfill_of_mentions_hours_late_is_no_burst(self, incidents_of: Engine) -> None:
        late = [(CRISIS_AT, value) for _, value in wave(200, 30, rating=-1, at=CRISIS_AT - 5 * HOUR)]
        assert incidents_of(in_order(quiet(days=QUIET_DAYS + 2), late)) == []

    @pytest.mark.parametrize("seed", range(2))
    def test_unreadable_lines_change_nothing(self, incidents_of: Engine, seed: int) -> None:
        lines = crisis()
        assert incidents_of(damaged(lines, seed)) == incidents_of(lines)

    def test_event_ids_are_unique_and_the_same_in_every_run(self, incidents_of: Engine) -> None:
        first, second = incidents_of(crisis()), incidents_of(crisis())
        ids = [event["id"] for event in decoded(first)]
        assert first == second
        assert len(set(ids)) == len(ids)

    def test_how_the_brand_answers_is_reported_in_the_same_bytes_in_any_order_within_the_lateness(
        self, incidents_of: Engine
    ) -> None:
        lines = answered_crisis()
        reported = incidents_of(lines)
        signals = {event["signal"] for event in decoded(reported) if event["type"] == "desk"}
        assert {"case", "holding_due", "complaints_waiting", "promo_in_case", "moderation_in_case"} <= signals
        rng = random.Random(7)
        shuffled = sorted(
            lines,
            key=lambda value: datetime.fromisoformat(json.loads(value)["created_at"]).timestamp() + rng.uniform(0, 59),
        )
        assert shuffled != lines
        assert incidents_of(shuffled) == reported
