"""Why a connection to the broker fails: address, TLS, certificate or login, tried one after the other.

The client libraries retry until a timeout and then say only that; the reason of each attempt is in their logs. Here one
attempt is made step by step, once a client has failed.
"""

from __future__ import annotations

import socket
import ssl
import time
from typing import TYPE_CHECKING, Any

from kafka.errors import (
    AuthorizationError,
    KafkaError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
    for_code,
)
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector
from kafka.protocol.metadata import MetadataRequest

from streams.errors import BadBuzzError
from streams.kafka.access.login import connection_options, tls

if TYPE_CHECKING:
    from streams.settings.kafka import KafkaSettings

TIMEOUT_S = 2.0
TOTAL_S = 4.0
HOST_MISMATCH = (62, 64)
"""OpenSSL's codes for a certificate that is valid for another host name or address."""


def diagnose(settings: KafkaSettings) -> str | None:
    """Return why a connection fails, with the remedy, in one line; None where nothing is found.

    Takes at most about 5 s: of several bootstrap servers the first that accepts a connection is asked.

    Parameters
    ----------
    settings
        Connection settings.
    """
    give_up_at = time.monotonic() + TOTAL_S
    refusals = []
    for server in settings.servers:
        host, _, port = server.rpartition(":")
        host = host.strip("[]")
        try:
            with socket.create_connection((host, int(port)), TIMEOUT_S) as connection:
                return _tls_problem(settings, server, host, connection) or _login_problem(settings, server)
        except OSError as error:
            refusals.append(f"{server}: {error.strerror or error}")
        if time.monotonic() > give_up_at:
            break
    return (
        f"no answer from Kafka at {', '.join(settings.servers)} over {settings.security_protocol}: start it "
        "('make kafka' for one on this machine), or set BADBUZZ_KAFKA_BOOTSTRAP_SERVERS to where it is "
        f"({'; '.join(refusals)})"
    )


def _tls_problem(settings: KafkaSettings, server: str, host: str, connection: socket.socket) -> str | None:
    if not settings.encrypted:
        return None
    try:
        tls(settings).wrap_socket(connection, server_hostname=host).close()
    except ssl.SSLCertVerificationError as error:
        if error.verify_code in HOST_MISMATCH:
            return (
                f"Kafka at {server} has a certificate for another name ({error.verify_message}): connect by the name "
                "in it (BADBUZZ_KAFKA_BOOTSTRAP_SERVERS)"
            )
        return (
            f"Kafka at {server} has a certificate that is not trusted here ({error.verify_message}): set "
            "BADBUZZ_KAFKA_TLS_CA_FILE to the PEM file of the authority that signed it"
        )
    except OSError as error:
        return (
            f"Kafka at {server} accepted the connection and did not answer over TLS ({error}): check the port, or "
            "unset BADBUZZ_KAFKA_TLS and the tls files; a listener that demands a client certificate needs "
            "BADBUZZ_KAFKA_TLS_CERT_FILE"
        )
    return None


def _login_problem(settings: KafkaSettings, server: str) -> str | None:
    try:
        _connect(connection_options(settings) | {"bootstrap_servers": [server]})
    except BadBuzzError as error:
        return str(error)
    except (SaslAuthenticationFailedError, UnsupportedSaslMechanismError) as error:
        return login_refused(settings, server, str(error))
    except AuthorizationError:
        return None
    except (KafkaError, OSError) as error:
        if settings.sasl_mechanism:
            return login_refused(settings, server, f"the connection ended during the login: {error}")
        remedy = (
            "set BADBUZZ_KAFKA_SASL_MECHANISM, _USERNAME and _PASSWORD where it asks for a login"
            if settings.encrypted
            else "set BADBUZZ_KAFKA_TLS=true or BADBUZZ_KAFKA_SASL_MECHANISM where its listener asks for them"
        )
        return (
            f"Kafka at {server} accepted the connection and did not answer over {settings.security_protocol} "
            f"({error}): check the port; {remedy}"
        )
    return None


def login_refused(settings: KafkaSettings, server: str, detail: str) -> str:
    """Return the line of a login that the broker refused.

    Examples
    --------
    >>> from streams.settings.kafka import KafkaSettings
    >>> ann = KafkaSettings(sasl_mechanism="PLAIN", sasl_username="ann", sasl_password="x")
    >>> print(login_refused(ann, "k:9092", "invalid credentials"))
    Kafka at k:9092 refused the login of 'ann' by PLAIN: check BADBUZZ_KAFKA_SASL_MECHANISM, _USERNAME and _PASSWORD \
(invalid credentials)
    """
    variables = "_MECHANISM, _USERNAME and _PASSWORD"
    who = repr(settings.sasl_username)
    if not settings.sasl_username:
        who, variables = "the OAuth client", "_MECHANISM, and the BADBUZZ_KAFKA_OAUTH_ variables"
    return (
        f"Kafka at {server} refused the login of {who} by {settings.sasl_mechanism}: check "
        f"BADBUZZ_KAFKA_SASL{variables} ({detail})"
    )


def _connect(options: dict[str, Any]) -> None:
    """Log in and ask for the cluster's metadata."""
    net = NetworkSelector()
    manager = KafkaConnectionManager(net, **options, request_timeout_ms=TIMEOUT_S * 1000)

    async def ask() -> None:
        node = manager.cluster.bootstrap_brokers()[0].node_id
        connection = manager.get_connection(
            node, timeout_ms=TIMEOUT_S * 1000, pop_on_close=False, refresh_metadata_on_err=False
        )
        await connection
        answer = await connection.send_request(MetadataRequest(topics=[], allow_auto_topic_creation=False))
        for broker_error in (for_code(topic.error_code) for topic in answer.topics):
            if broker_error.errno:
                raise broker_error

    try:
        net.run(ask)
    finally:
        manager.close()
        net.close()
