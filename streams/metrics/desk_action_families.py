"""Metric families of what people owe in an incident, exported by the console, of brands with an open one alone."""

from streams.metrics.family import Family

UNACKNOWLEDGED = Family(
    "badbuzz_desk_actions_unacknowledged_seconds",
    "gauge",
    ("brand",),
    "Seconds since the first warning of the open incident while nobody has acknowledged it; 0 where somebody has.",
)
PROMISE_OVERDUE = Family(
    "badbuzz_desk_actions_promise_overdue_seconds",
    "gauge",
    ("brand",),
    "Seconds for which the oldest promise that people logged is overdue and not kept; 0 where none is.",
)
POSTED = Family(
    "badbuzz_desk_actions_posted_during_hold",
    "gauge",
    ("brand",),
    "Official publications off the matter that went out after scheduled posts were said to be held, in the last hour.",
)
STATEMENT_SENT = Family(
    "badbuzz_desk_actions_statement_sent",
    "gauge",
    ("brand",),
    "1 where somebody said that a statement on the open incident is sent, else 0.",
)
HELD = Family(
    "badbuzz_desk_actions_held", "gauge", ("brand",), "1 where somebody said that scheduled posts are held, else 0."
)
ROLES_OPEN = Family(
    "badbuzz_desk_actions_roles_open",
    "gauge",
    ("brand",),
    "Roles of the crisis cell (lead, writer, customer care, spokesperson) that nobody has in the open incident.",
)
ALERTS = Family(
    "badbuzz_alerts_total",
    "counter",
    ("brand", "verdict"),
    "Incidents that people judged: false_alarm, planned, or real (closed without either).",
)

FAMILIES = tuple(value for value in list(globals().values()) if isinstance(value, Family))
"""Every metric family of what people owe, in the order of declaration."""
