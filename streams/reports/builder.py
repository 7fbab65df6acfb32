"""The builder of a report: pure, from the history of an incident; the same history gives the same report."""

from streams.desk_log.action import instant_ms
from streams.event_time import rfc3339
from streams.reports.figures import figures_section, networks_section, summary
from streams.reports.history import History
from streams.reports.lessons import questions_section, unknown_section, worse_section
from streams.reports.people import acknowledged_section, promises_section
from streams.reports.reading import Reader
from streams.reports.report import Report
from streams.reports.statements import five_ps_section, statements_section
from streams.reports.timeline import moments, timeline_section
from streams.scenarios import EXERCISE
from streams.settings.config import Config


def build_report(history: History, config: Config, note: str = "") -> Report:
    """Return the report of an incident.

    Parameters
    ----------
    history
        What is known of it.
    config
        Language, time zone, and which handles are named.
    note
        Said above everything, for example that it is a reconstruction.
    """
    reader = Reader(config, history.brand, history.since_ms)
    brand = reader.text(history.brand, 80)
    exercise = reader.say("exercise") if history.brand.startswith(EXERCISE) else ""
    return Report(
        language=config.language,
        title=reader.say("title", brand=brand),
        subtitle=reader.say("subtitle", incident=reader.text(history.incident), zone=config.zone.key),
        banner=" ".join(part for part in (exercise, note) if part),
        summary=summary(history, reader, as_of_ms(history, reader)),
        sections=(
            timeline_section(history, reader),
            figures_section(history, reader),
            networks_section(history, reader),
            statements_section(history, reader),
            five_ps_section(history, reader),
            promises_section(history, reader),
            worse_section(history, reader),
            acknowledged_section(history, reader),
            unknown_section(history, reader),
            questions_section(history, reader),
        ),
    )


def as_of_ms(history: History, reader: Reader) -> int:
    """Return the newest moment that a history knows, in milliseconds since the epoch."""
    picture = [instant_ms(history.situation.minute)] if history.situation is not None else []
    return max([*(moment.at_ms for moment in moments(history, reader)), *picture])


def file_stem(history: History) -> str:
    """Return the name of an incident's files: its brand and its time, without what file systems do not take.

    Examples
    --------
    >>> from streams.desk_log.fold import DeskState
    >>> from types import SimpleNamespace
    >>> event = SimpleNamespace(at="2012-06-11T18:00:00Z", since="2012-06-11T17:59:00Z")
    >>> file_stem(History("a/b/2012", "Éclair & Co/../x", [event], [], DeskState("x"), None))
    'clair-co-x-20120611T180000Z'
    """
    plain = "".join(c if c.isascii() and c.isalnum() else " " for c in history.brand)
    at = rfc3339(instant_ms(history.events[0].at))
    return "-".join([*plain.lower().split(), at.replace("-", "").replace(":", "")])
