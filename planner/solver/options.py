"""How hard to look for a plan. It is no part of the question: another gap, time or seed answers the
same case.
"""

from __future__ import annotations

from dataclasses import dataclass

from planner.core.scenario import SolveSettings


@dataclass(frozen=True)
class Settings:
    """What a solve is held to."""

    gap: float
    """Share within which a plan is proven the best."""
    time_limit_s: float
    seed: int
    solver: str = "HIGHS"
    remedies_s: float | None = None
    """Seconds for the ways out where there is no plan: None is what is left of the time limit, 0 is
    none."""
    valued: bool = False
    """Whether each way out is solved for the first objective, so that its value is known."""
    also: tuple[str, ...] = ()
    """Limits that arithmetic knows to conflict; ways out of them are looked for as well."""
    polish: bool = True
    """Whether fragments are left out, for some of the gap."""


@dataclass(frozen=True)
class Options:
    """What is asked of one solve instead of what the scenario says under `solve`; None leaves it to
    the scenario.
    """

    gap: float | None = None
    time_limit_s: float | None = None
    seed: int | None = None
    solver: str = "HIGHS"
    remedies_s: float | None = None
    valued: bool = False
    polish: bool = True

    def settings(self, own: SolveSettings) -> Settings:
        """With the scenario's own where nothing else was asked for."""
        return Settings(
            own.gap if self.gap is None else self.gap,
            own.time_limit_s if self.time_limit_s is None else self.time_limit_s,
            own.seed if self.seed is None else self.seed,
            self.solver,
            self.remedies_s,
            self.valued,
            polish=self.polish,
        )
