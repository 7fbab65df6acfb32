"""Presets: how a JSON interface is asked, paged and read, as data."""

from typing import Annotated

import msgspec
from msgspec import Meta

from streams.settings.forms import MentionForm, Scalar
from streams.sources import shipped_toml

_FOLDER = "poll/presets"
SINCE, PAGE, SITE = "since", "page", "site"
"""Placeholders of an address: seconds since the epoch, the page, and a server's address (the only one not escaped)."""


class Paging(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How further pages are asked for, by `{page}` in the address, until one ends with a known item.

    Parameters
    ----------
    first
        Value of `{page}` for the first page.
    next
        Path in an answer of the value for the next page; empty: one more than before.
    last
        Path in a page's last item of that value, instead.
    more
        Path in an answer of whether there is a next page.
    most
        Pages of one poll.
    size
        Items of a full page: one of fewer is the last; 0: not known.
    ordered
        Whether the newest items come first; if not, all pages are read.
    """

    first: str = ""
    next: str = ""
    last: str = ""
    more: str = ""
    most: Annotated[int, Meta(ge=1, le=100)] = 10
    size: int = 0
    ordered: bool = True


class Token(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the key of an interface goes.

    Parameters
    ----------
    header, query
        Name of the header, or of the query's field, that carries it.
    prefix
        What stands before it in a header.
    required
        Whether it answers nothing without one.
    """

    header: str = ""
    query: str = ""
    prefix: str = ""
    required: bool = False


class Rating(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Scale of a network's ratings, of which a mention's -1 to 1 is made.

    Parameters
    ----------
    path
        Of the rating in an item.
    worst, best
        Ends of the scale.
    """

    path: str
    worst: float
    best: float


class Preset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One JSON interface.

    Parameters
    ----------
    network
        Network of its mentions, unless the source's configuration names one.
    url
        Its address; `{NAME}` is a value of the configuration, `{since}` the last poll less the overlap in seconds since
        the epoch, `{page}` the page. `{site}`, at the beginning, is a server's address.
    values
        The names that `url` may use, with their defaults.
    required
        Names of those that the configuration must give.
    items
        Path of the list of items.
    items_optional
        Whether the list is left out where there is nothing.
    mentions
        Mapping of an item to a mention, as a webhook's form has it; `{@NAME}` is a value.
    rating
        Scale of ratings.
    languages
        BCP 47 tags by the network's own names of languages.
    every_seconds
        Seconds between two polls.
    overlap_seconds
        How far before the last poll the next one begins: items are found late by search indexes.
    paging
        How further pages are asked for; none: there is one.
    token
        Where a key goes; none: there is none.
    expect
        Values that an answer must have at a path: one of those listed, at each path.
    backoff
        Path of the seconds that the interface asks to wait.
    quota_status
        Status by which it says that a quota is spent; 0: 429 alone.
    """

    network: Annotated[str, Meta(min_length=1, max_length=64)]
    url: str
    values: dict[str, str] = {}
    required: tuple[str, ...] = ()
    items: str
    items_optional: bool = False
    mentions: Annotated[tuple[MentionForm, ...], Meta(min_length=1)]
    rating: Rating | None = None
    languages: dict[str, str] = {}
    every_seconds: Annotated[float, Meta(gt=0)] = 300
    overlap_seconds: Annotated[float, Meta(ge=0)] = 0
    paging: Paging | None = None
    token: Token | None = None
    expect: dict[str, tuple[Scalar, ...]] = {}
    backoff: str = ""
    quota_status: int = 0


def shipped_presets() -> list[str]:
    """List the names of the presets that badbuzz ships.

    Examples
    --------
    >>> shipped_presets()
    ['appstore', 'discourse', 'hackernews', 'lemmy', 'stackexchange', 'steam', 'youtube']
    """
    return shipped_toml.shipped(_FOLDER)


def load_preset(name: str, key: str) -> Preset:
    """Load a preset.

    Parameters
    ----------
    name
        One of `shipped_presets`, or the path of a file that ends in `.toml`.
    key
        Setting that names it, for errors.

    Raises
    ------
    ConfigError
        There is no such preset, or it is not as `Preset` wants it.
    """
    return shipped_toml.load(_FOLDER, name, Preset, key, " or the path of a .toml file")
