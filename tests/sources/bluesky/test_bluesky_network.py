"""What people can rely on with the network's own schemas and frames: all that they allow is read, nothing refused."""

import msgspec
import pytest
import zstandard
from hypothesis import Phase, find, given, settings

from streams.sources.bluesky.accounts import OfficialAccounts
from streams.sources.bluesky.batch_reader import BatchReader
from streams.sources.bluesky.compression import Dictionary
from streams.sources.bluesky.endpoint import Endpoint
from streams.sources.bluesky.frames import Event, decode_v1
from streams.sources.bluesky.position import Resume
from streams.sources.bluesky.posts import BLOCK, POST, REPOST, THREADGATE, PostBuilder
from streams.sources.bluesky.recent_ids import RecentIds
from streams.sources.source import Post
from tests.helpers.paths import SHARED
from tests.sources.bluesky.lexicons import Lexicons

BLUESKY = SHARED / "data" / "bluesky"
CAPTURE = BLUESKY / "expected_v1.jsonl"
US = 1_783_166_400_000_000

pytestmark = pytest.mark.skipif(
    not CAPTURE.is_file(), reason=f"no {BLUESKY} (BADBUZZ_SHARED says where the records are)"
)


def posts_of(collection: str, record: object) -> tuple[Post, ...]:
    """Return the posts of a record by an official account; the record must be readable."""
    commit = {"operation": "create", "collection": collection, "rkey": "3l2c", "record": record}
    frame = {"did": "did:plc:acme", "time_us": US, "kind": "commit", "commit": commit}
    event = decode_v1(msgspec.json.encode(frame))
    assert isinstance(event, Event), event
    assert event.commit is not None
    reading = PostBuilder(OfficialAccounts(["did:plc:acme"]))
    posts = reading.build(event.did, event.commit, event.witnessed)
    assert reading.refused == {}
    return posts


@pytest.mark.parametrize("collection", [POST, REPOST, BLOCK])
def test_every_record_that_the_lexicon_allows_is_a_post(collection: str) -> None:
    @settings(max_examples=300, deadline=None)
    @given(Lexicons(BLUESKY / "lexicons").record(collection))
    def check(record: object) -> None:
        (post,) = posts_of(collection, record)
        assert post.author == "did:plc:acme"

    check()


def test_every_threadgate_that_the_lexicon_allows_hides_its_replies() -> None:
    @settings(max_examples=300, deadline=None)
    @given(Lexicons(BLUESKY / "lexicons").record(THREADGATE))
    def check(record: dict[str, list[str]]) -> None:
        hidden = dict.fromkeys(record.get("hiddenReplies", ()))
        assert [post.reply_to for post in posts_of(THREADGATE, record)] == list(hidden)

    check()


@pytest.mark.parametrize("embed", ["images", "external", "record", "recordWithMedia", "video"])
def test_the_lexicons_generate_every_embed(embed: str) -> None:
    def has_it(record: dict[str, dict[str, str]]) -> bool:
        return record.get("embed", {}).get("$type") == f"app.bsky.embed.{embed}"

    # Raises where there is none; the first will do, a smallest one takes a hundred times as long to find.
    first = settings(max_examples=5000, deadline=None, phases=[Phase.generate])
    assert has_it(find(Lexicons(BLUESKY / "lexicons").record(POST), has_it, settings=first))


@pytest.mark.parametrize("compressed", [False, True])
def test_a_capture_of_the_network_is_read_to_the_last_event(compressed: bool) -> None:
    frames = CAPTURE.read_bytes().splitlines()
    dictionary = None
    if compressed:
        dictionary = Dictionary.of_version_1()
        content = zstandard.ZstdCompressionDict((BLUESKY / "v1.zdict").read_bytes())
        frames = [zstandard.ZstdCompressor(dict_data=content).compress(frame) for frame in frames]
        assert sum(map(len, frames)) < 0.6 * CAPTURE.stat().st_size
    accounts = OfficialAccounts([])
    endpoint = Endpoint.parse("wss://jetstream.example/subscribe")
    reader = BatchReader(endpoint, Resume(), dictionary, PostBuilder(accounts), accounts, RecentIds())
    batch = reader.read(frames)
    assert (batch.events, batch.refused) == (152, {})
    kinds = [post.kind for post in batch.posts]
    assert {kind: kinds.count(kind) for kind in kinds} == {"post": 9, "reply": 8, "repost": 15}
    assert all(post.text or post.searched for post in batch.posts if post.kind != "repost")
