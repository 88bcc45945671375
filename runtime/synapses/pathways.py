"""`PathwayDelays`: the delays of the pathways of one side of a projection, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import read_only
from ..problems import UnknownName, ValueProblem

if TYPE_CHECKING:
    from .projection import Projection


class PathwayDelays(MutableMapping[str, NDArray[np.float64]]):
    """Delays (ms) by pathway: arrays in the order of ``proj.w``. Assign a number, array, text or distribution.

    ``proj.delays`` holds those of presynaptic events (the axonal part), ``proj.post_delays`` those of postsynaptic ones
    (the dendritic part). What is on its way keeps the delay that it was sent with.
    """

    def __init__(self, projection: Projection, side: str) -> None:
        self._projection = projection
        self._side = side

    def _pathway(self, name: str) -> str:
        if name not in (known := list(self)):
            raise UnknownName(f"{self._side}synaptic pathway of {self._projection._label}", str(name), known)
        return f"{self._side}:{name}"

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        """Return the delays of a pathway."""
        projection = self._projection
        built = projection.connectivity
        steps = np.broadcast_to(projection._made.delays_of(self._pathway(name)), built.size)
        return read_only(steps[built.public] * projection._context.dt)

    def __setitem__(self, name: str, value: Any) -> None:
        """Give a pathway other delays."""
        made = self._projection._made
        made.set_pathway_delay(self._pathway(name), value)
        made.calls += 1
        self._projection._look_back()

    def __delitem__(self, name: str) -> None:
        """Raise: a pathway always has delays."""
        raise ValueProblem(f"{self._projection._label}: the delays of pathway '{name}' can be changed, not removed.")

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the pathways."""
        paths = (name.partition(":") for name in self._projection._made.pathways)
        return iter([name for side, _, name in paths if side == self._side])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __repr__(self) -> str:
        return f"<delays of {', '.join(self)} in {self._projection!r}>"

    def assign(self, value: Any) -> None:
        """Give all pathways the same delays, or those named in a dict."""
        given = dict(value) if isinstance(value, Mapping) else dict.fromkeys(self, value)
        if not given:
            raise ValueProblem(f"{self._projection._label} has no {self._side}synaptic pathway, so nothing to delay.")
        for name in given:
            self._pathway(name)
        for name, delay in given.items():
            self[name] = delay
