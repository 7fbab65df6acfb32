"""Erasure of an author from what people are shown: the publications that an event or a situation quotes."""

from typing import Any

import msgspec

ERASED = "[erased]"
_FIELDS = ("id", "author", "text", "url")
"""Fields of a quoted publication by which its author, or what they wrote, can be found."""


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
    tree = msgspec.json.decode(event)
    ids: set[str] = set()
    if not _erase(tree, names, ids):
        return None
    _replace_ids(tree, ids)
    return msgspec.json.encode(tree)


def _erase(node: Any, names: frozenset[str], ids: set[str]) -> bool:
    if isinstance(node, list):
        return sum(_erase(each, names, ids) for each in node) > 0
    if not isinstance(node, dict):
        return False
    found = sum(_erase(each, names, ids) for each in node.values()) > 0
    if node.get("author") not in names:
        return found
    if isinstance(node.get("id"), str):
        ids.add(node["id"])
    for field in _FIELDS:
        if node.get(field):
            node[field] = ERASED
    return True


def _replace_ids(node: Any, ids: set[str]) -> None:
    """Replace the ids of erased publications where else an event names them, such as in the widest one's reach."""
    for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
        if isinstance(value, str) and value in ids:
            node[key] = ERASED
        elif isinstance(value, (dict, list)):
            _replace_ids(value, ids)
