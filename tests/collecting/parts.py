"""The parts of a collection of two brands, Acme and Other."""

from collections.abc import Callable, Sequence
from datetime import datetime

from streams.collecting.collection import Collection, Parts, utc_now
from streams.collecting.commit import Keyed
from streams.collecting.heartbeats import Heartbeats
from streams.collecting.mention_builder import MentionBuilder
from streams.collecting.pseudonyms import Pseudonyms
from streams.collecting.recounting import Recounting
from streams.matching.matcher import BrandMatcher
from streams.mentions.mention import Mention, decode
from streams.settings.brands.brand import BrandConfig
from streams.settings.sources import CollectorSettings
from streams.sources.source import Source

BRANDS = {"Acme": BrandConfig(), "Other": BrandConfig()}
SETTINGS = CollectorSettings(pseudonym_key="no secret of anybody", never_authors=frozenset(["scripted:objector"]))


class Grim:
    """Finds negative whatever says so."""

    def score_many(self, texts: list[str]) -> list[float]:
        return [0.9 if "awful" in text else 0.1 for text in texts]


def collection(
    source: Source,
    name: str = "s",
    *,
    brand: str = "",
    brands: Sequence[str] = (),
    clock: Callable[[], datetime] = utc_now,
) -> Collection:
    parts = Parts(
        BrandMatcher(BRANDS),
        MentionBuilder(source.network, BRANDS, SETTINGS, Pseudonyms.open(SETTINGS)),
        Heartbeats(name, source.network, BRANDS),
        Recounting(Grim(), 0.5),
    )
    return Collection(name, source, parts, brand=brand, brands=brands, clock=clock)


def mentions(messages: Sequence[Keyed]) -> list[Mention]:
    """The mentions among messages; heartbeats are left out."""
    decoded = [decode(value) for _, value in messages]
    return [mention for mention in decoded if mention.kind != "heartbeat"]


def ids(messages: Sequence[Keyed]) -> list[tuple[str, str]]:
    """Brand and id of each mention."""
    return [(mention.brand, mention.id) for mention in mentions(messages)]
