"""Building situations: a brand's watch at the end of a closed minute becomes the picture of its incident or case."""

from streams.event_time import MINUTE_MS, rfc3339
from streams.response.desk_event import ShownAsks, ShownPromises
from streams.response.event_builder import median_delay
from streams.situations.conduct import due, official_posts, signals, statements
from streams.situations.figures import carriers, figures, minute_time, networks
from streams.situations.situation import Situation
from streams.watching.brand_watch import BrandWatch
from streams.watching.incident_builder import answer_counts, most_telling
from streams.watching.incident_event import ShownTerm
from streams.watching.recent_minutes import RECENT_MINUTES

_PAGES = frozenset(("warning", "critical"))


class Situations:
    """Collect the situations of brands: the observer of their closed minutes.

    Examples
    --------
    >>> Situations().drain()
    []
    """

    def __init__(self) -> None:
        self._built: list[Situation] = []

    def observe(self, watch: BrandWatch, end: int, before: str) -> None:
        """Build the situation of a closed minute, and the last one of what ended in it.

        Parameters
        ----------
        watch
            The brand's watch, advanced to the minute's end.
        end
            That end, in minutes since the epoch.
        before
            The subject before the minute.
        """
        subject = watch.subject
        if before and before != subject:
            self._built.append(build_situation(watch, end, before, ended=True))
        if subject:
            self._built.append(build_situation(watch, end, subject))

    def drain(self) -> list[Situation]:
        """Return what was built since the last call, in order."""
        built, self._built = self._built, []
        return built


def build_situation(watch: BrandWatch, end: int, incident: str, *, ended: bool = False) -> Situation:
    """Build the situation of an incident, or of its case, at the end of a closed minute.

    Parameters
    ----------
    watch
        The brand's watch, advanced to that end.
    end
        Minutes since the epoch.
    incident
        Its id.
    ended
        Whether neither of the two is open any more.
    """
    config, desk = watch.config, watch.desk.desk
    case = None if ended else desk.context.case
    since, warned = watch.desk.board.times.get(incident, (end, 0))
    first = max(since, end - RECENT_MINUTES)
    window = watch.recent.window(first, end)
    severity = "calm" if ended else watch.severity.label
    last = None if ended else watch.last_event
    holding = () if last is None or last.reached is None else (last.reached.post,)
    posts = most_telling(window.posts, config, holding, negatives_first=severity in _PAGES)
    official = official_posts(watch, since)
    asks = desk.context.complaints.waiting(end, 0 if case is None else case.since)
    totals = desk.promises.totals
    at = rfc3339(end * MINUTE_MS + config.lateness_ms)
    return Situation(
        id=f"{incident}/situation/{at}",
        incident=incident,
        open_incident=None if ended or watch.incident is None else watch.incident.id,
        brand=watch.brand,
        at=at,
        minute=minute_time(end),
        ended=ended,
        severity=severity,
        since=minute_time(since),
        warned_at=minute_time(warned) if warned else None,
        case_open=case is not None,
        criteria=[] if last is None else last.criteria,
        planned=None if last is None else last.planned or None,
        figures=figures(watch, end, max((post.reach for post in posts), default=0)),
        networks=networks(watch, window),
        terms=[ShownTerm(term, count) for term, count in watch.spreading(end)],
        posts=posts,
        weaknesses=dict(sorted(window.weaknesses.items())),
        carriers=carriers(watch, window, (len({post.account for post in official}), len(official))),
        answers=answer_counts(window.counts),
        asks=ShownAsks(
            asks.open, asks.overdue, asks.answered, median_delay(desk.context.complaints.delays), asks.estimated
        ),
        promises=ShownPromises(desk.promises.open, totals["kept"], totals["broken"]),
        statements=statements(watch, official),
        signals=signals(watch),
        deadlines=[] if ended else due(watch, end),
    )
