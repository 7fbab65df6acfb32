"""A publication seen again with other counts raises its reach, and is no second mention."""

import itertools
import json

import pytest

from streams.mentions.message import Message
from streams.scoring.rollup import Counts, Rollup, merge, total
from streams.scoring.rollup_batch import encode_batch
from streams.scoring.scorer import Scorer
from streams.settings.brands.brand import BrandConfig
from streams.settings.config import Config
from tests.helpers.mentions import mention_line

HOURS = 3600


class Flat:
    """A model that scores every text alike."""

    def score_many(self, texts: list[str]) -> list[float]:
        return [0.9] * len(texts)


def look(at: float, views: int, reposts: int = 0, **fields: object) -> bytes:
    return mention_line(1, at, **({"views": views, "reposts": reposts} | fields))


def textless(at: float, views: int) -> bytes:
    record = json.loads(look(at, views, kind="update"))
    del record["text"]
    return json.dumps(record).encode()


def scored(*lines: bytes, batch: int = 1, config: Config | None = None) -> list[Rollup]:
    """Score in batches; merge the rollups of each bucket."""
    scorer = Scorer(config or Config(), Flat())
    messages = [Message("test", offset, value) for offset, value in enumerate(lines)]
    buckets: dict[tuple[str, int], Rollup] = {}
    for first in range(0, len(messages), batch):
        for rollup in scorer.score(messages[first : first + batch]).rollups:
            key = (rollup.network, rollup.minute)
            buckets[key] = merge(buckets[key], rollup) if key in buckets else rollup
    return [buckets[key] for key in sorted(buckets, key=lambda key: key[1])]


def counts(rollups: list[Rollup]) -> Counts:
    return total(rollup.counts for rollup in rollups)


def reach(rollups: list[Rollup]) -> list[tuple[int, int]]:
    return [(post.reach, post.reposts) for rollup in rollups for post in rollup.posts]


@pytest.mark.parametrize("kind", ["post", "update"])
@pytest.mark.parametrize("ages", [(0, 0, 0), (1800, 3600, 5400)], ids=["time of publication", "time of the look"])
def test_each_look_is_a_row_of_the_posts_and_one_mention_is_counted(kind: str, ages: tuple[int, ...]) -> None:
    views = [(60_000, 300), (900_000, 9_000), (6_000_000, 40_000)]
    looks = [look(age, *seen, kind=kind) for age, seen in zip(ages, views, strict=True)]
    rollups = scored(look(0, 40), *looks)
    assert (counts(rollups).mentions, counts(rollups).updates, counts(rollups).duplicates) == (1, 3, 0)
    assert max(reach(rollups)) == (6_000_000, 40_000)
    assert sum(len(rollup.voices) for rollup in rollups) == 1


def test_an_update_older_than_an_hour_is_in_the_oldest_open_minute() -> None:
    for late in (look(0, 60_000), look(0, 60_000, kind="update")):
        *_, newest = rollups = scored(look(0, 40), mention_line(2, 5 * HOURS), late)
        assert reach(rollups) == [(40, 0), (60_000, 0), (0, 0)]
        assert (counts(rollups).late, counts(rollups).too_late) == (0, 0)
        assert newest.minute - rollups[-2].minute == 1


def test_an_update_of_an_unknown_publication_is_a_row_and_no_mention() -> None:
    [rollup] = scored(look(0, 900, kind="update"))
    assert (rollup.counts, reach([rollup]), rollup.voices) == (Counts(updates=1), [(900, 0)], ())


def test_an_update_before_its_publication_takes_no_mention_away() -> None:
    assert counts(scored(look(0, 900, kind="update"), look(0, 40))).mentions == 1


def test_an_exact_repeat_and_one_without_counts_are_duplicates() -> None:
    rollups = scored(look(0, 40), look(0, 40), mention_line(1, 0))
    assert (counts(rollups).mentions, counts(rollups).duplicates, counts(rollups).updates) == (1, 2, 0)


def test_an_update_without_a_text_says_nothing_of_the_tone() -> None:
    [rollup] = scored(textless(0, 900))
    assert [post.negativity for post in rollup.posts] == [-1]


def test_updates_of_the_brands_own_publications_are_left_out() -> None:
    own = Config(brands={"Acme": BrandConfig(official_accounts=frozenset({"acme"}))})
    for fields in ({"official": True}, {"author": "acme"}):
        rollups = scored(
            look(0, 40, **fields), look(0, 900, **fields), look(0, 999, kind="update", **fields), config=own
        )
        assert (counts(rollups).official, counts(rollups).updates, reach(rollups)) == (1, 0, [])


def test_looks_of_one_minute_give_the_same_bytes_in_any_order_and_any_batches() -> None:
    looks = [look(0, 40), look(0, 60_000, 12), look(0, 900_000, 90), look(20, 70_000, 20, kind="update")]
    encoded = {
        encode_batch([(0, rollup) for rollup in scored(*order, batch=batch)])
        for order in itertools.permutations(looks)
        for batch in (1, 3, 4)
    }
    assert len(encoded) == 1
