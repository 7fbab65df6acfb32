"""The figures of an incident: how much, how long, how it was answered, and where."""

from detectors.severity import SEVERITIES, Severity
from streams.desk_log.action import instant_ms
from streams.reports.history import History
from streams.reports.reading import Reader
from streams.reports.report import Row, Section
from streams.reports.statements import first_word


def summary(history: History, reader: Reader, as_of_ms: int) -> tuple[str, ...]:
    """Return the incident in one paragraph of sentences: how bad and how long, how much, what, and the first word."""
    words = reader.config.words
    worst, end_ms = history.worst, history.end_ms
    severity = words.say(f"severity_{worst.severity}")
    brand, since = reader.text(history.brand, 80), reader.time(history.since_ms)
    if end_ms is None:
        span = reader.span(history.since_ms, as_of_ms)
        lasted = reader.say("is_open", brand=brand, severity=severity, since=since, span=span)
    else:
        span = reader.span(history.since_ms, end_ms)
        lasted = reader.say("was_over", brand=brand, severity=severity, since=since, end=reader.time(end_ms), span=span)
    sentences = [lasted]
    if worst.figures:
        sentences.append(reader.say("at_worst", time=reader.time(worst.at), figures=reader.text(worst.figures, 400)))
    if worst.terms:
        sentences.append(reader.say("terms", terms=", ".join(reader.text(each.term, 40) for each in worst.terms)))
    return (*sentences, _first_word(history, reader))


def _first_word(history: History, reader: Reader) -> str:
    said = first_word(history)
    alerted_ms = instant_ms(history.first.at)
    if said is not None:
        before = instant_ms(said.at) < alerted_ms
        span = reader.span(alerted_ms, instant_ms(said.at))
        phrase = "first_word_before" if before else "first_word_after"
        where = reader.text(said.network, 60) or reader.note(said.logged_by)
        return reader.say(phrase, time=reader.time(said.at), network=where, span=span)
    return reader.say("no_first_word" if history.situation is not None else "first_word_unknown")


def figures_section(history: History, reader: Reader) -> Section:
    """Return the section of figures."""
    rows = [(reader.config.words.say(f"severity_{name}"), _reached(name, history, reader)) for name in SEVERITIES[1:]]
    peak = max(history.events, key=lambda event: event.negatives)
    rows.append(
        (
            reader.say("most_negative"),
            reader.say(
                "most_negative_at",
                count=reader.number(peak.negatives),
                span=reader.config.words.span(peak.window_minutes),
                time=reader.time(peak.at),
            ),
        )
    )
    rows += _answered(history, reader)
    columns = (reader.say("column_figure"), reader.say("column_value"))
    return Section("figures", reader.say("figures"), columns, tuple(Row(row) for row in rows))


def _reached(name: str, history: History, reader: Reader) -> str:
    event = next((each for each in history.events if Severity.of(each.severity) >= Severity.of(name)), None)
    return reader.say("never") if event is None else f"{reader.time(event.at)} ({reader.elapsed(event.at)})"


def _answered(history: History, reader: Reader) -> list[tuple[str, str]]:
    """Return how complaints were answered, by the events of the desk and the latest picture."""
    asks = [event.asks for event in history.signals]
    latest = history.situation.asks if history.situation is not None else (asks[-1] if asks else None)
    rows = []
    if latest is not None:
        overdue = max(each.overdue for each in [*asks, latest])
        reply = latest.first_reply_p50_s
        rows += [
            (reader.say("answered"), reader.number(latest.answered)),
            (reader.say("waiting"), reader.number(latest.open)),
            (reader.say("overdue"), reader.number(overdue)),
            (reader.say("first_reply"), "-" if reply is None else reader.span(0, max(60, reply) * 1000)),
        ]
    counts = [each.answers for each in history.events]
    for name in ("deletions", "blocks", "scheduled"):
        most = max(getattr(each, name) for each in counts)
        if history.situation is not None:
            most = max(most, getattr(history.situation.answers, name))
        rows.append((reader.say(name), reader.number(most)))
    return rows


def networks_section(history: History, reader: Reader) -> Section:
    """Return where people spoke, and where the brand did."""
    rows = []
    if history.situation is not None:
        parts = [(each.network, each.case_negatives, each.spoken) for each in history.situation.networks]
    else:
        known = [event.networks for event in history.signals if event.networks]
        parts = [(name, each.negatives, each.spoken) for name, each in (known[-1].items() if known else ())]
    absent = history.absent
    for name, negatives, spoken in sorted(parts, key=lambda part: (-part[1], part[0])):
        never = reader.say("absent" if name in absent else "not_spoken")
        where = f"{reader.time(spoken)} ({reader.elapsed(spoken)})" if spoken else never
        rows.append(Row((reader.text(name, 60), reader.number(negatives), where)))
    columns = tuple(reader.say(f"column_{name}") for name in ("network", "negatives", "spoken"))
    empty = ", ".join(
        f"{reader.text(name, 60)} {reader.config.words.percent(share)}"
        for name, share in history.worst.networks.items()
    )
    return Section("networks", reader.say("networks"), columns, tuple(rows), empty=empty or reader.say("not_known"))
