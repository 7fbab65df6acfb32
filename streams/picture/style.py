"""Colours, fonts and lines of the picture.

The colours are Okabe and Ito's (https://jfly.uni-koeln.de/color/), which colour-blind people can distinguish; every
severity also stands in words.
"""

from typing import Any

NEGATIVE, OTHER, EXPECTED, INK, FAINT = "#D55E00", "#56B4E9", "#000000", "#222222", "#8A8A8A"
SEVERITY_COLOURS = {"calm": "#E8E8E8", "watch": "#F0E442", "warning": "#E69F00", "critical": "#A3195B"}
SEVERITY_INKS = {"calm": INK, "watch": INK, "warning": INK, "critical": "#FFFFFF"}
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.edgecolor": FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "badbuzz",
}
"""Settings of matplotlib."""
