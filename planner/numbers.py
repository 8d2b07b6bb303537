"""How a number is written: one way for sentences, tables and reports."""

from __future__ import annotations

LARGEST = 1e15
"""From here on a number is written with an exponent."""
EXACT = 10
"""Digits of an amount of which nothing that counts may be lost."""


def number(value: float, digits: int = 4) -> str:
    """A number with so many significant digits; digits before the point are never rounded away, so
    that `12345.6` is `12346`.
    """
    if value == 0:
        return "0"
    if abs(value) >= LARGEST:
        return f"{value:.{digits}g}"
    if value == round(value) or abs(value) >= 10 ** (digits - 1):
        return f"{value:.0f}"
    return f"{value:.{digits}g}"


def exact(value: float) -> str:
    """A number as a person writes it, with nothing lost that counts; what floating point leaves
    over is.
    """
    return number(round(value, 9), EXACT)


def grouped(digits: str) -> str:
    """`1234567.8` as `1 234 567.8`, with narrow no-break spaces; four digits stay together."""
    sign, bare = ("−", digits[1:]) if digits.startswith("-") else ("", digits)
    whole, point, rest = bare.partition(".")
    if len(whole) > 4:
        head = len(whole) % 3
        parts = ([whole[:head]] if head else []) + [
            whole[i : i + 3] for i in range(head, len(whole), 3)
        ]
        whole = "\u202f".join(parts)
    return sign + whole + point + rest
