"""Secrets of a webhook: checked at start, and read anew for each delivery, so that keys change without a restart."""

import re
from collections.abc import Callable
from datetime import datetime

from streams.errors import ConfigError
from streams.settings.sources import WebhookConfig, secret
from streams.sources.webhook.receiver import Delivered
from streams.sources.webhook.schemes import SCHEMES, Credentials, Verdict, verify_header

_NAME = re.compile("[A-Za-z0-9._-]{1,64}")


class Verifier:
    """The scheme of one webhook with its secrets.

    Parameters
    ----------
    key
        Setting of the source: `sources.NAME`.
    config
        Of the source.
    clock
        Current time.

    Raises
    ------
    ConfigError
        The name is no end of an address, the scheme is unknown, or a secret is missing or not of its form.
    """

    def __init__(self, key: str, config: WebhookConfig, clock: Callable[[], datetime]) -> None:
        name = key.removeprefix("sources.")
        if not _NAME.fullmatch(name) or name in (".", ".."):
            raise ConfigError(f"{key}: expected a name of at most 64 letters, digits, `.`, `_` and `-`, got {name!r}")
        if config.scheme not in SCHEMES:
            raise ConfigError(f"{key}.scheme: expected one of {', '.join(SCHEMES)}, got {config.scheme!r}")
        self._key = key
        self._config = config
        self._clock = clock
        self._scheme = SCHEMES[config.scheme]
        if config.scheme == "header":
            self._scheme = self._scheme._replace(verify=verify_header(config.header))
        self._keys()
        self.verify_token()

    def verify(self, delivered: Delivered) -> Verdict:
        """Verify a delivery by the keys of now.

        Raises
        ------
        ConfigError
            A file of secrets can no longer be read.
        """
        credentials = Credentials(delivered.headers, delivered.path_secret)
        return self._scheme.verify(credentials, delivered.body, self._keys(), self._clock().timestamp())

    def verify_token(self) -> str:
        """Return what a handshake must carry; empty: it is refused."""
        return self._secret("verify_token", self._config.verify_token, self._config.verify_token_file)

    def _keys(self) -> list[bytes]:
        config = self._config
        current = self._secret("secret", config.secret, config.secret_file)
        if not current:
            raise ConfigError(
                f"{self._key}.secret: expected the secret that its sender has, got none; set it or `secret_file`"
            )
        previous = self._secret("previous_secret", config.previous_secret, config.previous_secret_file)
        return [self._of("secret", current)] + ([self._of("previous_secret", previous)] if previous else [])

    def _of(self, field: str, value: str) -> bytes:
        try:
            return self._scheme.key(value)
        except ConfigError as error:
            raise ConfigError(f"{self._key}.{field}: {error}") from None

    def _secret(self, field: str, value: str, file: str) -> str:
        try:
            return secret(value, file)
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{self._key}.{field}_file: expected a readable file, got: {error}") from None
