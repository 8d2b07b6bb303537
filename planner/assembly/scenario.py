"""The scenario with the keys of every capability: it validates files, and their JSON Schema is its
own.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from planner.core import case, scenario, site
from planner.core.compose import composed
from planner.core.registry import faces
from planner.core.scenario import Schema

Case = composed(case.Case, faces("case", type), __name__)
"""Cases are made and read as this class; functions take the base, and ask `case.of` for a part."""


FACES = faces("schema", Schema)

Site = composed(site.Site, [face.site for face in FACES if face.site is not None], __name__)
"""Sites of files; functions take the base, and ask `site.of` for the keys of a capability."""

_SITES: Any = Annotated[list.__class_getitem__(Site), Field(min_length=1)]
_KEYS = [face.scenario for face in FACES if face.scenario is not None]

Scenario = composed(scenario.Scenario, _KEYS, __name__, sites=(_SITES, ...))
"""Files are read as this class; functions take the base, and ask `scenario.of` for the keys of a
capability."""
