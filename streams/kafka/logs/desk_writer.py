"""Writing the topic `desk`: one action at a time, confirmed by every in-sync copy."""

from kafka import KafkaProducer

from streams.desk_log.action import DeskAction
from streams.kafka.clients import broker_errors, producer_options
from streams.settings.kafka import KafkaSettings

SEND_TIMEOUT_S = 10.0


class DeskWriter:
    """Append actions to the desk log.

    Parameters
    ----------
    settings
        Connection settings.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        with broker_errors(settings):
            self._producer = KafkaProducer(**producer_options(settings) | {"linger_ms": 0})

    def append(self, action: DeskAction) -> None:
        """Append an action and wait until it is confirmed; blocking.

        Raises
        ------
        BrokerError
            It is not confirmed in time: whether it is there will be seen by reading.
        """
        with broker_errors(self._settings):
            topic = self._settings.topic("desk")
            future = self._producer.send(topic, key=action.incident.encode(), value=action.to_json(), partition=0)
            future.get(SEND_TIMEOUT_S)

    def close(self) -> None:
        """Close the connection."""
        self._producer.close(timeout=1.0)
