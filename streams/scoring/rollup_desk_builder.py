"""Building the desk part of a rollup from the mentions of a batch."""

from functools import cache

from streams.mentions.marks.customers import asks, clues, thanks
from streams.mentions.marks.mark import Clue, Mark
from streams.mentions.marks.reading import PreparedTexts, lead, read_marks
from streams.mentions.mention import SPOKEN, Mention, milliseconds
from streams.mentions.text import hash64, post_key
from streams.scoring.rollup_desk import (
    BOT,
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
    THANKS,
    ActionRow,
    AnswerRow,
    AskRow,
    DeskPart,
    ReplyRow,
    StatementRow,
    least,
)
from streams.settings.accounts import Accounts
from streams.settings.brand import BrandConfig

MAX_TEXT = 200
MAX_ACTION_TEXT = 80
MODERATION = frozenset(("deletion", "block", "closed", "undo", "edit"))
_SHOWN = int(Mark.HOT | Mark.BLAME)
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

    Parameters
    ----------
    network
        The network.
    known
        Configuration of the brand.
    """

    __slots__ = (
        "_actions",
        "_answers",
        "_asks",
        "_deleted",
        "_negative",
        "_replies",
        "_spoken",
        "_statements",
        "_unkept",
        "known",
        "network",
    )

    def __init__(self, network: str, known: BrandConfig) -> None:
        self.network = network
        self.known = known
        self._spoken = self._negative = 0
        self._asks: list[AskRow] = []
        self._answers: list[AnswerRow] = []
        self._statements: list[StatementRow] = []
        self._replies: list[ReplyRow] = []
        self._actions: list[ActionRow] = []
        self._deleted: list[int] = []
        self._unkept: list[int] = []

    def add_customer(self, mention: Mention, author: int, negative: bool) -> None:
        """Add what a customer said, reposts left out.

        Parameters
        ----------
        mention
            Not official, and no repost.
        author
            Key of its voice.
        negative
            Whether it counts as negative.
        """
        text = mention.text or ""
        replied = mention.reply_to
        self._spoken += 1
        flags = 0
        lang = mention.lang[:2] if mention.lang else ""
        if negative:
            self._negative += 1
            flags = NEGATIVE
            found = clues(text.lower(), lang)
            if found & _DELETED:
                self._deleted.append(author)
            if found & _UNKEPT:
                self._unkept.append(author)
        elif asks(text):
            flags = QUESTION
        elif replied is None:
            return
        elif thanks(text.lower(), lang):
            flags = THANKS
        at = int(mention.created_at.timestamp())
        if flags:
            self._asks.append(AskRow(post_key(self.network, mention.id), author, at, flags))
        if replied is not None:
            self._replies.append(ReplyRow(author, post_key(self.network, replied), at, flags & NEGATIVE))

    def add_official(self, mention: Mention) -> None:
        """Add what the brand said or did."""
        kind = mention.kind
        planned = mention.publish_at
        if kind in MODERATION or (kind == "scheduled" and planned is not None and planned > mention.created_at):
            self._actions.append(self._action(mention))
        elif kind in SPOKEN or kind == "scheduled":
            if mention.repost_of is not None or kind == "repost":
                return
            if mention.reply_to is None and mention.reply_to_author is None and mention.visibility == "public":
                self._statements.append(self._statement(mention))
            else:
                self._answers.append(self._answer(mention))

    def build(self) -> DeskPart | None:
        """Return the desk part; None where nobody spoke or acted."""
        if not (self._spoken or self._statements or self._answers or self._actions):
            return None
        return DeskPart(
            spoken=self._spoken,
            negative=self._negative,
            asks=least(self._asks, MAX_ASKS) if self._asks else (),
            answers=least(self._answers, MAX_ANSWERS) if self._answers else (),
            statements=least(self._statements, MAX_STATEMENTS) if self._statements else (),
            replies=least(self._replies, MAX_REPLIES) if self._replies else (),
            actions=least(self._actions, MAX_ACTIONS) if self._actions else (),
            deleted=least(self._deleted, MAX_CLUES) if self._deleted else (),
            unkept=least(self._unkept, MAX_CLUES) if self._unkept else (),
        )

    def _marks(self, mention: Mention) -> int:
        return read_marks(mention, _prepared(self.known.holding_texts, self.known.statement_texts))

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
        bot = bool(marks & Mark.PROMO) or Accounts(self.known.bot_accounts).has(self.network, mention.author)
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


def _due(mention: Mention) -> int:
    return int(mention.promise_due_at.timestamp()) if mention.promise_due_at is not None else 0
