"""The one hierarchy of errors that badbuzz raises on purpose.

BadBuzzError
  + ConfigError     an option, configuration file or environment variable is wrong
  + InputError      a file or a stored record cannot be read
  + MentionError    one message is not a readable mention
  + ActionError     one desk action is refused
  + BrokerError     Kafka is unreachable, or its topics are not as required
  + WorkerError     a part of a worker failed
  + SourceError     a network cannot be read
  + GrafanaError    Grafana is unreachable, or refused a request
  + SilenceError    Alertmanager is unreachable, or refused a silence

Every message names the expected value, the actual value and the remedy. The command line prints each of these as one
line on standard error and exits with status 2; any other exception that escapes is a defect.
"""


class BadBuzzError(Exception):
    """Base of every error that badbuzz raises on purpose."""


class ConfigError(BadBuzzError):
    """An option, configuration file or environment variable is wrong.

    For the user to correct before anything runs: raised while options are read, files opened and clients configured.
    """


class InputError(BadBuzzError):
    """A file or a stored record cannot be read.

    For a damaged record, or one written by another version of badbuzz; a single bad mention is a `MentionError`.
    """


class ActionError(BadBuzzError):
    """One desk action is refused.

    For the person who sent it, who corrects it: a field is missing, too long, or does not belong to its kind.
    """


class BrokerError(BadBuzzError):
    """Kafka is unreachable, or its topics are not as required.

    For an operator to look at the cluster: connection, permissions, partitions, fencing.
    """


class WorkerError(BadBuzzError):
    """A part of a worker failed, so that the worker cannot continue.

    For a supervisor: a restart may help, and loses nothing.
    """


class SourceError(BadBuzzError):
    """A network cannot be read: a connection failed, a request was refused, or nothing arrives.

    For the collector, which waits and reads again from the last committed cursor, unless it is fatal.

    Parameters
    ----------
    message
        The network and address, the expected and the actual answer, and the remedy.
    reason
        Bounded code, fit for a metric label: `connect`, `closed`, `silent`, `http`, `rate_limit`, `unauthorized`,
        `protocol`, `budget` or `cursor`.
    retry_after_s
        Seconds that the network asks to wait; `None`: back off.
    fatal
        Whether a person must act first: a wrong token, a stream that its operator disabled.
    """

    def __init__(self, message: str, *, reason: str, retry_after_s: float | None = None, fatal: bool = False) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_after_s = retry_after_s
        self.fatal = fatal


class GrafanaError(BadBuzzError):
    """Grafana is unreachable, or refused a request.

    For senders that retry: an incident is never delayed by its annotation.

    Parameters
    ----------
    message
        The request and its server, the answer, and the remedy.
    retryable
        Whether a retry can help.
    status
        HTTP status of the answer; 0 if there was none.
    """

    def __init__(self, message: str, *, retryable: bool, status: int = 0) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.status = status


class SilenceError(BadBuzzError):
    """Alertmanager is unreachable, or refused a silence.

    For the person who mutes: nothing is muted, and alerts go on.
    """


class MentionError(BadBuzzError):
    """One message is not a readable mention.

    For the scorer alone, which writes the message to the dead letters and continues.

    Parameters
    ----------
    reason
        One of the bounded codes of `streams.mentions.mention.REASONS`, fit for a metric label.
    detail
        The expected and the actual value.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
