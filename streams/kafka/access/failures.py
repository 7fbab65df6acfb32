"""Errors of Kafka's client libraries as one `BrokerError`: what was refused, and the remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kafka.errors import (
    AuthorizationError,
    BrokerResponseError,
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    SaslAuthenticationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailedError,
)

from streams.errors import BrokerError
from streams.kafka.access.diagnosis import diagnose, login_refused

if TYPE_CHECKING:
    from streams.settings.kafka import KafkaSettings

_RESOURCES = {
    TopicAuthorizationFailedError: "a topic",
    GroupAuthorizationFailedError: "a consumer group",
    TransactionalIdAuthorizationFailedError: "a transactional id",
    ClusterAuthorizationFailedError: "the cluster",
}


def broker_error(settings: KafkaSettings, error: Exception) -> BrokerError:
    """Return the error of a client library as one line that names the remedy.

    Where the library only says that nobody answered, a connection is tried again step by step (`diagnose`), which
    takes up to 5 s.

    Parameters
    ----------
    settings
        Connection settings.
    error
        Of kafka-python, or of the system.

    Examples
    --------
    >>> from streams.settings.kafka import KafkaSettings
    >>> print(broker_error(KafkaSettings(), TopicAuthorizationFailedError("rollups")))
    Kafka at 127.0.0.1:9092 refused a topic (rollups) to an anonymous user: grant the right, as docs/kafka.md lists it
    """
    servers = ", ".join(settings.servers)
    if isinstance(error, SaslAuthenticationFailedError):
        return BrokerError(login_refused(settings, servers, str(error)))
    if isinstance(error, AuthorizationError):
        resource = next((name for kind, name in _RESOURCES.items() if isinstance(error, kind)), "something")
        detail = ", ".join(_names(error))
        return BrokerError(
            f"Kafka at {servers} refused {resource}{f' ({detail})' if detail else ''} to {principal(settings)}: "
            "grant the right, as docs/kafka.md lists it"
        )
    if isinstance(error, BrokerResponseError):
        return BrokerError(f"Kafka at {servers} answered with an error: {error}")
    return BrokerError(
        diagnose(settings)
        or f"Kafka at {servers} did not answer in time, and answers now: try again ({type(error).__name__}: {error})"
    )


def principal(settings: KafkaSettings) -> str:
    """Return who the broker knows these clients as, in words.

    Examples
    --------
    >>> from streams.settings.kafka import KafkaSettings
    >>> principal(KafkaSettings())
    'an anonymous user'
    """
    if settings.sasl_username:
        return repr(settings.sasl_username)
    if settings.sasl_mechanism:
        return "the OAuth client's principal"
    return "the client certificate's principal" if settings.tls_cert_file else "an anonymous user"


def _names(error: Exception) -> list[str]:
    """Return the resources that an error names: a library passes one name, or a collection of them."""
    names: list[str] = []
    for argument in error.args:
        names += sorted(map(str, argument)) if isinstance(argument, (set, frozenset, list, tuple)) else [str(argument)]
    return names
