"""Folded and unaccented texts can be read at the same places, whatever the script."""

import sys

from hypothesis import given
from hypothesis import strategies as st

from streams.matching.folding import fold

ANYTHING = st.text(st.characters(exclude_categories=()), max_size=40)


def test_every_character_has_both_forms_in_the_same_length() -> None:
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    assert [hex(ord(c)) for c in every if len({len(form) for form in fold(f"a{c}b")}) > 1] == []


@given(ANYTHING)
def test_every_text_has_both_forms_in_the_same_length(text: str) -> None:
    unaccented, folded = fold(text)
    assert len(unaccented) == len(folded)


@given(ANYTHING)
def test_folding_a_folded_text_changes_nothing(text: str) -> None:
    folded = fold(text).folded
    assert fold(folded).folded == folded


@given(ANYTHING)
def test_a_folded_text_can_be_encoded(text: str) -> None:
    fold(text).folded.encode()  # raises on what cannot be
