"""What does one system draw itself at each load and class of work, and which of its parts take it?

    nameplate  what must be provisioned: the maker's rating
    peak       the highest realised: metered, else a share of nameplate; the same for every class
               but idle
    average    the mean over a run: of training metered, else a share of nameplate; of other classes
               that of training · model(class) / model(training)
    idle       metered, else a share of nameplate

`model` is the component model (`engineering/components.py`). It also splits each load into parts:
all parts at their ratings for nameplate and peak, at the shares of the class for average and idle.
What it leaves of a metered or rated figure is a part of its own, `remainder`; where the parts come
to more than the figure, they are scaled to it, since the figure is what was rated or metered and
the parts are not; at nameplate the accelerators keep their TDP, which is published too.

A cap holds a system to a share of its nameplate at every load, and what it is capped to is what
must be provisioned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from planner.catalog.components import WORKLOADS, PowerModel, Workload
from planner.catalog.hardware import System
from planner.catalog.load import Catalog
from planner.engineering.components import (
    Node,
    Shares,
    node_of,
    node_parts,
    node_w,
    shares_of,
    utilisation,
)
from planner.engineering.power import Draw, Load
from planner.engineering.uncertain import NOMINAL, Ends, UncertainFigure, given, uncertain

ACCELERATORS = "accelerators"
REMAINDER = {
    "server": "margin of the rating",
    "rack": "in-rack switches, other hosts, shelves, pumps, margin",
}


@dataclass(frozen=True, slots=True)
class Anchor:
    """A load as W, or as a share of the nameplate."""

    figure: UncertainFigure
    share: bool

    def w(self, nameplate_w: float, ends: Ends) -> float:
        """W at this load."""
        value = self.figure.at(ends)
        return value * nameplate_w if self.share else value


@dataclass(frozen=True)
class Own:
    """One system with every figure its own draw hangs on."""

    nameplate: UncertainFigure
    peak: Anchor
    average: Anchor
    idle: Anchor
    tdp: UncertainFigure
    node: Node
    shares: dict[Workload, Shares]
    use: dict[Workload, tuple[UncertainFigure, UncertainFigure]]
    """Shares of the ratings that accelerators and processors take, by class."""
    remainder: str
    cap: float | None = None

    def figures_at(self, work: Workload) -> tuple[UncertainFigure, ...]:
        """Everything of it that may turn out otherwise at a class of work, and at idle."""
        used = [*self.use[work], *self.use["idle"]]
        return (self.nameplate, self.peak.figure, self.average.figure, self.idle.figure, *used)


@dataclass(frozen=True)
class Given:
    """Ratings that the user knows better than the catalog, W."""

    nameplate_w: float | None = None
    peak_w: float | None = None
    average_w: float | None = None
    metered: str = ""
    """The series that peak and average come from, if they were metered."""


def own_of(
    catalog: Catalog,
    system: System,
    model: PowerModel,
    said: Given,
    source: str,
    cap: float | None = None,
) -> Own:
    """Everything the draw of a catalog system hangs on.

    Metered figures win over shares of the nameplate, unless the nameplate was replaced. Raises
    ValueError if nobody published its power.
    """
    name, power = system.id, system.power
    if said.nameplate_w is None and power.nameplate_w is None:
        raise ValueError(f"nobody published the power of `{name}`")
    nameplate = _figure(f"{name} · power.nameplate", said.nameplate_w, power.nameplate_w, source)
    assert nameplate is not None
    metered, loads = said.nameplate_w is None, catalog.defaults.load

    def anchor(key: Load, own_w: float | None) -> Anchor:
        fact = {"peak": power.peak_w, "average": power.average_w, "idle": power.idle_w}[key]
        known = _figure(f"{name} · power.{key}", own_w, fact if metered else None, source)
        if known is not None and own_w is not None and said.metered:
            known = replace(known, kind="metered", source=said.metered)
        default = {"peak": loads.peak, "average": loads.average, "idle": loads.idle}[key]
        return (
            Anchor(known, False)
            if known is not None
            else Anchor(uncertain(f"defaults · load.{key}", "1", default), True)
        )

    chip = catalog.accelerators[system.accelerator]
    assert chip.tdp_w is not None
    use: dict[Workload, tuple[UncertainFigure, UncertainFigure]] = {}
    for work in WORKLOADS:
        of_chip = utilisation(model, work, chip.generation, chip.id)
        of_host = uncertain(f"processors · share of TDP, {work}", "1", model.processor.at(work))
        use[work] = (uncertain(f"{chip.id} · share of TDP, {work}", "1", of_chip), of_host)
    return Own(
        nameplate=nameplate,
        peak=anchor("peak", said.peak_w),
        average=anchor("average", said.average_w),
        idle=anchor("idle", None),
        tdp=uncertain(f"{chip.id} · tdp", "W", chip.tdp_w),
        node=node_of(catalog, name),
        shares={work: shares_of(model, work, chip.generation, chip.id) for work in WORKLOADS},
        use=use,
        remainder=REMAINDER[system.basis],
        cap=cap,
    )


def _figure(name: str, said_w: float | None, fact: object, source: str) -> UncertainFigure | None:
    from_file = given(name, "W", said_w, source) if said_w is not None else None
    return from_file or (uncertain(name, "W", fact) if fact is not None else None)  # type: ignore[arg-type]


def _class_w(own: Own, work: Workload, ends: Ends) -> float:
    """The component model's W at a class, with the class's own shares where the uncertain figures
    stand; other parameters act on all classes alike.
    """
    chip, host = own.use[work]
    return node_w(
        own.node, replace(own.shares[work], accelerator=chip.at(ends), processor=host.at(ends))
    )


def class_ratio(own: Own, work: Workload, ends: Ends = NOMINAL) -> float:
    """The average of a class of work over that of training, which is what was metered."""
    if work == "training":
        return 1.0
    return _class_w(own, work, ends) / _class_w(own, "training", NOMINAL)


def own_draw(own: Own, work: Workload, ends: Ends = NOMINAL) -> Draw:
    """W of one system at its own terminals, by load; no load exceeds the one above it. Source: the
    lines at the head of this module.
    """
    nameplate = own.nameplate.at(ends)
    most = nameplate if own.cap is None else min(nameplate, own.cap * nameplate)
    peak = min(own.peak.w(nameplate, ends), most)
    idle = min(own.idle.w(nameplate, ends), peak)
    if work == "idle":
        return Draw(most, idle, idle, idle)
    average = min(own.average.w(nameplate, ends) * class_ratio(own, work, ends), peak)
    return Draw(most, peak, average, min(idle, average))


def uncapped_peak_w(own: Own, work: Workload) -> float:
    """Highest realised draw of one system without its cap, W."""
    peak = own_draw(replace(own, cap=None), work).peak_w
    assert peak is not None
    return peak


def own_parts(
    own: Own, work: Workload, load: Load, ends: Ends = NOMINAL
) -> tuple[tuple[str, float], ...]:
    """W of each part of one system at a load; they add up to `own_draw` at that load."""
    total = own_draw(own, work, ends).at(load)
    assert total is not None
    at: Workload = "idle" if load == "idle" or work == "idle" else work
    if load == "nameplate" or (load == "peak" and work != "idle"):
        shares = replace(own.shares["training"], accelerator=1.0, processor=1.0)
    else:
        chip, host = own.use[at]
        shares = replace(own.shares[at], accelerator=chip.at(ends), processor=host.at(ends))
    parts = node_parts(own.node, shares)
    told = sum(w for _, w in parts)
    if told <= total:
        return (*parts, (own.remainder, total - told))
    held = dict(parts)[ACCELERATORS] if load == "nameplate" and own.cap is None else 0.0
    held = held if held < total else 0.0
    scale = (total - held) / (told - held)
    scaled = ((name, w if name == ACCELERATORS and held else w * scale) for name, w in parts)
    return (*scaled, (own.remainder, 0.0))


def chip_draw(own: Own, work: Workload, ends: Ends = NOMINAL) -> Draw:
    """W of the accelerators of one system, chip basis: their TDP at nameplate, their part of the
    system's draw at the other loads.
    """

    def part(load: Load) -> float:
        return dict(own_parts(own, work, load, ends))[ACCELERATORS]

    return Draw(
        own.node.accelerators * own.tdp.at(ends), part("peak"), part("average"), part("idle")
    )
