"""Metric families, each declared once: `/metrics`, docs/metrics.md and the dashboards are made from these."""

from streams.metrics import desk_action_families, desk_families, source_families
from streams.metrics.family import Family

MENTIONS = Family(
    "badbuzz_mentions_total",
    "counter",
    ("brand", "network", "tone"),
    "Mentions scored, by tone (negative or other); the brand's own are excluded.",
)
ACTIONS = Family(
    "badbuzz_brand_actions_total",
    "counter",
    ("brand", "action"),
    "The brand's own actions: official mentions, answers (official replies), deletions, blocks, scheduled posts.",
)
COMPLAINTS = Family("badbuzz_complaints_total", "counter", ("brand",), "Negative mentions, reposts excluded.")
AUTHORS = Family(
    "badbuzz_distinct_authors",
    "gauge",
    ("brand", "tone"),
    "Authors of the last 6 hours, each counted at their first mention in hours; tone is negative or other.",
)
SCORE = Family(
    "badbuzz_anomaly_score",
    "gauge",
    ("brand", "signal"),
    "Tail surprisal of the count of authors: -log10 of the probability of at least as many by chance, the maximum over "
    "the windows; signal is volume or negatives.",
)
OBSERVED = Family(
    "badbuzz_anomaly_observed",
    "gauge",
    ("brand", "signal"),
    "Distinct authors in the last hour; signal is volume or negatives.",
)
EXPECTED = Family(
    "badbuzz_anomaly_expected",
    "gauge",
    ("brand", "signal"),
    "Distinct authors expected in the last hour; signal is volume or negatives.",
)
USUAL_MAX = Family(
    "badbuzz_anomaly_usual_max",
    "gauge",
    ("brand", "signal"),
    "Upper bound of the usual range in the last hour: expected plus three standard deviations plus one.",
)
REACH = Family(
    "badbuzz_widest_reach_people",
    "gauge",
    ("brand", "tone"),
    "Reach of the farthest-reaching post of the last hour, in people; tone is negative or other.",
)
SEVERITY = Family(
    "badbuzz_incident_severity",
    "gauge",
    ("brand",),
    "Severity of the open incident: 0 calm, 1 watch, 2 warning, 3 critical; brand other is the maximum over the brands "
    "beyond the label limit.",
)
SINCE = Family(
    "badbuzz_incident_since_timestamp_seconds", "gauge", ("brand",), "Event time at which the open incident began."
)
CRITERION = Family(
    "badbuzz_incident_criterion",
    "gauge",
    ("brand", "criterion"),
    "1 if the criterion (surge, negative_growth, reach, coordinated) has held during the open incident, else 0.",
)
INCIDENT_OBSERVED = Family(
    "badbuzz_incident_observed_people",
    "gauge",
    ("brand",),
    "People observed in the window of the latest incident event; copies where there is a flood alone.",
)
INCIDENT_EXPECTED = Family("badbuzz_incident_expected_people", "gauge", ("brand",), "People expected in that window.")
INCIDENT_WINDOW = Family("badbuzz_incident_window_seconds", "gauge", ("brand",), "Length of that window.")
INCIDENT_NEGATIVES = Family(
    "badbuzz_incident_negative_authors", "gauge", ("brand",), "Distinct negative authors in that window."
)
INCIDENT_COPIES = Family(
    "badbuzz_incident_copies", "gauge", ("brand",), "Copies of another author's text in that window."
)
INCIDENT_REACH = Family(
    "badbuzz_incident_reach_people", "gauge", ("brand",), "Reach of the incident's farthest-reaching post, in people."
)
INFO = Family(
    "badbuzz_incident_info",
    "gauge",
    ("brand", "network", "share", "terms", "figures"),
    "Always 1; labels describe the open incident: main network, its share of the mentions, spreading terms, and how "
    "much, where and since when in the configured language and time zone.",
)
POST_INFO = Family(
    "badbuzz_incident_post_info",
    "gauge",
    ("brand", "rank", "network", "author", "reach", "text", "url"),
    "Always 1; labels quote the two publications that carry the open incident, made inert; private authors unnamed.",
)
OPEN = Family(
    "badbuzz_incidents_open", "gauge", ("severity",), "Open incidents, by severity (watch, warning, critical)."
)
INCIDENT_EVENTS = Family(
    "badbuzz_incident_events_total", "counter", ("severity",), "Incident events published, by the new severity."
)
LATENCY = Family(
    "badbuzz_mention_to_incident_seconds",
    "histogram",
    ("severity",),
    "Latency from the start of the minute that changed the incident (the earliest event time of its mentions) to the "
    "publication of the event (wall clock); includes the allowed lateness.",
    (5.0, 10.0, 30.0, 60.0, 90.0, 120.0, 150.0, 180.0, 240.0, 300.0, 600.0, 1800.0),
)
DEAD_LETTERS = Family("badbuzz_dead_letters_total", "counter", ("reason",), "Messages rejected as unreadable.")
LATE = Family(
    "badbuzz_late_mentions_total",
    "counter",
    ("network", "outcome"),
    "Mentions beyond the allowed lateness: counted (in the minute they were made in) or dropped (over 3 hours late).",
)
DUPLICATES = Family("badbuzz_duplicate_mentions_total", "counter", (), "Mentions dropped by deduplication.")
UPDATES = Family(
    "badbuzz_updated_posts_total",
    "counter",
    (),
    "Posts seen again with other counts, which are no mentions.",
)
MESSAGES = Family(
    "badbuzz_messages_total",
    "counter",
    ("stage",),
    "Messages processed: mentions by the scorer, batches of rollups by the watcher.",
)
LAG = Family(
    "badbuzz_consumer_lag_messages",
    "gauge",
    ("stage", "partition"),
    "Messages that wait in a partition: its end, as the broker answers, less the next offset to process.",
)
POSITION = Family(
    "badbuzz_consumer_position_messages",
    "gauge",
    ("stage", "partition"),
    "Next offset to process in a partition: where messages wait and it stands still, the partition is stuck.",
)
PARTITIONS_EXPECTED = Family(
    "badbuzz_partitions_expected", "gauge", ("stage",), "Partitions of the stage's topic on the broker."
)
PARTITIONS_OWNED = Family("badbuzz_partitions_owned", "gauge", ("stage",), "Partitions that this worker's stage owns.")
LOST = Family(
    "badbuzz_messages_lost_total",
    "counter",
    ("stage",),
    "Messages that retention deleted before the stage processed them.",
)
OFFSET_RESETS = Family(
    "badbuzz_offset_resets_total",
    "counter",
    ("stage",),
    "Committed offsets ignored because the topic was created anew or ends before them; reading starts at the first.",
)
PROGRESS = Family(
    "badbuzz_last_progress_timestamp_seconds",
    "gauge",
    ("stage",),
    "When the stage last processed a message, or the broker answered that none waits (wall clock).",
)
WATERMARK = Family(
    "badbuzz_watermark_timestamp_seconds",
    "gauge",
    ("brand",),
    "Watermark: event time up to which the brand's minutes are closed; time() minus it is the watermark lag.",
)
SOURCE_EVENT = Family(
    "badbuzz_source_last_event_timestamp_seconds",
    "gauge",
    ("network",),
    "Newest event time of the network's mentions and heartbeats.",
)
SOURCE_MENTION = Family(
    "badbuzz_source_last_mention_timestamp_seconds",
    "gauge",
    ("network",),
    "Newest event time of the network's mentions.",
)
SOURCE_HEARTBEAT = Family(
    "badbuzz_source_last_heartbeat_timestamp_seconds",
    "gauge",
    ("network",),
    "Newest event time of the network's heartbeats in minutes without a mention.",
)
OVERFLOW = Family(
    "badbuzz_label_overflow_total",
    "counter",
    ("label",),
    "Label values replaced by other because the limit of brands or networks was reached.",
)
BUILD = Family("badbuzz_build_info", "gauge", ("version", "python"), "Always 1; labels are the running versions.")

FAMILIES = (
    *(value for value in list(globals().values()) if isinstance(value, Family)),
    *desk_families.FAMILIES,
    *desk_action_families.FAMILIES,
    *source_families.FAMILIES,
)
"""Every metric family, in the order of declaration."""
