"""The spikes of the latest steps of one population: what delays look back into, and the step of each last spike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import aligned_zeros
from ..context import Context
from ..planning.plan import NEVER, Ring


class ValueHistory:
    """Rings of the latest values of variables of one population, for delayed continuous transmission."""

    def __init__(self, context: Context, npad: int) -> None:
        self._context = context
        self._npad = npad
        self._rings: dict[str, Ring] = {}
        self.rows: NDArray[Any] = aligned_zeros(2, context.dtype("int"))

    @property
    def slots(self) -> int:
        """Number of steps that are remembered."""
        return int(self.rows.size) - 1

    @property
    def used(self) -> bool:
        """Whether any variable is read later."""
        return bool(self._rings)

    def ring(self, name: str, source: NDArray[Any]) -> Ring:
        """Return the ring of a variable."""
        if name not in self._rings or self._rings[name].source is not source:
            self._rings[name] = self._empty(source)
        return self._rings[name]

    def rings(self) -> list[Ring]:
        """Return all rings."""
        return list(self._rings.values())

    def ensure(self, slots: int) -> None:
        """Remember at least so many steps; what is remembered already stays, what is older is as the oldest."""
        if slots <= self.slots:
            return
        old, now = self.slots, self._context.now
        self.rows = aligned_zeros(slots + 1, self._context.dtype("int"))
        for name, ring in list(self._rings.items()):
            fresh = self._empty(ring.source)
            if ring.started[0] and old > 1:
                before, after = ring.rows.reshape(old, self._npad), fresh.rows.reshape(slots, self._npad)
                after[:] = before[(now + 1) % old]  # the row of this moment is not filled yet, or before its time
                for step in range(now - old + 1, now):
                    after[step % slots] = before[step % old]
                fresh.started[0] = 1
            self._rings[name] = fresh
        self._context.touch()

    def _empty(self, source: NDArray[Any]) -> Ring:
        rows = aligned_zeros(self.slots * self._npad, source.dtype) if self.slots > 1 else source
        return Ring(source, rows, np.zeros(1, np.int64))

    def clear(self) -> None:
        """Forget all values: the first ones of the next run count as those before it."""
        for ring in self._rings.values():
            ring.started[0] = 0

    def rewind(self, by: int) -> None:
        """Let what happened at step k have happened at step k - by."""
        order = (np.arange(self.slots) + by) % self.slots
        for ring in self._rings.values() if self.slots > 1 else ():
            values = ring.rows.reshape(self.slots, self._npad)
            values[:] = values[order]

    def copy(self) -> tuple[int, dict[str, tuple[NDArray[Any], int]]]:
        """Return copies of everything."""
        return self.slots, {name: (r.rows.copy(), int(r.started[0])) for name, r in self._rings.items()}

    def restore(self, saved: tuple[int, dict[str, tuple[NDArray[Any], int]]], step: int) -> None:
        """Bring back what `copy` returned when the clock showed `step`."""
        slots, rings = saved
        self.clear()
        for name, (values, started) in rings.items():
            ring = self._rings.get(name)
            if ring is None or self.slots == 1 or not started or slots == 1:
                continue
            here, there = ring.rows.reshape(self.slots, self._npad), values.reshape(slots, self._npad)
            here[:] = there if slots == self.slots else there[(step + 1) % slots]
            for k in range(step - min(slots, self.slots) + 1, step):
                here[k % self.slots] = there[k % slots]
            ring.started[0] = 1


@dataclass(frozen=True, slots=True)
class Spikes:
    """What a `SpikeHistory` remembers, oldest step first: how many spiked in each, and who; and each last spike."""

    counts: NDArray[np.int64]
    ranks: NDArray[np.int32]
    last: NDArray[np.signedinteger]


class SpikeHistory:
    """A ring of spike lists: ``history[s, :counts[s]]`` spiked in the latest step k with ``k % slots == s``.

    Parameters
    ----------
    context : Context
    npad : int
        Padded number of neurons.
    """

    def __init__(self, context: Context, npad: int) -> None:
        self._context = context
        self._npad = npad
        self.last = aligned_zeros(npad, context.dtype("int"))
        self.last[:] = NEVER
        self.history: NDArray[np.int32] = np.zeros((0, npad), np.int32)
        self.counts: NDArray[np.int64] = np.zeros(0, np.int64)
        self.ensure(1)

    @property
    def slots(self) -> int:
        """Number of steps that are remembered."""
        return int(self.counts.size)

    def ensure(self, slots: int) -> None:
        """Remember at least so many steps; what is remembered already stays."""
        if slots <= self.slots:
            return
        history = aligned_zeros(slots * self._npad, np.int32).reshape(slots, self._npad)
        counts = aligned_zeros(slots, np.int64)
        now = self._context.now
        for step in range(now - self.slots, now):
            old, new = step % self.slots, step % slots
            history[new] = self.history[old]
            counts[new] = self.counts[old]
        self.history, self.counts = history, counts
        self._context.touch()

    def ranks(self, step: int) -> NDArray[np.int64]:
        """Return the neurons that spiked in one of the steps that are remembered."""
        slot = step % self.slots
        return self.history[slot, : self.counts[slot]].astype(np.int64)

    def pending(self, steps: int) -> bool:
        """Tell whether any neuron spiked within the last so many steps."""
        now = self._context.now
        return any(self.counts[k % self.slots] for k in range(now - min(steps, self.slots), now))

    def clear(self) -> None:
        """Forget all spikes."""
        self.counts[:] = 0
        self.last[:] = NEVER

    def rewind(self, by: int) -> None:
        """Let what happened at step k have happened at step k - by (a clock that is reset)."""
        order = (np.arange(self.slots) + by) % self.slots
        self.history[...] = self.history[order]
        self.counts[...] = self.counts[order]
        spiked = self.last != NEVER
        self.last[spiked] -= by

    def copy(self) -> Spikes:
        """Return copies of everything."""
        order = np.arange(self._context.now - self.slots, self._context.now) % self.slots
        ranks = [self.history[slot, : self.counts[slot]] for slot in order]
        return Spikes(self.counts[order], np.concatenate(ranks), self.last.copy())

    def restore(self, saved: Spikes, step: int) -> None:
        """Bring back what `copy` returned when the clock showed `step`."""
        self.clear()
        self.ensure(saved.counts.size)
        ends = np.cumsum(saved.counts)
        for n, count in enumerate(saved.counts):
            slot = (step - saved.counts.size + n) % self.slots
            self.counts[slot] = count
            self.history[slot, :count] = saved.ranks[ends[n] - count : ends[n]]
        self.last[...] = saved.last
