"""Options of Kafka's client libraries, from one `KafkaSettings`, and their errors as `BrokerError`.

Two libraries connect to the broker: kafka-python (scorer, topics, replay, dead letters) and aiokafka (inside Faust, the
watcher). Both get their options from the same settings, so that they cannot differ.
"""

from __future__ import annotations

import contextlib
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kafka.admin import KafkaAdminClient
from kafka.errors import AuthorizationError, BrokerResponseError, KafkaError, SaslAuthenticationFailedError

from streams.errors import BadBuzzError, BrokerError
from streams.settings.kafka import KafkaSettings, Secret
from streams.settings.options import setting_error

if TYPE_CHECKING:
    from collections.abc import Iterator

# Rollups and state of many brands are sent, and fetched, in one request.
MAX_REQUEST_BYTES = 4 * 1024 * 1024
# While a broker waits for messages of quiet partitions, the client fetches nothing more of its busy ones: at the
# default of half a second a scorer's backlog takes up to two thirds longer.
FETCH_WAIT_MS = 100
# How soon a topic that is created anew, or gets partitions, is found: the client's default is five minutes.
METADATA_MAX_AGE_MS = 10_000


def _connection(settings: KafkaSettings) -> dict[str, Any]:
    """Return the options that kafka-python and aiokafka share, under the same names."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.servers,
        "client_id": settings.client_id,
        "security_protocol": settings.security_protocol,
    }
    if settings.sasl_mechanism:
        options |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": _password(settings),
        }
    if "SSL" in settings.security_protocol.split("_"):
        options["ssl_context"] = _tls(settings)
    return options


def _password(settings: KafkaSettings) -> Secret:
    if settings.sasl_password:
        return Secret(settings.sasl_password)
    try:
        return Secret(Path(settings.sasl_password_file).read_text(encoding="utf-8").rstrip("\r\n"))
    except (OSError, UnicodeError) as error:
        # Without the path: people give the password itself in its place.
        problem = getattr(error, "strerror", None) or type(error).__name__
        raise setting_error("kafka", "sasl_password_file", f"names no file that can be read: {problem}") from None


def _tls(settings: KafkaSettings) -> ssl.SSLContext:
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


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def admin_options(settings: KafkaSettings) -> dict[str, Any]:
    """Return the keyword arguments of `kafka.KafkaAdminClient`."""
    timeout = _milliseconds(settings.connect_timeout_s)
    return _connection(settings) | {"bootstrap_timeout_ms": timeout, "request_timeout_ms": max(timeout, 10_000)}


def consumer_options(settings: KafkaSettings, group: str | None) -> dict[str, Any]:
    """Return the keyword arguments of `kafka.KafkaConsumer`: committed messages only, no automatic offset commits.

    Parameters
    ----------
    settings
        Connection settings.
    group
        Consumer group without the prefix, or None for a consumer that belongs to none.
    """
    return _connection(settings) | {
        "group_id": None if group is None else settings.topic(group),
        "bootstrap_timeout_ms": _milliseconds(settings.connect_timeout_s),
        "session_timeout_ms": _milliseconds(settings.session_timeout_s),
        "heartbeat_interval_ms": _milliseconds(settings.heartbeat_interval_s),
        # Offsets are committed in the transaction that holds the messages' results.
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "isolation_level": "read_committed",
        "fetch_max_wait_ms": FETCH_WAIT_MS,
        "metadata_max_age_ms": METADATA_MAX_AGE_MS,
        "allow_auto_create_topics": False,
        "metrics_enabled": False,
    }


def producer_options(settings: KafkaSettings) -> dict[str, Any]:
    """Return the keyword arguments of an idempotent `kafka.KafkaProducer`: a retry never duplicates a message."""
    return _connection(settings) | {
        "bootstrap_timeout_ms": _milliseconds(settings.connect_timeout_s),
        "max_block_ms": _milliseconds(settings.connect_timeout_s) * 2,
        "enable_idempotence": True,
        "acks": "all",
        # Many small messages at once: large batches cost a third less processor time than the default 16 KiB.
        "batch_size": 262_144,
        "linger_ms": 20,
        "allow_auto_create_topics": False,
        "metrics_enabled": False,
    }


def transactional_producer_options(settings: KafkaSettings, transactional_id: str) -> dict[str, Any]:
    """Return the keyword arguments of a transactional `kafka.KafkaProducer`.

    Parameters
    ----------
    settings
        Connection settings.
    transactional_id
        Without the prefix. The same for one worker over its restarts, so that its next start aborts the transaction it
        left open, and different for any two workers that run side by side.
    """
    return producer_options(settings) | {
        "transactional_id": settings.topic(transactional_id),
        "transaction_timeout_ms": _milliseconds(settings.transaction_timeout_s),
        # The broker refuses a transaction for the few milliseconds it needs to complete the previous one: at the
        # default of 100 a batch of 500 takes twice as long, and so does the first start.
        "retry_backoff_ms": 2,
        "max_request_size": MAX_REQUEST_BYTES,
    }


def faust_options(settings: KafkaSettings) -> dict[str, Any]:
    """Return the keyword arguments of `faust.App` that concern the broker, its id (the consumer group) among them."""
    from faust.auth import SASLCredentials, SSLCredentials  # noqa: PLC0415  (a second to import, only the watcher does)

    options = _connection(settings)
    credentials: Any = None
    if settings.sasl_mechanism:
        credentials = SASLCredentials(
            mechanism=settings.sasl_mechanism,
            username=settings.sasl_username,
            password=options["sasl_plain_password"],
            ssl_context=options.get("ssl_context"),
        )
    elif "ssl_context" in options:
        credentials = SSLCredentials(options["ssl_context"])
    return {
        "id": settings.topic(settings.watcher_group),
        "broker": [f"kafka://{server}" for server in settings.servers],
        "broker_credentials": credentials,
        "broker_client_id": settings.client_id,
        "broker_session_timeout": settings.session_timeout_s,
        "broker_heartbeat_interval": settings.heartbeat_interval_s,
        "consumer_auto_offset_reset": "earliest",
        "consumer_metadata_max_age_ms": METADATA_MAX_AGE_MS,
    }


@contextlib.contextmanager
def broker_errors(settings: KafkaSettings) -> Iterator[None]:
    """Raise the client libraries' errors as a `BrokerError` that names the remedy.

    Raises
    ------
    BrokerError
        No broker answers in time, or it refuses the request.
    """
    servers = ", ".join(settings.servers)
    try:
        yield
    except BadBuzzError:
        raise
    except SaslAuthenticationFailedError as error:
        raise BrokerError(
            f"Kafka at {servers} refused the login of {settings.sasl_username!r}: check "
            f"BADBUZZ_KAFKA_SASL_MECHANISM, _USERNAME and _PASSWORD ({error})"
        ) from error
    except AuthorizationError as error:
        raise BrokerError(
            f"Kafka at {servers} does not allow {settings.sasl_username or 'an anonymous user'!r} to do this: "
            f"an administrator must grant it ({error})"
        ) from error
    except BrokerResponseError as error:
        raise BrokerError(f"Kafka at {servers} answered with an error: {error}") from error
    except (KafkaError, OSError) as error:
        raise BrokerError(
            f"no answer from Kafka at {servers} over {settings.security_protocol}: start it ('make kafka' for "
            f"one on this machine), or set BADBUZZ_KAFKA_BOOTSTRAP_SERVERS to where it is ({error})"
        ) from error


@contextlib.contextmanager
def open_admin(settings: KafkaSettings) -> Iterator[KafkaAdminClient]:
    """Connect an administration client; its errors are raised as `broker_errors` does."""
    with broker_errors(settings), KafkaAdminClient(**admin_options(settings)) as admin:
        yield admin
