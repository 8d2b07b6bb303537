"""What may a scenario say of a site's fuel store?"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from planner.core.scenario import Schema
from planner.core.site import Site
from planner.records import Record
from planner.units import Duration, Unit, Volume, WaterPerEnergy

MoneyPerVolume = Annotated[float, Unit("USD/m3", "900 USD/m3", ge=0, le=1e6)]


class FuelStore(Record):
    """A store that is built as large as what runs needs it."""

    at_most_m3: Annotated[Volume, Field(alias="at_most", gt=0)]
    """The most that may stand here."""
    lasts_days: Annotated[Duration, Field(alias="lasts", gt=0)]
    """How long it must last at the average draw of the site."""
    use_l_per_kwh: Annotated[WaterPerEnergy, Field(alias="use", gt=0)]
    """Fuel burnt for a kWh at the utility's meter."""
    cost_usd_per_m3: Annotated[MoneyPerVolume, Field(alias="cost")] = 0.0
    """Paid once, on the first day of the period from which it stands."""


class FuelStoresAtSite(Site):
    """Its fuel store."""

    fuel_store: FuelStore | None = None
    """Fuel that must stand here; left out: none need."""


FACE = Schema(site=FuelStoresAtSite)
