"""Settings of the connection to Kafka, section `[kafka]`, and of its topics, section `[topics]`; no client library."""

import re
from typing import Any

import msgspec

from streams.settings.options import setting_error

BROKER_DEFAULT = -1
SASL_MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
SECRETS = ("sasl_password", "tls_key_password")


class Secret(str):
    """Text that is masked when printed: the client libraries write their options to debug logs.

    Examples
    --------
    >>> {"password": Secret("hunter2")}
    {'password': '***'}
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


class KafkaSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Brokers, authentication, encryption and timeouts.

    The secrets (`SECRETS`) belong in the environment or in the files named beside them, never in a configuration file
    that is shared.

    Parameters
    ----------
    bootstrap_servers
        Bootstrap brokers, ``host:port`` separated by commas.
    topic_prefix
        Prefix of every topic, consumer group and transactional id, so that several installations can share a cluster.
    client_id
        Name of these clients in the broker's logs and quotas.
    scorer_group
        Consumer group of the scorers, without the prefix.
    watcher_group
        Consumer group of the watchers and name of the Faust app, without the prefix.
    sasl_mechanism
        PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; empty for no authentication.
    sasl_username
        User name.
    sasl_password
        Password; secret.
    sasl_password_file
        File with the password, read again for each new client; used if `sasl_password` is empty.
    tls
        Encrypt the connection and verify the broker's certificate and host name.
    tls_ca_file
        Certificates (PEM) to trust instead of the system's; implies `tls`.
    tls_cert_file, tls_key_file
        Client certificate and its key (PEM), for brokers that require one; both or neither; imply `tls`.
    tls_key_password
        Password of the key; secret.
    connect_timeout_s
        Seconds after which a broker that does not answer is reported as unreachable.
    session_timeout_s
        Seconds after which the partitions of a failed worker are reassigned; at least the broker's
        ``group.min.session.timeout.ms``, 6 by default.
    heartbeat_interval_s
        Seconds between heartbeats to the group coordinator; at most a third of the session timeout.
    transaction_timeout_s
        Seconds after which the broker aborts the transaction of a failed scorer; it checks every 10 seconds
        (``transaction.abort.timed.out.transaction.cleanup.interval.ms``), so consumers may wait up to 10 more.

    Raises
    ------
    ConfigError
        A value is out of range, or two contradict each other.

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
                raise setting_error(
                    "kafka", "bootstrap_servers", f"expected host:port, separated by commas, got {server!r}"
                )
        if not re.fullmatch(r"[A-Za-z0-9._-]{0,100}", self.topic_prefix):
            raise setting_error(
                "kafka", "topic_prefix", f"expected at most 100 of A-Z a-z 0-9 . _ -, got {self.topic_prefix!r}"
            )
        if self.sasl_mechanism and self.sasl_mechanism not in SASL_MECHANISMS:
            raise setting_error(
                "kafka", "sasl_mechanism", f"expected one of {', '.join(SASL_MECHANISMS)}, got {self.sasl_mechanism!r}"
            )
        if self.sasl_mechanism and not (self.sasl_username and (self.sasl_password or self.sasl_password_file)):
            raise setting_error(
                "kafka", "sasl_mechanism", "needs sasl_username, and sasl_password or sasl_password_file, beside it"
            )
        if not self.sasl_mechanism and (self.sasl_username or self.sasl_password or self.sasl_password_file):
            raise setting_error(
                "kafka", "sasl_username", f"needs sasl_mechanism beside it, one of {', '.join(SASL_MECHANISMS)}"
            )
        if bool(self.tls_cert_file) != bool(self.tls_key_file):
            raise setting_error("kafka", "tls_cert_file", "needs tls_key_file beside it, and the other way round")
        for name in ("connect_timeout_s", "session_timeout_s", "heartbeat_interval_s", "transaction_timeout_s"):
            if not getattr(self, name) > 0:
                raise setting_error("kafka", name, f"expected seconds above 0, got {getattr(self, name)}")
        if self.heartbeat_interval_s * 3 > self.session_timeout_s:
            raise setting_error(
                "kafka",
                "heartbeat_interval_s",
                f"must be at most a third of session_timeout_s, {self.session_timeout_s}",
            )

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        values = [(name, getattr(self, name)) for name in self.__struct_fields__]
        return [(name, Secret(value) if name in SECRETS and value else value) for name, value in values]

    def __repr__(self) -> str:
        return f"KafkaSettings({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"

    @property
    def servers(self) -> list[str]:
        """The bootstrap brokers, one ``host:port`` each."""
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


class TopicSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Partitions, replication and retention of the topics.

    Parameters
    ----------
    mentions_partitions
        Partitions of `mentions`: the most scorers that can share the work.
    rollups_partitions
        Partitions of `rollups`, `incidents`, `situations`, `watches`: the most watchers that can share the work. Fixed
        once the topics exist: with another number, brands would move away from their stored state.
    replication
        Replicas of each partition; -1: the broker's default (``default.replication.factor``), which production
        clusters set to 3.
    mentions_retention_hours
        Retention of mentions and rollups, from their arrival: the longest outage that loses nothing.
    incidents_retention_hours
        Retention of incident events: 400 days, so that a year can be compared with the one before.
    dead_letters_retention_hours
        Retention of messages that could not be decoded.

    Raises
    ------
    ConfigError
        A value is out of range.
    """

    mentions_partitions: int = 8
    rollups_partitions: int = 8
    replication: int = BROKER_DEFAULT
    mentions_retention_hours: int = 168
    incidents_retention_hours: int = 9600
    dead_letters_retention_hours: int = 720

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if value < 1 and not (name == "replication" and value == BROKER_DEFAULT):
                raise setting_error("topics", name, f"expected at least 1, got {value}")
