"""Which cluster do options of the command line describe? One road for every command that takes them, so that all read a word alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import accumulate

from planner.catalog.load import Catalog
from planner.errors import InputError
from planner.explore.cluster_file import Options, Said, cluster_of_options
from planner.explore.cluster_setup import Setup, set_up
from planner.yamlfile import NodePath

SYSTEM: NodePath = ("systems", 0, "system")
COUNT: NodePath = ("systems", 0, "count")

PLACES: Mapping[str, NodePath] = {
    "workload": ("workload",),
    "topology": ("fabric", "topology"),
    "switch": ("fabric", "switch"),
    "oversubscription": ("fabric", "oversubscription"),
    "cooling": ("facility", "cooling"),
    "climate": ("facility", "climate"),
    "pue": ("facility", "pue", "annual"),
    "pue_peak": ("facility", "pue", "peak"),
    "pue_losses": ("facility", "pue", "losses"),
    "redundancy": ("facility", "redundancy"),
    "power_cap": ("facility", "power_cap"),
    "power_oversubscription": ("facility", "power_oversubscription"),
    "ramp": ("facility", "ramp"),
    "grid": ("facility", "grid"),
}
"""Where the word of each option stands in a cluster file."""

STAND_IN: Mapping[NodePath, str] = {SYSTEM: "unknown", COUNT: "1 systems"}
"""What is looked at further where a word without which there is no cluster has no meaning."""


def placed(words: Mapping[str, str]) -> dict[NodePath, Said]:
    """Each option with its place in a cluster file and its value as a file would have it."""
    found: dict[NodePath, Said] = {}
    for name, word in words.items():
        option = f"--{name.replace('_', '-')}"
        if name == "redundancy":
            for part in word.split(","):
                layer, _, topology = (piece.strip() for piece in part.rpartition("="))
                found[*PLACES[name], layer.lower() or "all"] = (option, topology, part.strip())
        elif name == "oversubscription":
            found[PLACES[name]] = (option, re.sub(r"\s*:\s*1\s*$", "", word))
        else:
            found[PLACES[name]] = (option, word)
    return found


def of_one(system_id: str, count: str, words: Mapping[str, str]) -> dict[NodePath, Said]:
    """Options of a cluster of one kind of system; a bare number counts accelerators."""
    amount = count if re.search(r"[A-Za-z]{2}", count) else f"{count} accelerators"
    return {**placed(words), SYSTEM: ("--system", system_id), COUNT: ("--count", amount)}


def set_up_options(name: str, options: Options, catalog: Catalog) -> Setup:
    """The cluster that options alone describe. Raises `InputError` with every wrong word: of those without meaning, and of the others."""
    try:
        file, located = cluster_of_options(name, options)
    except InputError as meaningless:
        wrong = {problem.path for problem in meaningless.problems}
        sound = {path: said for path, said in options.items() if wrong.isdisjoint(accumulate(map(str, path), "{}.{}".format))}
        sound |= {path: (options[path][0], word) for path, word in STAND_IN.items() if path not in sound}
        try:
            set_up(*cluster_of_options(name, sound), catalog)
        except InputError as others:
            rest = [problem for problem in others.problems if problem.path not in wrong]
            raise InputError([*meaningless.problems, *rest]) from None
        raise
    return set_up(file, located, catalog)
