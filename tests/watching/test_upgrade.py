"""What the last version wrote is read by this one, to the same incidents; what cannot be read is refused in words.

The files of `golden` were written by the version that introduced the numbers in their names. A change of a record that
fails here needs a new number, and a reader of the old one beside it (docs/upgrades.md).
"""

import gzip
from pathlib import Path

import msgspec
import pytest

from detectors.negativity import NegativityModel
from streams.errors import InputError
from streams.kafka.partitioning import pack
from streams.mentions.message import Message
from streams.scoring.rollup_batch import VERSION, decode_batch, encode_batch
from streams.scoring.scorer import Scorer
from streams.settings.config import Config
from streams.watching.rows.snapshot import VERSION as ROW_VERSION
from streams.watching.rows.state_store import BrandStateStore
from tests.helpers.records import crisis

GOLDEN = Path(__file__).parent / "golden"
ROLLUPS = GOLDEN / "rollups_v5.msgpack.gz"
ROWS = GOLDEN / "rows_v6.msgpack.gz"
# Where the first half of the messages ends; the rows are the state after it.
HALF = 0.9


def written_by_this_version() -> tuple[list[bytes], dict[bytes, bytes]]:
    """Return the messages of a record, and the rows after the first part of them."""
    scorer = Scorer(Config(), NegativityModel.load())
    lines = crisis()
    messages: list[bytes] = []
    for start in range(0, len(lines), 40):
        batch = scorer.score([Message("t", 0, value) for value in lines[start : start + 40]])
        messages += [value for _, value in pack([(0, rollup) for rollup in batch.rollups], 1)]
    rows: dict[bytes, bytes] = {}
    store = BrandStateStore(Config(), rows, lambda: 0.0)
    for offset, value in enumerate(messages[: int(len(messages) * HALF)]):
        store.apply(0, offset, decode_batch(value))
    store.persist(list(store.watches))
    return messages, rows


def read(path: Path) -> object:
    return msgspec.msgpack.decode(gzip.decompress(path.read_bytes()))


def events_of(messages: list[bytes], rows: dict[bytes, bytes] | None = None) -> list[bytes]:
    store = BrandStateStore(Config(), {} if rows is None else rows, lambda: 0.0)
    first = 0 if rows is None else int(len(messages) * HALF)
    found = []
    for offset, value in enumerate(messages):
        if offset >= first:
            found += [event.to_json() for event in store.apply(0, offset, decode_batch(value))]
    return found


def test_rollups_and_rows_of_the_last_version_give_the_incidents_they_gave() -> None:
    messages = msgspec.convert(read(ROLLUPS), list[bytes])
    rows = msgspec.convert(read(ROWS), dict[bytes, bytes])
    whole = events_of(messages)
    resumed = events_of(messages, rows)
    assert whole
    assert resumed
    assert resumed == whole[-len(resumed) :]


def test_the_files_are_of_the_versions_that_are_written_now_or_before() -> None:
    assert int(ROLLUPS.name.split("_v")[1][0]) in {VERSION, VERSION - 1}
    assert int(ROWS.name.split("_v")[1][0]) in {ROW_VERSION, ROW_VERSION - 1}


@pytest.mark.parametrize("version", [VERSION - 1, VERSION + 1])
def test_rollups_of_another_version_are_refused_by_their_number(version: int) -> None:
    fields = msgspec.msgpack.decode(encode_batch([]))
    data = msgspec.msgpack.encode([version, *fields[1:]])
    with pytest.raises(InputError, match=rf"expected rollups of version {VERSION}, got version {version}: "):
        decode_batch(data)
