"""OAuth tokens for SASL/OAUTHBEARER: of a token endpoint (client credentials), or a file that is renewed."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec
import requests
from aiokafka.abc import AbstractTokenProvider as AsyncProvider
from kafka.net.sasl.oauth import AbstractTokenProvider

from streams.errors import BrokerError
from streams.settings.kafka import Secret
from streams.settings.options import setting_error

if TYPE_CHECKING:
    from streams.settings.kafka import KafkaSettings

TIMEOUT_S = 5.0
DEFAULT_LIFETIME_S = 300.0
RENEWED_AT = 0.8
"""Part of a token's lifetime after which another is fetched."""


class _Answer(msgspec.Struct):
    access_token: str
    expires_in: float = DEFAULT_LIFETIME_S


class TokenSource(Protocol):
    """Where tokens come from."""

    def token(self) -> str:
        """Return a token that is valid now; blocking."""


class TokenFile:
    """A file that holds one token, read for each connection: a projected service account token, for example.

    Parameters
    ----------
    path
        The file.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    def token(self) -> str:
        """Return the file's content.

        Raises
        ------
        ConfigError
            It cannot be read, or is empty.
        """
        try:
            text = Path(self._path).read_text(encoding="ascii").strip()
        except OSError as error:
            raise setting_error(
                "kafka", "oauth_token_file", f"names no file that can be read: {error.strerror}"
            ) from None
        except UnicodeError:
            text = ""
        if not text:
            raise setting_error("kafka", "oauth_token_file", "expected one token in ASCII, got an empty or other file")
        return Secret(text)


class TokenEndpoint:
    """An OAuth token endpoint, asked by the client credentials grant; a token is used for 80 % of its lifetime.

    Parameters
    ----------
    settings
        Address, client, secret and scope.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._token = Secret("")
        self._renew_at = 0.0

    def token(self) -> str:
        """Return a token.

        Raises
        ------
        BrokerError
            The endpoint does not answer, or not with a token.
        """
        with self._lock:
            if time.monotonic() >= self._renew_at:
                answer = self._fetch()
                self._token = Secret(answer.access_token)
                self._renew_at = time.monotonic() + RENEWED_AT * answer.expires_in
            return self._token

    def _fetch(self) -> _Answer:
        settings = self._settings
        body = {"grant_type": "client_credentials"} | ({"scope": settings.oauth_scope} if settings.oauth_scope else {})
        try:
            response = requests.post(
                settings.oauth_token_url,
                data=body,
                auth=(settings.oauth_client_id, self._secret()),
                timeout=TIMEOUT_S,
                allow_redirects=False,
            )
            if response.status_code == requests.codes.ok:
                return msgspec.json.decode(response.content, type=_Answer)
            problem = f"got HTTP {response.status_code}"
        except requests.RequestException as error:
            problem = f"got no answer ({type(error).__name__})"
        except msgspec.DecodeError as error:
            problem = f"got something else ({error})"
        raise BrokerError(
            f"expected a token from the endpoint in kafka.oauth_token_url (BADBUZZ_KAFKA_OAUTH_TOKEN_URL), {problem}: "
            "check its address, BADBUZZ_KAFKA_OAUTH_CLIENT_ID, _CLIENT_SECRET and _SCOPE"
        )

    def _secret(self) -> str:
        settings = self._settings
        if settings.oauth_client_secret:
            return settings.oauth_client_secret
        try:
            return Path(settings.oauth_client_secret_file).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeError):
            raise setting_error("kafka", "oauth_client_secret_file", "expected a readable UTF-8 file") from None


def token_source(settings: KafkaSettings) -> TokenSource:
    """Return where the tokens of these settings come from."""
    return TokenFile(settings.oauth_token_file) if settings.oauth_token_file else TokenEndpoint(settings)


class BlockingTokenProvider(AbstractTokenProvider):  # type: ignore[misc]
    """Tokens for kafka-python.

    Parameters
    ----------
    source
        Where they come from.
    """

    def __init__(self, source: TokenSource) -> None:
        super().__init__()
        self._source = source

    def token(self) -> str:
        """Return a token."""
        return self._source.token()


class AsyncTokenProvider(AsyncProvider):  # type: ignore[misc]
    """Tokens for aiokafka, fetched on a thread: its event loop is not blocked.

    Parameters
    ----------
    source
        Where they come from.
    """

    def __init__(self, source: TokenSource) -> None:
        super().__init__()
        self._source = source

    async def token(self) -> str:
        """Return a token."""
        return await asyncio.to_thread(self._source.token)
