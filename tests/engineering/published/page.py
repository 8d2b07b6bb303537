"""The page of all cases, `docs/cases.md`, from the tests' own data."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import get_args

from tests.engineering.published import fabric, money, power, training
from tests.engineering.published.case import LARGE, Case, Section, number, percent, printed
from tests.engineering.published.unusable import UNUSABLE

CASES: list[Case] = [*power.cases(), *fabric.cases(), *money.cases(), *training.cases()]

HEAD = """# Published figures and ours

Figures that somebody published of a cluster's power, network, hall or cost and that can be computed from the catalog, beside what
the project's functions make of them. `pytest tests/engineering/test_published_cases.py --update-golden` writes this page from
`tests/engineering/published/`, and a test fails when it is not current. Each line is a test, `test_published_cases.py::test_case[ID]`,
that fails when the deviation leaves what the case allows.

**Rests on it** says whether our figure was made with this one:

- `yes`: the catalog took it from there; agreement shows only that it arrived whole.
- `in part`: it is one of several that a price, a range or a parameter was chosen from.
- `arithmetic`: only the source's own figures enter, so a formula is tried and not the catalog.
- `no`: nothing that enters was taken from it.

Each metered machine is predicted by a model fitted on the others; `tests/power_model/test_validate.py` asks more of all of them. A range
agrees inside; outside, the deviation is from its nearer end. Counts are exact or wrong.
"""  # noqa: E501  (lines of a file)


def text() -> str:
    """The whole page."""
    lines = [HEAD, "## Summary", "", *summary(), ""]
    for section in get_args(Section):
        lines += [
            f"## {section}",
            "",
            *table([case for case in CASES if case.section == section]),
            "",
        ]
    lines += [
        f"## Beyond {LARGE:.0%}".replace("%", " %"),
        "",
        *beyond(),
        "",
        "## Not usable",
        "",
        *unusable(),
        "",
        "## Sources",
        "",
        *titles(),
        "",
    ]
    return "\n".join(lines)


def summary() -> Iterator[str]:
    """How many figures, how far off."""
    heads = (
        "section",
        "figures",
        "exact or inside",
        "within 5 %",
        "5 to 15 %",
        "beyond 15 %",
        "median",
        "median where it rests on none (n)",
    )
    yield "| " + " | ".join(heads) + " |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for section in (*get_args(Section), None):
        cases = [case for case in CASES if section in (None, case.section)]
        off = [abs(case.deviation) for case in cases]
        apart = [abs(case.deviation) for case in cases if case.rests == "no"]
        bins = [
            sum(o < 5e-4 for o in off),
            sum(5e-4 <= o <= 0.05 for o in off),
            sum(0.05 < o <= LARGE for o in off),
            sum(o > LARGE for o in off),
        ]
        shown = [
            percent(median(off)).lstrip("+"),
            f"{percent(median(apart)).lstrip('+')} ({len(apart)})" if apart else "",
        ]
        if section is None:  # counts and estimates together have no meaningful middle
            shown = ["", ""]
        yield (
            f"| {section or 'all'} | {len(cases)} | "
            + " | ".join(map(str, bins))
            + " | "
            + " | ".join(shown)
            + " |"
        )


def table(cases: list[Case]) -> Iterator[str]:
    """Published, ours, deviation, source and test of each case."""
    yield "| what | published | ours | deviation | rests on it | source | ID, further test |"
    yield "|---|---:|---:|---:|---|---|---|"
    for case in cases:
        off = f"**{percent(case.deviation)}**" if case.off else percent(case.deviation)
        further = f"`{case.id}`" + (
            f", `{case.further.removeprefix('tests/')}`" if case.further else ""
        )
        cells = (
            case.what,
            printed(case),
            number(case.value, case.unit),
            off,
            case.rests,
            case.source.short(),
            further,
        )
        yield "| " + " | ".join(cells) + " |"


def beyond() -> Iterator[str]:
    """The contradictions with their explanations."""
    yield "Asserted as they are: a test fails when one of these comes to agree, or drifts."
    yield ""
    yield "| ID | published | ours | deviation | why |"
    yield "|---|---:|---:|---:|---|"
    for case in (case for case in CASES if case.off):
        yield (
            f"| `{case.id}` | {printed(case)} | {number(case.value, case.unit)} | "
            f"{percent(case.deviation)} | {case.why} |"
        )


def unusable() -> Iterator[str]:
    """What cannot be compared."""
    yield "| what | published | why it is not held against ours | source |"
    yield "|---|---:|---|---|"
    for it in UNUSABLE:
        yield f"| {it.what} | {it.published} | {it.why} | {it.source.short()} |"


def titles() -> Iterator[str]:
    """Each source once, by publisher."""
    for source in sorted(
        {*(case.source for case in CASES), *(it.source for it in UNUSABLE)},
        key=lambda s: (s.publisher, s.date, s.title),
    ):
        yield f"- {source.short()}: {source.title}"
