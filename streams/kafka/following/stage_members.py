"""Members of the workers' consumer groups, asked of the broker: a stage without any is run by nobody."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from kafka.admin import KafkaAdminClient
from kafka.errors import AuthorizationError

from streams.kafka.clients import admin_options
from streams.kafka.transactions import within
from streams.settings.kafka import KafkaSettings

logger = logging.getLogger(__name__)

EVERY_S = 5.0
ANSWER_TIMEOUT_S = 8.0


class StageMembers:
    """Ask at intervals, on a thread of its own, how many workers run each stage.

    Parameters
    ----------
    settings
        Connection settings.
    on_answer
        Called with each answer on that thread: members by stage, those alone that this user may describe; None where
        the broker did not answer.
    every_s
        Seconds between two questions.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        on_answer: Callable[[dict[str, int] | None], None],
        every_s: float = EVERY_S,
    ) -> None:
        self._settings = settings
        self._groups = {
            "scorer": settings.topic(settings.scorer_group),
            "watcher": settings.topic(settings.watcher_group),
        }
        self._on_answer = on_answer
        self._every_s = every_s
        self._stopping = threading.Event()
        self._admin: KafkaAdminClient | None = None
        self._thread = threading.Thread(target=self._run, name="stage-members", daemon=True)

    def start(self) -> None:
        """Begin asking."""
        self._thread.start()

    def stop(self) -> None:
        """End asking, begun or not; a question under way ends with the process."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(1.0)

    def _run(self) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self._on_answer(within(ANSWER_TIMEOUT_S, self._ask))
            except AuthorizationError as error:
                logger.debug("the broker does not allow to ask who runs the stages: %s", error)
                self._on_answer({})
            except Exception as error:  # the client raises errors of sockets and of its own, some undocumented
                logger.debug("the broker does not say who runs the stages: %s", error)
                self._close()
                self._on_answer(None)
            self._stopping.wait(max(0.1, self._every_s - (time.monotonic() - began)))
        self._close()

    def _ask(self) -> dict[str, int]:
        if self._admin is None:
            self._admin = KafkaAdminClient(**admin_options(self._settings))
        answer: Any = self._admin.describe_groups(list(self._groups.values()))
        members = {}
        for stage, group in self._groups.items():
            found = answer.get(group, {})
            if "Authorization" not in (found.get("error") or ""):
                members[stage] = len(found.get("members", ()))
        return members

    def _close(self) -> None:
        if self._admin is not None:
            self._admin.close()
            self._admin = None
