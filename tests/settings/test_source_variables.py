"""What an operator can rely on: secrets come from the environment or files, and are never shown."""

import pytest

from streams.errors import ConfigError
from streams.settings.config import Config, parse
from streams.settings.sources import CollectorSettings, WebhookConfig, XConfig

SOURCES = """
[sources.x]
type = "x"
posts_a_day = 100
[sources.my-desk]
type = "webhook"
secret = "in the file"
"""


def test_a_secret_of_a_source_comes_from_the_environment_and_wins_over_the_file() -> None:
    config = parse(SOURCES, {"BADBUZZ_SOURCES_X_TOKEN": "t0ken", "BADBUZZ_SOURCES_MY_DESK_SECRET": "s3cret"})
    x, desk = config.sources["x"], config.sources["my-desk"]
    assert isinstance(x, XConfig)
    assert isinstance(desk, WebhookConfig)
    assert (x.token, desk.secret) == ("t0ken", "s3cret")


def test_a_number_of_a_source_comes_from_the_environment_too() -> None:
    config = parse(SOURCES, {"BADBUZZ_SOURCES_X_POSTS_A_DAY": "5"})
    x = config.sources["x"]
    assert isinstance(x, XConfig)
    assert x.posts_a_day == 5


def test_a_wrong_value_in_the_environment_is_named() -> None:
    with pytest.raises(ConfigError, match="BADBUZZ_SOURCES_X_POSTS_A_DAY: Expected `int`"):
        parse(SOURCES, {"BADBUZZ_SOURCES_X_POSTS_A_DAY": "many"})


@pytest.mark.parametrize("name", ['""', '"a/b"', '"two words"', '"é"', f'"{"a" * 65}"'])
def test_a_source_whose_name_cannot_be_a_label_or_an_address_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=r"expected a name of 1 to 64 of A-Z a-z 0-9 \. _ -"):
        parse(f'[sources.{name}]\ntype = "x"', {})


def test_no_secret_is_shown_when_a_configuration_is_printed() -> None:
    secrets = {
        "BADBUZZ_SOURCES_X_TOKEN": "hush1",
        "BADBUZZ_SOURCES_MY_DESK_SECRET": "hush2",
        "BADBUZZ_SOURCES_MY_DESK_PREVIOUS_SECRET": "hush3",
        "BADBUZZ_SOURCES_MY_DESK_VERIFY_TOKEN": "hush4",
        "BADBUZZ_SOURCE_PSEUDONYM_KEY": "hush5",
    }
    shown = repr(parse(SOURCES, secrets))
    assert "hush" not in shown
    assert "token=***" in shown
    assert "posts_a_day=100" in shown


def test_what_is_not_given_is_as_before() -> None:
    assert parse("", {}) == Config()
    assert repr(CollectorSettings()).startswith("CollectorSettings(pseudonym_key=''")
