"""Settings of the metrics: `[metrics]`."""

from typing import Annotated

import msgspec
from msgspec import Meta


class LabelLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many values of a label become series of their own.

    Parameters
    ----------
    brands
        Most brands; later ones are counted together as `other`.
    alarms
        Places beyond these for brands with an open incident, which must be seen.
    networks
        Most networks.
    forget_days
        Days after which the series of a brand or network that is not heard of any more are removed.
    """

    brands: Annotated[int, Meta(ge=1)] = 500
    alarms: Annotated[int, Meta(ge=0)] = 100
    networks: Annotated[int, Meta(ge=1)] = 20
    forget_days: Annotated[float, Meta(gt=0)] = 7.0
