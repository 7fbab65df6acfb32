"""Negativity of a text, 0 to 1, in many languages: a small linear model that ships with the package.

Examples
--------
>>> model = NegativityModel.load()
>>> model.score_one("Great flight, thank you!") < 0.5 < model.score_one("worst airline ever, lost my bag again")
True
"""

from detectors.negativity.model import NegativityModel
from detectors.negativity.rating import with_rating

__all__ = ["NegativityModel", "with_rating"]
