"""The user's text and places in it.

A model is written in several strings (parameters, equations, spike condition...).
Each is one `Source`; a `Span` says in which of them, and where, a syntax node stands.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range ``[start, stop)`` of characters in part number `part` of a model."""

    part: int
    start: int
    stop: int

    def to(self, other: Span) -> Span:
        """Return the range from the start of this span to the end of `other` (same part)."""
        return Span(self.part, self.start, max(self.stop, other.stop))


@dataclass(frozen=True, slots=True)
class Source:
    """One string that the user wrote, kept exactly as it was.

    `role` is what the string is for: ``"parameters"``, ``"equations"``, ``"spike"``, ``"reset"``,
    ``"refractory"``, ``"functions"``, ``"psp"``, ``"pre_spike"``, ``"post_spike"``...;
    `label` tells entries of one role apart (the pathway of a ``pre_spike``, the event of an ``on_event``).
    """

    role: str
    text: str
    label: str = ""

    def line_of(self, position: int) -> int:
        """Return the 1-based line number of a character position."""
        return self.text.count("\n", 0, position) + 1

    def column_of(self, position: int) -> int:
        """Return the 1-based column of a character position."""
        return position - (self.text.rfind("\n", 0, position) + 1) + 1

    def line_text(self, line: int) -> str:
        """Return the text of a 1-based line, without its newline."""
        lines = self.text.split("\n")
        return lines[line - 1] if 0 < line <= len(lines) else ""
