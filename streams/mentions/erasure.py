"""Erasure from what people are shown: an author's or deleted publications that events and situations quote."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

ERASED = "[erased]"
_FIELDS = ("id", "author", "text", "url")
"""Fields of a quoted publication by which its author, or what they wrote, can be found."""

Node = dict[str, Any]


class Quoted(msgspec.Struct, frozen=True):
    """A publication that an event or a situation quotes."""

    network: str
    id: str
    text: str


def quoted(event: bytes) -> list[Quoted]:
    """Return the publications that an event or a situation quotes; erased ones are left out.

    Examples
    --------
    >>> quoted(b'{"id":"e","posts":[{"id":"1","network":"x","author":"ann","text":"Bad!"}]}')
    [Quoted(network='x', id='1', text='Bad!')]
    """
    found = (node for node in _nodes(msgspec.json.decode(event)) if _is_publication(node))
    return [Quoted(node["network"], node["id"], node["text"]) for node in found if node["id"] != ERASED]


def without_author(event: bytes, names: frozenset[str]) -> bytes | None:
    """Return an event with the publications of an author emptied; None where it quotes none.

    Counts, severity and time stay: they are about many people. The event keeps its id.

    Parameters
    ----------
    event
        One event of the topic `incidents`, or one of `situations`, JSON.
    names
        The author as events have it: the account, the pseudonym, or both.

    Examples
    --------
    >>> without_author(b'{"id":"e","posts":[{"id":"1","author":"ann","text":"Bad!","url":"","reach":5}]}', {"ann"})
    b'{"id":"e","posts":[{"id":"[erased]","author":"[erased]","text":"[erased]","url":"","reach":5}]}'
    >>> without_author(b'{"id":"e","posts":[]}', {"ann"}) is None
    True
    """
    return _without(event, lambda node: node.get("author") in names)


def without_posts(event: bytes, posts: frozenset[Quoted]) -> bytes | None:
    """Return an event with these publications emptied, and what repeats their text there; None where it quotes none.

    Reposts have ids of their own and the text of what they repost.

    Parameters
    ----------
    event
        One event of the topic `incidents`, or one of `situations`, JSON.
    posts
        The publications; one with an empty text is found by its id alone.

    Examples
    --------
    >>> event = b'{"id":"e","posts":[{"id":"1","network":"x","author":"ann","text":"Bad!"}]}'
    >>> without_posts(event, frozenset([Quoted("x", "1", "")]))
    b'{"id":"e","posts":[{"id":"[erased]","network":"x","author":"[erased]","text":"[erased]"}]}'
    >>> without_posts(event, frozenset([Quoted("forum", "1", "")])) is None
    True
    """
    ids = {(post.network, post.id) for post in posts}
    texts = {(post.network, post.text) for post in posts if post.text}
    return _without(
        event,
        lambda node: (
            _is_publication(node) and ((node["network"], node["id"]) in ids or (node["network"], node["text"]) in texts)
        ),
    )


def _is_publication(node: Node) -> bool:
    return all(isinstance(node.get(field), str) for field in ("network", "id", "text"))


def _nodes(node: Any) -> Iterator[Node]:
    if isinstance(node, list):
        for each in node:
            yield from _nodes(each)
    elif isinstance(node, dict):
        yield node
        yield from _nodes(list(node.values()))


def _without(event: bytes, is_meant: Callable[[Node], bool]) -> bytes | None:
    tree = msgspec.json.decode(event)
    meant = [node for node in _nodes(tree) if is_meant(node)]
    if not meant:
        return None
    ids = {node["id"] for node in meant if isinstance(node.get("id"), str)}
    for node in meant:
        node.update({field: ERASED for field in _FIELDS if node.get(field)})
    _replace_ids(tree, ids)
    return msgspec.json.encode(tree)


def _replace_ids(node: Any, ids: set[str]) -> None:
    """Replace the ids of erased publications where else an event names them, such as in the widest one's reach."""
    if isinstance(node, dict) and _is_publication(node):
        return  # another network may have given the same id
    for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
        if isinstance(value, str) and value in ids:
            node[key] = ERASED
        elif isinstance(value, (dict, list)):
            _replace_ids(value, ids)
