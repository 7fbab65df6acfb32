"""Grafana's interpolation of variables into a query, as its own code does it with default settings.

Sources: `sceneInterpolator` and `formatRegistry` of @grafana/scenes (a format named in the text wins), and
`interpolateQueryExpr` with `prometheusRegularEscape` of @grafana/prometheus, which is used where no format is named and
the toggle `prometheusSpecialCharsInLabelValues` is off.
"""

import re
from collections.abc import Mapping

_VARIABLE = re.compile(r"\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\${(\w+)(?:\.([^:^\}]+))?(?::([^\}]+))?}")


def interpolated(expression: str, variables: Mapping[str, str]) -> str:
    """The query that Grafana sends to Prometheus."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2] or match[4]
        if name not in variables:
            return match[0]
        form = match[3] or match[6]
        assert form in {None, "raw"}, f"port the format {form} first"
        return variables[name] if form == "raw" else variables[name].replace("\\", "\\\\").replace("'", "\\\\'")

    return _VARIABLE.sub(value, expression)
