"""A phrase index finds exactly what trying every phrase on every clause finds."""

import re

from hypothesis import given
from hypothesis import strategies as st

from streams.mentions.marks.phrases import PhraseIndex, TextPhraseIndex

LEXICON = {
    1: ["we are|were ... looking into", "dm us|me"],
    2: ["refund*", "haven't heard"],
    4: ["nous avons vu", "all clear", "l'achat annulé"],
    8: ["up and running", "will ... be back"],
}
WORDS = [
    "we",
    "are",
    "were",
    "looking",
    "into",
    "now",
    "dm",
    "us",
    "me",
    "refunds",
    "refund",
    "haven’t",
    "heard",
    "avons",
    "vu",
    "nous",
    "all",
    "clear",
    "l'achat",
    "annulé",
    "up",
    "and",
    "running",
    "will",
    "be",
    "back",
    "cleared",
    "unclear",
    "be.",
    "back!",
    "dm?",
    "_us",
    "re-fund",
]
PIECES = [*WORDS, ".", "?", ",", "\n"]
texts = st.lists(st.integers(0, len(PIECES) - 1), max_size=14).map(lambda chosen: " ".join(PIECES[n] for n in chosen))


def tried(text: str) -> int:
    """Return the labels by trying all phrases, written out as expressions over plain clauses."""
    plain = text.lower().replace("’", "'").replace("l'achat", "achat")
    found = 0
    for clause in re.split(r"[.!?;\n]", plain):
        words = " " + " ".join(re.findall(r"[^\W_]+(?:'[^\W_]+)*'?", clause)) + " "
        for label, expression in (
            (1, r" we (are|were) (\S+ ){0,3}looking into "),
            (1, r" dm (us|me) "),
            (2, r" refund\S* "),
            (2, r" haven't heard "),
            (4, r" (nous avons vu|all clear|achat annulé) "),
            (8, r" up and running "),
            (8, r" will (\S+ ){0,3}be back "),
        ):
            found |= label if re.search(expression, words) else 0
    return found


@given(texts)
def test_no_phrase_of_a_clause_is_missed_and_none_is_made_up(text: str) -> None:
    found = 0
    for _, _, labels in PhraseIndex(LEXICON).labels(text):
        found |= labels
    assert found == tried(text)


@given(texts)
def test_a_text_as_it_stands_has_the_phrases_of_its_clauses(text: str) -> None:
    plain = text.replace("’", "'").replace("l'", "").replace("_", " ")
    assert TextPhraseIndex(LEXICON).labels(plain.lower()) == tried(plain)
