"""A configuration is validated strictly; every option has one name in the file and one in the environment."""

from pathlib import Path

import pytest

from streams.cli.reference import configuration_page
from streams.errors import ConfigError
from streams.settings.config import OPTIONS, Config, load, parse
from streams.settings.options import Option
from tests.helpers.paths import ROOT

PAGE = ROOT / "docs" / "configuration.md"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lateness_seconds = 'soon'", r"`lateness_seconds`: Expected `int`, got `str`"),
        ("lateness_seconds = -1", r"`lateness_seconds`: Expected `int` >= 0"),
        ("lateness = 5", r"unknown field `lateness`"),
        ("[thresholds]\nwatch = 5", r"`thresholds`: .*unknown field `watch`"),
        ("[brands.A]\nname = 'x'", r"brands.*unknown field `name`"),
        ("[brands.A.thresholds]\nwatch_scores = 5", r"`brands.A.thresholds.watch_scores`: expected one of"),
        ("[brands.A.thresholds]\nwatch_score = 'high'", r"`brands.A.thresholds`: Expected `float`, got `str`"),
        ("timezone = 'Mars/Olympus'", r"`timezone`: expected an IANA name"),
        ("installation = 'two words'", r"`installation`: Expected `str` matching regex"),
        ("language = 'klingon'", r"`language`: expected one of en, fr, got 'klingon'"),
        ("a = ", r"expected TOML"),
    ],
)
def test_a_wrong_configuration_names_the_key_the_expected_and_the_actual_value(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse(text, {})


def test_a_wrong_environment_variable_is_named() -> None:
    with pytest.raises(ConfigError, match="BADBUZZ_LATENESS_SECONDS"):
        parse("", {"BADBUZZ_LATENESS_SECONDS": "soon"})


@pytest.mark.parametrize("option", OPTIONS, ids=[option.key for option in OPTIONS])
def test_each_option_can_be_set_by_its_environment_variable(option: Option) -> None:
    key, variable, _, default, meaning = option
    value = "Europe/Paris" if key == "timezone" else str(default)
    config: object = parse("", {variable: value})
    for part in key.split("."):
        config = getattr(config, part)
    assert str(config) == value
    assert meaning


def test_the_environment_wins_over_the_file() -> None:
    assert parse("lateness_seconds = 5", {"BADBUZZ_LATENESS_SECONDS": "7"}).lateness_seconds == 7


def test_a_brand_may_have_thresholds_of_its_own() -> None:
    config = parse("[brands.A.thresholds]\nwarning_authors = 50", {})
    assert config.settings("A").warning_authors == 50
    assert config.settings("B") == Config().thresholds


def test_a_missing_file_that_was_named_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="expected a readable TOML file"):
        load(tmp_path / "none.toml", {})


def test_the_configuration_page_is_generated_from_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == configuration_page(), "run: make docs"
