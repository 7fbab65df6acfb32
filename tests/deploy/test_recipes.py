"""Recipes for Redpanda Connect: each writes mentions and heartbeats to the topic `mentions`, keyed by brand."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.kafka.topics import MENTIONS
from streams.mentions.mention import Mention, decode
from tests.helpers.paths import DEPLOY

RECIPES = sorted((DEPLOY / "recipes").glob("*.yaml"))
REQUIRED = {"id", "brand", "network", "created_at", "text"}
FIELDS = set(Mention.__struct_fields__)


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def inputs(recipe: Any) -> tuple[list[Any], list[Any]]:
    """The inputs that read something, and those that send heartbeats."""
    every = recipe["input"]["broker"]["inputs"]
    beats = [each for each in every if "generate" in each]
    return [each for each in every if each not in beats], beats


def mappings(each: Any) -> str:
    return "\n".join(step["mapping"] for step in each["processors"] if "mapping" in step)


def test_there_is_a_recipe_for_each_thing_that_badbuzz_has_no_source_for() -> None:
    assert {path.stem for path in RECIPES} == {"discord", "s3_exports", "support_tickets"}
    page = (DEPLOY / "recipes" / "README.md").read_text(encoding="utf-8")
    assert all(f"({path.name})" in page for path in RECIPES)


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_maps_onto_fields_of_a_mention_alone_and_fills_the_required_ones(path: Path) -> None:
    (read,), _ = inputs(load(path))
    filled = set(re.findall(r"^root\.(\w+) =", mappings(read), re.M))
    assert filled >= REQUIRED
    assert filled <= FIELDS


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_sends_a_heartbeat_a_minute_for_each_brand_behind_the_clock(path: Path) -> None:
    _, (beat,) = inputs(load(path))
    mapping = beat["generate"]["mapping"]
    assert beat["generate"]["interval"] == "1m"
    assert set(re.findall(r'^\s+"(\w+)":', mapping, re.M)) == {"v", "id", "brand", "network", "created_at", "kind"}
    assert '"kind": "heartbeat"' in mapping
    assert 'env("BRANDS")' in mapping
    assert "timestamp_unix() - env(" in mapping
    assert beat["processors"] == [{"unarchive": {"format": "json_array"}}]  # one message a brand
    # Go's reference time, as written here, is a time that a mention's decoding takes.
    form = re.search(r'ts_format\("([^"]+)", "UTC"\)', mapping)
    assert form
    at = form[1].replace("Z07:00", "Z")
    assert decode(f'{{"id":"h","brand":"A","network":"n","kind":"heartbeat","created_at":"{at}"}}'.encode())


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_writes_to_the_topic_of_mentions_keyed_by_brand_as_badbuzz_does(path: Path) -> None:
    output = load(path)["output"]["redpanda"]
    assert output["topic"] == f"${{TOPIC_PREFIX:}}{MENTIONS}"
    assert output["key"] == '${! json("brand") }'
    assert output["partitioner"] == "murmur2_hash"
    assert output["seed_brokers"] == ["${KAFKA:127.0.0.1:9092}"]


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_secrets_are_taken_from_the_environment_and_a_recipe_names_only_caches_it_has(path: Path) -> None:
    text, recipe = path.read_text(encoding="utf-8"), load(path)
    for key in ("bot_token", "dsn", "password", "secret"):
        assert all(value.startswith("${") for value in re.findall(rf"^\s*{key}: (.+)$", text, re.M))
    caches = {cache["label"] for cache in recipe.get("cache_resources", ())}
    assert set(re.findall(r"^\s*cache: (\w+)$", text, re.M)) == caches
    assert 'env("PSEUDONYM_KEY")' in text
