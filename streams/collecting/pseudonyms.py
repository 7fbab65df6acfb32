"""Pseudonyms: a keyed hash in place of an author's account, so that people are counted and not known."""

import hmac
import re
from pathlib import Path

from streams.errors import ConfigError
from streams.settings.sources import CollectorSettings, secret

SHORTEST_KEY = 16
"""Characters below which a key could be guessed."""
LENGTH = 24
"""Hexadecimal digits of a pseudonym: 96 bits, so that no two authors share one."""
_PSEUDONYM = re.compile(f"[0-9a-f]{{{LENGTH}}}")

_HOW = "make one with `openssl rand -hex 32 > FILE`, and set `pseudonym_key_file` in [source] to that file"


class Pseudonyms:
    """Pseudonyms under one key: the same account of the same network always has the same one.

    Without the key nobody can tell an account from its pseudonym; with another key every author is a new one.

    Parameters
    ----------
    key
        Secret; empty: nothing can be pseudonymised.

    Raises
    ------
    ConfigError
        The key is too short.

    Examples
    --------
    >>> pseudonyms = Pseudonyms("an example is no secret")
    >>> pseudonyms.of("bluesky", "did:plc:abc")
    'a3bc0923ddba79b03b425716'
    >>> pseudonyms.of("bluesky", "did:plc:abc") == pseudonyms.of("mastodon", "did:plc:abc")
    False
    """

    def __init__(self, key: str) -> None:
        if key and len(key) < SHORTEST_KEY:
            raise ConfigError(
                f"`source.pseudonym_key`: expected at least {SHORTEST_KEY} characters, got {len(key)}: {_HOW}"
            )
        self._key = key

    @classmethod
    def open(cls, settings: CollectorSettings) -> "Pseudonyms":
        """Return pseudonyms under the configured key, or its file's.

        Raises
        ------
        ConfigError
            The file cannot be read, or the key is too short.
        """
        return cls(configured_key(settings))

    def require_key(self) -> None:
        """Check that there is a key, before anything is read.

        Raises
        ------
        ConfigError
            There is none.
        """
        if not self._key:
            raise ConfigError(f"`source.pseudonym_key`: expected a key, for authors are never stored by name; {_HOW}")

    def of(self, network: str, account: str) -> str:
        """Return the pseudonym of an account.

        Raises
        ------
        ConfigError
            There is no key.
        """
        self.require_key()
        return pseudonym(self._key, network, account)


def configured_key(settings: CollectorSettings) -> str:
    """Return the configured key, or its file's; empty: there is none.

    Raises
    ------
    ConfigError
        The file cannot be read.
    """
    try:
        return secret(settings.pseudonym_key, settings.pseudonym_key_file)
    except (OSError, UnicodeDecodeError) as error:
        path = Path(settings.pseudonym_key_file)
        raise ConfigError(
            f"`source.pseudonym_key_file`: expected a readable file at {path}, got: {error}; {_HOW}"
        ) from None


def pseudonym(key: str, network: str, account: str) -> str:
    """Return the pseudonym of an account under a key.

    Examples
    --------
    >>> pseudonym("an example is no secret", "bluesky", "did:plc:abc")
    'a3bc0923ddba79b03b425716'
    """
    message = f"{network}\0{account}".encode(errors="surrogatepass")
    return hmac.digest(key.encode(), message, "sha256").hex()[:LENGTH]


def is_pseudonym(author: str) -> bool:
    """Return whether an author's name has the form of a pseudonym, which tells people nothing.

    Examples
    --------
    >>> is_pseudonym(pseudonym("an example is no secret", "bluesky", "did:plc:abc")), is_pseudonym("jane")
    (True, False)
    """
    return _PSEUDONYM.fullmatch(author) is not None
