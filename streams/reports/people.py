"""What people did about an incident: who had it, what was promised, and what they decided."""

from streams.desk_log.action import instant_ms
from streams.reports.history import History
from streams.reports.reading import Reader
from streams.reports.report import Section
from streams.reports.timeline import did


def acknowledged_section(history: History, reader: Reader) -> Section:
    """Return who had the incident, since when, in which role, and what was decided."""
    desk = history.desk
    alerted_ms = instant_ms(history.first.at)
    items = []
    if (first := desk.acknowledged) is not None:
        span = reader.span(alerted_ms, first.at_ms)
        items.append(reader.say("has_it", who=reader.note(first.who), time=reader.time(first.at), span=span))
    items += [
        f"{reader.config.words.say(f'console_role_{role}')}: {reader.note(person)}"
        for role, person in desk.roles.items()
    ]
    decided = desk.of_kind("hold", "release", "mute", "close", "false_alarm", "planned")
    items += [f"{reader.time(each.at)}, {reader.note(each.who)}: {did(each, reader)}" for each in decided]
    return Section("people", reader.say("people"), items=tuple(items), empty=reader.say("nobody_logged"))


def promises_section(history: History, reader: Reader) -> Section:
    """Return what was promised, by people and in replies, and whether it was kept."""
    items = []
    for promise in history.desk.promises:
        made, kept = promise
        values = {"who": reader.note(made.who), "text": reader.note(made.text), "due": reader.time(made.due)}
        if kept is None:
            items.append(reader.say("promise_open", **values))
        else:
            late = kept.at_ms > instant_ms(made.due)
            values["kept"] = reader.time(kept.at)
            items.append(reader.say("promise_late" if late else "promise_kept", **values))
    counts = history.situation.promises if history.situation is not None else None
    if counts is None and history.signals:
        counts = history.signals[-1].promises
    if counts is not None and (counts.open or counts.kept or counts.broken):
        numbers = {name: reader.number(getattr(counts, name)) for name in ("open", "kept", "broken")}
        items.append(reader.say("promise_counts", **numbers))
    return Section("promises", reader.say("promises"), items=tuple(items), empty=reader.say("no_promises"))
