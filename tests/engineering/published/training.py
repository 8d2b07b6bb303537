"""Published training runs: accelerator-hours for the work they did, against what the planner takes
an accelerator to deliver.

Delivered = dense peak × utilisation × goodput, the catalog's defaults, as in a demand or goal for
computing power. Work is 6 · parameters · tokens where the authors give no count of their own. There
is one utilisation for all models, while sizes, contexts and years differ.
"""

from __future__ import annotations

from planner.catalog.load import Catalog
from tests.engineering.published import sources as s
from tests.engineering.published.case import Case, Source
from tests.engineering.published.chains import delivered_flop_s, tdp

BETTER = (
    "the run kept 43 to 48 % of the peak busy from first to last hour; the defaults, 40 % "
    "with 92 % goodput, are of 8 000 to 16 000 H100"
)
ESTIMATE = (
    "the estimates of work and of hours imply that 57 % of the peak was busy over the "
    "whole run, more than in any other here"
)

# id, what, system, FLOP, accelerator-hours, source, off, why, rests
RUNS: list[tuple[str, str, str, float, float, Source, tuple[float, float] | None, str, str]] = [
    (
        "llama-3.1-405b",
        "Llama 3.1 405B, 3.8e25 FLOP on H100",
        "hgx-h100",
        3.8e25,
        30.84e6,
        s.LLAMA3,
        None,
        "",
        "yes",
    ),
    (
        "llama-2-7b",
        "Llama 2 7B, 2 T tokens on A100 80 GB",
        "dgx-a100-80gb",
        6 * 6.738417664e9 * 2e12,
        184_320,
        s.LLAMA2,
        None,
        "",
        "no",
    ),
    (
        "llama-7b",
        "LLaMA 7B, 1 T tokens on A100 80 GB",
        "dgx-a100-80gb",
        6 * 6.7e9 * 1e12,
        82_432,
        s.LLAMA1,
        (0.15, 0.25),
        BETTER,
        "no",
    ),
    (
        "llama-33b",
        "LLaMA 33B, 1.4 T tokens on A100 80 GB",
        "dgx-a100-80gb",
        6 * 32.5e9 * 1.4e12,
        530_432,
        s.LLAMA1,
        (0.15, 0.35),
        BETTER,
        "no",
    ),
    (
        "falcon-180b",
        "Falcon 180B, 3.5 T tokens on A100 40 GB, one digit",
        "dgx-a100-40gb",
        6 * 179.5e9 * 3.5e12,
        7.0e6,
        s.FALCON,
        (0.20, 0.40),
        BETTER,
        "no",
    ),
    (
        "palm-540b",
        "PaLM 540B, 780 G tokens on TPU v4",
        "tpu-v4-cube",
        6 * 540.35e9 * 780e9,
        8_404_992,
        s.PALM,
        (-0.45, -0.25),
        "the hours hold downtime, repeated steps and a stretch on half the chips: 46 % while it "
        "ran, 30 % over the run; "
        "the default is of a framework's own tests",
        "no",
    ),
    (
        "smollm3",
        "SmolLM3 3B, 11.2 T tokens on H100",
        "hgx-h100",
        6 * 3.075098624e9 * 11.2e12,
        221_184,
        s.SMOLLM3,
        (-0.40, -0.20),
        "6 · N · D over its hours is 26 % of the peak; small models fill a chip less, and 6 · N · "
        "D leaves attention out",
        "no",
    ),
    (
        "gpt-4",
        "GPT-4, 2.1e25 FLOP on A100 (estimate)",
        "dgx-a100-40gb",
        2.1e25,
        57e6,
        s.EPOCH_MODELS,
        None,
        "",
        "no",
    ),
    (
        "gemini-ultra-hours",
        "Gemini Ultra, 5e25 FLOP on TPU v4 (estimate)",
        "tpu-v4-cube",
        5e25,
        132e6,
        s.EPOCH_MODELS,
        (-0.25, -0.15),
        "the estimate takes 38 % over the whole run, the default 50 % with 92 % goodput",
        "no",
    ),
    (
        "grok-3-hours",
        "Grok 3, 3.5e26 FLOP on 80 000 H100 for 2160 h (estimate)",
        "hgx-h100",
        3.5e26,
        80_000 * 2160,
        s.EPOCH_MODELS,
        (0.40, 0.70),
        ESTIMATE,
        "no",
    ),
]


def hours(c: Catalog, system: str, flop: float) -> float:
    """Accelerator-hours for so much work."""
    return flop / delivered_flop_s(c, system) / 3600.0


def olmo_mwh(c: Catalog, params: float, tokens: float) -> float:
    """MWh at the chips of H100 for 6 · N · D, at the share of TDP that training takes."""
    assert c.metered.model is not None
    share = c.metered.model.accelerator.at("training").value
    return hours(c, "hgx-h100", 6 * params * tokens) * tdp(c, "h100-sxm") * share / 1e6


def cases() -> list[Case]:
    """All of them."""
    runs = [
        Case(
            f"train-{ident}",
            "Training",
            what,
            "million h",
            published / 1e6,
            lambda c, y=system, f=flop: hours(c, y, f) / 1e6,
            source,
            off=off,
            why=why,
            rests=rests,
        )  # type: ignore[arg-type, misc]
        for ident, what, system, flop, published, source, off, why, rests in RUNS
    ]
    energy = [
        Case(
            "olmo2-7b",
            "Energy",
            "OLMo 2 7B, 4.05 T tokens, GPUs alone (chip, average)",
            "MWh",
            131.0,
            lambda c: olmo_mwh(c, 7_298_617_344, 4.05e12),
            s.OLMO2,
            off=(-0.45, -0.25),
            why="the paper gives no GPU-hours; by its energy it kept a quarter of the peak busy, "
            "as SmolLM3 did; we take 40 %",
        ),
        Case(
            "olmo2-13b",
            "Energy",
            "OLMo 2 13B, 5.6 T tokens, GPUs alone (chip, average)",
            "MWh",
            257.0,
            lambda c: olmo_mwh(c, 13_716_198_400, 5.6e12),
            s.OLMO2,
        ),
    ]
    shares = [
        Case(
            "mfu-8192",
            "Training",
            "share of the bf16 peak on 8 192 H100",
            "",
            0.43,
            lambda c: mfu(c, "bf16"),
            s.LLAMA3,
            rests="yes",
        ),
        Case(
            "mfu-16384",
            "Training",
            "the same on 16 384",
            "",
            0.41,
            lambda c: mfu(c, "bf16"),
            s.LLAMA3,
            rests="yes",
        ),
        Case(
            "mfu-gpt-3",
            "Training",
            "GPT-3 175B on 128 H100 in bf16, January to December 2024",
            "",
            (0.34, 0.54),
            lambda c: mfu(c, "bf16"),
            s.SEMI_TCO,
            rests="in part",
        ),
        Case(
            "mfu-gpt-3-fp8",
            "Training",
            "the same in fp8",
            "",
            (0.295, 0.395),
            lambda c: mfu(c, "fp8"),
            s.SEMI_TCO,
            rests="yes",
        ),
        Case(
            "goodput-llama-3",
            "Training",
            "share of time in which Llama 3 405B made progress",
            "",
            (0.90, None),
            lambda c: c.defaults.goodput.value,
            s.LLAMA3,
            rests="yes",
        ),
        Case(
            "goodput-megascale",
            "Training",
            "the same of MegaScale's production run",
            "",
            (0.90, None),
            lambda c: c.defaults.goodput.value,
            s.MEGASCALE,
        ),
        Case(
            "goodput-gemini",
            "Training",
            "the same of Gemini, before and after replicas in memory",
            "",
            (0.85, 0.97),
            lambda c: c.defaults.goodput.value,
            s.GEMINI,
            rests="yes",
        ),
    ]
    return [*energy, *runs, *shares]


def mfu(c: Catalog, precision: str) -> float:
    """The default utilisation of CUDA accelerators."""
    (found,) = (
        e for e in c.defaults.efficiency if e.software == "CUDA" and e.precision == precision
    )
    return found.mfu.value
