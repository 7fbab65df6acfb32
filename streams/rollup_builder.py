"""Building one rollup out of the mentions of a batch."""

from heapq import nlargest, nsmallest

from streams.config import BrandConfig
from streams.mention import Mention
from streams.rollup import (
    MAX_POSTS,
    MAX_SAMPLES,
    MAX_SNIPPET,
    MAX_TEXTS,
    MAX_VOICES,
    Counts,
    PostRow,
    Rollup,
    SampleRow,
    VoiceRow,
    best_posts,
    one_voice,
)
from streams.terms import extract_terms, hash64, text_hash, visible


class RollupBuilder:
    """Collect the mentions of one brand, network and minute.

    Only what a batch holds is kept, and `build` cuts it to the rollup's bounds: a mention's terms are extracted only
    where the rollup samples it.

    Parameters
    ----------
    brand, network
        Whose and where.
    minute
        Start of the bucket, in minutes since the epoch.
    """

    __slots__ = ("_mentions", "_texts", "_voices", "brand", "counts", "minute", "network", "newest", "weaknesses")

    def __init__(self, brand: str, network: str, minute: int) -> None:
        self.brand = brand
        self.network = network
        self.minute = minute
        self.newest = 0
        self.counts = Counts()
        self.weaknesses: dict[str, tuple[int, int]] = {}
        self._voices: dict[int, VoiceRow] = {}
        self._texts: set[int] = set()
        self._mentions: list[tuple[int, int, str, int, int, bool, Mention]] = []

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
        counts = self.counts
        kind = mention.kind
        text = mention.text or ""
        repost = kind == "repost" or mention.repost_of is not None
        compared = text_hash(text)
        counts.mentions += 1
        counts.negativity += round(1000 * negativity)
        if repost:
            counts.reposts += 1
        elif negative:
            counts.complaints += 1
        if negative:
            counts.negatives += 1
        if kind == "reply":
            counts.replies += 1
        views = mention.views or 0
        counts.views += views
        author = identity if mention.author is None else hash64(f"{self.network}\0{mention.author}")
        origin = hash64(f"{self.network}\0{mention.repost_of}") if mention.repost_of is not None else 0
        followers = mention.followers or 0
        voice = VoiceRow(author, 0 if repost else compared, origin, negative, followers)
        known = self._voices.get(author)
        self._voices[author] = one_voice(known, voice) if known else voice
        self._texts.add(compared or hash64(text))
        reach = followers if followers > views else views
        self._mentions.append(
            (reach, mention.reposts or 0, mention.id, identity, round(1000 * negativity), negative, mention)
        )
        if brand.weaknesses:
            self._add_weaknesses(text, negative, brand)

    def add_official(self, mention: Mention) -> None:
        """Add what the brand itself said or did."""
        self.counts.official += 1
        if mention.reply_to is not None:
            self.counts.answers += 1
        self.add_deed(mention)

    def add_deed(self, mention: Mention) -> None:
        """Add what was done rather than said: a deletion, a block, a scheduled publication."""
        if mention.kind == "deletion":
            self.counts.deletions += 1
        elif mention.kind == "block":
            self.counts.blocks += 1
        elif mention.kind == "scheduled":
            self.counts.scheduled += 1

    def _add_weaknesses(self, text: str, negative: bool, brand: BrandConfig) -> None:
        lowered = visible(text).lower()
        for tag, phrases in brand.weaknesses.items():
            if any(phrase.lower() in lowered for phrase in phrases):
                mentions, negatives = self.weaknesses.get(tag, (0, 0))
                self.weaknesses[tag] = (mentions + 1, negatives + negative)

    def build(self) -> Rollup:
        """Give the rollup."""
        mentions = self._mentions
        if len(mentions) > 2 * MAX_POSTS:
            best = {id(row): row for row in nlargest(MAX_POSTS, mentions, key=_reach)}
            best.update((id(row), row) for row in nlargest(MAX_POSTS, mentions, key=_reposts))
            posts = best_posts(self._post(row) for row in best.values())
        else:
            posts = best_posts(self._post(row) for row in mentions)
        sampled = mentions if len(mentions) <= MAX_SAMPLES else nsmallest(MAX_SAMPLES, mentions, key=_identity)
        return Rollup(
            self.brand,
            self.network,
            self.minute,
            self.newest,
            self.counts,
            tuple(sorted(self._voices.values())[:MAX_VOICES]),
            tuple(sorted(self._texts)[:MAX_TEXTS]),
            posts,
            tuple(sorted(SampleRow(row[3], row[5], extract_terms(row[6].text or "")) for row in sampled)),
            self.weaknesses,
        )

    def _post(self, row: tuple[int, int, str, int, int, bool, Mention]) -> PostRow:
        reach, reposts, mention_id, _, negativity, _, mention = row
        return PostRow(
            reach,
            reposts,
            mention_id,
            hash64(f"{self.network}\0{mention_id}"),
            hash64(f"{self.network}\0{mention.repost_of}") if mention.repost_of is not None else 0,
            mention.author or "",
            negativity,
            " ".join(visible(mention.text or "").split())[:MAX_SNIPPET],
            mention.url or "",
        )


def _reach(row: tuple[int, int, str, int, int, bool, Mention]) -> tuple[int, int, str]:
    return row[0], row[1], row[2]


def _reposts(row: tuple[int, int, str, int, int, bool, Mention]) -> tuple[int, int, int, str]:
    return row[1], row[0], row[1], row[2]


def _identity(row: tuple[int, int, str, int, int, bool, Mention]) -> int:
    return row[3]
