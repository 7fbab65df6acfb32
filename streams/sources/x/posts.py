"""Posts of X, decoded: lines of the stream and pages of the search, and the posts made of them."""

import html
import re
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from streams.mentions.mention import Kind
from streams.sources.source import Post
from streams.sources.x.cursor import made_at

FIELDS = (
    "author_id,created_at,edit_history_tweet_ids,entities,in_reply_to_user_id,lang,note_tweet,public_metrics,"
    "referenced_tweets,withheld"
)
"""What is asked for; none of it costs more than the post itself."""

Id = Annotated[str, Meta(pattern=r"\A[0-9]{1,19}\Z")]
_RETWEET = re.compile(r"\ART @\w+: ")
_LANGUAGES = {"iw": "he", "in": "id"}
_NO_LANGUAGE = frozenset(("art", "qam", "qct", "qht", "qme", "qst", "und", "zxx"))  # links alone, media alone, unknown


class Referenced(msgspec.Struct, gc=False):
    """A post that another one reposts, quotes or replies to."""

    type: str
    id: Id


class Mentioned(msgspec.Struct, gc=False):
    """An account that a post names."""

    id: Id | None = None


class Link(msgspec.Struct, gc=False):
    """A link, with the title of its page where X knows it."""

    expanded_url: str = ""
    title: str = ""
    description: str = ""


class Entities(msgspec.Struct, gc=False):
    """What X found in a text."""

    mentions: list[Mentioned] = []
    urls: list[Link] = []


class Note(msgspec.Struct, gc=False):
    """A long post: its whole text, of which `text` is the beginning."""

    text: str = ""
    entities: Entities | None = None


class Metrics(msgspec.Struct, gc=False):
    """Counts of a post."""

    retweet_count: int | None = None
    reply_count: int | None = None
    like_count: int | None = None
    impression_count: int | None = None


class Withheld(msgspec.Struct, gc=False):
    """Where X must not show a post, or its author's posts; it may not be shown by others there either."""

    copyright: bool = False
    country_codes: list[str] = []
    scope: str = ""


class Tweet(msgspec.Struct, gc=False):
    """A post as X writes it."""

    id: Id
    text: str = ""
    created_at: Annotated[datetime, Meta(tz=True)] | None = None
    author_id: Id | None = None
    lang: str | None = None
    in_reply_to_user_id: Id | None = None
    edit_history_tweet_ids: list[Id] = []
    referenced_tweets: list[Referenced] = []
    public_metrics: Metrics | None = None
    note_tweet: Note | None = None
    entities: Entities | None = None
    withheld: Withheld | None = None


class Problem(msgspec.Struct, gc=False):
    """Why X refuses or ends something."""

    title: str = ""
    detail: str = ""
    type: str = ""
    connection_issue: str = ""
    disconnect_type: str = ""
    value: str = ""


class MatchingRule(msgspec.Struct, gc=False):
    """A rule that let a post through."""

    tag: str = ""


class Line(msgspec.Struct, gc=False):
    """A line of the stream: a post and the rules that let it through, or the reason of a disconnection."""

    data: Tweet | None = None
    matching_rules: list[MatchingRule] = []
    errors: list[Problem] = []
    title: str = ""
    detail: str = ""
    type: str = ""
    connection_issue: str = ""

    def problem(self) -> Problem | None:
        """Return the reason of a disconnection; `None` for a post."""
        if self.data is not None:
            return None
        if self.errors:
            return self.errors[0]
        return Problem(self.title, self.detail, self.type, self.connection_issue) if self.title or self.type else None


class Paging(msgspec.Struct, gc=False):
    """Paging of an answer."""

    next_token: str | None = None


class Page(msgspec.Struct, gc=False):
    """A page of posts: of the search, or of a look-up by ids."""

    data: list[Tweet] = []
    meta: Paging = msgspec.field(default_factory=Paging)


def to_post(tweet: Tweet, now: datetime, brand: str | None = None) -> Post:
    """Make a post of X's.

    An edited post has a new id; it is the same publication, so that of its first version identifies it.

    Parameters
    ----------
    tweet
        A post as X writes it.
    now
        Its event time is no later than that: a clock ahead must not close a brand's minutes.
    brand
        Brand it is about, where the configuration says so.

    Examples
    --------
    >>> from datetime import UTC
    >>> tweet = Tweet(id="1974000000000000002", text="H&amp;M again", edit_history_tweet_ids=["1974000000000000001"])
    >>> post = to_post(tweet, datetime(2026, 10, 1, tzinfo=UTC))
    >>> post.id, post.text, post.url
    ('1974000000000000001', 'H&M again', 'https://x.com/i/status/1974000000000000001')
    """
    post_id = tweet.edit_history_tweet_ids[0] if tweet.edit_history_tweet_ids else tweet.id
    references = {reference.type: reference.id for reference in tweet.referenced_tweets}
    reposted = references.get("retweeted")
    note = tweet.note_tweet
    text = html.unescape(note.text if note and note.text else tweet.text)
    metrics = (tweet.public_metrics if reposted is None else None) or Metrics()  # those of a repost are its original's
    return Post(
        id=post_id,
        created_at=min(tweet.created_at or made_at(tweet.id), now),
        text=_RETWEET.sub("", text) if reposted else text,
        searched=_searched(tweet),
        kind=_kind(references),
        author=tweet.author_id,
        addressed=_addressed(tweet),
        about=reposted or references.get("quoted"),
        brand=brand,
        lang=_language(tweet.lang),
        reply_to=references.get("replied_to"),
        repost_of=reposted,
        reposts=metrics.retweet_count,
        likes=metrics.like_count,
        replies=metrics.reply_count,
        views=metrics.impression_count,
        url=f"https://x.com/i/status/{post_id}",  # opens the post and does not name its author
    )


def _language(code: str | None) -> str | None:
    return None if code is None or code in _NO_LANGUAGE or len(code) > 35 else _LANGUAGES.get(code, code)


def _kind(references: dict[str, str]) -> Kind:
    if "retweeted" in references:
        return "repost"
    return "reply" if "replied_to" in references else "post"


def _entities(tweet: Tweet) -> Entities:
    return (tweet.note_tweet and tweet.note_tweet.entities) or tweet.entities or Entities()


def _searched(tweet: Tweet) -> str:
    links = _entities(tweet).urls
    return "\n".join(html.unescape(t) for link in links for t in (link.expanded_url, link.title, link.description) if t)


def _addressed(tweet: Tweet) -> tuple[str, ...]:
    accounts = [tweet.in_reply_to_user_id, *(mentioned.id for mentioned in _entities(tweet).mentions)]
    return tuple(dict.fromkeys(account for account in accounts if account))
