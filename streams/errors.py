"""The one hierarchy of errors badbuzz raises on purpose.

Every message says what was expected, what came, and how to mend it. The command line turns each of these into one
line on standard error and exit status 2; anything else that escapes is a defect.
"""


class BadBuzzError(Exception):
    """Base of every error that badbuzz raises on purpose."""


class ConfigError(BadBuzzError):
    """A setting, file or environment variable is not as it must be."""


class InputError(BadBuzzError):
    """What was given to read cannot be read."""


class BrokerError(BadBuzzError):
    """Kafka cannot be reached, or is not set up as badbuzz needs it."""


class WorkerError(BadBuzzError):
    """A worker cannot go on: a part of it failed in a way that a restart may mend."""


class GrafanaError(BadBuzzError):
    """Grafana cannot be reached, or refuses what was asked.

    Parameters
    ----------
    message
        What was asked of which server, what it answered, and what to do.
    retryable
        Whether a retry can help.
    status
        HTTP status of the answer; 0 where there was none.
    """

    def __init__(self, message: str, *, retryable: bool, status: int = 0) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.status = status


class MentionError(BadBuzzError):
    """A message is not a readable mention; it goes to the dead letters.

    Parameters
    ----------
    reason
        One of the bounded codes of `streams.mentions.mention.REASONS`, fit for a metric label.
    detail
        What was expected and what came.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
