"""What the brand says in a case: the first word, words on the matter, statements, customers answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streams.mentions.marks.mark import Mark
from streams.response.case.holding_due import ANSWERED_LEAST
from streams.scoring.rollup_desk import BOT, PRIVATE, SCHEDULED

if TYPE_CHECKING:
    from streams.response.case.case import Case
    from streams.response.desk_context import DeskContext
    from streams.response.observation import DeskObservation

_LEADER, _INVITES, _PROMO = int(Mark.LEADER), int(Mark.PRIVATE), int(Mark.PROMO)
UNCOUNTED = BOT | PRIVATE


def learn_words(seen: DeskObservation, desk: DeskContext, case: Case) -> None:
    """Learn what was said in a closed minute."""
    for network, row in seen.statements:
        if not row.flags & SCHEDULED:
            hear_statement(case, network, row.at // 60, row.marks, row.text, -(-row.due // 60))
    for network, answer in seen.answers:
        if answer.flags & UNCOUNTED:
            continue
        minute = answer.at // 60
        case.first_word_at = case.first_word_at or minute
        _leader(case, minute, answer.marks)
        matter = case.on_the_matter(answer.marks)
        if matter:
            case.speak(network, minute, answer.marks)
            case.update_due = -(-answer.due // 60)
        if answer.lead and not answer.marks & _INVITES and case.repeat(network, answer.lead, minute):
            case.speak(network, minute, answer.marks)
            case.statement_at = case.statement_at or minute
        if (matter or not answer.marks & _INVITES) and len(case.answered) < ANSWERED_LEAST:
            author = desk.complaints.author_of(answer)
            if author not in case.answered:
                case.answered.append(author)


def hear_statement(case: Case, network: str, minute: int, marks: int, text: str, due: int) -> None:
    """Learn one statement; `due` is the minute by which it says that there will be more, or 0."""
    case.first_word_at = case.first_word_at or minute
    _leader(case, minute, marks)
    if not marks & _PROMO and case.on_the_matter(marks, text):
        case.speak(network, minute, marks)
        case.statement_at = case.statement_at or minute
        case.update_due = due


def _leader(case: Case, minute: int, marks: int) -> None:
    if marks & _LEADER:
        case.leader_at = case.leader_at or minute
