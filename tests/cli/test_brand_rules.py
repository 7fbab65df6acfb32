"""What a team that writes brand rules can rely on: it can try them on a text, and is warned of those that mislead."""

import json
from pathlib import Path

import pytest

from tests.helpers.terminal import badbuzz

CONFIG = """
[brands.Orange]
names = ["orange"]
handles = ["Orange_France"]
exclude = ["jus d'orange"]
require = ["box", "fibre"]
languages = ["fr"]
official_accounts = ["bluesky:did:plc:abc"]

[brands.Free]
names = ["free"]

[brands.Total]
"""


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "badbuzz.toml"
    path.write_text(CONFIG, encoding="utf-8")
    return str(path)


def matched(config: str, *args: str) -> list[str]:
    done = badbuzz("source", "match", *args, "--config", config)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().splitlines()


def test_each_brand_of_a_text_is_printed_with_its_reason(config: str) -> None:
    assert matched(config, "La box ORANGE est en panne, je passe chez Free") == [
        'Orange: name "orange" at 7',
        'Free: name "free" at 42',
    ]


def test_a_brand_that_was_named_and_refused_is_printed_with_the_rule(config: str) -> None:
    assert matched(config, "un jus d'orange") == [
        'Orange: not counted, name "orange" at 9 refused by `exclude`: it is part of "jus d\'orange"'
    ]
    assert matched(config, "orange box", "--lang", "en") == [
        'Orange: not counted, name "orange" at 0 refused by `languages`: the language is en, expected fr'
    ]


def test_a_text_without_a_brand_says_so(config: str) -> None:
    assert matched(config, "what a day") == ["no brand is named"]


def test_accounts_are_matched_on_their_network(config: str) -> None:
    to_it = ("thanks", "--to", "did:plc:abc")
    assert matched(config, *to_it, "--network", "bluesky") == ["Orange: addresses its account did:plc:abc"]
    assert matched(config, *to_it, "--network", "x") == ["no brand is named"]
    by_it = matched(config, "hello", "--author", "did:plc:abc", "--network", "bluesky", "--json")
    assert list(map(json.loads, by_it)) == [{"brand": "Orange", "counts": True, "reason": "by its account did:plc:abc"}]


def test_an_account_without_a_network_and_a_configuration_without_brands_are_one_clear_line(
    config: str, tmp_path: Path
) -> None:
    done = badbuzz("source", "match", "hello", "--author", "did:plc:abc", "--config", config)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert b"expected --network too" in done.stderr
    empty = tmp_path / "empty.toml"
    empty.write_text("", encoding="utf-8")
    done = badbuzz("source", "match", "hello", "--config", str(empty))
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert b"expected at least one table" in done.stderr


def test_check_warns_of_a_name_that_is_a_common_word_where_it_is_matched(config: str) -> None:
    nowhere = {"BADBUZZ_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "BADBUZZ_KAFKA_CONNECT_TIMEOUT_S": "1"}
    checked = badbuzz("check", "--config", config, env=nowhere)
    warnings = [line for line in checked.stdout.decode().splitlines() if line.startswith("warning: ")]
    assert len(warnings) == 1
    assert warnings[0].startswith('warning: brands.Free: the name "free" is also a common word (en)')
    with Path(config).open("a", encoding="utf-8") as file:
        file.write('[sources.press]\ntype = "feed"\n')
    checked = badbuzz("check", "--config", config, env=nowhere)
    assert b"brands.Total" in checked.stdout
