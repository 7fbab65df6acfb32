"""Environment variables of badbuzz: which there are, and which of those set are none of them."""

import re
from collections.abc import Iterator, Mapping
from typing import get_args

from streams.settings.config import OPTIONS
from streams.settings.faults import nearest
from streams.settings.sources import SourceConfig

PREFIX = "BADBUZZ_"
COMMAND_VARIABLES = frozenset(
    (
        "BADBUZZ_ALERTMANAGER_URL",
        "BADBUZZ_BACKTEST_DESK",
        "BADBUZZ_BRAND",
        "BADBUZZ_CHECK_SECONDS",
        "BADBUZZ_CONFIG",
        "BADBUZZ_CONSOLE",
        "BADBUZZ_DEAD_LETTERS",
        "BADBUZZ_DESK_MINUTES",
        "BADBUZZ_DESK_WHO",
        "BADBUZZ_DESK_WHY",
        "BADBUZZ_DRILL_BEGIN",
        "BADBUZZ_DRILL_MINUTES",
        "BADBUZZ_DRILL_SPEED",
        "BADBUZZ_FOLLOW",
        "BADBUZZ_FORGET_DELETED",
        "BADBUZZ_FORGET_LIMIT",
        "BADBUZZ_FORGET_POST",
        "BADBUZZ_FORMAT",
        "BADBUZZ_GRAFANA_FOLDER",
        "BADBUZZ_GRAFANA_TOKEN",
        "BADBUZZ_GRAFANA_TOKEN_FILE",
        "BADBUZZ_GRAFANA_URL",
        "BADBUZZ_IMPORT_BRAND",
        "BADBUZZ_IMPORT_DATE_FORMAT",
        "BADBUZZ_IMPORT_MAP",
        "BADBUZZ_IMPORT_NETWORK",
        "BADBUZZ_IMPORT_TOOL",
        "BADBUZZ_JSON",
        "BADBUZZ_LIST",
        "BADBUZZ_MATCH_AUTHOR",
        "BADBUZZ_MATCH_LANG",
        "BADBUZZ_MATCH_NETWORK",
        "BADBUZZ_MATCH_TO",
        "BADBUZZ_NETWORK",
        "BADBUZZ_ONLY",
        "BADBUZZ_OPENMETRICS",
        "BADBUZZ_PICTURE",
        "BADBUZZ_PROMETHEUS_URL",
        "BADBUZZ_RECORD",
        "BADBUZZ_REPLAY",
        "BADBUZZ_REPORT",
        "BADBUZZ_SCENARIO",
        "BADBUZZ_SECONDS",
        "BADBUZZ_SHARED",
        "BADBUZZ_SITUATIONS",
        "BADBUZZ_SPEED",
        "BADBUZZ_STATE",
        "BADBUZZ_TO_KAFKA",
        "BADBUZZ_TRUTH",
        "BADBUZZ_TRY_SECONDS",
        "BADBUZZ_USER",
        "BADBUZZ_YARDSTICK",
        "BADBUZZ_WARM_UP",
    )
)
"""Variables of the commands' own options, and of the tests."""
# Kubernetes sets these in every pod beside a service that is named badbuzz.
_OF_KUBERNETES = re.compile(r"BADBUZZ_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\d+_(TCP|UDP)(_.+)?)?)")
_SOURCE = re.compile(r"BADBUZZ_SOURCES_.+")
_SOURCE_FIELDS = tuple(f"_{field}".upper() for struct in get_args(SourceConfig) for field in struct.__struct_fields__)


def unknown_variables(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield one line for each variable that begins as badbuzz's do and sets nothing, with the nearest right name.

    Parameters
    ----------
    environment
        Variables; those of single sources are known by their last part.

    Examples
    --------
    >>> list(unknown_variables({"BADBUZZ_LATENES_SECONDS": "90", "BADBUZZ_SERVICE_HOST": "10.0.0.1"}))
    ['BADBUZZ_LATENES_SECONDS sets no option of badbuzz: did you mean `BADBUZZ_LATENESS_SECONDS`?']
    """
    known = COMMAND_VARIABLES.union(option.variable for option in OPTIONS)
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name in known or _OF_KUBERNETES.fullmatch(name):
            continue
        if not (_SOURCE.fullmatch(name) and name.endswith(_SOURCE_FIELDS)):
            yield f"{name} sets no option of badbuzz: {nearest(name, known)}"
