"""Login and encryption: the connection options that kafka-python and aiokafka share, from one `KafkaSettings`."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any

from streams.settings.kafka import OAUTHBEARER, Secret
from streams.settings.options import setting_error

if TYPE_CHECKING:
    from streams.settings.kafka import KafkaSettings


def connection_options(settings: KafkaSettings) -> dict[str, Any]:
    """Return the keyword arguments with which any client of kafka-python connects.

    Raises
    ------
    ConfigError
        A file with a password or certificates cannot be read.
    """
    options: dict[str, Any] = {
        "bootstrap_servers": settings.servers,
        "client_id": settings.client_id,
        "security_protocol": settings.security_protocol,
    }
    if settings.sasl_mechanism == OAUTHBEARER:
        # Its HTTP client takes a tenth of a second to import, which every command would pay.
        from streams.kafka.access.tokens import BlockingTokenProvider, token_source  # noqa: PLC0415

        options |= {
            "sasl_mechanism": OAUTHBEARER,
            "sasl_oauth_token_provider": BlockingTokenProvider(token_source(settings)),
        }
    elif settings.sasl_mechanism:
        options |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": password(settings),
        }
    if settings.encrypted:
        options["ssl_context"] = tls(settings)
    return options


def password(settings: KafkaSettings) -> Secret:
    """Return the password, from the setting or its file.

    Raises
    ------
    ConfigError
        The file cannot be read.
    """
    if settings.sasl_password:
        return Secret(settings.sasl_password)
    try:
        return Secret(Path(settings.sasl_password_file).read_text(encoding="utf-8").rstrip("\r\n"))
    except (OSError, UnicodeError) as error:
        # Without the path: people give the password itself in its place.
        problem = getattr(error, "strerror", None) or type(error).__name__
        raise setting_error("kafka", "sasl_password_file", f"names no file that can be read: {problem}") from None


def tls(settings: KafkaSettings) -> ssl.SSLContext:
    """Return the TLS context: whom to trust, and the client's own certificate where there is one.

    Raises
    ------
    ConfigError
        A certificate or key cannot be read.
    """
    try:
        context = ssl.create_default_context(cafile=settings.tls_ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise setting_error(
            "kafka", "tls_ca_file", f"{settings.tls_ca_file!r} holds no readable PEM certificates: {error}"
        ) from None
    if settings.tls_cert_file:
        try:
            # A callable: otherwise OpenSSL asks for a missing password on the terminal.
            context.load_cert_chain(
                settings.tls_cert_file, settings.tls_key_file, password=lambda: settings.tls_key_password
            )
        except (OSError, ssl.SSLError) as error:
            files = f"{settings.tls_cert_file!r} and {settings.tls_key_file!r}"
            raise setting_error("kafka", "tls_cert_file", f"{files} are no readable PEM pair: {error}") from None
    return context
