"""`planner`: the door for people at a terminal. The only place that catches this package's errors
and prints them.
"""

from __future__ import annotations

import gc
import signal
import sys
import threading
from collections.abc import Sequence

import click

from planner.cli.catalog import catalog
from planner.cli.check import check, schema, show
from planner.cli.compare import compare
from planner.cli.explain import explain
from planner.cli.fabric import fabric
from planner.cli.facility import facility
from planner.cli.orders import orders
from planner.cli.power import power
from planner.cli.solve import solve
from planner.cli.validate import validate

OBJECTS = 1_000_000
"""New objects after which garbage is looked for. What is read stays: looking every 700, as Python
does, takes a sixth of a small solve, and every 100 000 a tenth of what is then left. No more memory
is held."""


class Doorkeeper(click.Group):
    """A group that suggests the nearest command for a mistyped one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a hint."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            from planner.errors import nearest

            if hint := nearest(args[0], self.list_commands(ctx)):
                raise click.UsageError(f"No such command `{args[0]}`; {hint}", ctx) from None
            raise


@click.group(
    cls=Doorkeeper,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(package_name="ai-cluster-planner", prog_name="planner")
def planner() -> None:
    """Plan AI clusters: what to buy, where and when, with a proven gap and every figure sourced."""


planner.add_command(solve)
planner.add_command(compare)
planner.add_command(explain)
planner.add_command(power)
planner.add_command(facility)
planner.add_command(fabric)
planner.add_command(check)
planner.add_command(show)
planner.add_command(orders)
planner.add_command(validate)
planner.add_command(catalog)
planner.add_command(schema)


def _end_tidily() -> None:
    """Turn the signals that end a process into an ordinary exit, so that the solver's process and
    its files go as well.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and threading.current_thread() is threading.main_thread():
            signal.signal(number, lambda received, frame: sys.exit(128 + received))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; exit codes: 0 ok, 1 error, 2 usage, 3 no plan or a draw above its
    limit, 4 no plan within the time.
    """
    _end_tidily()
    gc.set_threshold(OBJECTS)
    try:
        code = planner.main(
            args=list(arguments) if arguments is not None else None,
            prog_name="planner",
            standalone_mode=False,
        )
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        from planner.errors import PlannerError

        if not isinstance(error, PlannerError):
            raise
        from planner.cli.output import complain

        complain(error)
        sys.exit(error.exit_code)
    sys.exit(code if isinstance(code, int) else 0)
