"""Building one rollup out of the mentions of a batch."""

from detectors.observation import Voice
from streams.config import BrandConfig
from streams.mention import Mention
from streams.rollup import MAX_SNIPPET, MAX_TEXTS, MAX_VOICES, Counts, PostRow, Rollup, best_posts, one_voice
from streams.terms import hash64, post_key, text_hash, visible


class RollupBuilder:
    """Collect the mentions of one brand, network and minute.

    Only what a batch holds is kept, and `build` cuts it to the rollup's bounds.

    Parameters
    ----------
    brand, network
        Whose and where.
    minute
        Start of the bucket, in minutes since the epoch.
    """

    __slots__ = ("_posts", "_texts", "_voices", "_weaknesses", "brand", "minute", "network", "newest", "sums")

    def __init__(self, brand: str, network: str, minute: int) -> None:
        self.brand = brand
        self.network = network
        self.minute = minute
        self.newest = 0
        self.sums: dict[str, int] = {}
        self._voices: dict[int, Voice] = {}
        self._texts: set[int] = set()
        self._posts: list[PostRow] = []
        self._weaknesses: dict[str, tuple[int, int]] = {}

    def count(self, name: str, number: int = 1) -> None:
        """Add to one of the `Counts`."""
        self.sums[name] = self.sums.get(name, 0) + number

    def add(self, mention: Mention, identity: int, negativity: float, negative: bool, brand: BrandConfig) -> None:
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
        brand
            Its known weaknesses.
        """
        text = mention.text or ""
        repost_of, author = mention.repost_of, mention.author
        compared = text_hash(text)
        repost = repost_of is not None or mention.kind == "repost"
        thousandths = round(1000 * negativity)
        self._count_said(mention, thousandths, negative, repost)
        voice = Voice(
            identity if author is None else hash64(f"{self.network}\0{author}"),
            0 if repost else compared,
            0 if repost_of is None else post_key(self.network, repost_of),
            negative,
            mention.followers or 0,
        )
        known = self._voices.get(voice.author)
        self._voices[voice.author] = one_voice(known, voice) if known else voice
        self._texts.add(compared or hash64(text))
        self._posts.append(
            PostRow(
                identity,
                max(voice.followers, mention.views or 0),
                mention.reposts or 0,
                thousandths,
                mention.id,
                author or "",
                voice.origin,
                text[:MAX_SNIPPET],
                mention.url or "",
            )
        )
        if brand.weaknesses:
            self._add_weaknesses(text, negative, brand)

    def add_official(self, mention: Mention) -> None:
        """Add what the brand itself said or did."""
        self.count("official")
        if mention.reply_to is not None:
            self.count("answers")
        self.add_deed(mention)

    def add_deed(self, mention: Mention) -> None:
        """Add what was done rather than said: a deletion, a block, a scheduled publication."""
        if mention.kind in _DEEDS:
            self.count(_DEEDS[mention.kind])

    def _count_said(self, mention: Mention, thousandths: int, negative: bool, repost: bool) -> None:
        sums = self.sums
        sums["mentions"] = sums.get("mentions", 0) + 1
        sums["negativity"] = sums.get("negativity", 0) + thousandths
        if negative:
            self.count("negatives")
        if repost:
            self.count("reposts")
        elif negative:
            self.count("complaints")
        if mention.kind == "reply":
            self.count("replies")
        if mention.views:
            self.count("views", mention.views)

    def _add_weaknesses(self, text: str, negative: bool, brand: BrandConfig) -> None:
        lowered = visible(text).lower()
        for tag, phrases in brand.weaknesses.items():
            if any(phrase.lower() in lowered for phrase in phrases):
                mentions, negatives = self._weaknesses.get(tag, (0, 0))
                self._weaknesses[tag] = (mentions + 1, negatives + negative)

    def build(self) -> Rollup:
        """Give the rollup."""
        return Rollup(
            self.brand,
            self.network,
            self.minute,
            self.newest,
            Counts(**self.sums),
            tuple(sorted(self._voices.values())[:MAX_VOICES]),
            tuple(sorted(self._texts)[:MAX_TEXTS]),
            best_posts(self._posts),
            self._weaknesses,
        )


_DEEDS = {"deletion": "deletions", "block": "blocks", "scheduled": "scheduled"}
