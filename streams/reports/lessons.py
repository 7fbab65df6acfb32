"""What to learn from an incident: what made it worse, what is not known, and the questions for the meeting."""

from collections.abc import Iterator

from streams.desk_log.action import instant_ms
from streams.desk_log.overdue import ACKNOWLEDGE_WITHIN_MS
from streams.reports.history import History
from streams.reports.reading import Reader
from streams.reports.report import Section
from streams.reports.statements import effect_text, first_word, statements
from streams.response.desk_event import DeskEvent

WORSE = (
    "complaints_waiting",
    "holding_due",
    "update_due",
    "leader_due",
    "promise_broken",
    "unkept",
    "over_reply",
    "canned",
    "promo_in_case",
    "moderation_in_case",
    "moderation_backlash",
    "deletion_claimed",
    "post_under_fire",
    "hot_reply",
    "blame",
    "resolved_disputed",
    "contradiction",
    "wrong_network",
)
"""Signals that say what made it worse; `scheduled_pending` warns before, `effect` is said of each statement."""
LATE_WORD_MINUTES = 30
_QUESTIONS = {
    "complaints_waiting": "why_waiting",
    "promise_broken": "why_broken",
    "unkept": "why_broken",
    "promo_in_case": "why_promo",
    "moderation_in_case": "why_moderated",
    "moderation_backlash": "why_moderated",
    "deletion_claimed": "why_moderated",
    "wrong_network": "why_network",
    "contradiction": "why_contradiction",
    "resolved_disputed": "why_all_clear",
    "hot_reply": "why_tone",
    "blame": "why_tone",
    "canned": "why_canned",
    "over_reply": "why_canned",
    "leader_due": "why_leader",
}


def worse_section(history: History, reader: Reader) -> Section:
    """Return what made it worse: the signals that held, and statements after which more were negative."""
    items = [text for _, text in sorted(_worse(history, reader))]
    return Section("worse", reader.say("worse"), items=tuple(items), empty=reader.say("nothing_worse"))


def _worse(history: History, reader: Reader) -> Iterator[tuple[str, str]]:
    for name in WORSE:
        found = [event for event in history.signals if event.signal == name]
        held = [event for event in found if event.state != "ends"]
        if held:
            yield held[0].at, _signal(held, found[-1], reader)
    for said in statements(history):
        if said.effect is not None and said.effect.verdict == "worse":
            text, effect = reader.text(said.text, 120), effect_text(said.effect, reader)
            yield said.at, reader.say("worse_statement", time=reader.time(said.at), text=text, effect=effect)


def _signal(held: list[DeskEvent], last: DeskEvent, reader: Reader) -> str:
    until = reader.say("until", time=reader.time(last.at)) if last.state == "ends" else ""
    text = reader.say(
        "worse_signal",
        name=reader.config.words.say(f"desk_name_{last.signal}"),
        time=reader.time(held[0].at),
        until=until,
        why=reader.text(held[-1].why, 300),
    )
    posts = [post for event in held[:1] for post in event.posts[:1]]
    return text + "".join(f" “{reader.text(post.text, 120)}”" for post in posts)


def unknown_section(history: History, reader: Reader) -> Section:
    """Return what is not known, so that nobody takes its absence for calm."""
    keys = []
    if history.end_ms is None:
        keys.append("unknown_end")
    if history.situation is None:
        keys.append("unknown_picture")
    if not history.desk.actions:
        keys.append("unknown_desk")
    if any(event.asks.estimated for event in history.signals):
        keys.append("unknown_sampled")
    said = statements(history)
    if any(each.on_the_matter and each.effect is None for each in said):
        keys.append("unknown_effect")
    if any(not each.logged_by for each in said):
        keys.append("unknown_marks")
    elif not said:
        keys.append("unknown_official")
    keys.append("unknown_elsewhere")
    return Section("unknown", reader.say("unknown"), items=tuple(reader.say(key) for key in keys))


def questions_section(history: History, reader: Reader) -> Section:
    """Return the questions for the meeting that follow from the facts."""
    items = list(dict.fromkeys(_questions(history, reader)))
    return Section("questions", reader.say("questions"), items=(*items, reader.say("why_next")))


def _questions(history: History, reader: Reader) -> Iterator[str]:
    desk, first = history.desk, history.first
    alerted_ms = instant_ms(first.at)
    had = desk.acknowledged
    if had is not None and had.at_ms > alerted_ms + ACKNOWLEDGE_WITHIN_MS:
        yield reader.say("why_acknowledged", time=reader.time(first.at), span=reader.span(alerted_ms, had.at_ms))
    if had is None:
        yield reader.say("why_nobody", time=reader.time(first.at))
    said = first_word(history)
    if said is None and history.situation is not None:
        yield reader.say("why_silent")
    elif said is not None and instant_ms(said.at) - alerted_ms > LATE_WORD_MINUTES * 60_000:
        yield reader.say("why_late_word", span=reader.span(alerted_ms, instant_ms(said.at)))
    for each in statements(history):
        if each.effect is not None and each.effect.verdict == "worse":
            yield reader.say("why_worse", time=reader.time(each.at))
        elif each.effect is not None and each.effect.verdict == "helped":
            yield reader.say("why_helped", time=reader.time(each.at))
    held = {event.signal for event in history.signals if event.state != "ends"}
    for name, question in _QUESTIONS.items():
        if name in held:
            network = next((str(e.values.get("network", "")) for e in history.signals if e.signal == name), "")
            yield reader.say(question, network=reader.text(network, 60))
    if desk.verdict is not None and desk.verdict.kind == "false_alarm":
        yield reader.say("why_false_alarm")
