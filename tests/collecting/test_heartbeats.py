"""A brand that nobody speaks of is reported as seen, once a minute of event time, never ahead of what was seen."""

from hypothesis import given
from hypothesis import strategies as st

from streams.collecting.heartbeats import Heartbeats
from streams.event_time import MINUTE_MS
from streams.mentions.mention import decode, milliseconds

BRANDS = ("Acme", "Orange")


def beats() -> Heartbeats:
    return Heartbeats("sky", "bluesky", BRANDS)


def test_a_silent_brand_has_one_heartbeat_a_minute() -> None:
    source = beats()
    sent = [brand for second in range(60, 300) for brand, _ in source.due(second * 1000, second * 1000)]
    assert sent.count("Acme") == sent.count("Orange") == 4


def test_a_brand_with_a_mention_in_the_minute_needs_none() -> None:
    source = beats()
    source.mentioned("Acme", 60_500)
    assert [brand for brand, _ in source.due(61_000, 61_000)] == ["Orange"]
    assert [brand for brand, _ in source.due(120_000, 120_000)] == ["Acme", "Orange"]


def test_a_late_mention_holds_no_heartbeat_back() -> None:
    source = beats()
    source.mentioned("Acme", 60_000)
    source.mentioned("Acme", 1_000)
    assert [brand for brand, _ in source.due(60_001, 60_001)] == ["Orange"]


def test_a_source_that_does_not_know_how_far_it_has_seen_sends_none() -> None:
    assert beats().due(None, 60_000) == []


def test_a_source_that_stands_still_or_goes_back_sends_none() -> None:
    source = beats()
    assert source.due(120_000, 200_000)
    assert source.due(120_000, 400_000) == []
    assert source.due(60_000, 400_000) == []


def test_a_mention_of_a_brand_that_is_not_watched_makes_no_heartbeat_of_it() -> None:
    source = beats()
    source.mentioned("Free", 0)
    assert {brand for brand, _ in source.due(60_000, 60_000)} == set(BRANDS)


TIMES = st.integers(1_760_000_000_000, 1_760_003_000_000)


@given(st.lists(st.tuples(TIMES, TIMES), max_size=30))
def test_every_heartbeat_is_readable_and_its_time_is_neither_ahead_of_the_clock_nor_of_what_was_seen(
    looks: list[tuple[int, int]],
) -> None:
    source, newest = beats(), dict.fromkeys(BRANDS, -1)
    for complete_to, now in looks:
        for brand, message in source.due(complete_to, now):
            heartbeat = decode(message)
            at = milliseconds(heartbeat)
            assert (heartbeat.kind, heartbeat.brand, heartbeat.network) == ("heartbeat", brand, "bluesky")
            assert newest[brand] // MINUTE_MS < at // MINUTE_MS
            assert at == min(complete_to, now)
            newest[brand] = at
