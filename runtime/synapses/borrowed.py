"""`BorrowedSynapses`: synapses with the connections, weights and delays of another projection, or their reverse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Model

from ..connect.connectivity import Connectivity
from ..connect.shared_weights import TurnedConnectivity
from ..context import Context
from ..definitions.types import Synapse
from ..groups.attributes import NOTHING, Attribute
from ..problems import ValueProblem
from .ends import Ends
from .table import Synapses


class BorrowedSynapses(Synapses):
    """The lender's connectivity and its ``w`` are read wherever they stand; nothing of them is written here.

    Parameters
    ----------
    context, ends, synapse, model
        As of `Synapses`; `model` holds `w` as a variable, because the lender may change it in any step.
    lender : Synapses
    turned : bool
        The connections lead the other way round.
    """

    def __init__(
        self, context: Context, ends: Ends, synapse: Synapse, model: Model, lender: Synapses, turned: bool = False
    ) -> None:
        self._lender = lender
        self._lent = False
        self.turned = turned
        self._built: TurnedConnectivity | None = None
        super().__init__(context, ends, synapse, model, self.connectivity)
        own = [a.name for a in self.table if a.per_synapse and a.name != "w"]
        if own or "w" not in self.table:
            what = f"'{own[0]}', of which each synapse has its own" if own else "no 'w'"
            raise ValueProblem(f"{ends.label}: a copy reads the weights of another projection; its synapse has {what}.")
        self.table.lend(lender.table["w"])
        self._lent = True
        lender.followers.append(self)

    @property
    def lender(self) -> str:
        """Name of the projection that lends."""
        return self._lender._ends.name

    @property
    def connectivity(self) -> Connectivity:
        """The connectivity of the lender, as it is now."""
        built = self._lender.connectivity
        if not self.turned:
            return built
        if self._built is None or self._built.of is not built:
            self._built = TurnedConnectivity(built)
        return self._built

    @connectivity.setter
    def connectivity(self, built: Connectivity) -> None:
        """Ignore: a restored state brings the lender's connectivity back through the lender."""

    def assign(
        self,
        attribute: Attribute,
        value: Any,
        where: NDArray[np.int64] | None = None,
        computed: Mapping[str, Attribute] = NOTHING,
    ) -> None:
        """Write shared values; the weights belong to the lender."""
        if attribute.name == "w" and self._lent:
            self._refuse("w")
        super().assign(attribute, value, where, computed)

    def set_delays(self, value: Any, where: NDArray[np.int64] | None = None) -> None:
        """Refuse: delays belong to the lender."""
        self._refuse("delay")

    def set_pathway_delay(self, pathway: str, value: Any, where: NDArray[np.int64] | None = None) -> None:
        """Refuse: delays belong to the lender."""
        self._refuse("delay")

    def edit(
        self, keep: NDArray[np.bool_], pre: NDArray[np.int64], post: NDArray[np.int64], steps: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Refuse: synapses belong to the lender."""
        message = f"{self._ends.label} has the synapses of projection '{self.lender}'."
        raise ValueProblem(message, help="change them there")

    def _refuse(self, name: str) -> None:
        raise ValueProblem(
            f"{self._ends.label}: '{name}' is that of projection '{self.lender}'.", help="write it there"
        )
