"""Authentication: who sends a request, and whether the person may act; by loopback, a reverse proxy or tokens."""

import asyncio
import getpass
import ipaddress
import re
from pathlib import Path
from typing import NamedTuple, Protocol
from urllib.parse import unquote

from aiohttp import web
from itsdangerous import BadSignature, URLSafeTimedSerializer

from streams.console.access.tokens import TokenFile
from streams.settings.console import ConsoleSettings

NAME_COOKIE = "badbuzz_name"
SESSION_COOKIE = "badbuzz_session"
SESSION_S = 7 * 24 * 3600
MAX_NAME_CHARS = 80
REFUSED_AFTER_S = 1.0
"""Seconds that the answer to a wrong token takes."""


class Person(NamedTuple):
    """A person at the console: the name that actions are logged under, and whether the person may act."""

    name: str
    may_act: bool


class Authentication(Protocol):
    """How the console knows who sends a request."""

    def person(self, request: web.Request) -> Person | None:
        """Return who sends a request; None for nobody known."""


class Loopback:
    """No login: whoever reaches the loopback address may act, under the name chosen on the page."""

    def __init__(self) -> None:
        try:
            self._login = getpass.getuser()
        except (OSError, KeyError):  # a container's user without an entry
            self._login = "console"

    def person(self, request: web.Request) -> Person:
        """Return the person at this machine."""
        return Person(clean_name(unquote(request.cookies.get(NAME_COOKIE, ""))) or self._login, True)


class Proxy:
    """A reverse proxy that logs people in, such as oauth2-proxy or Authelia, and says in a header who they are.

    Headers are believed from the proxy's networks alone: from anywhere else everybody could write them.
    """

    def __init__(self, settings: ConsoleSettings) -> None:
        self._settings = settings

    def person(self, request: web.Request) -> Person | None:
        """Return whom the proxy names."""
        settings = self._settings
        try:
            peer = ipaddress.ip_address(request.remote or "")
        except ValueError:
            return None
        if not any(peer in network for network in settings.networks):
            return None
        name = clean_name(request.headers.get(settings.proxy_user_header, ""))
        if not name:
            return None
        groups = {group.strip() for group in request.headers.get(settings.proxy_groups_header, "").split(",")}
        return Person(name, not settings.responder_groups or bool(groups & settings.responder_groups))


class Tokens:
    """Names and tokens of a file; after the login a signed cookie names the person."""

    def __init__(self, path: Path) -> None:
        self._file = TokenFile(path)
        self._sessions = URLSafeTimedSerializer(self._file.session_key, salt="session")
        self._one_at_a_time = asyncio.Semaphore(1)

    def person(self, request: web.Request) -> Person | None:
        """Return whom the cookie names."""
        try:
            name = self._sessions.loads(request.cookies.get(SESSION_COOKIE, ""), max_age=SESSION_S)
        except BadSignature:
            return None
        holder = self._file.known(str(name))
        return Person(*holder) if holder else None

    async def session(self, name: str, token: str) -> str | None:
        """Return the value of the cookie for a name and token; None, after a second, where they do not match."""
        # One at a time: guesses cost the console a thread, and guessers a second each.
        async with self._one_at_a_time:
            holder = await asyncio.to_thread(self._file.holder, name.strip(), token.strip())
            if holder is None:
                await asyncio.sleep(REFUSED_AFTER_S)
                return None
        return str(self._sessions.dumps(holder.name))


def authentication(settings: ConsoleSettings) -> Loopback | Proxy | Tokens:
    """Return the authentication of a configuration.

    Raises
    ------
    ConfigError
        The tokens file cannot be read.
    """
    if settings.auth == "proxy":
        return Proxy(settings)
    if settings.auth == "tokens":
        return Tokens(Path(settings.tokens_file))
    return Loopback()


def clean_name(text: str) -> str:
    r"""Return a name as it is logged: one line, without control characters, cut.

    Examples
    --------
    >>> clean_name("  Anne\n<b> ")
    'Anne <b>'
    """
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", text).strip()[:MAX_NAME_CHARS]
