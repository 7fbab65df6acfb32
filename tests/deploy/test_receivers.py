"""The receivers beside mail fit into the shipped configuration, and send the same texts."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local.prometheus import binary
from tests.helpers.paths import DEPLOY

FOLDER = DEPLOY / "alertmanager"
RECEIVERS: list[dict[str, Any]] = yaml.safe_load((FOLDER / "receivers.yml").read_text(encoding="utf-8"))["receivers"]
NAMES = [receiver["name"] for receiver in RECEIVERS]
TEAMS_SINCE = (0, 28)


def test_slack_teams_telegram_and_any_webhook_are_there() -> None:
    assert NAMES == ["slack", "teams", "telegram", "webhook"]


@pytest.mark.usefixtures("tools")
@pytest.mark.parametrize("name", NAMES)
def test_a_receiver_put_into_the_configuration_is_valid(name: str, tmp_path: Path) -> None:
    if name == "teams":
        version = subprocess.run([binary("amtool"), "--version"], capture_output=True, text=True, check=True)
        found = re.search(r"version (\d+)\.(\d+)", version.stdout + version.stderr)
        if found is None or (int(found[1]), int(found[2])) < TEAMS_SINCE:
            pytest.skip("this amtool is older than Alertmanager 0.28, which has Teams' workflows")
    config = yaml.safe_load((FOLDER / "alertmanager.yml").read_text(encoding="utf-8"))
    [own] = [receiver for receiver in RECEIVERS if receiver["name"] == name]
    config["receivers"] = [
        {**own, "name": "community-manager"} if receiver["name"] == "community-manager" else receiver
        for receiver in config["receivers"]
    ]
    config["templates"] = [str(FOLDER / "templates" / "badbuzz.tmpl")]
    path = tmp_path / "alertmanager.yml"
    path.write_text(yaml.safe_dump(config))
    done = subprocess.run([binary("amtool"), "check-config", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("receiver", RECEIVERS, ids=NAMES)
def test_texts_are_the_shipped_ones_and_no_secret_stands_in_the_file(receiver: dict[str, Any]) -> None:
    [(kind, [options])] = [(key, value) for key, value in receiver.items() if key != "name"]
    assert options["send_resolved"] is True
    if kind != "webhook_configs":  # which sends the alerts themselves
        texts = " ".join(str(value) for value in options.values())
        assert '{{ template "badbuzz.subject" . }}' in texts
        assert '{{ template "badbuzz.text" . }}' in texts
    assert not {"api_url", "webhook_url"} & options.keys()
    assert options.get("bot_token", "set-me") == "set-me"


def test_a_quoted_post_is_no_markup_on_telegram() -> None:
    [telegram] = [receiver["telegram_configs"][0] for receiver in RECEIVERS if receiver["name"] == "telegram"]
    assert telegram["parse_mode"] == ""
