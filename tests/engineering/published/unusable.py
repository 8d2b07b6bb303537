"""Published figures that cannot be held against ours: one line each, with the reason."""

from __future__ import annotations

from tests.engineering.published import sources as s
from tests.engineering.published.case import Unusable

MIXED = (
    "one sum for several partitions, in a currency whose rate at the contract's date no "
    "source of ours gives"
)
NO_MODEL = "the planner has no model of it"

UNUSABLE = [
    Unusable(
        "GB300 NVL72, 18 compute trays alone",
        "117 kW",
        "the catalog rates whole racks; the trays are part of the 120 kW above",
        s.INTROL,
    ),
    Unusable(
        "Average of a TPU v3 and of a V100 with their hosts",
        "245 to 330 W",
        "neither is in the catalog; "
        "`test_components.py::test_patterson_averages_bracketed_by_loads` "
        "brackets them by component",
        s.PATTERSON,
    ),
    Unusable(
        "Network of clusters of immersed H100 nodes",
        "0.93 and 2.01 kW per node",
        "the excerpts do not say how many nodes there are, which decides "
        "it; `planner fabric` gives 0.9 to 1.0 kW per node from 512 nodes on (it, average)",
        s.SMC,
    ),
    Unusable(
        "Colossus built",
        "122 days",
        "taken over as the shortest time to build; nothing is computed from it",
        s.SEMI_COLOSSUS,
    ),
    Unusable(
        "Turbines at Colossus, observed by 2025-04",
        "up to 35 units, 422 MW",
        "what stood is no measure of what ran; `scenarios/colossus-turbines.yaml` rents 112 MW "
        "for the 102 MW above the connection: "
        "every step of its load lies above the 50 MW of 2024, so they carry it in all hours, 0.88 "
        "TWh and 482 kt until the substation "
        "comes, and renting costs 59 MUSD of present worth, 2 % of the plan "
        "(`tests/test_colossus_turbines.py`); with networks at their "
        "nameplate at every load, and energy from the mean, it was 114.5 MW, 497 kt and 60 MUSD",
        s.ATERIO,
    ),
    Unusable(
        "Colossus in H100 equivalents",
        "275 796",
        "the planner counts accelerators and FLOP/s, not equivalents",
        s.EPOCH_SITES,
    ),
    Unusable(
        "Rail-only: what mixture-of-experts traffic loses",
        "8.2 to 11.2 %",
        "no model of traffic on a fabric",
        s.RAIL_ONLY,
    ),
    Unusable(
        "TPU v4 over A100 in speed",
        "1.2 to 1.7",
        "the two reach their shares of peak at other sizes; one default of utilisation for each "
        "says nothing of it",
        s.TPU_V4,
    ),
    Unusable(
        "Ownership of GB200 over H100 per hour",
        "1.6",
        "depreciation, interest and margin of the article are not given; capital is compared above",
        s.SEMI_TCO,
    ),
    Unusable(
        "GPT-3 on 128 H100 in dollars",
        "0.54 to 0.72 USD per million tokens",
        "the article's price of an hour is not given",
        s.SEMI_TCO,
    ),
    Unusable(
        "Staff and energy in the cost of frontier models",
        "29 to 49 % and 2 to 6 %",
        "research staff is outside a capacity plan, and "
        "the shares are of cost written off over one run",
        s.EPOCH_TRAINING_COST,
    ),
    Unusable("Leonardo", "240 MEUR", MIXED, s.EPOCH_CLUSTERS),
    Unusable("LUMI", "144.5 MEUR", MIXED, s.EPOCH_CLUSTERS),
    Unusable("MareNostrum 5", "151.41 MEUR", MIXED, s.EPOCH_CLUSTERS),
    Unusable("MeluXina", "30 MEUR", MIXED, s.EPOCH_CLUSTERS),
    Unusable("Karolina", "15 MEUR", MIXED, s.EPOCH_CLUSTERS),
    Unusable(
        "Athena",
        "20 million zloty",
        "no rate of exchange, and infrastructure is left out of an unknown whole",
        s.EPOCH_CLUSTERS,
    ),
    Unusable(
        "hessian.AI 42",
        "14.5 MEUR",
        "a project, not a contract; no rate of exchange",
        s.EPOCH_CLUSTERS,
    ),
    Unusable(
        "Sakura, first phase",
        "13 500 MJPY",
        "no rate of exchange; whether buildings are in it is not said",
        s.EPOCH_CLUSTERS,
    ),
    Unusable(
        "Perlmutter",
        "146 MUSD",
        "years of service and 3072 nodes without accelerators are in it, unpriced",
        s.EPOCH_CLUSTERS,
    ),
    Unusable("Aurora", "500 MUSD", "its accelerator is not in the catalog", s.EPOCH_CLUSTERS),
    Unusable(
        "Isambard-AI, electricity",
        "about 1 MGBP a month",
        "no tariff; by our 3.9 MW average of 1362 nodes before cooling (server, training) it "
        "would be 0.30 to 0.35 GBP/kWh",
        s.ISAMBARD,
    ),
    Unusable(
        "Llama 3 405B with 131 072 tokens of context",
        "38 % of peak",
        "the row multiplies to 8 192 GPUs and says 16 384",
        s.LLAMA3,
    ),
    Unusable(
        "Gopher 280B on TPU v3",
        "920 hours, 32.5 % of peak",
        "TPU v3 is not in the catalog",
        s.GOPHER,
    ),
    Unusable(
        "Llama 3 405B, interruptions",
        "419 in 54 days",
        NO_MODEL + "; goodput is one default, with a range",
        s.LLAMA3,
    ),
    Unusable(
        "MegaScale, restarts and recovery",
        "over 100 in weeks, 10 and 15 minutes",
        NO_MODEL,
        s.MEGASCALE,
    ),
    Unusable("TPU v4 pod, availability", "99.98 %", NO_MODEL, s.ZU),
    Unusable(
        "Time to the first failure among 100 000 links", "26.28 minutes", NO_MODEL, s.SEMI_100K
    ),
    Unusable(
        "Work lost to a checkpoint, and to recovery over the network",
        "229 and 1.85 GPU-days",
        NO_MODEL,
        s.SEMI_100K,
    ),
    Unusable("BLOOM, spares and failures", "4 of 48 nodes, 1 to 2 GPUs a week", NO_MODEL, s.BLOOM),
    Unusable(
        "Llama 3, storage",
        "240 PB, 2 TB/s",
        "storage is inside the share for network, storage and management, not apart",
        s.LLAMA3,
    ),
]
