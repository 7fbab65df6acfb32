"""Where no source sends heartbeats, the scorer advances a brand's event time; where one does, it never interferes."""

import json

from streams.mentions.mention import decode, milliseconds
from streams.worker.idle_heartbeats import IdleHeartbeats

KEY = (3, "Acme")
NEWEST_MS = 1_700_000_000_000


def test_a_silent_brand_advances_by_the_time_that_passed() -> None:
    heartbeats = IdleHeartbeats(after_s=120)
    assert heartbeats.due(1000, NEWEST_MS + 5000, {KEY: NEWEST_MS}) == []
    assert heartbeats.due(1119, NEWEST_MS + 124_000, {KEY: NEWEST_MS}) == []
    [heartbeat] = heartbeats.due(1120, NEWEST_MS + 125_000, {KEY: NEWEST_MS})
    assert (heartbeat.partition, heartbeat.brand) == KEY
    mention = decode(heartbeat.value)
    assert (mention.kind, mention.brand) == ("heartbeat", "Acme")
    assert milliseconds(mention) == NEWEST_MS + 120_000


def test_a_brand_whose_source_sends_heartbeats_is_left_alone() -> None:
    heartbeats = IdleHeartbeats(after_s=120)
    heartbeats.record(3, {"Acme": "heartbeat 17"})
    heartbeats.due(0, 2 * NEWEST_MS, {KEY: NEWEST_MS})
    assert heartbeats.due(100_000, 2 * NEWEST_MS, {KEY: NEWEST_MS}) == []


def test_no_heartbeat_lies_in_the_future() -> None:
    heartbeats = IdleHeartbeats(after_s=120)
    heartbeats.due(0, NEWEST_MS, {KEY: NEWEST_MS})
    assert heartbeats.due(500, NEWEST_MS, {KEY: NEWEST_MS}) == []


def test_idle_heartbeats_become_rarer_the_longer_a_brand_is_silent() -> None:
    heartbeats = IdleHeartbeats(after_s=120)
    newest, sent = NEWEST_MS, []
    for second in range(0, 86_400, 15):
        for heartbeat in heartbeats.due(float(second), NEWEST_MS + second * 1000, {KEY: newest}):
            mention = decode(heartbeat.value)
            newest = milliseconds(mention)
            heartbeats.record(3, {"Acme": mention.id})
            sent.append(newest)
    assert 20 < len(sent) < 60
    assert sent == sorted(sent)
    assert json.loads(heartbeat.value)["id"].startswith(f"badbuzz-clock/{NEWEST_MS}/")


def test_it_can_be_disabled() -> None:
    heartbeats = IdleHeartbeats(after_s=0)
    heartbeats.due(0, 2 * NEWEST_MS, {KEY: NEWEST_MS})
    assert heartbeats.due(10**6, 2 * NEWEST_MS, {KEY: NEWEST_MS}) == []
