"""No message that is built from an address shows a user, a password or a query."""

import ast
import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.addresses import shown
from streams.collecting.pseudonyms import Pseudonyms
from streams.errors import BadBuzzError
from streams.kafka.topic_admin import describe
from streams.oncall.checks import check_grafana, check_prometheus
from streams.oncall.grafana import Grafana, grafana_token
from streams.settings.config import parse
from streams.settings.sources import CollectorSettings
from streams.sources.bluesky.endpoint import Endpoint
from streams.sources.http import HttpClient
from streams.sources.mastodon.connection import connect
from streams.sources.token_client import TokenClient
from tests.helpers.addresses import ADDRESSES, SECRET
from tests.helpers.paths import ROOT


def client(url: str) -> TokenClient:
    return TokenClient("x", url, "token", "", user_agent="t", allow_private=True, clock=lambda: datetime.now(UTC))


async def ask(url: str) -> None:
    async with client(url) as opened:
        await opened.get("/api", {}, dict)


async def fetch(url: str) -> None:
    async with HttpClient("feed", CollectorSettings(allow_private=True)) as http:
        await http.get(url, max_bytes=100)


async def stream(url: str) -> None:
    async with (
        client("http://127.0.0.1:9") as opened,
        connect(opened, url, (), allow_private=True, clock=lambda: datetime.now(UTC)),
    ):
        pass


def kafka(address: str) -> None:
    config = parse("", {"BADBUZZ_KAFKA_BOOTSTRAP_SERVERS": address, "BADBUZZ_KAFKA_CONNECT_TIMEOUT_S": "0.2"})
    describe(config.kafka, config.topics)


MESSAGES: dict[str, Callable[[str], object]] = {
    "Grafana": lambda address: Grafana(address, "t", attempts=1).missing(()) or Grafana(address, "t"),
    "check of Grafana": lambda address: check_grafana(address, "token", ["uid"]),
    "check of Prometheus": check_prometheus,
    "Kafka": kafka,
    "a token's interface": lambda address: asyncio.run(ask(address)),
    "a feed": lambda address: asyncio.run(fetch(address)),
    "Mastodon's stream": lambda address: asyncio.run(stream(address)),
    "Jetstream": Endpoint.parse,
}


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("build", MESSAGES.values(), ids=MESSAGES.keys())
def test_no_error_of_an_address_shows_its_secret(build: Callable[[str], object], address: str) -> None:
    try:
        said = repr(build(address)) if build != Endpoint.parse else ""
    except BadBuzzError as error:
        said = str(error)
    assert SECRET not in said
    assert SECRET not in shown(address)


@pytest.mark.parametrize("address", ["http://ops:pw@grafana.example", "http://grafana.example:port", "grafana.example"])
def test_an_address_with_a_user_or_without_its_parts_is_refused_in_one_line(address: str) -> None:
    with pytest.raises(BadBuzzError, match="expected an address such as") as raised:
        Grafana(address, "token")
    assert "\n" not in str(raised.value)


def test_a_secret_given_in_place_of_its_file_is_not_shown() -> None:
    for read in (
        lambda: grafana_token(Path(SECRET), {}),
        lambda: Pseudonyms.open(CollectorSettings(pseudonym_key_file=SECRET)),
        lambda: kafka_with_password_file(SECRET),
    ):
        with pytest.raises(BadBuzzError) as raised:
            read()
        assert SECRET not in str(raised.value)


def kafka_with_password_file(path: str) -> None:
    config = parse(f"[kafka]\nsasl_mechanism='PLAIN'\nsasl_username='a'\nsasl_password_file='{path}'", {})
    describe(config.kafka, config.topics)


NAMES = {"url", "address", "_url", "subscribe"}


def bare_addresses(path: Path) -> list[int]:
    """Lines of a module whose errors and logs hold an address that did not pass through `shown`."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        raised = isinstance(node, ast.Raise)
        logged = (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "logger"
        )
        for inner in ast.walk(node) if raised or logged else ():
            value = inner.value if isinstance(inner, ast.FormattedValue) else None
            name = value.attr if isinstance(value, ast.Attribute) else value.id if isinstance(value, ast.Name) else ""
            if name in NAMES and "shown(" not in path.read_text(encoding="utf-8"):
                found.append(getattr(inner, "lineno", 0))
    return found


def test_no_module_writes_an_address_into_an_error_or_a_log_as_it_is() -> None:
    modules = [path for package in ("streams", "dashboards") for path in (ROOT / package).rglob("*.py")]
    bare = {str(path.relative_to(ROOT)): bare_addresses(path) for path in modules}
    assert {name: lines for name, lines in bare.items() if lines} == {}
