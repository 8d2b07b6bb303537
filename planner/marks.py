"""A place in a text that a person wrote: every mistake, limit and repair points at one."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text that positions can point into."""

    name: str
    text: str
    _lines: list[str] = field(default_factory=list, repr=False, compare=False)

    def line(self, number: int) -> str:
        """Line `number` (from 1) without its end; empty if there is none."""
        if not self._lines:
            self._lines.extend(self.text.splitlines())
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text: line and column from 1, and how many characters to underline."""

    source: SourceText
    line: int
    column: int
    length: int = 1

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"

    @property
    def text(self) -> str:
        """The line that it points into, without the blanks around it."""
        return self.source.line(self.line).strip()
