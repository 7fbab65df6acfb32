"""The behaviour suite on the in-process pipeline."""

import pytest

from tests.behaviour.engines import Engine, in_process
from tests.behaviour.suite import IncidentBehaviour


class TestInProcess(IncidentBehaviour):
    @pytest.fixture
    def incidents_of(self) -> Engine:
        return in_process
