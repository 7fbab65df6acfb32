"""Errors that detectors raise on purpose."""

__all__ = ["StateError"]


class StateError(ValueError):
    """A stored state that this version cannot restore: its message says what was expected and what came."""
