"""Where does the heat of a machine go?

All IT power becomes heat. Of a system's own draw the liquid share leaves by liquid and the rest by air; network, storage and management
around it are air-cooled.
"""

from __future__ import annotations


def heat_split_w(own_w: float, overhead_w: float, liquid_share: float) -> tuple[float, float]:
    """(to liquid, to air) in W for a system drawing `own_w` with `overhead_w` of air-cooled equipment around it."""
    return own_w * liquid_share, own_w * (1.0 - liquid_share) + overhead_w
