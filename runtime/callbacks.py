"""Python functions called at regular steps of the network's clock."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .schedule import next_due


@dataclass(slots=True)
class Callback:
    """Called before step k for every k >= wait with ``(k - wait - offset) mod period == 0``; `calls` is state."""

    function: Callable[..., Any]
    period: int
    offset: int
    wait: int
    with_count: bool
    calls: int = 0
    enabled: bool = True

    def due(self, now: int) -> int:
        """Return the next step, from `now` on, before which the function is to be called."""
        return next_due(now, self.period, self.offset, self.wait)

    def __call__(self) -> None:
        """Call the function."""
        count, self.calls = self.calls, self.calls + 1
        if self.with_count:
            self.function(count)
        else:
            self.function()


def takes_count(function: Callable[..., Any]) -> bool:
    """Tell whether a function wants the number of its earlier calls as an argument."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.VAR_POSITIONAL) for p in parameters)


class Callbacks:
    """The callbacks of a network, in the order of their registration."""

    def __init__(self) -> None:
        self._entries: list[Callback] = []

    def add(self, entry: Callback) -> None:
        """Register a callback."""
        self._entries.append(entry)

    def remove(self, entry: Callback) -> None:
        """Forget a callback."""
        self._entries.remove(entry)

    def next(self, now: int) -> int | None:
        """Return the next step before which anything is to be called, after `now`."""
        return min((e.due(now + 1) for e in self._entries if e.enabled), default=None)

    def call(self, now: int) -> None:
        """Call what is due before step `now`."""
        for entry in list(self._entries):
            if entry.enabled and entry.due(now) == now:
                entry()

    def counts(self) -> list[int]:
        """Return the number of calls of each."""
        return [e.calls for e in self._entries]

    def set_counts(self, counts: list[int]) -> None:
        """Bring back what `counts` returned."""
        for entry, calls in zip(self._entries, counts, strict=False):
            entry.calls = calls

    def reset(self) -> None:
        """Start counting anew."""
        for entry in self._entries:
            entry.calls = 0
