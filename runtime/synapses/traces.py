"""`Trace`: an event-driven variable that one side of the synapses changes, kept per neuron where synapses agree.

Which variables are traces, the compiler finds (`ranvier.compiler.traces`). A trace is stored with the step of its last
change, either for every synapse or, *lifted*, for every neuron of its side. Event code uses the same formula on both.
The planner lifts traces when it can; whatever touches the values of single synapses brings them back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Side

from ..arrays import aligned_zeros, padded
from ..connect.connectivity import Connectivity
from ..context import Context
from ..groups.attributes import Attribute


class Trace(Attribute):
    """An attribute whose `data` may be for every neuron of one side.

    Parameters
    ----------
    attribute : Attribute
        The values so far.
    side : {"pre", "post"}
    context : Context
    connectivity : callable
        Returns the connectivity of the moment.
    """

    __slots__ = ("_connectivity", "_context", "_lifted", "_since", "_values", "side")

    def __init__(
        self, attribute: Attribute, side: Side, context: Context, connectivity: Callable[[], Connectivity]
    ) -> None:
        self.side = side
        self._context = context
        self._connectivity = connectivity
        self._lifted: tuple[NDArray[Any], NDArray[Any]] | None = None
        a = attribute
        super().__init__(a.name, a.role, a.type, a.locality, a.dimension, a.data, a.n, a.block, a.scale)
        self._since = aligned_zeros(a.data.size, context.dtype("int"))
        self._since[:] = context.now

    @property
    def data(self) -> NDArray[Any]:
        """The values of all synapses, and padding: they are no longer lifted."""
        self.expand()
        return self._values

    @data.setter
    def data(self, values: NDArray[Any]) -> None:
        self._values = values

    @property
    def since(self) -> NDArray[Any]:
        """The step of the last change at every synapse: they are no longer lifted."""
        self.expand()
        return self._since

    @property
    def lifted(self) -> tuple[NDArray[Any], NDArray[Any]] | None:
        """Values and steps of the neurons, None where every synapse has its own."""
        return self._lifted

    @property
    def dtype(self) -> np.dtype[Any]:
        """How values are stored."""
        return self._values.dtype

    @property
    def nbytes(self) -> int:
        """Bytes of values and steps."""
        return sum(array.nbytes for array in self._lifted or (self._values, self._since))

    def stored(self) -> NDArray[Any]:
        """Return the value of each synapse at its last change."""
        return self._values[: self.n] if self._lifted is None else self._lifted[0][self._ranks()]

    def stored_since(self) -> NDArray[Any]:
        """Return the step of the last change of each synapse."""
        return self._since[: self.n] if self._lifted is None else self._lifted[1][self._ranks()]

    def changed(self, where: NDArray[np.int64] | None = None) -> None:
        """Note that all values, or those at some positions, are those of this moment."""
        self.since[slice(None) if where is None else where] = self._context.now

    def rearrange(self, order: NDArray[np.int64], n: int) -> None:
        """Let synapse q be what synapse ``order[q]`` was; a new one where that is negative."""
        steps = np.where(order < 0, self._context.now, self.since[order])
        super().rearrange(order, n)
        self._since = aligned_zeros(self._values.size, self._since.dtype)
        self._since[:n] = steps

    def resize(self, n: int) -> None:
        """Have so many synapses, whose values and steps are written next."""
        self._lifted, self.n = None, n
        self._values = aligned_zeros(padded(n), self._values.dtype)
        self._since = aligned_zeros(padded(n), self._since.dtype)

    def agrees(self) -> bool:
        """Tell whether all synapses of each neuron have the same value and step, to the bit."""
        if self._lifted is not None:
            return True
        ranks = self._ranks()
        bits = self._values[: self.n].view(self._since.dtype)
        return all(bool(np.all(one[ranks] == kept)) for one, kept in self._rows(ranks, bits, self._since[: self.n]))

    def lift(self) -> None:
        """Keep one value for each neuron; they must agree."""
        if self._lifted is not None:
            return
        ranks = self._ranks()
        (values, _), (steps, _) = self._rows(ranks, self._values[: self.n], self._since[: self.n])
        self._lifted = values, steps
        self._values, self._since = self._values[:0], self._since[:0]

    def _rows(self, ranks: NDArray[Any], *arrays: NDArray[Any]) -> list[tuple[NDArray[Any], NDArray[Any]]]:
        """Return the value of one synapse of each neuron, with the array it comes from."""
        built = self._connectivity()
        size = padded(built.n_pre if self.side == "pre" else built.n_post)
        found = []
        for array in arrays:
            row = aligned_zeros(size, array.dtype)
            row[ranks] = array
            found.append((row, array))
        return found

    def _ranks(self) -> NDArray[Any]:
        built = self._connectivity()
        return built.source if self.side == "pre" else built.target

    def expand(self) -> None:
        """Give every synapse values of its own."""
        if self._lifted is None:
            return
        ranks, (values, steps) = self._ranks(), self._lifted
        self._lifted = None
        for name, rows in (("_values", values), ("_since", steps)):
            array = aligned_zeros(padded(self.n), rows.dtype)
            array[: self.n] = rows[ranks]
            setattr(self, name, array)
        self._context.touch()
