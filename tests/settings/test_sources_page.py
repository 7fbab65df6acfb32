"""docs/sources.md: what it says to put into badbuzz.toml is accepted, and what it points to is there."""

import re
from typing import get_args

import pytest

from streams.cli.files.import_ import import_command
from streams.exports.tool import load_tools
from streams.settings.config import parse
from streams.settings.sources import PollConfig, SourceConfig
from tests.helpers.paths import ROOT

PAGE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
SOURCES = ROOT / "streams" / "sources"
PRESETS = {"hackernews", "steam", "appstore", "discourse", "stackexchange", "lemmy", "youtube"}


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0])
def test_the_lines_for_each_source_are_a_valid_configuration(block: str) -> None:
    config = parse(block, {})
    assert config.sources or config.brands


def test_all_of_the_page_together_is_one_valid_configuration_with_every_type_of_source() -> None:
    config = parse("\n".join(BLOCKS), {})
    assert {type(source) for source in config.sources.values()} == set(get_args(SourceConfig))


def test_every_preset_of_the_poller_has_its_lines() -> None:
    polled = [source for source in parse("\n".join(BLOCKS), {}).sources.values() if isinstance(source, PollConfig)]
    shipped = {file.stem for file in (SOURCES / "poll" / "presets").glob("*.toml")}
    assert {source.preset for source in polled} == PRESETS | shipped


def test_every_form_of_a_webhook_is_named() -> None:
    for file in (SOURCES / "webhook" / "forms").glob("*.toml"):
        assert f"`{file.stem}`" in PAGE


def test_every_network_of_the_table_has_a_section_and_every_link_leads_somewhere() -> None:
    sections = {
        re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-")
        for title in re.findall(r"^#+ (.+)$", PAGE, re.M)
    }
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        if target.startswith("#"):
            assert target[1:] in sections, target
        else:
            assert (ROOT / "docs" / target).exists(), target


@pytest.mark.parametrize("title", ["Bluesky", "X", "Mastodon", "Facebook and Instagram, own pages", "Feeds"])
def test_each_network_says_what_it_costs_shows_and_cannot_how_to_get_access_and_what_is_private(title: str) -> None:
    section = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    for told in ("Costs", "Shows", "Cannot", "Access", "Privacy", "A restart"):
        assert f"- **{told}**" in section


def test_the_options_and_tools_of_the_import_are_those_it_has() -> None:
    options = {flag for option in import_command.params for flag in option.opts}
    section = PAGE.partition("\n## Exports of listening tools\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"--[a-z][a-z-]+", section)) <= options
    assert all(tool.title in section for name, tool in load_tools().items() if name != "csv")


def test_the_readme_has_the_networks_of_the_page_and_lines_that_are_a_valid_configuration() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("\n## Watch real networks\n")[2].partition("\n## ")[0]
    shown = [row.split(" | ") for row in re.findall(r"^\| (\[.*) \|$", section, re.M)]
    full = [row.split(" | ") for row in re.findall(r"^\| (\[.*) \|$", PAGE.partition("\n## ")[0], re.M)]
    page = [[network.replace("(#", "(docs/sources.md#"), costs, access] for network, _, costs, access, _ in full[:-1]]
    assert shown == page, "the last row of the page, the recipes, is a sentence in the README"
    (block,) = re.findall(r"```toml\n(.*?)```", section, re.DOTALL)
    assert parse(block, {}).sources.keys() == {"bluesky"}
