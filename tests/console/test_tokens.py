"""The login by name and token: only hashes are stored, a session outlives a restart, a changed file ends it."""

from pathlib import Path

import pytest
import requests

from streams.console.access.tokens import TokenFile, new_token
from streams.console.local_feed import LocalFeed
from streams.errors import ConfigError
from streams.settings.config import Config
from streams.settings.console import ConsoleSettings
from tests.helpers.consoles import console
from tests.helpers.situations import records, situation

SAME = {"Sec-Fetch-Site": "same-origin"}


def config(path: Path) -> Config:
    return Config(console=ConsoleSettings(port=0, metrics_port=0, auth="tokens", tokens_file=str(path)))


def log_in(address: str, name: str, token: str) -> requests.Response:
    form = {"name": name, "token": token}
    return requests.post(f"{address}/login", form, headers=SAME, timeout=10, allow_redirects=False)


def test_a_person_logs_in_once_and_stays_until_the_file_changes(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    (token, line), (_, reader) = new_token("Anne", "responder"), new_token("Marc", "reader")
    path.write_text(f"# the cell\n{line}\n{reader}\n", encoding="utf-8")
    assert token not in path.read_text(encoding="utf-8")
    feed = LocalFeed(records(situation()))
    with console(feed, config(path)) as address:
        answer = requests.get(address, timeout=10, allow_redirects=False)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
        assert log_in(address, "Anne", "wrong").status_code == 403
        cookie = log_in(address, "Anne", token).headers["Set-Cookie"]
        for flag in ("HttpOnly", "Secure", "SameSite=Strict"):
            assert flag in cookie
    session = {"Cookie": cookie.split(";")[0]}
    with console(feed, config(path)) as address:
        assert "you are <strong>Anne" in requests.get(address, headers=session, timeout=10).text
    path.write_text(reader, encoding="utf-8")
    with console(feed, config(path)) as address:
        assert requests.get(address, headers=session, timeout=10, allow_redirects=False).status_code == 303


def test_a_line_that_is_no_token_is_named(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text("Anne:king:x:y\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="line 1: expected name:role:salt:hash"):
        TokenFile(tmp_path / "tokens")
    with pytest.raises(ConfigError, match="expected a readable file"):
        TokenFile(tmp_path / "none")


def test_without_a_login_the_console_listens_on_loopback_alone() -> None:
    with pytest.raises(ConfigError, match="loopback alone"):
        ConsoleSettings(host="0.0.0.0")  # noqa: S104
