"""The log of a process that runs until stopped: on standard error, by structlog over the standard library's loggers.

Modules log by `logging`; here their records and those of other libraries are written, as lines for people or as JSON.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

import structlog

from streams.errors import BadBuzzError
from streams.settings.log import LogSettings

if TYPE_CHECKING:
    from structlog.typing import Processor

CLIENT_LOGGERS = ("kafka", "aiokafka", "faust", "mode", "streams.worker.faust_app")
"""Loggers of the Kafka clients and Faust: written at debug only, but for what ends the process."""


def log_to_stderr(settings: LogSettings) -> None:
    """Log what an operator should know.

    Parameters
    ----------
    settings
        Level and format.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(settings, sys.stderr.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    level = settings.level.upper()
    # Other libraries' info is of no use to an operator.
    root.setLevel(logging.INFO if settings.level == "debug" else max(logging.WARNING, logging.getLevelName(level)))
    logging.getLogger("streams").setLevel(level)
    for name in CLIENT_LOGGERS:
        logging.getLogger(name).setLevel(logging.INFO if settings.level == "debug" else logging.CRITICAL)
    logging.captureWarnings(True)


def _formatter(settings: LogSettings, colors: bool) -> logging.Formatter:
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_expected_traceback,
    ]
    own: list[Processor]
    if settings.format == "json":
        own = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        plain = structlog.dev.plain_traceback
        own = [structlog.dev.ConsoleRenderer(colors=colors, pad_event_to=0, exception_formatter=plain)]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *own]
    )


def _without_expected_traceback(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Remove the traceback of an error that is raised on purpose: it says all in its own line."""
    info = event.get("exc_info")
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BadBuzzError):
        del event["exc_info"]
    return event
