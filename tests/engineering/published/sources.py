"""Who published the figures."""

from __future__ import annotations

from tests.engineering.published.case import Source

TOP500 = {
    date: Source(
        f"TOP500 list, {date}",
        "TOP500",
        date,
        f"https://top500.org/lists/top500/{date.replace('-', '/')}/",
    )
    for date in ("2021-11", "2022-06", "2023-06", "2024-06", "2024-11", "2025-06")
}
FRONTIER = Source(
    "Sun et al., Energy dataset of Frontier supercomputer for waste heat recovery",
    "Scientific Data 11:1077",
    "2024-10-03",
    "https://pmc.ncbi.nlm.nih.gov/articles/PMC11450168",
)
LATIF = Source(
    "Latif et al., Empirical measurements of AI training power demand on a GPU-accelerated node",
    "IEEE Access 13:61740",
    "2024-12",
    "https://arxiv.org/abs/2412.08602",
)
SMC = Source(
    "MLPerf Training v4.0 with power, Llama 2 70B LoRA",
    "SMC",
    "2024-06",
    "https://smc.co/mlperfv40/results/llama2-70b-lora",
)
PATTERSON = Source(
    "Patterson et al., Carbon emissions and large neural network training, table 4",
    "arXiv",
    "2021-04",
    "https://arxiv.org/abs/2104.10350",
)
OLMO2 = Source(
    "2 OLMo 2 Furious, table 19",
    "Allen Institute for AI",
    "2025-01",
    "https://arxiv.org/abs/2501.00656",
)
SEMI_100K = Source(
    "100,000 H100 clusters: power, network topology",
    "SemiAnalysis",
    "2024-06-17",
    "https://newsletter.semianalysis.com/p/100000-h100-clusters-power-network",
)
SEMI_TCO = Source(
    "H100 vs GB200 NVL72 training benchmarks",
    "SemiAnalysis",
    "2025-08-20",
    "https://newsletter.semianalysis.com/p/h100-vs-gb200-nvl72-training-benchmarks",
)
SEMI_COLOSSUS = Source(
    "xAI's Colossus 2, first gigawatt datacenter",
    "SemiAnalysis",
    "2025-09-16",
    "https://newsletter.semianalysis.com/p/xais-colossus-2-first-gigawatt-datacenter",
)
SEMI_CPO = Source(
    "Co-packaged optics: scaling with light for the next wave of interconnect",
    "SemiAnalysis",
    "undated",
)
DAILY_SCOUT = Source(
    "DGX SuperPOD data center design, as quoted",
    "The Daily Scout",
    "undated",
    "https://thedailyscout.com/s/mS-qfkbCluI",
)
INTROL = Source(
    "Why NVIDIA GB300 NVL72 matters (citing Supermicro)",
    "Introl",
    "2025",
    "https://introl.com/blog/why-nvidia-gb300-nvl72-blackwell-ultra-matters",
)
EPOCH_SITES = Source(
    "Frontier Data Centers, snapshot of 2026-07-07",
    "Epoch AI",
    "2026-07-07",
    "https://epoch.ai/data/data-centers",
)
EPOCH_CLUSTERS = Source(
    "GPU Clusters", "Epoch AI", "2026-04-24", "https://epoch.ai/data/gpu-clusters"
)
EPOCH_MODELS = Source("AI models data set", "Epoch AI", "2025-12-02", "https://epoch.ai/data")
EPOCH_TRAINING_COST = Source(
    "Cottier et al., The rising costs of training frontier AI models",
    "Epoch AI",
    "2024-06",
    "https://arxiv.org/abs/2405.21015",
)
ATERIO = Source("Colossus 1: xAI's ambitious 500 MW energy deployment", "Aterio", "2025")
TECHRADAR = Source("Estimate of Colossus with 100 000 H100", "TechRadar", "2024-12-23")
DECODER = Source(
    "SemiAnalysis says Colossus 2 puts xAI ahead of Meta and Anthropic",
    "the decoder",
    "2025-09",
    "https://the-decoder.com/semianalysis-says-colossus-2-puts-xai-ahead-of-meta-and-anthropic-but-openai-stays-ahead",
)
SUPERPOD_H100 = Source(
    "DGX SuperPOD reference architecture, DGX H100, RA-11333-001 V11, table 3",
    "NVIDIA",
    "2023-09-22",
    "https://docs.nvidia.com/dgx-superpod/reference-architecture-scalable-infrastructure-h100/latest/",
)
LLAMA3 = Source(
    "The Llama 3 herd of models, §3.3 and tables 4 and 5",
    "Meta",
    "2024-07-31",
    "https://arxiv.org/abs/2407.21783",
)
LLAMA2 = Source("Llama 2, tables 1 and 2", "Meta", "2023-07", "https://arxiv.org/abs/2307.09288")
LLAMA1 = Source("LLaMA, tables 2 and 15", "Meta", "2023-02", "https://arxiv.org/abs/2302.13971")
PALM = Source("PaLM", "Google", "2022-04", "https://arxiv.org/abs/2204.02311")
GOPHER = Source(
    "Scaling language models (Gopher), and PaLM table 3",
    "DeepMind",
    "2021-12",
    "https://arxiv.org/abs/2112.11446",
)
FALCON = Source(
    "Falcon 180B", "TII, on Hugging Face", "2023-09", "https://huggingface.co/blog/falcon-180b"
)
SMOLLM3 = Source("SmolLM3", "Hugging Face", "undated", "https://huggingface.co/blog/smollm3")
MEGASCALE = Source(
    "Jiang et al., MegaScale",
    "NSDI",
    "2024-04",
    "https://www.usenix.org/conference/nsdi24/presentation/jiang-ziheng",
)
RAIL_ONLY = Source("Wang et al., Rail-only", "arXiv", "2024", "https://arxiv.org/abs/2307.12169")
TPU_V4 = Source("Jouppi et al., TPU v4", "ISCA", "2023-04", "https://arxiv.org/abs/2304.01433")
IMBUE = Source(
    "From bare metal to a 70B model",
    "Imbue",
    "undated",
    "https://imbue.com/research/70b-infrastructure/",
)
BERNSTEIN = Source(
    "How much does a GW of data center capacity cost (abstract)",
    "Bernstein",
    "2025-10",
    "https://www.fxbaogao.com/detail/5182980",
)
MORGAN_STANLEY = Source(
    "Cost per GW by accelerator, as quoted",
    "Morgan Stanley",
    "2026-05-08",
    "https://www.gate.com/post/status/21206536",
)
TERAWULF = Source(
    "TeraWulf AI hosting deal, 200 MW critical IT, about 250 MW gross",
    "Zioncoins",
    "2025-08-14",
    "https://zioncoins.net/?p=26100",
)
SOCRATES = Source(
    "Socrates South, 307 to 308 MW for 200 MW firm",
    "Surfaced",
    "2025",
    "https://surfaced.finance/stocks/WMB?signal=all",
)
WREG = Source(
    "xAI could use 150 MW and a million gallons of water a day",
    "WREG",
    "2024-07",
    "https://digital-stage.wreg.com/?p=2242467",
)
ISAMBARD = Source(
    "UK launches AI supercomputer (after the Guardian)",
    "Tech in Asia",
    "2025-07-17",
    "https://news.nestia.com/detail/UK-launches-%24302m-AI-supercomputer-powered-by-Nvidia/13677455",
)
GEMINI = Source(
    "Gemini report",
    "Google DeepMind",
    "2023-12",
    "https://storage.googleapis.com/deepmind-media/gemini/gemini_1_report.pdf",
)
ZU = Source(
    "Zu et al., Resiliency at scale",
    "NSDI",
    "2024-04",
    "https://scholars.duke.edu/publication/1633874",
)
BLOOM = Source("BLOOM", "BigScience", "2022-11", "https://arxiv.org/abs/2211.05100")
FACTRYZE = Source(
    "Scale atlas: power capping",
    "Factryze",
    "2026",
    "https://factryze.ai/scale-atlas/power/power-capping",
)
