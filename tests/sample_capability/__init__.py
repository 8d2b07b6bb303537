"""A capability that is no part of the product: an on-site fuel store, which must last for so long
at the average draw of its site.

One folder, and one line that registers it: see `__main__`.
"""

from planner.core.registry import Capability

CAPABILITY = Capability("fuel_stores", after=("networks", "generation"))
