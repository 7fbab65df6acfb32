"""Reading the marks of an official text: the source's word, then the brand's prepared texts, then the lexicons."""

from collections.abc import Iterable

from streams.mentions.marks.lexicon import mark_index, words
from streams.mentions.marks.mark import Mark, marks_named
from streams.mentions.marks.phrases import clauses
from streams.mentions.mention import Mention
from streams.mentions.text import hash64

RUN = 4
"""Words in a row that are compared with a prepared text."""
PREPARED_SHARE = 0.5
LEAD_WORDS = 8
LEAD_LEAST = 5
LEAD_CHARACTERS = 240
"""Characters of a text among which its first words are."""
CAPITALS_SHARE = 0.6
CAPITALS_LEAST = 20
_HANDLE = "@"
_RESOLVED = int(Mark.RESOLVED)


class PreparedTexts:
    """The texts that a brand has prepared: one is recognised by half of its runs of four words.

    Parameters
    ----------
    texts
        Each with the mark it stands for.

    Examples
    --------
    >>> prepared = PreparedTexts([(Mark.HOLDING, "We have seen your messages and will say more at noon")])
    >>> Mark(prepared.marks("Hello! We have seen your messages and will say more very soon")).name
    'HOLDING'
    """

    def __init__(self, texts: Iterable[tuple[Mark, str]]) -> None:
        self._texts = [(mark, runs) for mark, text in texts if (runs := _runs(text))]

    def marks(self, text: str) -> int:
        """Return the marks of the prepared texts that a text is made from."""
        if not self._texts:
            return 0
        own = _runs(text)
        found = 0
        for mark, runs in self._texts:
            if len(runs & own) >= PREPARED_SHARE * len(runs):
                found |= int(mark)
        return found


def read_marks(mention: Mention, prepared: PreparedTexts) -> int:
    """Return the marks of an official text, as bits of `Mark`.

    Where the source gives marks, only the tone is read from the text.

    Examples
    --------
    >>> from streams.mentions.mention import decode
    >>> head = b'{"id":"1","brand":"A","network":"n","created_at":"2012-06-11T18:00:00Z",'
    >>> said = decode(head + b'"text":"We are looking into this. Sorry for the delay!"}')
    >>> Mark(read_marks(said, PreparedTexts([]))) == Mark.HOLDING | Mark.APOLOGY
    True
    """
    text = mention.text or ""
    given = marks_named(mention.marks)
    marks = given
    if not given:
        marks = prepared.marks(text) | lexicon_marks(text)
    if mention.role in {"leader", "direction"}:
        marks |= Mark.LEADER
    if _shouts(text):
        marks |= Mark.HOT
    return int(marks)


def lexicon_marks(text: str) -> int:
    """Return the marks that the lexicons find in a text.

    Examples
    --------
    >>> lexicon_marks("Is it fixed now?"), lexicon_marks("This is fixed now.") == Mark.RESOLVED
    (0, True)
    """
    index, voids = mark_index(), words("voids")
    found = 0
    for clause, question in clauses(text):
        marks = index.labels(clause)
        if marks & _RESOLVED and (question or any(f" {void} " in clause for void in voids)):
            marks &= ~_RESOLVED
        found |= marks
    return found


def lead(text: str) -> int:
    """Hash the first eight words of a text, handles, links and greetings left out; 0 where it has fewer than five.

    Examples
    --------
    >>> lead("@ann Hi Ann! Please send us a direct message so") == lead("@bo hello, please send us a direct message so")
    False
    >>> lead("@ann Hi, please send us your number today") == lead("@bo Hello please send us your number today")
    True
    """
    shown = " ".join(word for word in text[:LEAD_CHARACTERS].split() if not word.startswith((_HANDLE, "http")))
    greetings = words("greetings")
    every = [word for clause, _ in clauses(shown) for word in clause.split()]
    while every and every[0] in greetings:
        every.pop(0)
    return hash64(" ".join(every[:LEAD_WORDS])) if len(every) >= LEAD_LEAST else 0


def _runs(text: str) -> set[str]:
    every = [word for clause, _ in clauses(text) for word in clause.split()]
    return {" ".join(every[n : n + RUN]) for n in range(len(every) - RUN + 1)}


def _shouts(text: str) -> bool:
    capitals = sum(map(str.isupper, text))
    if capitals < CAPITALS_SHARE * CAPITALS_LEAST:
        return False
    letters = sum(map(str.isalpha, text))
    return letters >= CAPITALS_LEAST and capitals > CAPITALS_SHARE * letters
