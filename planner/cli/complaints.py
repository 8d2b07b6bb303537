"""How does an error look on a terminal?"""

from __future__ import annotations

import click

from planner.errors import AuditError, InfeasibleError, InputError, PlannerError, Problem


def complain(error: PlannerError) -> None:
    """Write an error to stderr: every problem with its place, then a line that counts them."""
    if isinstance(error, InputError | AuditError):
        problems = error.problems if isinstance(error, InputError) else error.findings
        show_problems(problems)
        return
    click.echo(f"error: {error}", err=True)
    if isinstance(error, InfeasibleError):
        for line in error.account():
            click.echo(f"  {line}", err=True)


def show_problems(problems: tuple[Problem, ...] | list[Problem]) -> None:
    """Every problem in full, then the count."""
    for problem in problems:
        click.echo(problem.render() + "\n", err=True)
    errors = sum(not problem.warning for problem in problems)
    warnings = len(problems) - errors
    parts = [f"{n} {word}{'s' * (n != 1)}" for n, word in ((errors, "error"), (warnings, "warning")) if n]
    click.echo(", ".join(parts), err=True)
