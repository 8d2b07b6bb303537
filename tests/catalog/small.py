"""A complete catalog of one chip and one server that lints clean on TODAY, as texts that a test may
change one place of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

TODAY = date(2026, 11, 22)

CATALOG = """\
catalog: {schema_version: "1", version: "test"}
suppliers:
  - {id: acme, name: Acme, country: US}
"""

SOURCES = """\
sources:
  own-judgement: {title: Our judgement, date: 2026-11}
  sheet: {title: Datasheet, url: 'https://acme.example/sheet', date: 2024-06}
  shop: {title: Price list, url: 'https://shop.example', date: 2026-08}
"""

ACCELERATORS = """\
accelerators:
  - id: a1
    name: Acme A1
    supplier: acme
    source: sheet
    software: CUDA
    released: 2024-01
    tdp: {value: 700 W, kind: datasheet, source: sheet}
    memory: {value: 80 GB, kind: datasheet, source: sheet}
    memory_bandwidth: {value: 3.35 TB/s, kind: datasheet, source: sheet}
    scale_up_bandwidth: {value: 900 GB/s, kind: datasheet, source: sheet}
    peak:
      fp64: {value: 34 TFLOP/s, kind: datasheet, source: sheet}
      fp64_tensor: {value: 67 TFLOP/s, kind: datasheet, source: sheet}
      tf32: {value: 495 TFLOP/s, kind: datasheet, source: sheet}
      bf16: {value: 989 TFLOP/s, kind: datasheet, source: sheet}
      fp8: {value: 1979 TFLOP/s, kind: datasheet, source: sheet}
      fp4: {value: 3958 TFLOP/s, kind: datasheet, source: sheet}
      int8: {value: 1979 TFLOP/s, kind: datasheet, source: sheet}
    peak_sparse:
      bf16: {value: 1979 TFLOP/s, kind: datasheet, source: sheet}
"""

SYSTEMS = """\
systems:
  - id: s1
    name: Acme server
    supplier: acme
    accelerator: a1
    accelerators: {value: 8, kind: datasheet, source: sheet}
    source: sheet
    form: server
    sale: open
    ships_from: {value: 2024-03, kind: vendor, source: sheet}
    cooling: air
    power:
      nameplate: {value: 10.2 kW, kind: datasheet, source: sheet}
      peak: {value: 8.4 kW, kind: measured, source: sheet}
      average: {value: 7.1 kW, kind: measured, source: sheet}
    rack_units: {value: 8 RU, kind: datasheet, source: sheet}
    scale_up_domain: {value: 8, kind: datasheet, source: sheet}
    weight: {value: 130 kg, kind: datasheet, source: sheet}
    nic_bandwidth: {value: 400 Gbit/s, kind: datasheet, source: sheet}
"""

PRICES = """\
quotes:
  - {of: s1, per: system, price: 230 kUSD, low: 210 kUSD, high: 250 kUSD, kind: press, source: shop, date: 2026-03}
  - {of: a1, per: accelerator, price: 23 kUSD, kind: analyst, source: shop, date: 2025}
"""  # noqa: E501  (lines of a file)

JUDGEMENT = """\
planning_prices:
  - system: s1
    price: {value: 230 kUSD, low: 190 kUSD, high: 300 kUSD, kind: derived, source: shop}
assumptions:
  - of: s1
    figure: power.idle
    value: 2 kW
    low: 1 kW
    high: 3 kW
    date: 2026-10
    rests_on: [sheet]
    reasoning: a fifth of the nameplate
"""

_SHARE = "{value: 0.5, kind: assumption, source: own-judgement, date: 2026-10}"
_RATE = "{value: 10 %/year, kind: assumption, source: own-judgement, date: 2026-10}"
_TIME = "{value: 30 days, kind: assumption, source: own-judgement, date: 2026-10}"
_PUE = (
    "{annual: {value: 1.2, kind: press, source: shop}, "
    "peak: {value: 1.3, kind: press, source: shop}}"
)

DEFAULTS = f"""\
defaults:
  load: {{peak: {_SHARE}, average: {_SHARE}, idle: {_SHARE}}}
  load_duration: {{highest: {_SHARE}, lowest: {_SHARE}}}
  it_overhead: {{server: {_SHARE}, rack: {_SHARE}}}
  pue: {{air: {_PUE}, liquid: {_PUE}}}
  utility_loss: {_SHARE}
  fabric_cost: {{server: {_SHARE}, rack: {_SHARE}}}
  construction: {{value: 11 MUSD/MW, kind: press, source: shop}}
  construction_decline: {_RATE}
  operations: {{value: 0.3 MUSD/MW/year, kind: press, source: shop}}
  resale_decline: {_RATE}
  goodput:
    {_SHARE}
  lead_time: {_TIME}
  fit_out: {_TIME}
  efficiency:
    - {{software: CUDA, precision: bf16, mfu: {_SHARE}}}
"""

FILES = {
    "catalog.yaml": CATALOG,
    "sources/all.yaml": SOURCES,
    "accelerators/acme.yaml": ACCELERATORS,
    "systems/acme.yaml": SYSTEMS,
    "prices/acme.yaml": PRICES,
    "network/acme.yaml": "",
    "judgement/acme.yaml": JUDGEMENT,
    "judgement/defaults.yaml": DEFAULTS,
}

Edit = tuple[str, str, str]
"""(file, what stands there exactly once, what shall stand there instead); an empty second part
appends."""


def write(folder: Path, *edits: Edit, extra: dict[str, str] | None = None) -> Path:
    """Write the catalog with some places changed and some files added."""
    files = dict(FILES)
    for file, old, new in edits:
        assert not old or files[file].count(old) == 1, (file, old)
        files[file] = files[file].replace(old, new) if old else files[file] + new
    for name, text in {**files, **(extra or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
