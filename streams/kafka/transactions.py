"""Calls that may wait for ever, given a time limit.

kafka-python 3.0 waits without limit for the answer to a transactional request; where the broker went away with it, no
answer comes.
"""

import contextlib
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from kafka.errors import KafkaError, KafkaTimeoutError

T = TypeVar("T")


def within(seconds: float, call: Callable[[], T]) -> T:
    """Give what a call gives, or stop waiting for it: it goes on by itself, on a thread that ends with the process.

    Parameters
    ----------
    seconds
        The limit.
    call
        Must be harmless where nobody waits for it any more.

    Raises
    ------
    KafkaTimeoutError
        It took longer. Whatever else the call raises is raised here.

    Examples
    --------
    >>> within(5.0, lambda: 7)
    7
    >>> within(0.01, threading.Event().wait)
    Traceback (most recent call last):
    ...
    kafka.errors.KafkaTimeoutError: KafkaTimeoutError: no answer within 0 s
    """
    answer: list[Any] = []
    trouble: list[BaseException] = []

    def run() -> None:
        try:
            answer.append(call())
        except BaseException as error:
            trouble.append(error)

    thread = threading.Thread(target=run, name="within", daemon=True)
    thread.start()
    thread.join(seconds)
    if trouble:
        raise trouble[0]
    if not answer:
        raise KafkaTimeoutError(f"no answer within {seconds:.0f} s")
    return answer[0]  # type: ignore[no-any-return]


def end_producer(producer: Any, seconds: float = 3.0) -> None:
    """End a `kafka.KafkaProducer`, in order where that is possible, by force where it is not.

    Its own `close` gives up where what is left cannot be sent, and leaves a thread behind that goes on trying, as fast
    as it can.

    Parameters
    ----------
    producer
        Not to be used any more.
    seconds
        The limit for an end in order.
    """
    with contextlib.suppress(KafkaError):
        within(seconds, lambda: producer.close(timeout=seconds / 2))
    producer._sender.force_close()
