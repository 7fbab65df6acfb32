"""A listening tool's export as data: the columns that tell it, and the mention field that each column fills.

Each file of `tools/` is one tool. A column is named as the header names it, whatever its case; `Date + Time` is two
columns read as one. The first column of a field that has a value counts, so that one file holds all generations.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

import msgspec

from streams.errors import ConfigError

FIELDS = (
    "id",
    "brand",
    "network",
    "created_at",
    "text",
    "kind",
    "lang",
    "author",
    "followers",
    "reply_to",
    "repost_of",
    "reposts",
    "likes",
    "replies",
    "views",
    "rating",
    "url",
)
"""Fields of a mention that a column can fill."""

STARS = 5

PLAIN = "csv"
"""Tool of a CSV file whose columns are fields of a mention, or are mapped to them by the user."""


class Tool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The form of one tool's export.

    Parameters
    ----------
    title
        Name of the tool as people write it.
    tell
        Sets of columns; a header that has all of one set is this tool's.
    columns
        Columns of each field, the preferred ones first.
    otherwise
        Network of a row whose networks are none that is known; empty: what the row says.
    stars
        Best rating of the tool's scale, of which 1 is the worst; 0: ratings are -1 to 1, as a mention's.
    month_first
        Whether 03/04/2026 is the 4 March, where the rows do not show it.
    """

    title: str
    tell: tuple[frozenset[str], ...] = ()
    columns: dict[str, tuple[str, ...]]
    otherwise: str = ""
    stars: int = STARS
    month_first: bool | None = None

    def mapped(self, mapping: Mapping[str, tuple[str, ...]]) -> "Tool":
        """Return this tool with other columns for some fields; a rating that is given so is one of stars."""
        stars = self.stars or (STARS if "rating" in mapping else 0)
        return msgspec.structs.replace(self, columns={**self.columns, **mapping}, stars=stars)


class Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The words by which tools name networks and kinds of publications, in lower case."""

    networks: dict[str, str]
    kinds: dict[str, str]


def _folder() -> Traversable:
    return resources.files("streams") / "exports"


@cache
def load_tools() -> dict[str, Tool]:
    """Load the form of each tool, by its name on the command line.

    Examples
    --------
    >>> sorted(load_tools())
    ['brandwatch', 'csv', 'meltwater', 'sprout', 'talkwalker']
    """
    files = sorted((_folder() / "tools").iterdir(), key=lambda file: file.name)
    return {
        file.name.removesuffix(".toml"): msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), Tool)
        for file in files
        if file.name.endswith(".toml")
    }


@cache
def load_vocabulary() -> Vocabulary:
    """Load the words for networks and kinds.

    Examples
    --------
    >>> load_vocabulary().networks["twitter"], load_vocabulary().kinds["retweet"]
    ('x', 'repost')
    """
    text = (_folder() / "vocabulary.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Vocabulary)


def parse_mapping(text: str) -> dict[str, tuple[str, ...]]:
    """Parse `--map`: `field=Column`, several separated by commas.

    Parameters
    ----------
    text
        A comma separates two pairs only where a field's name and `=` follow, so a column's name may contain one.

    Raises
    ------
    ConfigError
        A pair is not of that form, or its field is none of `FIELDS`.

    Examples
    --------
    >>> parse_mapping("created_at=Date + Time,text=Body, as written,rating=Stars")
    {'created_at': ('Date + Time',), 'text': ('Body, as written',), 'rating': ('Stars',)}
    """
    pairs: list[str] = []
    for part in text.split(",") if text else ():
        field, equals, _ = part.partition("=")
        if pairs and not (equals and field.strip() in FIELDS):
            pairs[-1] += f",{part}"
        else:
            pairs.append(part)
    mapping: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        field, _, column = (part.strip() for part in pair.partition("="))
        if field not in FIELDS or not column:
            raise ConfigError(f"--map: expected FIELD=COLUMN with a field of {', '.join(FIELDS)}; got {pair!r}")
        mapping[field] = (column,)
    return mapping
