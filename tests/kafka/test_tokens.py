"""Tokens for OAUTHBEARER come from an endpoint or a file, and a secret is never in a message."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from streams.errors import BrokerError, ConfigError
from streams.kafka.access.tokens import AsyncTokenProvider, TokenEndpoint, TokenFile, token_source
from streams.kafka.clients import consumer_options, faust_options
from streams.settings.kafka import KafkaSettings
from tests.sources.fakes.web_server import serving

SECRET = "s3cret-of-a-client"  # noqa: S105


def settings(url: str, **fields: Any) -> KafkaSettings:
    own = {"oauth_client_id": "badbuzz", "oauth_client_secret": SECRET} | fields
    return KafkaSettings(sasl_mechanism="OAUTHBEARER", oauth_token_url=url, **own)


def asked(answer: Callable[[web.Request], Awaitable[web.StreamResponse]], times: int = 1) -> list[str]:
    """The tokens that an endpoint with this answer gives."""

    async def ask() -> list[str]:
        async with serving(answer) as url:
            provider = AsyncTokenProvider(TokenEndpoint(settings(f"{url}/token", oauth_scope="kafka")))
            return [await provider.token() for _ in range(times)]

    return asyncio.run(ask())


def test_a_token_is_asked_for_by_client_credentials_and_used_until_it_must_be_renewed() -> None:
    requests: list[tuple[str, str | None, dict[str, str]]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        requests.append((request.path, request.headers.get("Authorization"), dict(await request.post())))  # type: ignore[arg-type]
        return web.json_response({"access_token": f"t{len(requests)}", "expires_in": 3600, "token_type": "Bearer"})

    assert asked(answer, 3) == ["t1", "t1", "t1"]
    form = {"grant_type": "client_credentials", "scope": "kafka"}
    assert requests == [("/token", f"Basic {base64.b64encode(f'badbuzz:{SECRET}'.encode()).decode()}", form)]


def test_a_token_that_has_run_out_is_renewed() -> None:
    count = 0

    async def answer(_: web.Request) -> web.StreamResponse:
        nonlocal count
        count += 1
        return web.json_response({"access_token": f"t{count}", "expires_in": 0})

    assert asked(answer, 2) == ["t1", "t2"]


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [(401, b"{}", "got HTTP 401"), (302, b"", "got HTTP 302"), (200, b"{}", "got something else")],
)
def test_an_endpoint_that_gives_no_token_is_named_with_what_to_check(status: int, body: bytes, said: str) -> None:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body, headers={"Location": "http://127.0.0.1:1/"})

    with pytest.raises(BrokerError, match=rf"kafka\.oauth_token_url .*{said}.*: check its address") as raised:
        asked(answer)
    assert SECRET not in str(raised.value)


def test_an_endpoint_that_is_away_is_named_without_its_secret() -> None:
    with pytest.raises(BrokerError, match=r"got no answer \(ConnectionError\)") as raised:
        TokenEndpoint(settings("http://127.0.0.1:1/token")).token()
    assert SECRET not in str(raised.value)


def test_a_token_file_is_read_anew_for_each_connection(tmp_path: Path) -> None:
    file = tmp_path / "token"
    source = TokenFile(str(file))
    with pytest.raises(ConfigError, match="BADBUZZ_KAFKA_OAUTH_TOKEN_FILE"):
        source.token()
    for token in ("first", "second"):
        file.write_text(f"{token}\n")
        assert source.token() == token
    file.write_text("")
    with pytest.raises(ConfigError, match="expected one token"):
        source.token()


def test_both_clients_are_given_tokens_and_no_secret_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("t")
    options = KafkaSettings(sasl_mechanism="OAUTHBEARER", oauth_token_file=str(file), tls=True)
    assert consumer_options(options, None)["sasl_oauth_token_provider"].token() == "t"
    credentials = faust_options(options)["broker_credentials"]
    assert credentials.protocol.value == "SASL_SSL"
    assert asyncio.run(credentials.oauth_cb.token()) == "t"
    shown = settings("https://id.example.org/token")
    assert SECRET not in repr(shown) + repr(token_source(shown))


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"oauth_token_url": "http://id.example.org/token"}, "OAUTH_TOKEN_URL.*https"),
        ({"oauth_token_url": "https://id.example.org/token", "oauth_client_secret": ""}, "OAUTH_TOKEN_URL.*needs"),
        ({"oauth_token_url": ""}, "OAUTH_TOKEN_URL.*either"),
        ({"oauth_token_url": "https://x/", "oauth_token_file": "y"}, "OAUTH_TOKEN_URL.*either"),
        ({"oauth_token_url": "https://x/", "sasl_username": "ann"}, "SASL_USERNAME.*OAUTHBEARER takes a token"),
        ({"oauth_token_url": "https://x/", "sasl_mechanism": ""}, "SASL_MECHANISM.*OAUTHBEARER"),
    ],
)
def test_impossible_settings_are_named(fields: dict[str, str], named: str) -> None:
    whole = {"sasl_mechanism": "OAUTHBEARER", "oauth_client_id": "a", "oauth_client_secret": "b"} | fields
    with pytest.raises(ConfigError, match=f"BADBUZZ_KAFKA_{named}"):
        KafkaSettings(**whole)  # type: ignore[arg-type]
