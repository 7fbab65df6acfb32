"""The interface of a recording: a finite iterable of raw messages that reports its progress."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from streams.mentions.message import Message


class Progress(NamedTuple):
    """How far a recording has been read.

    Parameters
    ----------
    done
        Units read: bytes of a file, posts of a list.
    total
        Units in all; 0 where that is not known, as for standard input.
    """

    done: int
    total: int


class Recording(Protocol):
    """Mentions recorded earlier: files, standard input, a list.

    A recording delivers raw messages. Decoding, deduplication and dead letters are the scorer's work, so it yields
    unreadable messages as they are. It selects no brands, scores nothing and knows nothing of Kafka: the same recording
    feeds a replay in one process and `badbuzz replay --to-kafka`. What a network publishes now comes from a
    `streams.sources.source.Source`.

    Common mistakes:

    * Messages far out of order. A mention that is later than the allowed lateness is not counted in its own minute,
      and one that is later than three hours in none; a recording of several streams merges them by event time.
    * Offsets that change from one run to the next, or that two messages of one `Message.source` share. A dead letter
      names its message by them.
    * Waiting between messages to keep a pace. `streams.recordings.pacing.paced` does that for every recording.
    * Silence where a network had nothing new. Only a heartbeat (`streams.mentions.heartbeat`) tells that from an
      outage and lets the last minutes close.
    """

    def __iter__(self) -> Iterator[Message]:
        """Yield the messages, in order of event time but for the lateness.

        Called once a run, in the thread that processes the messages. Open files and connections here, when the first
        message is asked for, and close them after the last. Check in the constructor that they exist: an error then
        comes before the work.

        Yields
        ------
        Message
            One mention as JSON of version 1, without the line's end; blank lines are left out.

        Raises
        ------
        InputError
            The recording cannot be read; the message says what was expected, what came and the remedy.
        """

    def progress(self) -> Progress:
        """Return how far the reading is.

        Called before the first message and after each batch, in the same thread. It must be cheap, must not move the
        reading on, and must not raise.
        """
