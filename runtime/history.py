"""The spikes of the latest steps of one population: what delays look back into, and the step of each last spike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .arrays import aligned_zeros
from .context import Context
from .plan import NEVER


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

    def copy(self) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.signedinteger]]:
        """Return copies of everything."""
        return self.history.copy(), self.counts.copy(), self.last.copy()

    def restore(self, saved: tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.signedinteger]], step: int) -> None:
        """Bring back what `copy` returned when the clock showed `step`."""
        history, counts, last = saved
        self.clear()
        self.ensure(counts.size)
        for k in range(step - counts.size, step):
            self.history[k % self.slots] = history[k % counts.size]
            self.counts[k % self.slots] = counts[k % counts.size]
        self.last[...] = last
