"""Panels of the row "The answer": how one brand answers, and whether it helps."""

from collections.abc import Iterator

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from dashboards import panels as p
from dashboards.defaults import BRAND, selector
from streams.metrics import desk_families as d
from streams.metrics import families as m
from streams.metrics.family import Family

TITLE = "The answer"
OF_BRAND = selector(BRAND)


def answer_panels() -> Iterator[Builder[Panel]]:
    """Yield the panels, what is owed first."""
    yield p.stat(
        "Case open for",
        "How long the incident has been waiting for a statement on the matter; - where no case is open.",
        f"{_of(m.WATERMARK)} - {_of(d.CASE_OPENED)}",
        unit="s",
        steps=((None, p.GREEN), (1800, p.ORANGE), (5400, p.RED)),
    )
    yield p.stat(
        "First word and statement after",
        "Time from the opening of the case to the first official word of any kind, and to a statement on the matter.",
        {
            "first word": f"{_of(d.CASE_FIRST_WORD)} - {_of(d.CASE_OPENED)}",
            "statement": f"{_of(d.CASE_STATEMENT)} - {_of(d.CASE_OPENED)}",
        },
        unit="s",
        steps=((None, "text"),),
    )
    yield p.stat(
        "Overdue complaints",
        "Customers who wait longer than the objective, since the incident began or in the last day.",
        f"{_of(d.OVERDUE_COMPLAINTS, 'case')} or {_of(d.OVERDUE_COMPLAINTS, 'day')}",
        steps=((None, p.GREEN), (1, p.ORANGE), (10, p.RED)),
        decimals=0,
    )
    yield p.stat(
        "Oldest overdue complaint",
        "How long it has waited for an answer.",
        f"{_of(m.WATERMARK)} - {_of(d.OLDEST_OVERDUE)}",
        unit="s",
        steps=((None, p.ORANGE), (14_400, p.RED)),
    )
    yield p.state_timeline(
        "Signals of the answer",
        "What is wrong with how the brand answers, by severity; empty without a case or a signal.",
        {"{{signal}}": f"max by (signal) ({d.SIGNAL.name}{OF_BRAND}) > 0"},
        p.SIGNAL_NAMES,
        height=8,
    )
    yield p.time_series(
        "Customers who wait for an answer",
        "Customers with a complaint or question of the last day that nobody answered, and those beyond the objective.",
        {"waiting": _of(d.OPEN_COMPLAINTS, "day"), "too long": _of(d.OVERDUE_COMPLAINTS, "day")},
    )
    yield p.time_series(
        "First response time",
        "From the complaint to the first public reply, of the replies of 6 hours; those without a reply are not in it.",
        {"median": _quantile(0.5), "90 %": _quantile(0.9)},
        unit="s",
    )
    yield p.time_series(
        "Burn rate of the reply objective",
        "Late replies as a multiple of the share that may be late. Three, over 6 hours and the last one, is a warning.",
        {"1 h": _burn("1h"), "6 h": _burn("6h")},
        lines_at=((None, "transparent"), (3, p.ORANGE)),
    )
    yield p.time_series(
        "Effect of the latest statement",
        "Share of negatives after it less before, with its 95 % interval: it helped where all of it is below 0.",
        {"{{bound}}": f"max by (bound) ({d.EFFECT.name}{OF_BRAND})"},
        unit="percentunit",
    ).min(-1)
    yield p.time_series(
        "Promises",
        "Promises with a time: those open, and those of a day by what became of them.",
        {
            "open": _of(d.PROMISES_OPEN),
            "{{state}}": f"sum by (state) (increase({d.PROMISES.name}{OF_BRAND}[1d]))",
        },
    )
    yield p.time_series(
        "Shares that make it worse",
        "Replies that begin alike, replies beyond the first to a customer, and negatives where nothing was said.",
        {"canned": _of(d.CANNED), "excess": _of(d.EXCESS), "uncovered": _of(d.UNCOVERED)},
        unit="percentunit",
    ).max(1)
    yield p.time_series(
        "Networks without a word of the brand",
        "Share of the mentions of 30 days on each network with a tenth of them where the brand never spoke.",
        {"{{network}}": f"max by (network) ({d.ABSENT.name}{OF_BRAND})"},
        unit="percentunit",
    ).max(1)
    yield p.time_series(
        "Clues and scheduled publications",
        "People who say that they were deleted or never answered, and publications that are planned.",
        {"{{clue}}": f"max by (clue) ({d.CLUES.name}{OF_BRAND})", "scheduled": _of(d.SCHEDULED)},
    )
    yield p.time_series(
        "Replies of other customers in an hour",
        "To a complaint, by tone. A figure alone: one that is not negative may still agree with the complaint.",
        {"{{tone}}": f"sum by (tone) (increase({d.THIRD_REPLIES.name}{OF_BRAND}[1h]))"},
        stacked=True,
    )


def _of(family: Family, since: str = "") -> str:
    labels = selector(BRAND, f'since="{since}"') if since else OF_BRAND
    return f"max({family.name}{labels})"


def _quantile(share: float) -> str:
    return f"histogram_quantile({share}, sum by (le) (increase({d.FIRST_REPLY.name}_bucket{OF_BRAND}[6h])))"


def _burn(window: str) -> str:
    of_late = selector(BRAND, 'outcome="late"')
    late = f"sum(increase({d.REPLIES_DUE.name}{of_late}[{window}]))"
    due = f"(sum(increase({d.REPLIES_DUE.name}{OF_BRAND}[{window}])) > 0)"
    return f"{late} / {due} / (1 - {_of(d.OBJECTIVE)})"
