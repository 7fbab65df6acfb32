"""Copied texts: which voice copies another author's text, and which voices were the first of a copied one."""

import struct
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple, Self

import msgspec

from detectors.minutes import NEVER
from detectors.observation import NETWORK_BITS, Voice

__all__ = ["CopiedTexts", "SetRow", "Text", "Verdict", "Withdrawn", "unpack"]

WITHDRAWN_AT = 2
"""Copies of a text from which its first voice is withdrawn: two people may find the same words, three paste them."""

_NETWORK = (1 << NETWORK_BITS) - 1
# The first hashes of a fingerprint stand for the text: the whole one, and the key of its words.
_KEYS = 2
_WHOLE = struct.Struct(">I")
_LONG = struct.Struct(">6I")


def unpack(fingerprint: bytes) -> tuple[int, ...]:
    """Return the hashes of a fingerprint.

    Examples
    --------
    >>> unpack(b"text"), unpack(b"")
    ((1952807028,), ())
    """
    size = len(fingerprint)
    if size == 4:
        return _WHOLE.unpack(fingerprint)
    if size == 24:
        return _LONG.unpack(fingerprint)
    return struct.unpack(f">{size // 4}I", fingerprint)


class Text(IntEnum):
    """What a text is by those seen before.

    A `COPY` is another author's text, or a near-copy with the same key of words; a `PARTIAL` copy shares runs of words.
    A `CROSS_POST` is on its network for the first time and was on another one before: its author says it there too. A
    `SHARE` is the copy of a text that passes on a link or another's post.
    """

    NEW = 0
    OWN = 1
    COPY = 2
    PARTIAL = 3
    SHARE = 4
    CROSS_POST = 5


class Verdict(IntEnum):
    """What partial copies are taken for."""

    UNDECIDED = 0
    COPIES = 1
    OWN = 2


# A member of an enumeration is ten times slower to access than a global, and these are for every voice.
_NEW, _OWN, _COPY, _PARTIAL, _SHARE, _CROSS_POST = Text

SetRow = int | tuple[int, int, int, int, bool, bool]
"""A voice and its set of copies, as it was then.

Most voices are the first of a set, or of none: twice the fresh voices that it counts as, and 1 if it is negative. Of
the others: minute of the first voice, fresh and negative voices that it counts as, copies so far; whether the voice is
of the set; whether it withdrew first voices."""


class Withdrawn(NamedTuple):
    """A first voice that does not count after all: its minute, and what it had counted as."""

    minute: int
    fresh: int
    negatives: int


class _Seen(msgspec.Struct, gc=False):
    """A text as it was last seen on a network.

    Parameters
    ----------
    minute, author
        When it was, and whose it was.
    fresh, negatives
        Voices that it counts as if it is the first of its set of copies; 0 once it is withdrawn.
    copies
        Copies in the set so far.
    original
        The first of the set; None where this is the first.
    """

    minute: int
    author: int
    fresh: int = 0
    negatives: int = 0
    copies: int = 0
    original: Self | None = None

    @property
    def first(self) -> Self:
        """The first of the set."""
        return self.original or self


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
    ...     print(texts.place(0, Voice(author, b"text", 0, True, 0), 1, oldest=0)[0].name)
    NEW
    CROSS_POST
    COPY
    COPY
    >>> texts.withdrawn
    [Withdrawn(minute=0, fresh=1, negatives=1)]
    """

    __slots__ = ("_minutes", "_seen", "withdrawn")

    def __init__(self) -> None:
        # Whole texts on any network; and by network and hash what was seen. All must follow from the remembered span.
        self._minutes: dict[int, int] = {}
        self._seen: dict[int, dict[int, _Seen]] = {}
        self.withdrawn: list[Withdrawn] = []

    def place(
        self,
        minute: int,
        voice: Voice,
        fresh: int,
        *,
        oldest: int,
        partial: Verdict = Verdict.UNDECIDED,
    ) -> tuple[Text, SetRow]:
        """Find out what a voice's text is, and remember it.

        Parameters
        ----------
        minute, voice
            The voice, and when it spoke.
        fresh
            Fresh voices that it counts as if its text is new: 0 where its author is not fresh.
        oldest
            Minute from which on texts are compared.
        partial
            What partial copies are taken for.

        Returns
        -------
        text, row
            What the text is, and the set of copies that it joined, for `restore`.
        """
        author, hashes = voice.author, unpack(voice.fingerprint)
        known = self._seen.get(author & _NETWORK)
        if known is None:
            known = self._on_network(author)
        minutes = self._minutes
        if minutes.get(hashes[0], NEVER) < oldest and known.keys().isdisjoint(hashes):
            # Most texts are new.
            seen = _Seen(minute, author, fresh, fresh * voice.negative)
            minutes[hashes[0]] = minute
            for key in hashes:
                known[key] = seen
            return _NEW, 2 * fresh + voice.negative
        text, found = self._find(known, hashes, author, oldest)
        if voice.shared and text is _COPY:
            text = _SHARE
        elif voice.shared and text is _PARTIAL:
            text = _NEW
        row: SetRow = 0
        if text is _NEW or (text is _PARTIAL and partial is Verdict.OWN):
            seen = _Seen(minute, author, fresh, fresh * voice.negative)
            row = 2 * fresh + voice.negative
        elif text is _COPY or text is _OWN:
            first, copies = found[0].first, found[0].copies + (text is _COPY)
            # Where copies are proven, one is enough.
            withdraws = text is _COPY and (copies >= WITHDRAWN_AT or partial is Verdict.COPIES)
            if withdraws:
                self._withdraw(found)
            seen = _Seen(minute, author, copies=copies, original=first)
            row = first.minute, first.fresh, first.negatives, copies, True, withdraws
        else:
            seen = _Seen(minute, author)
            if text is _PARTIAL and partial is Verdict.COPIES:
                self._withdraw(found)
                row = minute, 0, 0, 0, False, True
        minutes[hashes[0]] = minute
        for key in hashes:
            known[key] = seen
        return text, row

    def _on_network(self, author: int) -> dict[int, _Seen]:
        """Return what was seen on an author's network, by hash."""
        network = author & _NETWORK
        known = self._seen.get(network)
        if known is None:
            known = self._seen[network] = {}
        return known

    def _find(
        self, known: dict[int, _Seen], hashes: Sequence[int], author: int, oldest: int
    ) -> tuple[Text, list[_Seen]]:
        """Return what a text is, and what was seen of it on its network."""
        elsewhere = self._minutes.get(hashes[0], NEVER) >= oldest
        found = [known.get(key) for key in hashes]
        recent = [None if seen is None or seen.minute < oldest else seen for seen in found]
        for same in recent[:_KEYS]:
            if same is not None:
                return (_OWN if same.author == author else _COPY), [same]
        if elsewhere:
            return _CROSS_POST, []
        others = [seen for seen in recent if seen is not None and seen.author != author]
        return (_PARTIAL, others) if others else (_NEW, [])

    def _withdraw(self, found: Sequence[_Seen]) -> None:
        """Withdraw the first voices of the sets that a copy joins."""
        for seen in found:
            first = seen.first
            if first.fresh:
                self.withdrawn.append(Withdrawn(first.minute, first.fresh, first.negatives))
                first.fresh = first.negatives = 0

    def restore(self, minute: int, author: int, fingerprint: bytes, row: SetRow, *, oldest: int) -> None:
        """Remember a text again, as `place` did.

        Parameters
        ----------
        minute, author, fingerprint, oldest
            As they were given to `place`.
        row
            As it returned.
        """
        known, hashes = self._on_network(author), unpack(fingerprint)
        if isinstance(row, int):
            fresh = row >> 1
            seen = _Seen(minute, author, fresh, fresh * (row & 1))
        else:
            began, fresh, negatives, copies, member, withdraws = row
            found = self._find(known, hashes, author, oldest)[1]
            if withdraws:
                self._withdraw(found)
                self.withdrawn.clear()
            seen = _Seen(minute, author)
            if member:
                first = found[0].first if found else _Seen(began, 0, fresh, negatives)
                seen = _Seen(minute, author, copies=copies, original=first)
        self._minutes[hashes[0]] = minute
        known.update(dict.fromkeys(hashes, seen))

    def forget(self, minute: int, author: int, fingerprint: bytes) -> None:
        """Forget a text, unless it was seen again after its minute."""
        hashes = unpack(fingerprint)
        if self._minutes.get(hashes[0]) == minute:
            del self._minutes[hashes[0]]
        known = self._on_network(author)
        get = known.get
        for key in hashes:
            if (seen := get(key)) is not None and seen.minute == minute:
                del known[key]
        if not known:
            del self._seen[author & _NETWORK]
