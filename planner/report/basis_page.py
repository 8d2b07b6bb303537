"""Which number is meant when somebody says what one accelerator draws? The page
`docs/power-basis.md`, from the catalog.

`python -m planner.report.basis_page SYSTEM ACCELERATORS > docs/power-basis.md`
"""

from __future__ import annotations

import sys

from planner.catalog.components import WORKLOADS
from planner.catalog.load import load_catalog
from planner.engineering.power import LOADS, Basis
from planner.power_model.cluster import ClusterPower, cluster_power
from planner.power_model.file import cluster_of_options
from planner.power_model.setup import set_up
from planner.report.tables import percent, show
from planner.yamlfile import NodePath

WHAT: dict[Basis, str] = {
    "chip": (
        "The accelerator alone. Nameplate is its TDP; at the other loads it is the accelerators' "
        "part of what the system draws. A "
        "chip's figure is never what must be provisioned."
    ),
    "server": (
        "The whole machine at its own power inlets: hosts, memory, cards, fans, and what its "
        "power supplies lose. Nameplate is "
        "the maker's rating; peak and average are metered where somebody published it, else "
        "shares of the rating."
    ),
    "rack": (
        "The same with what the rack adds of its own: scale-up switches, shelves, pumps. A system "
        "sold as a rack has this basis "
        "and no server basis; servers in a rack draw no more than the servers."
    ),
    "it": (
        "Everything that computes, stores or carries bits. The compute, front-end and storage "
        "networks are counted in whole "
        "groups of leaves with the catalog's switches and modules, not taken as a percentage; "
        "storage and management servers are "
        "W per accelerator. "
        "Networks draw nearly the same whatever the job does."
    ),
    "facility": (
        "The building: IT times PUE. The design day's PUE stands at nameplate and peak, because "
        "that day sizes the plant; the "
        "year's mean at average and idle, because that pays the bill. A measured PUE holds the "
        "losses of UPS, distribution and "
        "transformers; `--pue-losses outside` adds them where it does not."
    ),
    "utility": (
        "The meter: facility over one minus the loss of the main transformer and the feeders. "
        "This is what a connection is signed for."
    ),
}
"""What each basis means."""


def reckon(system: str, accelerators: int, **said: str) -> ClusterPower:
    """The cluster that the page is about."""
    options: dict[NodePath, tuple[str, str]] = {(key,): (key, word) for key, word in said.items()}
    options["systems", 0, "system"] = ("SYSTEM", system)
    options["systems", 0, "count"] = ("ACCELERATORS", f"{accelerators} accelerators")
    file, located = cluster_of_options("power basis", options)
    return cluster_power(set_up(file, located, load_catalog()))


def text(system: str, accelerators: int) -> str:
    """The page, for one of so many accelerators in one cluster."""
    found = reckon(system, accelerators)
    name = found.setup.cluster.groups[0].system.name
    group = found.setup.cluster.groups[0]
    network = (
        f"{group.network.kind} of {group.network.switch}"
        if group.network
        else "a share of nameplate"
    )
    return "\n".join(
        [
            "# Power has a basis and a load",
            "",
            f"Made by `python -m planner.report.basis_page {system} {accelerators} > "
            "docs/power-basis.md` from the catalog; do not edit.",
            "",
            f"One accelerator of {show(accelerators)} in {name}, in W. Whoever quotes one of "
            "these numbers without saying which is off "
            f"by up to {_factor(found)} times.",
            "",
            *_by_basis(found),
            "",
            f"Network: {network}. Cooling: {found.setup.cooled[0].technology.name}, "
            f"{found.setup.climate} climate, PUE "
            f"{group.pue_annual.value:g} in the year and {group.pue_peak.value:g} on the design "
            f"day. Work: {group.work}. "
            "In brackets the 80 % range.",
            "",
            "## The loads",
            "",
            "- **nameplate** must be provisioned: the makers' ratings.",
            "- **peak** is the highest that is realised under load. Ratings are rarely reached.",
            "- **average** is the mean over a run, and makes the bill.",
            "- **idle** is switched on without work.",
            "",
            "## The bases",
            "",
            *_bases(found),
            "",
            "## Part by part",
            "",
            *_parts(found),
            "",
            "## By class of work",
            "",
            *_by_work(system, accelerators),
            RANGES,
        ]
    )


def _factor(found: ClusterPower) -> str:
    whole, chip = found.steps[-1].bands["nameplate"].value, found.steps[0].bands["nameplate"].value
    return f"{whole / chip:.1f}"


def _by_basis(found: ClusterPower) -> list[str]:
    each = found.setup.cluster.accelerators
    lines = ["| basis | " + " | ".join(LOADS) + " |", "|---|" + "---|" * len(LOADS)]
    for step in found.steps:
        cells = []
        for load in LOADS:
            known = step.bands[load]
            span = (
                f" ({known.low / each:.0f} to {known.high / each:.0f})"
                if known.low < known.high
                else ""
            )
            cells.append(f"{known.value / each:.0f}{span}")
        lines.append(f"| {step.basis} | " + " | ".join(cells) + " |")
    return lines


def _bases(found: ClusterPower) -> list[str]:
    each, before, lines = found.setup.cluster.accelerators, 0.0, list[str]()
    for basis, meaning in WHAT.items():
        step = next((s for s in found.steps if s.basis == basis), None)
        if step is None:
            lines.append(f"- **{basis}**: {meaning}")
            continue
        now = step.bands["nameplate"].value / each
        added = f"{now:.0f} W nameplate" + (
            f", {now - before:.0f} W more than the basis before" if before else ""
        )
        lines.append(f"- **{basis}** ({added}): {meaning}")
        before = now
    return lines


def _parts(found: ClusterPower) -> list[str]:
    each, whole = found.setup.cluster.accelerators, found.chain.utility.nameplate_w
    lines = [
        "| part | " + " | ".join(LOADS) + " | of the meter, nameplate |",
        "|---|" + "---|" * (len(LOADS) + 1),
    ]
    for name, by_load in found.parts:
        cells = [f"{by_load[load] / each:.0f}" for load in LOADS]
        lines.append(
            f"| {name} | " + " | ".join(cells) + f" | {percent(by_load['nameplate'] / whole)} |"
        )
    return lines


def _by_work(system: str, accelerators: int) -> list[str]:
    lines = [
        "| class of work | chip, average | it, average | utility, average |",
        "|---|---|---|---|",
    ]
    for work in WORKLOADS:
        found = reckon(system, accelerators, workload=work)
        bands = {step.basis: step.bands["average"].value / accelerators for step in found.steps}
        lines.append(
            f"| {work} | {bands['chip']:.0f} | {bands['it']:.0f} | {bands['utility']:.0f} |"
        )
    return [
        *lines,
        "",
        TRAINING,
    ]


TRAINING = (
    "Training is what was metered, else a share of the rating; the other classes move it "
    "by the component model (`planner validate`)."
)

RANGES = """
## What the ranges mean

The low and high of a figure are read as its 10 % and 90 % points: one in ten lies below, one in
ten above. Each figure is moved alone to its low and to its high, and the changes are combined in
quadrature, upward and downward apart. For figures that are independent, act nearly linearly and
are not far from normal on either side, the 80 % half-widths of the parts combine to the 80 %
half-width of the whole, because every normal has its 10 % point 1.28 standard deviations out.
`tests/engineering/test_cluster_band.py` draws the figures at random and counts how many chains
fall inside.

Where a source gives the least and the most it saw, or a 90 % range, the result is wider than 80
%. One thing that stands in several places moves in all of them at once: a plant's PUE in the year
and on the design day, a switch in every tier. Other figures that fail together, such as all
ratings of one maker, would widen a range, and nothing here adds that.

## Draw is not capacity

Redundancy multiplies what is installed, never what is drawn: at 2N the UPS are bought twice and
the machines take the same. `planner power` shows the draw through each layer and the capacity to
install side by side.
"""


if __name__ == "__main__":
    sys.stdout.write(text(sys.argv[1], int(sys.argv[2])))
