"""Building one rollup out of the mentions of a batch."""

import msgspec

from detectors.observation import Voice
from streams.mentions.mention import Mention
from streams.mentions.text import hash64, post_key, text_hash, visible
from streams.scoring.rollup import MAX_SNIPPET, MAX_VOICES, Counts, PostRow, Rollup, best_posts, one_voice
from streams.settings.config import BrandConfig

_ACTIONS = {"deletion": "deletions", "block": "blocks", "scheduled": "scheduled"}


class RollupBuilder:
    """Collect the mentions of one brand, network and minute.

    Only what a batch holds is kept, and `build` cuts it to the rollup's bounds.

    Parameters
    ----------
    brand, network
        Whose and where.
    minute
        Start of the bucket, in minutes since the epoch.
    known
        What is known of the brand.
    """

    __slots__ = ("_others", "_said", "brand", "known", "minute", "network", "newest")

    def __init__(self, brand: str, network: str, minute: int, known: BrandConfig) -> None:
        self.brand = brand
        self.network = network
        self.minute = minute
        self.known = known
        self.newest = 0
        self._said: list[tuple[Mention, int, int, bool]] = []
        self._others: dict[str, int] = {}

    def count(self, name: str) -> None:
        """Add one to one of the `Counts`."""
        self._others[name] = self._others.get(name, 0) + 1

    def add(self, mention: Mention, identity: int, negativity: float, negative: bool) -> None:
        """Add what somebody said.

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
        """
        self._said.append((mention, identity, round(1000 * negativity), negative))

    def add_official(self, mention: Mention) -> None:
        """Add what the brand itself said or did."""
        self.count("official")
        if mention.reply_to is not None:
            self.count("answers")
        self.add_action(mention)

    def add_action(self, mention: Mention) -> None:
        """Add what was done rather than said: a deletion, a block, a scheduled publication."""
        if mention.kind in _ACTIONS:
            self.count(_ACTIONS[mention.kind])

    def build(self) -> Rollup:
        """Give the rollup."""
        voices: dict[int, Voice] = {}
        posts: list[PostRow] = []
        negatives = complaints = 0
        for mention, identity, thousandths, negative in self._said:
            text = mention.text or ""
            author, repost_of, seen = mention.author, mention.repost_of, mention.views or 0
            repost = repost_of is not None or mention.kind == "repost"
            negatives += negative
            complaints += negative and not repost
            followers = mention.followers or 0
            origin = post_key(self.network, repost_of) if repost_of is not None else 0
            key = hash64(f"{self.network}\0{author}") if author is not None else identity
            voice = Voice(key, 0 if repost else text_hash(text), origin, negative, followers)
            known = voices.get(key)
            voices[key] = voice if known is None else one_voice(known, voice)
            reach = followers if followers > seen else seen
            url, snippet = mention.url or "", text[:MAX_SNIPPET]
            shared = mention.reposts or 0
            posts.append(PostRow(identity, reach, shared, thousandths, mention.id, author or "", origin, snippet, url))
        counts = Counts(len(self._said), negatives, complaints)
        return Rollup(
            self.brand,
            self.network,
            self.minute,
            self.newest,
            msgspec.structs.replace(counts, **self._others) if self._others else counts,
            tuple(sorted(voices.values())[:MAX_VOICES]),
            best_posts(posts),
            self._weaknesses() if self.known.weaknesses else {},
        )

    def _weaknesses(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for mention, *_ in self._said:
            lowered = visible(mention.text or "").lower()
            for tag, phrases in self.known.weaknesses.items():
                if any(phrase.lower() in lowered for phrase in phrases):
                    found[tag] = found.get(tag, 0) + 1
        return found
