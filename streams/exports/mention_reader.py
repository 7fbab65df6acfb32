"""Rows of an export as mentions: each field by the columns that fill it, in the words of a mention."""

import hashlib
import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from streams.errors import MentionError
from streams.exports.columns import Columns
from streams.exports.tool import Tool, load_vocabulary
from streams.mentions.mention import MAX_TEXT, Mention, decode
from streams.settings.brands.accounts import Accounts
from streams.settings.config import Config

COUNTS = ("followers", "reposts", "likes", "replies", "views")
_MAX_ID = 256
_MAX_NETWORK = 64
_LARGEST_COUNT = 10**11
_STATUS = re.compile(r"(?:twitter|x)\.com/[^/]+/status(?:es)?/(\d+)", re.I)
_ROUNDED = re.compile(r"\d\.\d+E\+\d+", re.I)  # a spreadsheet made a number of an id
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_UNCLEAN = re.compile("[\x00-\x1f\x7f-\x9f\ufffd]+")


class Options(NamedTuple):
    """What the user says of a whole export.

    Parameters
    ----------
    brand, network
        Of every row; empty: as the rows say.
    pseudonym
        Replaces an account of a network; `None`: authors stay as they are.
    """

    brand: str = ""
    network: str = ""
    pseudonym: Callable[[str, str], str] | None = None


class ReadMention(NamedTuple):
    """A mention that was read, and its line of JSON."""

    mention: Mention
    line: bytes


class MentionReader:
    """Read the mentions of a table.

    Parameters
    ----------
    tool
        The tool that wrote it.
    columns
        Its columns.
    config
        Official accounts of brands, who is not collected, whether addresses are kept.
    options
        What the user says of it.

    Examples
    --------
    >>> tool = Tool(title="T", columns={"text": ("Text",), "author": ("Author",), "rating": ("Stars",)})
    >>> reader = MentionReader(tool, Columns(tool, ["Text", "Author", "Stars"]), Config(), Options("Acme", "forum"))
    >>> mention, _ = reader.read(["never again", "@jo", "1"], datetime.fromisoformat("2026-11-25T14:04:00+00:00"))
    >>> mention.brand, mention.network, mention.author, mention.kind, mention.rating
    ('Acme', 'forum', 'jo', 'review', -1.0)
    """

    def __init__(self, tool: Tool, columns: Columns, config: Config, options: Options) -> None:
        self.tool = tool
        self.columns = columns
        self.config = config
        self.options = options
        self._vocabulary = load_vocabulary()
        self._never = frozenset(account.casefold() for account in config.source.never_authors)

    def read(self, row: list[str], at: datetime) -> ReadMention | str:
        """Read one row.

        Parameters
        ----------
        row
            Its fields.
        at
            Its time, in UTC.

        Returns
        -------
        ReadMention or str
            Where the row is no mention, why: one of `report.REASONS`.
        """
        first = self.columns.first
        brand = self.options.brand or _clean(first(row, "brand"))
        if not brand:
            return "brand"
        network = self._network(row)
        author = _clean(first(row, "author")).removeprefix("@")[:_MAX_ID]
        account = f"{network}:{author}".casefold()
        if author and account in self._never:
            return "never_author"
        identity = self._identity(row, brand, network)
        reply_to = self._publication(first(row, "reply_to"))
        fields: dict[str, Any] = {
            "id": identity,
            "brand": brand,
            "network": network,
            "created_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "text": _without_surrogates(first(row, "text"))[:MAX_TEXT],
            "lang": lang if _TAG.fullmatch(lang := first(row, "lang")) and len(lang) <= 35 else None,
            "author": self.options.pseudonym(network, author) if author and self.options.pseudonym else author or None,
            "official": True if author and self._is_official(brand, author, account) else None,
            "reply_to": reply_to if reply_to != identity else None,
            "repost_of": self._publication(first(row, "repost_of")),
            "rating": self._rating(first(row, "rating")),
            "url": _address(first(row, "url")) if self.config.source.keep_urls else None,
        }
        for name in COUNTS:
            fields[name] = next((count for text in self.columns.values(row, name) if (count := _count(text))), None)
        fields["kind"] = self._kind(row, fields)
        return _encoded(fields)

    def _network(self, row: list[str]) -> str:
        if self.options.network:
            return self.options.network
        said = ""
        for value in self.columns.values(row, "network"):
            said = said or value
            # Talkwalker's "SOCIALMEDIA,SOCIALMEDIA_TWITTER": the last says most.
            for part in (value, *reversed(value.split(","))):
                known = self._vocabulary.networks.get(part.strip().casefold().removeprefix("www."))
                if known:
                    return known
        return self.tool.otherwise or _clean(said).casefold()[:_MAX_NETWORK] or "export"

    def _identity(self, row: list[str], brand: str, network: str) -> str:
        """Return the id of a row: a post's own number on X, the tool's id, its address, or a hash of the row."""
        address = _STATUS.search(self.columns.first(row, "url"))
        if address:
            return address[1]  # by which reposts and replies name it
        for value in self.columns.values(row, "id"):
            found = self._publication(value)
            if found and not _ROUNDED.fullmatch(found):
                return found
        return _hash(brand, network, *row)

    def _publication(self, value: str) -> str | None:
        """Return the id that a tool's id or address stands for; `None`: none."""
        value = _clean(value.strip("\"'=").removeprefix("ID:"))
        status = _STATUS.search(value)
        if status:
            return status[1]
        if value and (len(value) > _MAX_ID or ("://" in value and not self.config.source.keep_urls)):
            return _hash(value)
        return value or None

    def _is_official(self, brand: str, author: str, account: str) -> bool:
        network, _, name = account.partition(":")
        known = Accounts(self.config.brand(brand).official_accounts)
        return known.has(network, author) or known.has(network, name)

    def _rating(self, text: str) -> float | None:
        value = _number(text)
        if value is None or not self.tool.stars:
            return value if value is not None and -1 <= value <= 1 else None
        middle = (1 + self.tool.stars) / 2
        return (value - middle) / (self.tool.stars - middle) if 1 <= value <= self.tool.stars else None

    def _kind(self, row: list[str], fields: dict[str, Any]) -> str:
        said = self._vocabulary.kinds.get(self.columns.first(row, "kind").casefold(), "post")
        if said != "post":
            return said
        if fields["repost_of"] or (fields["network"] == "x" and fields["text"].startswith("RT @")):
            return "repost"
        if fields["reply_to"]:
            return "reply"
        return "review" if fields["rating"] is not None else "post"


def _encoded(fields: dict[str, Any]) -> ReadMention | str:
    line = msgspec.json.encode({name: value for name, value in fields.items() if value is not None})
    try:
        mention = decode(line)  # so that a replay of this line has no dead letter
    except MentionError:
        return "mention"
    return ReadMention(mention, line)


def _clean(text: str) -> str:
    return _UNCLEAN.sub("", _without_surrogates(text)).strip()


def _without_surrogates(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "ignore").decode()


def _address(text: str) -> str | None:
    text = _clean(text)
    return text if text.startswith(("http://", "https://")) and len(text) <= 4096 else None


def _number(text: str) -> float | None:
    try:
        value = float(re.sub(r"[\s,\u202f\u00a0']", "", text))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _count(text: str) -> int | None:
    value = _number(text)
    return int(value) if value is not None and 0 <= value <= _LARGEST_COUNT else None


def _hash(*values: str) -> str:
    return hashlib.blake2b("\0".join(values).encode("utf-8", "replace"), digest_size=12).hexdigest()
