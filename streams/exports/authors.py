"""Pseudonyms of authors: a keyed hash of a network's account, the same as a collector gives it."""

import hashlib
import hmac
from collections.abc import Callable

from streams.errors import ConfigError
from streams.settings.sources import CollectorSettings, secret


def pseudonym(key: str, network: str, account: str) -> str:
    """Return the pseudonym of an account: 24 hexadecimal digits of HMAC-SHA256.

    Examples
    --------
    >>> pseudonym("a secret", "x", "jo") == pseudonym("a secret", "x", "jo") != pseudonym("another", "x", "jo")
    True
    """
    return hmac.new(key.encode(), f"{network}\0{account}".encode(), hashlib.sha256).hexdigest()[:24]


def pseudonyms(settings: CollectorSettings) -> Callable[[str, str], str] | None:
    """Return what replaces accounts under the configured key; `None`: no key is configured, and accounts stay.

    Raises
    ------
    ConfigError
        The file with the key cannot be read.
    """
    try:
        key = secret(settings.pseudonym_key, settings.pseudonym_key_file)
    except OSError as error:
        raise ConfigError(
            f"source.pseudonym_key_file: expected a readable file, got {settings.pseudonym_key_file}: {error.strerror}"
        ) from None
    return (lambda network, account: pseudonym(key, network, account)) if key else None
