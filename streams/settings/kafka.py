"""Settings of the connection to Kafka, section `[kafka]`, and of its topics, section `[topics]`; no client library."""

import re
from typing import Any

import msgspec

from streams.addresses import shown
from streams.settings.options import setting_error

BROKER_DEFAULT = -1
OAUTHBEARER = "OAUTHBEARER"
SASL_MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", OAUTHBEARER)
_CONFIDENTIAL = re.compile(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/]")
SECRETS = ("sasl_password", "tls_key_password", "oauth_client_secret")


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
        PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER; empty for no authentication.
    sasl_username
        User name.
    sasl_password
        Password; secret.
    sasl_password_file
        File with the password, read again for each new client; used if `sasl_password` is empty.
    oauth_token_url
        Token endpoint for OAUTHBEARER, asked by the client credentials grant; https, but for this machine.
    oauth_client_id
        Client id at that endpoint.
    oauth_client_secret
        Its secret; secret.
    oauth_client_secret_file
        File with the secret, read again for each token; used if `oauth_client_secret` is empty.
    oauth_scope
        Scope to ask for; empty: none.
    oauth_token_file
        File with a token for OAUTHBEARER that another process renews, read again for each connection; instead of
        `oauth_token_url`.
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
    oauth_token_url: str = ""
    oauth_client_id: str = ""
    oauth_client_secret: str = ""
    oauth_client_secret_file: str = ""
    oauth_scope: str = ""
    oauth_token_file: str = ""
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
            if not host or not port.isdecimal() or not 0 < int(port) < 65_536 or "@" in server:
                problem = f"expected host:port, without user, separated by commas, got {shown(server)!r}"
                raise setting_error("kafka", "bootstrap_servers", f"{problem}; users are set by sasl_username")
        if not re.fullmatch(r"[A-Za-z0-9._-]{0,100}", self.topic_prefix):
            raise setting_error(
                "kafka", "topic_prefix", f"expected at most 100 of A-Z a-z 0-9 . _ -, got {self.topic_prefix!r}"
            )
        self._check_login()
        self._check_oauth()
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

    def _check_login(self) -> None:
        password = self.sasl_password or self.sasl_password_file
        if self.sasl_mechanism and self.sasl_mechanism not in SASL_MECHANISMS:
            raise setting_error(
                "kafka", "sasl_mechanism", f"expected one of {', '.join(SASL_MECHANISMS)}, got {self.sasl_mechanism!r}"
            )
        if self.sasl_mechanism == OAUTHBEARER:
            if self.sasl_username or password:
                raise setting_error("kafka", "sasl_username", "OAUTHBEARER takes a token, no user name or password")
        elif self.sasl_mechanism and not (self.sasl_username and password):
            raise setting_error(
                "kafka", "sasl_mechanism", "needs sasl_username, and sasl_password or sasl_password_file, beside it"
            )
        elif not self.sasl_mechanism and (self.sasl_username or password):
            raise setting_error(
                "kafka", "sasl_username", f"needs sasl_mechanism beside it, one of {', '.join(SASL_MECHANISMS)}"
            )

    def _check_oauth(self) -> None:
        secret = self.oauth_client_secret or self.oauth_client_secret_file
        if self.sasl_mechanism != OAUTHBEARER:
            if self.oauth_token_url or self.oauth_token_file or secret:
                raise setting_error("kafka", "sasl_mechanism", f"expected {OAUTHBEARER} beside the oauth settings")
        elif bool(self.oauth_token_url) == bool(self.oauth_token_file):
            raise setting_error("kafka", "oauth_token_url", "expected either it or oauth_token_file, for OAUTHBEARER")
        elif self.oauth_token_url and not (self.oauth_client_id and secret):
            problem = "needs oauth_client_id, and oauth_client_secret or oauth_client_secret_file, beside it"
            raise setting_error("kafka", "oauth_token_url", problem)
        elif self.oauth_token_url and not _CONFIDENTIAL.match(self.oauth_token_url):
            raise setting_error("kafka", "oauth_token_url", "expected an https address: a secret is sent there")

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
        if self.sasl_mechanism:
            return "SASL_SSL" if self.encrypted else "SASL_PLAINTEXT"
        return "SSL" if self.encrypted else "PLAINTEXT"

    @property
    def encrypted(self) -> bool:
        """Whether the connection uses TLS."""
        return self.tls or bool(self.tls_ca_file or self.tls_cert_file)

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
    overrides
        Options of single topics, by the topic's name without the prefix: a table `[topics.overrides.watches]` with
        Kafka's own names, such as `"segment.ms" = "600000"`; an empty text leaves the option to the cluster.

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
    overrides: dict[str, dict[str, str | int | float | bool]] = {}

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if name != "overrides" and value < 1 and not (name == "replication" and value == BROKER_DEFAULT):
                raise setting_error("topics", name, f"expected at least 1, got {value}")
