"""The power of a cluster as JSON, in W, with ranges, grades and sources."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from planner.engineering.power import LOADS, Basis
from planner.report.cluster_tables import steps_upto

if TYPE_CHECKING:  # the tables are drawn from what explore computed, and import none of it
    from planner.engineering.cluster import Group
    from planner.engineering.uncertain import Band
    from planner.power_model.cluster import Capped, ClusterPower
    from planner.power_model.fit import Fit
    from planner.power_model.plant import Cooled


def power_json(
    found: ClusterPower, upto: Basis | None = None, answers: Mapping[str, object] | None = None
) -> str:
    """The answer to `planner power`: `answers` to what else was asked, then the chain."""
    return json.dumps({**(answers or {}), **_body(found, upto)}, indent=1)


def fit_json(found: Fit) -> str:
    """The answer to `planner power --fit`, with the chain of what fits."""
    body = {
        "limit_w": found.limit_w,
        "basis": found.basis,
        "load": found.load,
        "one_w": found.one_w,
        "systems": {"value": found.units, "low": found.fewest, "high": found.most},
        "binds": found.binds,
        "used_w": found.used_w,
        "stranded_w": found.stranded_w,
        "next_w": found.next_w,
        "by_figure": [
            {"figure": s.figure, "at_low": s.at_low, "at_high": s.at_high} for s in found.by_figure
        ],
        "power": _body(found.power, None),
    }
    return json.dumps(body, indent=1)


def _band(known: Band) -> dict[str, float]:
    return {"value": known.value, "low": known.low, "high": known.high}


def _body(found: ClusterPower, upto: Basis | None) -> dict[str, object]:
    setup = found.setup
    return {
        "name": setup.file.name,
        "systems": _counts(setup.cluster.groups),
        "accelerators": setup.cluster.accelerators,
        "accelerators_per_utility_mw": found.accelerators_per_mw,
        "groups": [
            _group(group, cooled)
            for group, cooled in zip(setup.cluster.groups, setup.cooled, strict=True)
        ],
        "climate": setup.climate,
        "grid": setup.grid,
        "chain": _chain(found, upto),
        "drivers": [
            {"basis": step.basis, "load": load, "figure": name, "at_low_w": low, "at_high_w": high}
            for step in found.steps
            for load, known in step.bands.items()
            for name, low, high in known.by_factor[:8]
        ],
        "parts": [
            {"part": name, **{f"{load}_w": by_load[load] for load in LOADS}}
            for name, by_load in found.parts
        ],
        "layers": [
            {
                "layer": need.layer,
                "redundancy": need.topology.name,
                "usable": need.usable,
                "draw_w": need.through_w,
                "installed_w": need.installed_w,
            }
            for need in found.layers
        ],
        "year": [
            {"what": t.what, "at": t.at, "unit": t.unit, **_band(t.band), "grade": t.grade}
            for t in found.yearly
        ],
        "swing": {
            "step_w": found.swing.step_w,
            "ramp_w_per_s": found.swing.ramp_w_per_s,
            "storage": asdict(found.swing.storage) if found.swing.storage else None,
        },
        "capped": [_capped(one) for one in found.capped],
        "notes": found.notes,
        "figures": [
            {**asdict(k), "source": setup.sources.get(k.source, (k.source, ""))[0]}
            for k in found.uncertain_figures
        ],
    }


def _chain(found: ClusterPower, upto: Basis | None) -> list[dict[str, object]]:
    """Draw at every basis, whole and by accelerator."""
    whole, accelerators = found.steps[-1].bands["nameplate"].value, found.setup.cluster.accelerators
    return [
        {
            "basis": step.basis,
            "added_nameplate_w": step.added_w,
            "share_of_utility": step.added_w / whole,
            **{f"{load}_w": _band(known) for load, known in step.bands.items()},
            **{
                f"{load}_w_per_accelerator": known.value / accelerators
                for load, known in step.bands.items()
            },
        }
        for step in steps_upto(found, upto)
    ]


def _capped(one: Capped) -> dict[str, object]:
    return {
        "system": one.system,
        "share_of_nameplate": one.share_of_nameplate,
        "share_of_peak": one.share_of_peak,
        "work_each": _band(one.work_each) if one.work_each else None,
        "more_equipment": one.more,
    }


def _counts(groups: Sequence[Group]) -> dict[str, int]:
    """Systems by id; one id may stand in several groups."""
    counts = Counter[str]()
    for group in groups:
        counts[group.system.id] += group.count
    return dict(counts)


def _group(group: Group, cooled: Cooled) -> dict[str, object]:
    return {
        "system": group.system.id,
        "count": group.count,
        "accelerators": group.accelerators,
        "workload": group.work,
        "network": None
        if group.network is None
        else {"topology": group.network.kind, "switch": group.network.switch},
        "cooling": cooled.technology.id,
        "pue_annual": cooled.pue_annual.value,
        "pue_peak": cooled.pue_peak.value,
    }
