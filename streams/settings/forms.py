"""Forms: mappings of a sender's JSON to mentions, as data: shipped as TOML files, or a user's own."""

from typing import Annotated

import msgspec
from msgspec import Meta

Scalar = str | int | float | bool
Template = str | int | float | bool | tuple[str, ...]
"""Value of a mention's field: a constant, or a text with `{path}` of the item in it; of several, the first present."""


class MentionForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Mapping of one kind of item to a mention.

    Parameters
    ----------
    fields
        Value of each field of a mention, and of `searched` (more text in which brands are searched) and `addressed`
        (accounts that it mentions).
    when
        Values that the item must have at a path for this mapping to apply: one of those listed, at each path.
    """

    fields: dict[str, Template]
    when: dict[str, tuple[Scalar, ...]] = {}


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Mapping of a sender's body to mentions.

    A path is names joined by dots: `value.from.id`; a number is an index of a list. It begins at the item; `^.` begins
    at what encloses the item, `^^.` at what encloses that; `@NAME` is a header of the request. In a template
    `{path|html}` removes HTML tags.

    Parameters
    ----------
    mentions
        Mappings, of which the first that applies is used; an item to which none applies is ignored.
    items
        Path of the list of items, each list marked: `entry[].changes[]`; empty: the body is the item.
    network
        Network of the mentions, unless the source's configuration names one.
    status
        HTTP status that the sender expects for what was accepted.
    """

    mentions: Annotated[tuple[MentionForm, ...], Meta(min_length=1)]
    items: str = ""
    network: Annotated[str, Meta(max_length=64)] = ""
    status: Annotated[int, Meta(ge=200, le=299)] = 202
