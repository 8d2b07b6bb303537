"""What the command line prints: documents in the form that is asked for, files whole or not at all,
and errors with their places.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from planner.errors import AuditError, InfeasibleError, InputError, PlannerError, Problem

if TYPE_CHECKING:
    from planner.report.document import Document, Form

FORMS = ("table", "md", "csv", "json")


def output(command: Callable[..., object]) -> Callable[..., object]:
    """The option of every command that tells something: in which form."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(FORMS),
        default="table",
        show_default=True,
        help="On a terminal, as Markdown, CSV or JSON.",
    )(command)


def verbosely(command: Callable[..., object]) -> Callable[..., object]:
    """The option of commands that lead with what matters most: the rest as well."""
    return click.option("-v", "--verbose", is_flag=True, help="Every table and note.")(command)


def tell(document: Document, form: Form) -> None:
    """Print a document."""
    click.echo(document.text(form, colour=colourful()), nl=False)


def colourful() -> bool:
    """Whether stdout is a terminal that wants colour."""
    import os
    import sys

    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all. Raises InputError if it cannot be written."""
    import tempfile

    from planner.errors import InputError, Problem

    try:
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, prefix=f".{path.name}.", delete=False, encoding="utf-8"
        ) as temporary:
            temporary.write(text)
        Path(temporary.name).chmod(0o666 & ~_umask())
        Path(temporary.name).replace(path)
    except OSError as error:
        raise InputError(
            [Problem("Y004", f"cannot write {path}: {(error.strerror or 'unwritable').lower()}")]
        ) from None


def _umask() -> int:
    import os

    mask = os.umask(0)
    os.umask(mask)
    return mask


def complain(error: PlannerError) -> None:
    """Write an error to stderr: every problem with its place, then a line that counts them."""
    if isinstance(error, InputError | AuditError):
        problems = error.problems if isinstance(error, InputError) else error.findings
        show_problems(problems)
        return
    click.echo(f"error: {error}", err=True)
    if isinstance(error, InfeasibleError):
        for line in error.refusal.account():
            click.echo(f"  {line}", err=True)


def show_problems(problems: tuple[Problem, ...] | list[Problem]) -> None:
    """Every problem in full, then the count."""
    for problem in problems:
        click.echo(problem.render() + "\n", err=True)
    errors = sum(not problem.warning for problem in problems)
    warnings = len(problems) - errors
    parts = [
        f"{n} {word}{'s' * (n != 1)}" for n, word in ((errors, "error"), (warnings, "warning")) if n
    ]
    click.echo(", ".join(parts), err=True)
