"""Settings of the log: section `[log]`."""

from typing import Literal

import msgspec


class LogSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the processes that run until stopped write to standard error.

    Parameters
    ----------
    level
        Least severe level that is written: debug, info, warning or error. At debug also what the Kafka clients and
        Faust say, which is pages at a rebalance or an outage; badbuzz says the same in one line.
    format
        console, for people; or json, one object a line, for a log collector.

    Examples
    --------
    >>> LogSettings().level, LogSettings().format
    ('info', 'console')
    """

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"
