"""What people read in their language: every phrase is there, with the same values."""

from string import Formatter

import pytest

from detectors.severity import CRITERIA, SEVERITIES
from streams.mentions.marks.mark import Mark, mark_names
from streams.wording import english, french
from streams.wording.language import LANGUAGES, Language


def fields(phrase: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(phrase) if name}


def test_every_phrase_is_there_in_both_languages_with_the_same_values() -> None:
    assert english.PHRASES.keys() == french.PHRASES.keys()
    assert {k: fields(v) for k, v in english.PHRASES.items()} == {k: fields(v) for k, v in french.PHRASES.items()}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_criterion_and_severity_has_a_phrase(code: str) -> None:
    language = Language(code)
    for name in CRITERIA:
        assert language.say(f"criterion_{name}")
    for name in SEVERITIES:
        assert language.say(f"severity_{name}")


@pytest.mark.parametrize("code", LANGUAGES)
def test_whatever_an_official_text_may_do_has_a_phrase_in_reports(code: str) -> None:
    every = sum(int(mark) for mark in Mark)
    assert all(Language(code).say(f"report_mark_{name}") for name in mark_names(every))


def test_numbers_have_the_marks_of_the_language() -> None:
    assert (Language("en").number(1234567.8, 1), Language("en").percent(0.76)) == ("1,234,567.8", "76%")
    assert Language("fr").number(1234567.8, 1) == "1\u202f234\u202f567,8"
    assert Language("fr").percent(0.76) == "76\u202f%"
