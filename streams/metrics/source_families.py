"""Metric families of the collector: one series a source of the configuration, and a bounded reason."""

from streams.metrics.family import Family

UP = Family("badbuzz_source_up", "gauge", ("source",), "1 while the source is read, 0 while it cannot be.")
FAILURE = Family(
    "badbuzz_source_failure",
    "gauge",
    ("source", "reason"),
    "1 while the source cannot be read for this reason: connect, closed, silent, http, rate_limit, unauthorized, "
    "protocol, budget, cursor or defect; else 0.",
)
EVENTS = Family("badbuzz_source_posts_total", "counter", ("source",), "Posts read, about a brand or not.")
COLLECTED = Family(
    "badbuzz_source_mentions_total", "counter", ("source",), "Mentions collected from the source and committed."
)
DROPPED = Family(
    "badbuzz_source_dropped_total",
    "counter",
    ("source", "reason"),
    "Records of the source that could not be read, or may not be collected, by reason.",
)
RECONNECTS = Family(
    "badbuzz_source_reconnects_total",
    "counter",
    ("source", "reason"),
    "Times that reading the source failed and began again from its last committed cursor, by reason.",
)
SPENT = Family(
    "badbuzz_source_spent_posts_total",
    "counter",
    ("source",),
    "Posts that the network charges for, look-ups at their price in posts included; 0 where it charges nothing.",
)
LOOKED_UP = Family(
    "badbuzz_source_lookups_total",
    "counter",
    ("source", "result"),
    "Posts whose author's followers were asked for: found, or missing since they came too late or not at all.",
)
GAP = Family(
    "badbuzz_source_gap_seconds_total",
    "counter",
    ("source",),
    "Event time that the network could not replay, so that what was published in it is missing.",
)
LAST_POST = Family(
    "badbuzz_source_last_post_timestamp_seconds", "gauge", ("source",), "Newest event time of the posts read."
)
COMPLETE_TO = Family(
    "badbuzz_source_complete_to_timestamp_seconds",
    "gauge",
    ("source",),
    "Event time up to which everything that the source publishes was read and committed.",
)
QUEUED = Family(
    "badbuzz_source_queued_mentions",
    "gauge",
    ("source",),
    "Mentions and heartbeats read and not committed yet; they wait while Kafka is away.",
)
COMMITS_FAILED = Family(
    "badbuzz_source_failed_commits_total",
    "counter",
    ("source",),
    "Commits that Kafka did not confirm; each is tried again until it is there once.",
)

FAMILIES = tuple(value for value in list(globals().values()) if isinstance(value, Family))
"""Every metric family of the collector, in the order of declaration."""
