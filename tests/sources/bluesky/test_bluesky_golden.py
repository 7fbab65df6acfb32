"""What people can rely on after an upgrade: the same frames give the same posts, byte for byte, in both versions.

The frames have the form of the network's; texts, accounts and addresses are made up.
"""

from pathlib import Path

import msgspec
import pytest

from streams.sources.bluesky.accounts import OfficialAccounts
from streams.sources.bluesky.batch_reader import BatchReader
from streams.sources.bluesky.endpoint import Endpoint
from streams.sources.bluesky.position import Resume
from streams.sources.bluesky.posts import PostBuilder
from streams.sources.bluesky.recent_ids import RecentIds
from streams.sources.source import Batch

GOLDEN = Path(__file__).parent / "golden"
ACME = "did:plc:" + "z" * 24


def read(version: int) -> Batch:
    """Read the golden frames of a version."""
    url = "wss://jetstream.example" + ("/subscribe" if version == 1 else "")
    accounts = OfficialAccounts([ACME])
    reader = BatchReader(Endpoint.parse(url), Resume(), None, PostBuilder(accounts), accounts, RecentIds())
    return reader.read((GOLDEN / f"bluesky_v{version}.jsonl").read_bytes().splitlines())


@pytest.mark.parametrize("version", [1, 2])
def test_golden_frames_give_the_golden_posts(version: int) -> None:
    posts = b"".join(msgspec.json.encode(post) + b"\n" for post in read(version).posts)
    assert posts == (GOLDEN / "bluesky_posts.jsonl").read_bytes()


@pytest.mark.parametrize(("version", "events"), [(1, 20), (2, 21)])
def test_golden_frames_that_are_no_posts_are_counted(version: int, events: int) -> None:
    batch = read(version)
    assert (batch.events, batch.refused) == (events, {"type": 1})
