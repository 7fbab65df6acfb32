"""How negative a text is, 0 to 1, in any language: a small linear model that ships with the package.

Examples
--------
>>> model = NegativityModel.load()
>>> model.score_one("Great flight, thank you!") < 0.5 < model.score_one("worst airline ever, lost my bag again")
True
"""

from detectors.negativity.model import NegativityModel, with_rating

__all__ = ["NegativityModel", "with_rating"]
