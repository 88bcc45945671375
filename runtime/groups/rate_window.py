"""The firing rate of every neuron in a sliding window: what `Population.compute_firing_rate` keeps.

One bit per neuron and step of the window remembers who spiked; the engine counts what enters and what leaves.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import model

from ..arrays import aligned_zeros
from ..context import Context
from .attributes import Attribute

#: Name of the attribute, as rate-coded neurons call theirs.
RATE_NAME = "r"
RATE_SYMBOL = model.Symbol(RATE_NAME, "variable")


class RateWindow:
    """Spikes of the last steps, and the rate (Hz) that follows.

    Parameters
    ----------
    context : Context
    rate : Attribute
        Where the rates go.
    slots : int
        Length of the window in steps.
    """

    def __init__(self, context: Context, rate: Attribute, slots: int) -> None:
        self._context = context
        self.rate = rate
        self.bits: NDArray[np.uint64] = np.zeros((0, 0), np.uint64)
        self.counts: NDArray[np.int64] = aligned_zeros(rate.n, np.int64)
        self._allocate(slots)

    def _allocate(self, slots: int) -> None:
        words = -(-self.rate.n // 64)
        self.bits = aligned_zeros(slots * words, np.uint64).reshape(slots, words)

    @property
    def slots(self) -> int:
        """Length of the window in steps."""
        return int(self.bits.shape[0])

    @property
    def scale(self) -> float:
        """Rate of one spike in the window, in Hz."""
        return 1000.0 / (self.slots * self._context.dt)

    def set_length(self, slots: int) -> None:
        """Give the window another length; the spikes that it still covers stay."""
        rows = self.copy()
        self._allocate(slots)
        self.restore(rows, self._context.now)

    def copy(self) -> NDArray[np.uint64]:
        """Return the rows of the window, oldest first."""
        return np.roll(self.bits, -(self._context.now % self.slots), axis=0)

    def restore(self, rows: NDArray[np.uint64], step: int) -> None:
        """Bring back what `copy` returned when the clock showed `step`."""
        self.bits[...] = 0
        kept = min(len(rows), self.slots)
        self.bits[np.arange(step - kept, step) % self.slots] = rows[len(rows) - kept :]
        self._count()

    def rewind(self, by: int) -> None:
        """Let what happened at step k have happened at step k - by."""
        self.bits[...] = np.roll(self.bits, -(by % self.slots), axis=0)

    def clear(self) -> None:
        """Forget all spikes."""
        self.bits[...] = 0
        self._count()

    def _count(self) -> None:
        spiked = np.unpackbits(self.bits.view(np.uint8), axis=1, bitorder="little")[:, : self.rate.n]
        self.counts[:] = spiked.sum(axis=0, dtype=np.int64)
        self.rate.put(rates(self.counts, self.scale, self.rate.data.dtype))


def rates(counts: NDArray[np.int64], scale: float, dtype: Any) -> NDArray[Any]:
    """Return rates in Hz."""
    return (counts * scale).astype(dtype)
