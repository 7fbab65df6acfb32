"""Where no source sends heartbeats, the reader moves a brand on; where one does, it never interferes."""

import json

from streams.mentions.mention import decode, milliseconds
from streams.worker.idle_heartbeats import IdleHeartbeats

KEY = (3, "Acme")
SPOKEN_MS = 1_700_000_000_000


def test_a_silent_brand_is_moved_on_by_the_time_that_passed() -> None:
    clock = IdleHeartbeats(after_s=120)
    assert clock.due(1000, SPOKEN_MS + 5000, {KEY: SPOKEN_MS}) == []
    assert clock.due(1119, SPOKEN_MS + 124_000, {KEY: SPOKEN_MS}) == []
    [beat] = clock.due(1120, SPOKEN_MS + 125_000, {KEY: SPOKEN_MS})
    assert (beat.partition, beat.brand) == KEY
    mention = decode(beat.value)
    assert (mention.kind, mention.brand) == ("heartbeat", "Acme")
    assert milliseconds(mention) == SPOKEN_MS + 120_000


def test_a_brand_whose_source_sends_heartbeats_is_left_alone() -> None:
    clock = IdleHeartbeats(after_s=120)
    clock.heard(3, {"Acme": "beat 17"})
    clock.due(0, 2 * SPOKEN_MS, {KEY: SPOKEN_MS})
    assert clock.due(100_000, 2 * SPOKEN_MS, {KEY: SPOKEN_MS}) == []


def test_no_heartbeat_lies_in_the_future() -> None:
    clock = IdleHeartbeats(after_s=120)
    clock.due(0, SPOKEN_MS, {KEY: SPOKEN_MS})
    assert clock.due(500, SPOKEN_MS, {KEY: SPOKEN_MS}) == []


def test_its_own_heartbeats_come_less_often_the_longer_a_brand_is_silent() -> None:
    clock = IdleHeartbeats(after_s=120)
    newest, sent = SPOKEN_MS, []
    for second in range(0, 86_400, 15):
        for beat in clock.due(float(second), SPOKEN_MS + second * 1000, {KEY: newest}):
            mention = decode(beat.value)
            newest = milliseconds(mention)
            clock.heard(3, {"Acme": mention.id})
            sent.append(newest)
    assert 20 < len(sent) < 60
    assert sent == sorted(sent)
    assert json.loads(beat.value)["id"].startswith(f"badbuzz-clock/{SPOKEN_MS}/")


def test_it_may_be_turned_off() -> None:
    clock = IdleHeartbeats(after_s=0)
    clock.due(0, 2 * SPOKEN_MS, {KEY: SPOKEN_MS})
    assert clock.due(10**6, 2 * SPOKEN_MS, {KEY: SPOKEN_MS}) == []
