"""A cluster file whose prediction is what was metered: `peak` and `average` of its systems are set
so that the chain has the highest sample and the mean of a series at the basis where it was metered.

A series of the whole says nothing of its parts. Every system is taken to be off by the same factor,
networks, storage, PUE and losses stay as predicted, and the file says in `metered` where its
figures come from. The text is edited in place, so that its comments stay.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from planner.catalog.load import Catalog
from planner.engineering.cluster import Cluster, Group, chain_of
from planner.engineering.node_draw import Anchor, class_ratio, own_draw
from planner.engineering.power import Basis, Load
from planner.engineering.uncertain import given
from planner.errors import InputError, Problem
from planner.numbers import number
from planner.power_model.cluster import cluster_power
from planner.power_model.file import ClusterFile
from planner.power_model.metered import MeteredPower
from planner.power_model.setup import set_up
from planner.power_model.verdict import band_at
from planner.records import validate
from planner.yamlfile import Located, NodePath, read_text

DIGITS = 9
EXACT = 1e-6
"""How far the prediction of the new file may be off."""
STEPS = 30


def calibrated(found: MeteredPower, located: Located, catalog: Catalog, out: Path) -> str:
    """The text of the cluster file with what was metered.

    Raises `InputError` where no `peak` and `average` of the systems have that draw: below what the
    rest takes alone, or above the rating of the systems.
    """
    wanted: dict[Load, float] = {"peak": found.total.max_w, "average": found.total.mean_w}
    cluster = found.power.setup.cluster
    own_w: list[dict[str, float]] = [{} for _ in cluster.groups]
    for load, target_w in wanted.items():
        cluster = _at(cluster, load, _factor(cluster, found.basis, load, target_w))
        for told, group in zip(own_w, cluster.groups, strict=True):
            told[load] = (group.own.peak if load == "peak" else group.own.average).figure.value
        predicted = _w(cluster, found.basis, load)
        if abs(predicted - target_w) > EXACT * target_w:
            raise _refused(found, load, target_w, predicted)
    text = _edited(located, found, own_w)
    new = read_text(text, str(out))
    again = cluster_power(set_up(validate(ClusterFile, new), new, catalog))
    for load, target_w in wanted.items():
        if abs((value := band_at(again, found.basis, load).value) - target_w) > EXACT * target_w:
            raise _refused(found, load, target_w, value)
    return text


def _w(cluster: Cluster, basis: Basis, load: Load) -> float:
    chain = chain_of(cluster)
    draw = chain.at(basis) or chain.rack
    return draw.at(load) or 0.0


def _at(cluster: Cluster, load: Load, factor: float) -> Cluster:
    """The cluster whose systems draw so many times as much at a load."""
    return replace(cluster, groups=tuple(_scaled(group, load, factor) for group in cluster.groups))


def _scaled(group: Group, load: Load, factor: float) -> Group:
    own, work = group.own, group.work
    watts = (own_draw(own, work).at(load) or 0.0) * factor
    if load == "average":
        watts /= class_ratio(own, work)
    anchor = Anchor(given(load, "W", watts, "metered"), False)
    scaled = replace(own, peak=anchor) if load == "peak" else replace(own, average=anchor)
    return replace(group, own=scaled)


def _factor(cluster: Cluster, basis: Basis, load: Load, target_w: float) -> float:
    """By what the systems' own draw must be multiplied; by secants, since the chain is straight in
    it, or nearly so.
    """
    before, factor = 1.0, 0.999
    w_before = _w(_at(cluster, load, before), basis, load)
    for _ in range(STEPS):
        w = _w(_at(cluster, load, factor), basis, load)
        if abs(w - target_w) <= 1e-12 * target_w or w == w_before:
            break
        step = (target_w - w) * (factor - before) / (w - w_before)
        before, w_before, factor = factor, w, max(1e-6, factor + step)
    return factor


def _refused(found: MeteredPower, load: Load, target_w: float, reached_w: float) -> InputError:
    what = "highest sample" if load == "peak" else "mean"
    message = (
        f"no `{load}` of the systems has the {what} of {number(target_w / 1e6, 6)} MW "
        f"{found.basis}: they reach {number(reached_w / 1e6, 6)} MW"
    )
    remedy = (
        "networks, storage and losses alone draw that much: look at the count and the basis"
        if reached_w > target_w
        else "no load exceeds the one above it: look at the count, the basis and `nameplate`"
        if load == "peak"
        else "the mean would lie above the highest sample, because the design day's PUE stands at "
        "peak and the year's at average: give the PUE of the metered time, or meter at it"
    )
    return InputError([Problem("S003", message, found.series.columns[0].mark, help=remedy)])


def _edited(located: Located, found: MeteredPower, own_w: list[dict[str, float]]) -> str:
    """The text with the figures of each entry, and where they come from."""
    edits: list[tuple[int, int, str]] = []
    for i, told in enumerate(own_w):
        words = {load: f"{number(w / 1e3, DIGITS)} kW" for load, w in told.items()}
        edits += _set(located, ("systems", i), "count", words)
    days = [datetime.fromtimestamp(s, UTC).date() for s in (found.from_s, found.to_s)]
    told_by = {
        "series": json.dumps(Path(found.series.name).name, ensure_ascii=False),
        "at": found.basis,
        "from": str(days[0]),
        "to": str(days[1]),
    }
    if "metered" in located.data:
        edits += _set(located, ("metered",), "series", told_by)
        tail = ""
    else:
        flow = "{" + ", ".join(f"{key}: {word}" for key, word in told_by.items()) + "}"
        tail = (
            f"# the user's measurement: `peak` and `average` of the systems are fitted to a "
            f"mean of {number(found.total.mean_w / 1e6)} MW\n# and a highest sample of "
            f"{number(found.total.max_w / 1e6)} MW ({found.basis})\nmetered: {flow}\n"
        )
        if _braced(located, ()):
            edits += _set(located, (), "name", {"metered": flow})
            tail = ""
    text = located.source.text
    for start, end, word in sorted(edits, reverse=True):
        text = text[:start] + word + text[end:]
    return text + ("" if text.endswith("\n") or not tail else "\n") + tail


def _set(
    located: Located, path: NodePath, after: str, words: Mapping[str, str]
) -> list[tuple[int, int, str]]:
    """Edits that give keys of a mapping their values: in place where they stand, else behind
    another key.
    """
    edits, new = [], []
    for key, word in words.items():
        spot = located.spots.get((*path, key))
        if spot is not None:
            start = _offset(located, spot.value.line, spot.value.column)
            edits.append((start, start + spot.value.length, word))
        else:
            new.append(f"{key}: {word}")
    if new:
        spot = located.spots[*path, after]
        key_mark, mark = spot.key or spot.value, spot.value
        end = _offset(located, mark.line, mark.column) + mark.length
        if _braced(located, path):
            edits.append((end, end, "".join(f", {line}" for line in new)))
        else:
            stop = located.source.text.find("\n", end)
            stop = len(located.source.text) if stop < 0 else stop
            indent = "\n" + " " * (key_mark.column - 1)
            edits.append((stop, stop, "".join(indent + line for line in new)))
    return edits


def _braced(located: Located, path: NodePath) -> bool:
    mark = located.spots[path].value
    return located.source.text[_offset(located, mark.line, mark.column)] == "{"


def _offset(located: Located, line: int, column: int) -> int:
    lines = located.source.text.splitlines(keepends=True)
    return sum(map(len, lines[: line - 1])) + column - 1
