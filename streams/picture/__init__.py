"""The picture of a replay: what was said, what was expected, when badbuzz spoke up, and what is documented.

The same input gives the same SVG, byte for byte.
"""

from streams.picture.bins import PictureBucket
from streams.picture.figure import draw

__all__ = ["PictureBucket", "draw"]
