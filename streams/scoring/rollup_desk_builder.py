"""Building the desk part of a rollup from the mentions of a batch."""

from functools import cache
from typing import Any

from streams.mentions.marks.customers import asks, clues, thanks
from streams.mentions.marks.mark import Clue, Mark
from streams.mentions.marks.reading import PreparedTexts, lead, read_marks
from streams.mentions.mention import SPOKEN, Mention, milliseconds
from streams.mentions.text import hash64, post_key
from streams.scoring.rollup_desk import (
    BOT,
    DENIES,
    MAX_ACTIONS,
    MAX_ANSWERS,
    MAX_ASKS,
    MAX_CLUES,
    MAX_REPLIES,
    MAX_STATEMENTS,
    NEGATIVE,
    PRIVATE,
    QUESTION,
    SCHEDULED,
    SUPPORTS,
    THANKS,
    ActionRow,
    AnswerRow,
    AskRow,
    DeskPart,
    ReplyRow,
    StatementRow,
    least,
)
from streams.settings.brands.accounts import Accounts
from streams.settings.brands.brand import BrandConfig

MAX_TEXT = 200
MAX_ACTION_TEXT = 80
_BOUNDS = {
    "asks": MAX_ASKS,
    "answers": MAX_ANSWERS,
    "statements": MAX_STATEMENTS,
    "replies": MAX_REPLIES,
    "actions": MAX_ACTIONS,
    "deleted": MAX_CLUES,
    "unkept": MAX_CLUES,
}
_STANCES: dict[str | None, int] = {"support": SUPPORTS, "deny": DENIES}
MODERATION = frozenset(("deletion", "block", "closed", "undo", "edit"))
_SHOWN, _PROMO = int(Mark.HOT | Mark.BLAME), int(Mark.PROMO)
_DELETED, _UNKEPT = int(Clue.DELETED), int(Clue.UNKEPT)


@cache
def _prepared(holding: tuple[str, ...], statements: tuple[str, ...]) -> PreparedTexts:
    texts = [(Mark.HOLDING, text) for text in holding] + [(Mark.STATEMENT, text) for text in statements]
    return PreparedTexts(texts)


def author_key(network: str, author: str) -> int:
    """Hash an author of a network: the key of a voice."""
    return hash64(f"{network}\0{author}")


class DeskPartBuilder:
    """Collect what the response desk reads of the mentions of one network and minute.

    It holds no more rows than a batch has mentions, and `desk_part` cuts them to the bounds.

    Parameters
    ----------
    network
        The network.
    known
        Configuration of the brand.

    Attributes
    ----------
    rows
        By field of `DeskPart`, those of it that have any.
    """

    __slots__ = ("known", "network", "rows")

    def __init__(self, network: str, known: BrandConfig) -> None:
        self.network = network
        self.known = known
        self.rows: dict[str, list[Any]] = {}

    def add_customer(self, mention: Mention, author: int, negative: bool, at: int) -> None:
        """Add the rows of what a customer said, where it complains, asks or replies.

        Parameters
        ----------
        mention
            Not official, and no repost.
        author
            Key of its voice.
        negative
            Whether it counts as negative.
        at
            Its time, in seconds since the epoch.
        """
        replied = mention.reply_to
        flags = 0
        if negative:
            flags = NEGATIVE
            found = clues((mention.text or "").lower(), mention.lang[:2] if mention.lang else "")
            if found & _DELETED:
                self._add("deleted", author)
            if found & _UNKEPT:
                self._add("unkept", author)
        elif asks(mention.text or ""):
            flags = QUESTION
        elif replied is not None and thanks((mention.text or "").lower(), mention.lang[:2] if mention.lang else ""):
            flags = THANKS
        if flags:
            self._add("asks", AskRow(post_key(self.network, mention.id), author, at, flags))
        if replied is not None:
            flags = flags & NEGATIVE | _STANCES.get(mention.stance, 0)
            self._add("replies", ReplyRow(author, post_key(self.network, replied), at, flags))

    def add_official(self, mention: Mention) -> None:
        """Add what the brand said or did."""
        kind = mention.kind
        planned = mention.publish_at
        if kind in MODERATION or (kind == "scheduled" and planned is not None and planned > mention.created_at):
            self._add("actions", self._action(mention))
        elif kind in SPOKEN or kind == "scheduled":
            if mention.repost_of is not None or kind == "repost":
                return
            if mention.reply_to is None and mention.reply_to_author is None and mention.visibility == "public":
                self._add("statements", self._statement(mention))
            else:
                self._add("answers", self._answer(mention))

    def _add(self, field: str, row: object) -> None:
        self.rows.setdefault(field, []).append(row)

    def _marks(self, mention: Mention) -> int:
        known = self.known
        role = known.account_roles.get(mention.author or "")
        return read_marks(mention, _prepared(known.holding_texts, known.statement_texts), role)

    def _statement(self, mention: Mention) -> StatementRow:
        text = mention.text or ""
        return StatementRow(
            milliseconds(mention) // 1000,
            post_key(self.network, mention.id),
            author_key(self.network, mention.author or ""),
            self._marks(mention),
            lead(text),
            _due(mention),
            SCHEDULED if mention.kind == "scheduled" else 0,
            mention.id,
            text[:MAX_TEXT],
            mention.url or "",
        )

    def _answer(self, mention: Mention) -> AnswerRow:
        text = mention.text or ""
        author = author_key(self.network, mention.reply_to_author) if mention.reply_to_author else 0
        target = post_key(self.network, mention.reply_to) if mention.reply_to is not None else author
        marks = self._marks(mention)
        shown = bool(marks & _SHOWN)
        bot = bool(marks & _PROMO) or Accounts(self.known.bot_accounts).has(self.network, mention.author)
        private = mention.visibility == "private"
        return AnswerRow(
            target,
            author,
            int(mention.reply_to_at.timestamp()) if mention.reply_to_at is not None else 0,
            post_key(self.network, mention.id),
            milliseconds(mention) // 1000,
            marks,
            lead(text),
            PRIVATE * private | BOT * bot,
            _due(mention),
            post_key(self.network, mention.keeps) if mention.keeps is not None else 0,
            mention.id if shown and not private else "",
            text[:MAX_TEXT] if shown and not private else "",
        )

    def _action(self, mention: Mention) -> ActionRow:
        return ActionRow(
            milliseconds(mention) // 1000,
            mention.kind,
            post_key(self.network, mention.reply_to or mention.id),
            mention.target == "own",
            mention.role or "",
            int(mention.publish_at.timestamp()) if mention.publish_at is not None else 0,
            mention.id,
            (mention.text or "")[:MAX_ACTION_TEXT],
        )


def desk_part(spoken: int, negative: int, rows: dict[str, list[Any]]) -> DeskPart | None:
    """Return a desk part of these rows by field, cut to their bounds; None where there is nothing in it."""
    if rows:
        cut = {name: least(found, _BOUNDS[name]) if len(found) > 1 else (found[0],) for name, found in rows.items()}
        return DeskPart(spoken=spoken, negative=negative, **cut)
    return DeskPart(spoken=spoken, negative=negative) if spoken else None


def _due(mention: Mention) -> int:
    return int(mention.promise_due_at.timestamp()) if mention.promise_due_at is not None else 0
