"""Settings as the environment variables that a process reads them from."""

import msgspec

from streams.settings.kafka import KafkaSettings


def environment(settings: KafkaSettings) -> dict[str, str]:
    """Return the variables of the settings that differ from the defaults."""
    values = msgspec.structs.asdict(settings)
    defaults = msgspec.structs.asdict(KafkaSettings())
    return {f"BADBUZZ_KAFKA_{name.upper()}": str(value) for name, value in values.items() if value != defaults[name]}
