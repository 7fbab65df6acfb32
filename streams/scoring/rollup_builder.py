"""Building a rollup from the mentions of a batch."""

import msgspec

from detectors.observation import NETWORK_BITS, Voice
from streams.mentions.marks.customers import asks
from streams.mentions.mention import SPOKEN, Mention
from streams.mentions.text import hash64, normalize, post_key
from streams.scoring.rollup import MAX_SNIPPET, Counts, PostRow, Rollup, best_posts, least_voices, one_voice
from streams.scoring.rollup_desk_builder import DeskPartBuilder, author_key, desk_part
from streams.settings.brands.brand import BrandConfig

_NETWORK = (1 << NETWORK_BITS) - 1
_ACTIONS = {"deletion": "deletions", "block": "blocks", "scheduled": "scheduled"}


def reach(mention: Mention) -> int:
    """Return how many people a publication reaches: its author's followers or its views, whichever is more."""
    followers, views = mention.followers or 0, mention.views or 0
    return followers if followers > views else views


class RollupBuilder:
    """Collect the mentions of one brand, network and minute.

    It holds no more mentions than a batch, and `build` cuts them to the rollup's bounds.

    Parameters
    ----------
    brand, network
        The brand and the network.
    minute
        Start of the bucket, in minutes since the epoch.
    known
        Configuration of the brand.
    lag
        Minutes by which its mentions are older.
    """

    __slots__ = (
        "_counts",
        "_desk",
        "_scored",
        "_spoken",
        "_updates",
        "brand",
        "covered",
        "known",
        "lag",
        "minute",
        "network",
        "newest",
    )

    def __init__(self, brand: str, network: str, minute: int, known: BrandConfig, lag: int = 0) -> None:
        self.brand = brand
        self.network = network
        self.minute = minute
        self.known = known
        self.lag = lag
        self.newest = 0
        self.covered = False
        self._scored: list[tuple[Mention, int, int, int, bool, bool, bytes, bool]] = []
        self._spoken = 0
        self._updates: list[PostRow] = []
        self._counts: dict[str, int] = {}
        self._desk: DeskPartBuilder | None = None

    def count(self, name: str) -> None:
        """Increment one of the `Counts`."""
        self._counts[name] = self._counts.get(name, 0) + 1

    def add(
        self,
        mention: Mention,
        identity: int,
        negativity: float,
        negative: bool,
        at: int,
        fingerprint: bytes = b"",
        shared: bool = False,
    ) -> None:
        """Add a scored mention.

        Parameters
        ----------
        mention
            Not official.
        identity
            Hash of brand, network and id.
        negativity
            0 to 1.
        negative
            Whether that counts as negative.
        at
            Its time, in seconds since the epoch.
        fingerprint, shared
            Of its text, as `fingerprints` returns them.
        """
        author = mention.author
        key = author_key(self.network, author) if author is not None else identity
        repost = mention.repost_of is not None or mention.kind == "repost"
        if not repost:
            self._spoken += 1
            if negative or mention.reply_to is not None or asks(mention.text or ""):
                self._desk_part().add_customer(mention, key, negative, at)
        thousandths = round(1000 * negativity)
        self._scored.append((mention, identity, key, thousandths, negative, repost, fingerprint, shared))

    def add_update(self, mention: Mention, identity: int, negativity: float | None) -> None:
        """Add a publication seen again with other counts: a row of the posts, and no mention.

        Parameters
        ----------
        mention, identity
            As for `add`.
        negativity
            0 to 1, or None where the update brings no text.
        """
        self.count("updates")
        self._updates.append(self._row(mention, identity, -1 if negativity is None else round(1000 * negativity)))

    def add_official(self, mention: Mention) -> None:
        """Count a mention by the brand itself: its replies are answers, its actions are counted too."""
        self._desk_part().add_official(mention)
        if mention.visibility == "private":
            return
        self.count("official")
        if mention.reply_to is not None and mention.kind in SPOKEN:
            self.count("answers")
        if mention.kind in _ACTIONS and mention.target != "own":
            self.count(_ACTIONS[mention.kind])

    def build(self) -> Rollup:
        """Return the rollup."""
        voices: dict[int, Voice] = {}
        posts: list[PostRow] = []
        negatives = complaints = 0
        network = hash64(self.network) & _NETWORK
        for mention, identity, author, thousandths, negative, repost, fingerprint, shared in self._scored:
            negatives += negative
            complaints += negative and not repost
            row = self._row(mention, identity, thousandths)
            key = author & ~_NETWORK | network
            followers = mention.followers or 0
            voice = Voice(key, b"" if repost else fingerprint, row.origin, negative, followers, shared)
            known = voices.get(key)
            voices[key] = voice if known is None else one_voice(known, voice)
            posts.append(row)
        counts = Counts(len(self._scored), negatives, complaints)
        return Rollup(
            self.brand,
            self.network,
            self.minute,
            self.newest,
            msgspec.structs.replace(counts, **self._counts) if self._counts else counts,
            least_voices(voices),
            best_posts(posts + self._updates if self._updates else posts),
            self._weaknesses() if self.known.weaknesses else {},
            self.covered,
            self.lag,
            desk_part(self._spoken, complaints, self._desk.rows if self._desk is not None else {}),
        )

    def _desk_part(self) -> DeskPartBuilder:
        if self._desk is None:
            self._desk = DeskPartBuilder(self.network, self.known)
        return self._desk

    def _row(self, mention: Mention, identity: int, thousandths: int) -> PostRow:
        origin = post_key(self.network, mention.repost_of) if mention.repost_of is not None else 0
        snippet = (mention.text or "")[:MAX_SNIPPET]
        author, url = mention.author or "", mention.url or ""
        shown = mention.id, author, origin, snippet, url, mention.followers or 0
        return PostRow(identity, reach(mention), mention.reposts or 0, thousandths, *shown)

    def _weaknesses(self) -> dict[str, int]:
        mentions: dict[str, int] = {}
        for mention, *_ in self._scored:
            lowered = normalize(mention.text or "").lower()
            for tag, phrases in self.known.weaknesses.items():
                if any(phrase.lower() in lowered for phrase in phrases):
                    mentions[tag] = mentions.get(tag, 0) + 1
        return mentions
