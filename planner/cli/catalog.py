"""`planner catalog`: what exists, where each figure comes from, and whether the catalog is sound."""

from __future__ import annotations

import click


@click.group()
def catalog() -> None:
    """List, show and lint the hardware catalog."""
