"""The alert rules of `deploy/prometheus`, and the metrics that a text names."""

import re
from typing import Any

import yaml

from tests.helpers.paths import DEPLOY

_FILES = ("badbuzz", "badbuzz-desk", "badbuzz-desk-actions")
RULES_FILES = [DEPLOY / "prometheus" / f"{name}.rules.yml" for name in _FILES]
RULES: list[dict[str, Any]] = [
    rule
    for file in RULES_FILES
    for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
ALERTS = [rule for rule in RULES if "alert" in rule]
ALERT_NAMES = [rule["alert"] for rule in ALERTS]
_METRIC = re.compile(r"\bbadbuzz_[a-z_]+")


def metrics_in(text: str) -> set[str]:
    """The metrics of badbuzz that a text names."""
    return {name.removesuffix("_bucket") for name in _METRIC.findall(text)}
