"""The command line run inside the test process."""

from tests.cli.conftest import command

__all__ = ["command"]
