"""Online detectors with river's interface, the negativity model and the state of incidents.

`BrandDetector` is where to start: it decides for one brand, minute by minute of event time. Names are imported when
they are first used, so that the negativity model loads without scipy and river.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from detectors.anomaly.negative_growth import NegativeGrowth
    from detectors.anomaly.surge import Surge
    from detectors.brand import BrandDetector
    from detectors.change import Change
    from detectors.criteria.criterion import Criterion
    from detectors.criteria.readings import Readings
    from detectors.errors import StateError
    from detectors.incident import IncidentState
    from detectors.negativity import NegativityModel
    from detectors.observation import Observation, Post, Voice
    from detectors.series.alarm import AlarmGate
    from detectors.series.burst import SeriesBurst
    from detectors.settings import DetectorSettings
    from detectors.severity import CRITERIA, Severity
    from detectors.trending import TrendingTerms

__all__ = [
    "CRITERIA",
    "AlarmGate",
    "BrandDetector",
    "Change",
    "Criterion",
    "DetectorSettings",
    "IncidentState",
    "NegativeGrowth",
    "NegativityModel",
    "Observation",
    "Post",
    "Readings",
    "SeriesBurst",
    "Severity",
    "StateError",
    "Surge",
    "TrendingTerms",
    "Voice",
]

_MODULES = {
    "CRITERIA": "detectors.severity",
    "AlarmGate": "detectors.series.alarm",
    "BrandDetector": "detectors.brand",
    "Change": "detectors.change",
    "Criterion": "detectors.criteria.criterion",
    "DetectorSettings": "detectors.settings",
    "IncidentState": "detectors.incident",
    "NegativeGrowth": "detectors.anomaly.negative_growth",
    "NegativityModel": "detectors.negativity",
    "Observation": "detectors.observation",
    "Post": "detectors.observation",
    "Readings": "detectors.criteria.readings",
    "SeriesBurst": "detectors.series.burst",
    "Severity": "detectors.severity",
    "StateError": "detectors.errors",
    "Surge": "detectors.anomaly.surge",
    "TrendingTerms": "detectors.trending",
    "Voice": "detectors.observation",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
