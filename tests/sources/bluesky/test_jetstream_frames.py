"""What people can rely on when Jetstream sends what nobody expects: it is counted, and the rest is read."""

import asyncio
from typing import Any

import pytest
import zstandard

from deploy.local.fake_bluesky import train
from streams.settings.sources import CollectorSettings, JetstreamConfig
from streams.sources.bluesky.compression import Dictionary
from streams.sources.bluesky.endpoint import MAX_FRAME_BYTES
from streams.sources.bluesky.frames import Event, Notice, Refusal, decode_v1, decode_v2, microseconds
from streams.sources.bluesky.jetstream import Jetstream, Limits
from tests.sources.fakes.fake_jetstream import NOON, FakeJetstream
from tests.sources.reading import ids_of, read_until, refused_of

HUGE = '{"did":"' + "x" * 33_000_000 + '"}'
NESTED = '{"did":"did:plc:a","time_us":1,"x":' + "[" * 5000 + "]" * 5000 + "}"


def read_around(frame: str | bytes, version: int, *, compress: bool = False) -> tuple[bool, dict[str, int]]:
    """Read posts with a frame between them; return whether all came, in order, and what was refused."""

    async def run() -> tuple[bool, dict[str, int]]:
        async with FakeJetstream() as server:
            url = server.jetstream_v1 if version == 1 else server.jetstream
            config = JetstreamConfig(url=(url,), appview="http://127.0.0.1:9", compress=compress)
            reading = Jetstream(
                "bluesky", config, CollectorSettings(allow_private=True), limits=Limits(batch_s=0.02, silence_s=5.0)
            )
            cursor = await server.beginning(version)
            expected = await server.posts(9)
            server.faults = {5: ("insert", frame)}
            batches = await read_until(reading, cursor, lambda batches: ids_of(batches)[-1:] == expected[-1:])
            assert len(server.seen) == 1, "it must not take a new connection"
            return [name for name in ids_of(batches) if name in expected] == expected, refused_of(batches)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        ('{"did":"did:plc:x","time_us":', "json"),
        ("Service is restarting", "json"),
        ("", "json"),
        (b"\xff\xfe\x00binary", "json"),
        (b'{"did":"\xff","time_us":1}', "json"),
        ("[]", "type"),
        ('{"time_us":"soon"}', "type"),
        (HUGE, "size"),
        (NESTED, "nesting"),
    ],
    ids=["truncated", "prose", "empty", "binary", "not UTF-8", "a list", "wrong type", "33 MB", "nested"],
)
@pytest.mark.parametrize("version", [1, 2])
def test_a_frame_that_cannot_be_read_is_counted_and_the_others_are_read(
    version: int, frame: str | bytes, reason: str
) -> None:
    complete, refused = read_around(frame, version)
    assert complete
    assert refused in ({reason: 1}, {"type": 1} if version == 2 else {})


@pytest.mark.parametrize(
    "frame",
    [
        '{"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#weather"}}',
        '{"$type":"gossip"}',
        '{"$type":"message"}',
    ],
)
def test_a_frame_of_a_kind_that_is_not_known_yet_is_counted(frame: str) -> None:
    assert read_around(frame, 2) == (True, {"kind": 1})


def test_an_event_of_a_kind_that_is_not_known_yet_is_passed_over() -> None:
    assert read_around('{"did":"did:plc:a","time_us":1783166403500000,"kind":"weather"}', 1) == (True, {})


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (b"\x28\xb5\x2f\xfd damaged", "compression"),
        (zstandard.compress(b"x" * (MAX_FRAME_BYTES + 1)), "compression"),
        (zstandard.ZstdCompressor(dict_data=train(9)).compress(b'{"$type":"message"}'), "compression"),
    ],
    ids=["damaged", "too large within", "another dictionary"],
)
@pytest.mark.parametrize("version", [1, 2])
def test_a_compressed_frame_that_cannot_be_read_is_counted(version: int, frame: bytes, reason: str) -> None:
    assert read_around(frame, version, compress=True) == (True, {reason: 1})


def test_a_frame_that_comes_uncompressed_among_compressed_ones_is_read() -> None:
    assert read_around('{"$type":"gossip"}', 2, compress=True) == (True, {"kind": 1})


def test_version_1_is_read_with_the_dictionary_that_all_its_servers_share() -> None:
    assert Dictionary.of_version_1().number == 1612007021


def test_what_is_no_dictionary_is_not_used() -> None:
    assert Dictionary.load(b"") is None
    assert Dictionary.load(b"no structure at all, only words") is None
    assert Dictionary.load(train(5).as_bytes()) is not None


def test_the_time_that_the_server_witnessed_counts_not_an_imported_one() -> None:
    frame = (
        b'{"$type":"message","payload":{"$type":"x#commit","seq":7,"did":"did:plc:a","time":"2024-01-01T00:00:00Z",'
        b'"witnessedAt":"2026-07-04T12:00:00Z"}}'
    )
    event = decode_v2(frame)
    assert isinstance(event, Event)
    assert microseconds(event.witnessed) == NOON


@pytest.mark.parametrize("time", ["", "soon", "2026-07-04", "2026-07-04T12:00:00", "9999-12-31T23:59:59Z", -1, 2**60])
def test_what_is_no_time_is_no_time(time: Any) -> None:
    assert microseconds(time) is None


def test_notices_tell_what_the_server_has_to_say() -> None:
    notice = decode_v2(b'{"$type":"message","payload":{"$type":"x#info","name":"OutdatedCursor","message":"at 7"}}')
    assert notice == Notice("OutdatedCursor", "at 7", terminal=False)
    assert decode_v1(b'{"$type":"error"}') == Refusal("type")
