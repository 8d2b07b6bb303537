"""The case with the parts of every capability."""

from __future__ import annotations

from planner.core import case
from planner.core.compose import composed
from planner.core.registry import faces

Case = composed(case.Case, faces("case", type), __name__)
"""Cases are made and read as this class; functions take the base, and ask `case.of` for a part."""
