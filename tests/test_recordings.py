"""Messages of a pipe are processed as they come; a reader's error reaches whoever processes them."""

import os
from collections.abc import Iterator

import pytest

from streams.errors import InputError
from streams.mentions.message import Message
from streams.recordings.pacing import BATCH_MESSAGES, as_they_come
from streams.recordings.packing import lines


def message(number: int) -> Message:
    return Message("test", number, b"{}")


def test_messages_of_an_open_pipe_are_yielded_before_it_closes() -> None:
    read, write = os.pipe()
    with os.fdopen(read, "rb") as source, os.fdopen(write, "wb", 0) as pipe:
        batches = as_they_come(Message("pipe", number, line) for number, line in enumerate(lines(source)))
        for sent in (b"one\n", b"two\n"):
            pipe.write(sent)
            assert [each.value for each in next(batches)] == [sent]
        pipe.close()
        assert list(batches) == []


def test_nothing_is_lost_and_no_batch_is_larger_than_the_others() -> None:
    batches = list(as_they_come(map(message, range(3 * BATCH_MESSAGES + 1))))
    assert [each.offset for batch in batches for each in batch] == list(range(3 * BATCH_MESSAGES + 1))
    assert max(map(len, batches)) <= BATCH_MESSAGES


def test_an_error_of_the_reader_comes_after_what_was_read_before_it() -> None:
    def failing() -> Iterator[Message]:
        yield message(1)
        raise InputError("cut short")

    batches = as_they_come(failing())
    read = next(batches)
    with pytest.raises(InputError, match="cut short"):
        next(batches)
    assert read == [message(1)]
