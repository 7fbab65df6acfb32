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
        ("lateness_seconds = 'soon'", r"line 1: `lateness_seconds`: Expected `int`, got 'soon'"),
        ("\nlateness_seconds = -1", r"line 2: `lateness_seconds`: Expected `int` >= 0, got -1"),
        ("timezon = 'UTC'", r"line 1: `timezon` is no option of badbuzz: did you mean `timezone`\?"),
        ("[thresholds]\nwatch = 5", r"line 2: `thresholds.watch` is no option of badbuzz: did you mean `watch_score`"),
        ("[thresholds]\nsurge_detector = 'magic'", r"line 2: `thresholds.surge_detector`: .* got 'magic'"),
        ("[brands.A]\nname = 'x'", r"line 2: `brands.A.name` is no option of badbuzz: did you mean `names`\?"),
        ("[brands.'Le Bon']\nwithin = -1", r"line 2: `brands.Le Bon.within`: Expected `int` >= 0, got -1"),
        ("[brands.A.thresholds]\nwatch_scores = 5", r"`brands.A.thresholds.watch_scores`.* did you mean `watch_score`"),
        (
            "[brands.A.thresholds]\nwatch_score = 'high'",
            r"`brands.A.thresholds.watch_score`: Expected `float`, got 'hi",
        ),
        ("[sources.b]\ntype = 'jetstrem'", r"line 2: `sources.b.type`: got 'jetstrem'; did you mean `jetstream`\?"),
        ("[sources.b]\ntype = 'jetstream'\ncompres = 1", r"line 3: `sources.b.compres`.* did you mean `compress`"),
        ("[topics]\nreplication = 0", r"line 2: `topics.replication`: expected at least 1, got 0"),
        ("kafka = 3", r"line 1: `kafka`: expected a table \[kafka\], got 3"),
        ("timezone = 'Mars/Olympus'", r"line 1: `timezone`: expected an IANA name"),
        ("installation = 'two words'", r"`installation`: Expected `str` matching regex"),
        ("language = 'klingon'", r"`language`: expected one of en, fr, got 'klingon'"),
        ("a = ", r"expected TOML"),
    ],
)
def test_a_wrong_configuration_names_the_key_the_expected_and_the_actual_value(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        parse(text, {})


def test_every_fault_of_a_configuration_is_named_in_a_line_of_its_own() -> None:
    with pytest.raises(ConfigError) as raised:
        parse("lateness = 5\n[topics]\nreplication = 0", {"BADBUZZ_METRICS_PORT": "x"})
    assert [line.partition(": ")[0] for line in str(raised.value).splitlines()] == [
        "BADBUZZ_METRICS_PORT",
        "badbuzz.toml, line 1",
        "badbuzz.toml, line 3",
    ]


def test_a_wrong_value_of_the_environment_is_not_blamed_on_the_file() -> None:
    with pytest.raises(ConfigError, match=r"^BADBUZZ_TIMEZONE: .* did you mean `Europe/Paris`\?$"):
        parse("timezone = 'UTC'", {"BADBUZZ_TIMEZONE": "Europe/Pariss"})


def test_a_secret_of_a_wrong_type_is_not_shown() -> None:
    with pytest.raises(ConfigError) as raised:
        parse("[kafka]\nsasl_password = 31337\n[source]\npseudonym_key = 31337", {})
    assert "31337" not in str(raised.value)


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
