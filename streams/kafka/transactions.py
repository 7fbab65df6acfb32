"""Transactional producers: opening, closing, and a time limit for calls that may never return.

kafka-python 3.0 waits without limit for the answer to a transactional request; a broker that stops before it answers
never sends one.
"""

import contextlib
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from kafka import KafkaProducer
from kafka.errors import KafkaError, KafkaTimeoutError

from streams.kafka.clients import transactional_producer_options
from streams.settings.kafka import KafkaSettings

T = TypeVar("T")


def open_producer(settings: KafkaSettings, transactional_id: str) -> Any:
    """Open a transactional producer: fence the previous one with this id and abort the transaction it left open.

    Parameters
    ----------
    settings
        Connection settings.
    transactional_id
        Without the prefix; see `streams.kafka.clients.transactional_producer_options`.

    Raises
    ------
    KafkaError
        Kafka cannot be reached, or does not answer within the producer's `max_block_ms`.
    """
    producer = KafkaProducer(**transactional_producer_options(settings, transactional_id))
    try:
        producer.init_transactions()
    except BaseException:
        close_producer(producer)
        raise
    return producer


def transaction_limit_s(settings: KafkaSettings) -> float:
    """Return how long to wait for a transaction: by then the broker has aborted it by itself."""
    return 2 * settings.transaction_timeout_s


def within(seconds: float, call: Callable[[], T]) -> T:
    """Return a call's result, or stop waiting for it: it goes on alone, on a thread that ends with the process.

    Parameters
    ----------
    seconds
        The limit.
    call
        Must be harmless once nobody waits for it any more.

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
    results: list[Any] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, name="within", daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    if not results:
        raise KafkaTimeoutError(f"no answer within {seconds:.0f} s")
    return results[0]  # type: ignore[no-any-return]


def close_producer(producer: Any, seconds: float = 3.0) -> None:
    """Close a `kafka.KafkaProducer`: in order where that is possible, by force where it is not.

    Its own `close` gives up where what is left cannot be sent, and leaves a thread behind that retries as fast as it
    can.

    Parameters
    ----------
    producer
        Not to be used any more.
    seconds
        Limit for closing in order.
    """
    with contextlib.suppress(KafkaError):
        within(seconds, lambda: producer.close(timeout=seconds / 2))
    producer._sender.force_close()
