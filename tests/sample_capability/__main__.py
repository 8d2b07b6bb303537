"""The command line of the planner with the sample capability: `python -m tests.sample_capability
solve FILE`."""

import sys

from planner.capabilities import CAPABILITIES

CAPABILITIES.append("tests.sample_capability")

from planner.cli.main import main  # noqa: E402  (records are put together when they are imported)

sys.exit(main())
