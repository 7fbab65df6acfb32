"""Copied texts: which voice copies another author's text, and which voices were the first of a copied one."""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import NamedTuple

import msgspec

from detectors.minutes import NEVER
from detectors.observation import NETWORK_BITS, Voice

__all__ = ["CopiedTexts", "Placed", "SetRow", "Text", "Withdrawn"]

WITHDRAWN_AT = 2
"""Copies of a text from which its first voice is withdrawn: two people may find the same words, three paste them."""

_NETWORK = (1 << NETWORK_BITS) - 1


class Text(IntEnum):
    """What a text is by those seen before.

    A `CROSS_POST` is on its network for the first time and was on another one before: its author says it there too. A
    `SHARE` is the copy of a text that passes on a link or another's post.
    """

    NEW = 0
    OWN = 1
    COPY = 2
    SHARE = 3
    CROSS_POST = 4


class CopySet(msgspec.Struct, gc=False):
    """A text and its copies: the first voice's minute, what it counts as until it is withdrawn, and the copies so far.

    Parameters
    ----------
    minute
        When the first voice spoke.
    fresh, negatives
        Fresh and fresh negative voices that it counts as.
    copies
        Copies so far.
    """

    minute: int
    fresh: int = 0
    negatives: int = 0
    copies: int = 0

    def row(self) -> "SetRow":
        """Return the set as plain numbers: minute, fresh, negatives, copies."""
        return self.minute, self.fresh, self.negatives, self.copies


SetRow = tuple[int, int, int, int]
"""A `CopySet` as it was when a voice joined it; it never changes."""


class Withdrawn(NamedTuple):
    """A first voice that does not count after all: its minute, and what it had counted as."""

    minute: int
    fresh: int
    negatives: int


class Placed(NamedTuple):
    """What a voice's text is, the set of copies that it joined, and whether it is no more than a near-copy."""

    text: Text
    copies: SetRow
    near: bool


class _Seen(msgspec.Struct, gc=False):
    """The minute in which a text was seen last on a network, its author then, and the set of copies it was in."""

    minute: int
    author: int
    copies: CopySet


class CopiedTexts:
    """Remember by each hash of its fingerprint who had a text last, on each network, and of which set it was.

    Attributes
    ----------
    withdrawn
        First voices withdrawn since the list was last emptied.

    Examples
    --------
    >>> texts = CopiedTexts()
    >>> anna, bert, cleo = (number << NETWORK_BITS for number in range(3))
    >>> for author in (anna, anna + 1, bert, cleo):
    ...     print(texts.place(0, Voice(author, (7, 8), 0, True, 0), 1, oldest=0).text.name)
    NEW
    CROSS_POST
    COPY
    COPY
    >>> texts.withdrawn
    [Withdrawn(minute=0, fresh=1, negatives=1)]
    """

    __slots__ = ("_minutes", "_seen", "withdrawn")

    def __init__(self) -> None:
        # By hash, and by hash and network: what is known has to follow from the remembered span alone.
        self._minutes: dict[int, int] = {}
        self._seen: dict[int, _Seen] = {}
        self.withdrawn: list[Withdrawn] = []

    def place(self, minute: int, voice: Voice, fresh: int, *, oldest: int, near: bool = True) -> Placed:
        """Find out what a voice's text is, and remember it.

        Parameters
        ----------
        minute, voice
            The voice, with a fingerprint, and when it spoke.
        fresh
            Fresh voices that it counts as if its text is new: 0 where its author is not fresh.
        oldest
            Minute from which on texts are compared.
        near
            Whether near-copies are copies.
        """
        author, fingerprint = voice.author, voice.fingerprint
        text, found, nearly = self._find(fingerprint, author, oldest)
        if nearly and not near:
            text, found = Text.NEW, []
        elif text == Text.COPY and voice.shared:
            text = Text.SHARE
        if text == Text.NEW:
            copies = CopySet(minute, fresh, fresh * voice.negative)
        elif text in (Text.COPY, Text.OWN):
            largest = found[0].copies
            more = largest.copies + (text == Text.COPY)
            copies = CopySet(largest.minute, largest.fresh, largest.negatives, more)
            if text == Text.COPY and more >= WITHDRAWN_AT:
                self._withdraw(found)
                copies.fresh = copies.negatives = 0
        else:
            copies = CopySet(minute)
        self._remember(minute, author, fingerprint, copies)
        return Placed(text, copies.row(), nearly and not voice.shared)

    def _find(self, fingerprint: Sequence[int], author: int, oldest: int) -> tuple[Text, list[_Seen], bool]:
        """Return what a text is, what was seen of it on its network, and whether it is a near-copy alone."""
        text, found = self._match(fingerprint[:1], author, oldest)
        if text != Text.NEW:
            return text, found, False
        text, found = self._match(fingerprint[1:], author, oldest)
        return text, found, text != Text.NEW

    def _match(self, fingerprint: Iterable[int], author: int, oldest: int) -> tuple[Text, list[_Seen]]:
        """Return what a text is and what was seen on its network with one of its hashes, largest set first."""
        minutes = self._minutes
        network = author & _NETWORK
        known = copied = False
        found: list[_Seen] = []
        for key in fingerprint:
            if minutes.get(key, NEVER) >= oldest:
                known = True
                seen = self._seen.get(key << NETWORK_BITS | network)
                if seen is not None and seen.minute >= oldest:
                    copied = copied or seen.author != author
                    found.append(seen)
        if not found:
            return (Text.CROSS_POST if known else Text.NEW), found
        if len(found) > 1:
            found.sort(key=lambda seen: (-seen.copies.copies, seen.copies.minute, seen.author))
        return (Text.COPY if copied else Text.OWN), found

    def _withdraw(self, found: Iterable[_Seen]) -> None:
        """Withdraw the first voices of the sets that a copy joins."""
        for seen in found:
            copies = seen.copies
            if copies.fresh:
                self.withdrawn.append(Withdrawn(copies.minute, copies.fresh, copies.negatives))
                copies.fresh = copies.negatives = 0

    def _remember(self, minute: int, author: int, fingerprint: Iterable[int], copies: CopySet) -> None:
        network, seen = author & _NETWORK, _Seen(minute, author, copies)
        for key in fingerprint:
            self._minutes[key] = minute
            self._seen[key << NETWORK_BITS | network] = seen

    def restore(self, minute: int, author: int, fingerprint: Sequence[int], row: SetRow, *, oldest: int) -> None:
        """Remember a text again, as `place` did.

        Parameters
        ----------
        minute, author, fingerprint, oldest
            As they were given to `place`.
        row
            As it returned.
        """
        copies = CopySet(*row)
        if copies.copies >= WITHDRAWN_AT:
            for seen in self._find(fingerprint, author, oldest)[1]:
                seen.copies.fresh = seen.copies.negatives = 0
        self._remember(minute, author, fingerprint, copies)

    def forget(self, minute: int, author: int, fingerprint: Iterable[int]) -> None:
        """Forget a text, unless it was seen again after its minute."""
        network = author & _NETWORK
        for key in fingerprint:
            if self._minutes.get(key) == minute:
                del self._minutes[key]
            place = key << NETWORK_BITS | network
            if (seen := self._seen.get(place)) is not None and seen.minute == minute:
                del self._seen[place]
