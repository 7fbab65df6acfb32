"""Metric families of the response desk: how a brand answers. Brands without an official voice have none of them."""

from streams.metrics.family import Family
from streams.response.complaints import BUCKETS_S

SIGNAL = Family(
    "badbuzz_desk_signal",
    "gauge",
    ("brand", "signal"),
    "Severity of a signal of the response desk: 0 it does not hold, 1 info, 2 warning, 3 critical; only of brands with "
    "an open case or a signal.",
)
OPEN_COMPLAINTS = Family(
    "badbuzz_open_complaints",
    "gauge",
    ("brand", "since"),
    "Customers with a complaint or question that nobody answered; since case (the incident began) or day.",
)
OVERDUE_COMPLAINTS = Family(
    "badbuzz_overdue_complaints",
    "gauge",
    ("brand", "since"),
    "Those of them who wait longer than the objective of the first response time; since case or day.",
)
OLDEST_OVERDUE = Family(
    "badbuzz_oldest_overdue_complaint_timestamp_seconds",
    "gauge",
    ("brand",),
    "Event time of the oldest overdue complaint, of the case or else of the day; the watermark minus it is its age.",
)
FIRST_REPLY = Family(
    "badbuzz_first_reply_seconds",
    "histogram",
    ("brand",),
    "First response time: from a customer's complaint to the first public official reply, in event time.",
    tuple(float(bound) for bound in BUCKETS_S),
    totals=True,
)
REPLIES_DUE = Family(
    "badbuzz_replies_due_total",
    "counter",
    ("brand", "outcome"),
    "Complaints whose first reply was in_time or late by the objective, decided at the reply or the deadline.",
)
OBJECTIVE = Family(
    "badbuzz_reply_objective_ratio", "gauge", ("brand",), "Configured share of complaints to be answered in time."
)
WITHIN = Family("badbuzz_reply_within_seconds", "gauge", ("brand",), "Configured objective of the first response time.")
UNMATCHED = Family(
    "badbuzz_replies_unmatched_total",
    "counter",
    ("brand",),
    "Official replies to no complaint that was seen, of a source that gives neither reply_to_author nor reply_to_at.",
)
PROMISES = Family(
    "badbuzz_promises_total",
    "counter",
    ("brand", "state"),
    "Promises with a time, by state: made, kept, broken, unknown (nobody spoke of it again).",
)
PROMISES_OPEN = Family("badbuzz_promises_open", "gauge", ("brand",), "Promises that are neither kept nor broken.")
CASE_OPENED = Family(
    "badbuzz_case_opened_timestamp_seconds", "gauge", ("brand",), "Event time at which the open case began."
)
CASE_FIRST_WORD = Family(
    "badbuzz_case_first_word_timestamp_seconds",
    "gauge",
    ("brand",),
    "Event time of the first official word of any kind in the open case.",
)
CASE_STATEMENT = Family(
    "badbuzz_case_statement_timestamp_seconds",
    "gauge",
    ("brand",),
    "Event time of the first statement on the matter in the open case.",
)
CANNED = Family(
    "badbuzz_canned_reply_ratio",
    "gauge",
    ("brand",),
    "Share of the commonest first words among the official texts of 6 hours.",
)
EXCESS = Family(
    "badbuzz_excess_reply_ratio",
    "gauge",
    ("brand",),
    "Public replies beyond the first to a customer, as a share of the last hour's mentions.",
)
UNCOVERED = Family(
    "badbuzz_uncovered_negatives_ratio",
    "gauge",
    ("brand",),
    "Share of the case's negatives on networks where nothing was said on the matter, once something was said anywhere.",
)
ABSENT = Family(
    "badbuzz_absent_network_ratio",
    "gauge",
    ("brand", "network"),
    "Share of the brand's mentions of 30 days on a network that carries a tenth of them and where it never spoke, by "
    "event time; of brands that speak somewhere.",
)
EFFECT = Family(
    "badbuzz_answer_effect_ratio",
    "gauge",
    ("brand", "bound"),
    "Difference in the share of negatives, after the latest statement less before, for a day: low and high bound its "
    "95 % interval around mid; below 0 it helped.",
)
SCHEDULED = Family(
    "badbuzz_scheduled_pending", "gauge", ("brand",), "Publications that are planned and whose time is ahead."
)
CLUES = Family(
    "badbuzz_clue_authors",
    "gauge",
    ("brand", "clue"),
    "People who said in the last 6 hours that they were deleted or blocked (deleted) or never answered (unanswered).",
)
THIRD_REPLIES = Family(
    "badbuzz_third_replies_total",
    "counter",
    ("brand", "tone"),
    "Replies of other customers to a complaint, by tone (negative or other).",
)

FAMILIES = tuple(value for value in list(globals().values()) if isinstance(value, Family))
"""Every metric family of the response desk, in the order of declaration."""
