"""Settings of the metrics: section `[metrics]`."""

from typing import Annotated

import msgspec
from msgspec import Meta

DEFAULT_INSTALLATION = "badbuzz"
"""Name of an installation that is not configured."""


class LabelLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits on the number of label values, and so of time series.

    Parameters
    ----------
    brands
        Most brands with series of their own; later ones are counted together as `other`.
    alarms
        Additional series reserved for brands with an open incident.
    networks
        Most networks with series of their own; later ones are counted together as `other`.
    forget_days
        Days without a mention after which the series of a brand or network are removed.
    """

    brands: Annotated[int, Meta(ge=1)] = 500
    alarms: Annotated[int, Meta(ge=0)] = 100
    networks: Annotated[int, Meta(ge=1)] = 20
    forget_days: Annotated[float, Meta(gt=0)] = 7.0
