"""The picture of a replay: observed and expected mentions, the score, incident events and documented instants.

The same input gives the same SVG, byte for byte.
"""

from streams.picture.bins import PictureBucket
from streams.picture.figure import draw

__all__ = ["PictureBucket", "draw"]
