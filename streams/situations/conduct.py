"""How a brand answers, as a situation shows it: its statements and their effect, signals that hold, deadlines."""

from streams.event_time import rfc3339
from streams.mentions.marks.mark import ON_THE_MATTER, mark_names
from streams.mentions.text import normalize
from streams.response.case.case import Case
from streams.response.deadlines import deadlines
from streams.response.official_posts import OfficialPost
from streams.situations.situation import ActiveSignal, Deadline, OfficialStatement, StatementEffect
from streams.watching.brand_watch import BrandWatch

MAX_STATEMENTS = 10
REPLIES_WITHIN_MINUTES = 120


def official_posts(watch: BrandWatch, since: int) -> list[OfficialPost]:
    """Return the statements made since a minute, oldest first."""
    posts = [post for post in watch.desk.desk.context.posts.since(since) if post.statement]
    return sorted(posts, key=lambda post: (post.at, post.id))


def statements(watch: BrandWatch, posts: list[OfficialPost]) -> list[OfficialStatement]:
    """Return the latest of some statements as they are shown."""
    case = watch.desk.desk.context.case
    return [_statement(watch, post, case) for post in posts[-MAX_STATEMENTS:]]


def _statement(watch: BrandWatch, post: OfficialPost, case: Case | None) -> OfficialStatement:
    replies, negative = post.replies_within(REPLIES_WITHIN_MINUTES)
    on_it = bool(post.marks & int(ON_THE_MATTER)) if case is None else case.on_the_matter(post.marks, post.text)
    effect = watch.desk.board.effects.get(post.id)
    return OfficialStatement(
        id=post.id,
        network=post.network,
        at=rfc3339(post.at * 1000),
        text=" ".join(normalize(post.text).split()),
        marks=sorted(mark_names(post.marks)),
        on_the_matter=on_it,
        replies=replies,
        negative_replies=negative,
        effect=None if effect is None else _effect(effect),
    )


def _effect(values: dict[str, int | float | str]) -> StatementEffect:
    low, points, high, minutes = (int(values[name]) for name in ("low", "points", "high", "minutes"))
    return StatementEffect(str(values["verdict"]), low, points, high, minutes)


def signals(watch: BrandWatch) -> list[ActiveSignal]:
    """Return the signals that hold, in the order in which they began."""
    return [
        ActiveSignal(
            signal=name, severity=held.severity, since=held.since, due=held.due, values=held.values, posts=held.posts
        )
        for name, held in watch.desk.board.signals.items()
    ]


def due(watch: BrandWatch, end: int) -> list[Deadline]:
    """Return what is due by event time, soonest first."""
    return [Deadline(item.kind, rfc3339(item.at * 1000)) for item in deadlines(watch.desk.desk, end)]
