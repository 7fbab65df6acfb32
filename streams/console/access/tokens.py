"""The tokens file: names, roles and scrypt hashes, one person a line; the tokens themselves are stored nowhere."""

import base64
import hashlib
import hmac
import re
import secrets
from pathlib import Path
from typing import NamedTuple

from streams.settings.options import setting_error

ROLES = ("responder", "reader")
TOKEN_BYTES = 24
_N, _R, _P = 2**14, 8, 1
_LINE = re.compile(
    r"(?P<name>[^:\s][^:]{0,79}):(?P<role>responder|reader):(?P<salt>[A-Za-z0-9_-]{22}):(?P<hash>[A-Za-z0-9_-]{43})"
)


class Holder(NamedTuple):
    """A person with a token: the name that actions are logged under, and whether the person may act."""

    name: str
    may_act: bool


class TokenFile:
    """Names and hashed tokens, read once.

    Parameters
    ----------
    path
        The file: `name:role:salt:hash` a line; empty lines and those that begin with `#` are left out.

    Raises
    ------
    ConfigError
        The file cannot be read, or a line is not of that form.
    """

    def __init__(self, path: Path) -> None:
        try:
            content = path.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise setting_error("console", "tokens_file", f"expected a readable file, got {path}: {error}") from None
        self._entries: list[tuple[Holder, bytes, bytes]] = []
        for number, line in enumerate(content.splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            match = _LINE.fullmatch(line.strip())
            if not match:
                raise setting_error(
                    "console",
                    "tokens_file",
                    f"{path}, line {number}: expected name:role:salt:hash, as --new-token prints it",
                )
            holder = Holder(match["name"], match["role"] == "responder")
            self._entries.append((holder, _decoded(match["salt"]), _decoded(match["hash"])))
        if not self._entries:
            raise setting_error(
                "console", "tokens_file", f"expected at least one line of name:role:salt:hash in {path}"
            )
        # Sessions are signed with what the file holds: a changed file ends them all.
        self.session_key = hashlib.sha256(b"badbuzz console session\n" + content.encode()).hexdigest()

    def holder(self, name: str, token: str) -> Holder | None:
        """Return the person of a name and token; None where they do not match. It takes 50 ms of processor time."""
        found: Holder | None = None
        known = [entry for entry in self._entries if entry[0].name == name]
        # An unknown name costs the same time as a wrong token.
        for holder, salt, expected in known or self._entries[:1]:
            if hmac.compare_digest(_scrypt(token, salt), expected) and known:
                found = holder
        return found

    def known(self, name: str) -> Holder | None:
        """Return the person of a name, whose session has already been checked."""
        return next((holder for holder, _, _ in self._entries if holder.name == name), None)


def new_token(name: str, role: str) -> tuple[str, str]:
    """Return a new token, and the line of the tokens file for it.

    Parameters
    ----------
    name
        Under which the person's actions are logged.
    role
        `responder` or `reader`.

    Examples
    --------
    >>> token, line = new_token("Anne", "responder")
    >>> len(token), line.split(":")[:2]
    (32, ['Anne', 'responder'])

    Raises
    ------
    ConfigError
        The name or the role is impossible.
    """
    token, salt = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_bytes(16)
    line = f"{name}:{role}:{_encoded(salt)}:{_encoded(_scrypt(token, salt))}"
    if not _LINE.fullmatch(line):
        raise setting_error(
            "console", "tokens_file", f"expected a name without a colon and one of {ROLES}, got {name!r}, {role!r}"
        )
    return token, line


def _scrypt(token: str, salt: bytes) -> bytes:
    return hashlib.scrypt(token.encode(), salt=salt, n=_N, r=_R, p=_P, dklen=32)


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
