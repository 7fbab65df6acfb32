"""How badbuzz reaches Kafka: one set of settings, and what each client library makes of it.

Two libraries talk to the broker: kafka-python (scorer, topics, replay, dead letters) and aiokafka (inside Faust, the
watcher). Both get their options from the one `KafkaSettings` here, so that they cannot disagree.
"""

from __future__ import annotations

import contextlib
import re
import ssl
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from kafka.admin import KafkaAdminClient
from kafka.errors import AuthorizationError, BrokerResponseError, KafkaError, SaslAuthenticationFailedError

from streams.errors import BadBuzzError, BrokerError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

SASL_MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
SECRETS = ("sasl_password", "tls_key_password")


class Secret(str):
    """Text that shows itself nowhere: the client libraries write their options into debug logs.

    Examples
    --------
    >>> {"password": Secret("hunter2")}
    {'password': '***'}
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


class KafkaSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where Kafka is, who we are to it, and how long anything may take.

    Every field can be set by an environment variable: ``BADBUZZ_KAFKA_`` and its name in capitals. The secrets
    (`SECRETS`) come from there or from the files named beside them, never from a configuration file that is shared.

    Parameters
    ----------
    bootstrap_servers
        Brokers to start from, ``host:port`` separated by commas. Default: 127.0.0.1:9092.
    topic_prefix
        Put before the name of every topic, consumer group and transactional id, so that several installations can
        share a cluster. Default: none.
    client_id
        How the broker's logs and quotas name these clients. Default: badbuzz.
    scorer_group
        Consumer group of the scorers, without the prefix. Default: badbuzz-scorer.
    watcher_group
        Consumer group of the watchers and name of the Faust app, hence of its changelog topics, without the prefix: a
        new name starts with an empty memory. Default: badbuzz-watcher.
    sasl_mechanism
        PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; empty for no authentication. Default: empty.
    sasl_username
        Who logs in. Default: empty.
    sasl_password
        The password; secret. Default: empty.
    sasl_password_file
        File that holds the password, read anew for each new client; used where `sasl_password` is empty. Default: none.
    tls
        Encrypt the connection and verify the broker's certificate and host name. Default: false.
    tls_ca_file
        Certificates (PEM) to trust instead of the system's; implies `tls`. Default: none.
    tls_cert_file, tls_key_file
        Client certificate and its key (PEM), for brokers that ask for one; both or neither; imply `tls`. Default: none.
    tls_key_password
        Password of the key; secret. Default: empty.
    connect_timeout_s
        Seconds after which a broker that does not answer is reported as down. Default: 5.
    session_timeout_s
        Seconds after which a worker that died is missed and its partitions go to others; at least the broker's
        ``group.min.session.timeout.ms``, 6 by default. Default: 6.
    heartbeat_interval_s
        Seconds between signs of life; at most a third of the session timeout. Default: 2.
    transaction_timeout_s
        Seconds after which the broker aborts a dead scorer's transaction; it looks every 10 seconds
        (``transaction.abort.timed.out.transaction.cleanup.interval.ms``), so readers may wait up to 10 more.
        Default: 5.

    Raises
    ------
    ConfigError
        Where a value is impossible, or two contradict each other.

    Examples
    --------
    >>> settings = KafkaSettings(sasl_mechanism="PLAIN", sasl_username="ann", sasl_password="hunter2", tls=True)
    >>> settings.security_protocol
    'SASL_SSL'
    >>> "hunter2" in repr(settings)
    False
    >>> KafkaSettings(topic_prefix="eu.").topic("mentions")
    'eu.mentions'
    """

    bootstrap_servers: str = "127.0.0.1:9092"
    topic_prefix: str = ""
    client_id: str = "badbuzz"
    scorer_group: str = "badbuzz-scorer"
    watcher_group: str = "badbuzz-watcher"
    sasl_mechanism: str = ""
    sasl_username: str = ""
    sasl_password: str = ""
    sasl_password_file: str = ""
    tls: bool = False
    tls_ca_file: str = ""
    tls_cert_file: str = ""
    tls_key_file: str = ""
    tls_key_password: str = ""
    connect_timeout_s: float = 5.0
    session_timeout_s: float = 6.0
    heartbeat_interval_s: float = 2.0
    transaction_timeout_s: float = 5.0

    def __post_init__(self) -> None:
        for server in self.servers:
            host, _, port = server.rpartition(":")
            if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
                raise _wrong("bootstrap_servers", f"expected host:port, separated by commas, got {server!r}")
        if not re.fullmatch(r"[A-Za-z0-9._-]{0,100}", self.topic_prefix):
            raise _wrong("topic_prefix", f"expected at most 100 of A-Z a-z 0-9 . _ -, got {self.topic_prefix!r}")
        if self.sasl_mechanism and self.sasl_mechanism not in SASL_MECHANISMS:
            raise _wrong("sasl_mechanism", f"expected one of {', '.join(SASL_MECHANISMS)}, got {self.sasl_mechanism!r}")
        if self.sasl_mechanism and not (self.sasl_username and (self.sasl_password or self.sasl_password_file)):
            raise _wrong("sasl_mechanism", "needs sasl_username, and sasl_password or sasl_password_file, beside it")
        if not self.sasl_mechanism and (self.sasl_username or self.sasl_password or self.sasl_password_file):
            raise _wrong("sasl_username", f"needs sasl_mechanism beside it, one of {', '.join(SASL_MECHANISMS)}")
        if bool(self.tls_cert_file) != bool(self.tls_key_file):
            raise _wrong("tls_cert_file", "needs tls_key_file beside it, and the other way round")
        for name in ("connect_timeout_s", "session_timeout_s", "heartbeat_interval_s", "transaction_timeout_s"):
            if not getattr(self, name) > 0:
                raise _wrong(name, f"expected seconds above 0, got {getattr(self, name)}")
        if self.heartbeat_interval_s * 3 > self.session_timeout_s:
            raise _wrong(
                "heartbeat_interval_s", f"must be at most a third of session_timeout_s, {self.session_timeout_s}"
            )

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        values = [(name, getattr(self, name)) for name in self.__struct_fields__]
        return [(name, Secret(value) if name in SECRETS and value else value) for name, value in values]

    def __repr__(self) -> str:
        return f"KafkaSettings({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"

    @property
    def servers(self) -> list[str]:
        """The brokers to start from, one ``host:port`` each."""
        return [server.strip() for server in self.bootstrap_servers.split(",")]

    @property
    def security_protocol(self) -> str:
        """Kafka's name for the combination of authentication and encryption."""
        encrypted = self.tls or bool(self.tls_ca_file or self.tls_cert_file)
        if self.sasl_mechanism:
            return "SASL_SSL" if encrypted else "SASL_PLAINTEXT"
        return "SSL" if encrypted else "PLAINTEXT"

    def topic(self, name: str) -> str:
        """Return the full name of a topic, group or transactional id."""
        return self.topic_prefix + name


def _wrong(field: str, what: str) -> ConfigError:
    return ConfigError(f"kafka.{field} (BADBUZZ_KAFKA_{field.upper()}): {what}")


def _connection(settings: KafkaSettings) -> dict[str, Any]:
    """Return the options that kafka-python and aiokafka share: both call them the same."""
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
        raise _wrong("sasl_password_file", f"cannot be read: {error}") from None


def _tls(settings: KafkaSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.tls_ca_file or None)
    except (OSError, ssl.SSLError) as error:
        raise _wrong("tls_ca_file", f"{settings.tls_ca_file!r} holds no readable PEM certificates: {error}") from None
    if settings.tls_cert_file:
        try:
            # A callable, since OpenSSL would otherwise ask for a missing password on the terminal.
            context.load_cert_chain(
                settings.tls_cert_file, settings.tls_key_file, password=lambda: settings.tls_key_password
            )
        except (OSError, ssl.SSLError) as error:
            files = f"{settings.tls_cert_file!r} and {settings.tls_key_file!r}"
            raise _wrong("tls_cert_file", f"{files} are no readable PEM pair: {error}") from None
    return context


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def admin_options(settings: KafkaSettings) -> dict[str, Any]:
    """Return the keyword arguments of `kafka.KafkaAdminClient`."""
    timeout = _milliseconds(settings.connect_timeout_s)
    return _connection(settings) | {"bootstrap_timeout_ms": timeout, "request_timeout_ms": max(timeout, 10_000)}


def consumer_options(settings: KafkaSettings, group: str | None) -> dict[str, Any]:
    """Return the keyword arguments of `kafka.KafkaConsumer`: committed messages only, nothing committed by itself.

    Parameters
    ----------
    settings
        Where Kafka is.
    group
        Consumer group without the prefix, or None for a reader that belongs to none.
    """
    return _connection(settings) | {
        "group_id": None if group is None else settings.topic(group),
        "bootstrap_timeout_ms": _milliseconds(settings.connect_timeout_s),
        "session_timeout_ms": _milliseconds(settings.session_timeout_s),
        "heartbeat_interval_ms": _milliseconds(settings.heartbeat_interval_s),
        # Offsets are committed in the transaction that holds what was made of the messages.
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "isolation_level": "read_committed",
        "allow_auto_create_topics": False,
        "metrics_enabled": False,
    }


def producer_options(settings: KafkaSettings) -> dict[str, Any]:
    """Return the keyword arguments of an idempotent `kafka.KafkaProducer`: a retry never doubles a message."""
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
        Where Kafka is.
    transactional_id
        Without the prefix. The same for one worker over its restarts, so that its next start ends what it left open,
        and different for any two workers that run side by side.
    """
    return producer_options(settings) | {
        "transactional_id": settings.topic(transactional_id),
        "transaction_timeout_ms": _milliseconds(settings.transaction_timeout_s),
        # A commit flushes at once; to linger would only add to it.
        "linger_ms": 0,
        # The broker turns a transaction away while it still closes the one before, a few milliseconds: at the default
        # of 100 a batch of 500 takes twice as long, and so does the first start.
        "retry_backoff_ms": 2,
    }


def faust_options(settings: KafkaSettings) -> dict[str, Any]:
    """Return the keyword arguments of `faust.App` that concern the broker, its id (the consumer group) among them."""
    from faust.auth import SASLCredentials, SSLCredentials  # noqa: PLC0415  (a second to import, for the watcher alone)

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
    }


@contextlib.contextmanager
def clear_errors(settings: KafkaSettings) -> Iterator[None]:
    """Turn what the client libraries raise within into a `BrokerError` that says how to mend it.

    Raises
    ------
    BrokerError
        Where no broker answers in time, or it refuses what was asked.
    """
    where = ", ".join(settings.servers)
    try:
        yield
    except BadBuzzError:
        raise
    except SaslAuthenticationFailedError as error:
        raise BrokerError(
            f"Kafka at {where} refused the login of {settings.sasl_username!r}: check "
            f"BADBUZZ_KAFKA_SASL_MECHANISM, _USERNAME and _PASSWORD ({error})"
        ) from error
    except AuthorizationError as error:
        raise BrokerError(
            f"Kafka at {where} does not allow {settings.sasl_username or 'an anonymous user'!r} to do this: "
            f"an administrator must grant it ({error})"
        ) from error
    except BrokerResponseError as error:
        raise BrokerError(f"Kafka at {where} answered with an error: {error}") from error
    except (KafkaError, OSError) as error:
        raise BrokerError(
            f"no answer from Kafka at {where}, spoken to as {settings.security_protocol}: start it ('make kafka' for "
            f"one on this machine), or set BADBUZZ_KAFKA_BOOTSTRAP_SERVERS to where it is ({error})"
        ) from error


@contextlib.contextmanager
def open_admin(settings: KafkaSettings) -> Iterator[KafkaAdminClient]:
    """Connect an administration client; what goes wrong meanwhile is raised as `clear_errors` does."""
    with clear_errors(settings), KafkaAdminClient(**admin_options(settings)) as admin:
        yield admin
