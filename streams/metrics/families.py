"""Every metric of badbuzz, declared once: the page, docs/metrics.md and the dashboards are made from it."""

from typing import Literal, NamedTuple


class Family(NamedTuple):
    """One metric: its name, type, labels and meaning; `buckets` are a histogram's upper bounds."""

    name: str
    type: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    meaning: str
    buckets: tuple[float, ...] = ()


MENTIONS = Family(
    "badbuzz_mentions_total",
    "counter",
    ("brand", "network", "tone"),
    "Mentions scored, the brand's own left out; tone is negative or other.",
)
ACTIONS = Family(
    "badbuzz_brand_actions_total",
    "counter",
    ("brand", "action"),
    "What the brand did: official mentions, answers (official replies), deletions, blocks, scheduled publications.",
)
COMPLAINTS = Family("badbuzz_complaints_total", "counter", ("brand",), "Negative mentions, reposts left out.")
AUTHORS = Family(
    "badbuzz_distinct_authors",
    "gauge",
    ("brand", "tone"),
    "Distinct authors of the last 6 hours, each counted when first heard in hours; tone is negative or other.",
)
SCORE = Family(
    "badbuzz_anomaly_score",
    "gauge",
    ("brand", "signal"),
    "-log10 of how likely the count is by chance, the highest over the windows; signal is volume or negatives.",
)
OBSERVED = Family(
    "badbuzz_anomaly_observed", "gauge", ("brand", "signal"), "Distinct authors in the last hour; signal as above."
)
EXPECTED = Family(
    "badbuzz_anomaly_expected", "gauge", ("brand", "signal"), "Authors expected in the last hour; signal as above."
)
USUAL_MAX = Family(
    "badbuzz_anomaly_usual_max",
    "gauge",
    ("brand", "signal"),
    "Upper edge of what is usual in an hour: expected plus three standard deviations plus one.",
)
REACH = Family(
    "badbuzz_widest_reach_people",
    "gauge",
    ("brand", "tone"),
    "People reached by the publication of the last hour that reaches most; tone is negative or other.",
)
SEVERITY = Family(
    "badbuzz_incident_severity",
    "gauge",
    ("brand",),
    "0 calm, 1 watch, 2 warning, 3 critical; brand other: the worst of the brands beyond the limit.",
)
SINCE = Family(
    "badbuzz_incident_since_timestamp_seconds", "gauge", ("brand",), "When the open incident began (event time)."
)
CRITERION = Family(
    "badbuzz_incident_criterion",
    "gauge",
    ("brand", "criterion"),
    "1 where a criterion (surge, negative_growth, reach, coordinated) has held in the open incident, else 0.",
)
INCIDENT_OBSERVED = Family(
    "badbuzz_incident_observed_people", "gauge", ("brand",), "People counted when the open incident last changed."
)
INCIDENT_EXPECTED = Family("badbuzz_incident_expected_people", "gauge", ("brand",), "People expected at that moment.")
INCIDENT_WINDOW = Family("badbuzz_incident_window_seconds", "gauge", ("brand",), "Span these people were counted in.")
INCIDENT_NEGATIVES = Family(
    "badbuzz_incident_negative_authors", "gauge", ("brand",), "Distinct negative authors in that span."
)
INCIDENT_COPIES = Family("badbuzz_incident_copies", "gauge", ("brand",), "Copies of somebody else's text in that span.")
INCIDENT_REACH = Family(
    "badbuzz_incident_reach_people", "gauge", ("brand",), "People reached by the widest publication that carries it."
)
INFO = Family(
    "badbuzz_incident_info",
    "gauge",
    ("brand", "network", "share", "terms"),
    "1; what messages say of the open incident: first network, its share of the mentions, the terms that spread.",
)
OPEN = Family("badbuzz_incidents_open", "gauge", ("severity",), "Open incidents by severity: watch, warning, critical.")
CHANGES = Family(
    "badbuzz_incident_changes_total", "counter", ("severity",), "Incident events published, by the new severity."
)
LATENCY = Family(
    "badbuzz_mention_to_incident_seconds",
    "histogram",
    ("severity",),
    "From the start of the minute that changed an incident, the earliest its mentions can have been said, to the "
    "event's publication (wall clock); the lateness is part of it.",
    (5.0, 10.0, 30.0, 60.0, 90.0, 120.0, 150.0, 180.0, 240.0, 300.0, 600.0, 1800.0),
)
DEAD_LETTERS = Family("badbuzz_dead_letters_total", "counter", ("reason",), "Messages that could not be read.")
LATE = Family(
    "badbuzz_late_mentions_total",
    "counter",
    ("fate",),
    "Mentions later than the lateness: kept (in the oldest open minute) or dropped (more than an hour late).",
)
DUPLICATES = Family("badbuzz_duplicate_mentions_total", "counter", (), "Mentions dropped because their id was known.")
MESSAGES = Family(
    "badbuzz_messages_total",
    "counter",
    ("stage",),
    "Messages taken in: mentions by the scorer, rollups by the watcher.",
)
LAG = Family(
    "badbuzz_consumer_lag_messages",
    "gauge",
    ("stage", "partition"),
    "Messages that wait in a partition the stage reads.",
)
PROGRESS = Family(
    "badbuzz_last_progress_timestamp_seconds",
    "gauge",
    ("stage",),
    "When the stage last finished a round, be it an empty one (wall clock).",
)
WATERMARK = Family(
    "badbuzz_watermark_timestamp_seconds",
    "gauge",
    ("brand",),
    "Event time up to which a brand's minutes are closed; time() less it is the watermark's delay.",
)
SOURCE_HEARD = Family(
    "badbuzz_source_last_heard_timestamp_seconds",
    "gauge",
    ("network",),
    "Newest event time heard of a network, by mention or heartbeat.",
)
SOURCE_MENTION = Family(
    "badbuzz_source_last_mention_timestamp_seconds", "gauge", ("network",), "Newest event time of a mention."
)
SOURCE_HEARTBEAT = Family(
    "badbuzz_source_last_heartbeat_timestamp_seconds",
    "gauge",
    ("network",),
    "Newest event time of a heartbeat in a minute without a mention.",
)
OVERFLOW = Family(
    "badbuzz_label_overflow_total",
    "counter",
    ("label",),
    "Times a brand or network was called other because its label's limit was reached.",
)
BUILD = Family("badbuzz_build_info", "gauge", ("version", "python"), "1; what is running.")

FAMILIES = tuple(value for value in list(globals().values()) if isinstance(value, Family))
"""Every metric, in the order above."""
