"""What a person whose account is replaced by a pseudonym, and who runs the collector, can rely on."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.collecting.pseudonyms import LENGTH, Pseudonyms
from streams.errors import ConfigError
from streams.settings.sources import CollectorSettings

KEY = "a key of this test alone"
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)


@given(ANY_TEXT, ANY_TEXT)
def test_any_account_has_a_pseudonym_of_hexadecimal_digits(network: str, account: str) -> None:
    pseudonym = Pseudonyms(KEY).of(network, account)
    assert len(pseudonym) == LENGTH
    assert set(pseudonym) <= set("0123456789abcdef")


def test_the_key_may_be_in_a_file_and_its_line_end_is_no_part_of_it(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n", encoding="utf-8")
    opened = Pseudonyms.open(CollectorSettings(pseudonym_key_file=str(file)))
    assert opened.of("x", "1") == Pseudonyms(KEY).of("x", "1") != Pseudonyms(f"{KEY}\n").of("x", "1")


def test_a_file_that_is_missing_and_a_key_that_can_be_guessed_are_errors_that_say_how_to_make_one(
    tmp_path: Path,
) -> None:
    with pytest.raises(ConfigError, match=r"expected the path of a readable file, got: .*No such file.*openssl rand"):
        Pseudonyms.open(CollectorSettings(pseudonym_key_file=str(tmp_path / "none")))
    with pytest.raises(ConfigError, match=r"expected at least 16 characters, got 6: .*openssl rand") as error:
        Pseudonyms("secret")
    assert "secret" not in str(error.value)


def test_without_a_key_nothing_is_wrong_until_an_account_must_be_replaced() -> None:
    pseudonyms = Pseudonyms.open(CollectorSettings())
    with pytest.raises(ConfigError, match="expected a key"):
        pseudonyms.of("x", "1")
