"""What can be monitored, and what a monitor has to know of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..groups.attributes import Attribute
from ..groups.population import Population
from ..groups.received import input_name
from ..groups.views import NeuronView, PopulationView
from ..problems import UnknownName, ValueProblem
from ..synapses.dendrite import Dendrite, SynapseView
from ..synapses.projection import Projection
from .spike_statistics import SPIKE

Recordable = Population | PopulationView | NeuronView | Projection | Dendrite | SynapseView
SYNAPTIC = (Projection, Dendrite, SynapseView)


def label_of(obj: Recordable) -> str:
    """Return how errors call it."""
    return f"{obj._label}" if isinstance(obj, SYNAPTIC) else f"population '{obj.population.name}'"


def group_of(obj: Recordable) -> Population | Projection:
    """Return the population or projection that an object is, or is a part of."""
    if isinstance(obj, (Dendrite, SynapseView)):
        return obj._projection
    return obj if isinstance(obj, Projection) else obj.population


def table_of(obj: Recordable) -> Any:
    """Return its attributes."""
    return group_of(obj)._table


def stored_as(obj: Recordable, variable: str) -> Attribute:
    """Return where the values of a variable stand: for an input, those of the last step."""
    name, group = input_name(variable), group_of(obj)
    if isinstance(group, Population) and name in group._received:
        return group._received[name]
    stored: Attribute = group._table[name]
    return stored


def width_of(obj: Recordable, attribute: Attribute) -> int:
    """Return how many values a sample has."""
    if attribute.shared or (attribute.locality == "post" and isinstance(obj, (Dendrite, SynapseView))):
        return 1
    if attribute.locality == "post":
        return attribute.n
    return obj.nb_synapses if isinstance(obj, Projection) else obj.size


def ranks_of(obj: Recordable) -> NDArray[np.int64]:
    """Return the ranks of its neurons; none for synapses."""
    return np.zeros(0, np.int64) if isinstance(obj, SYNAPTIC) else obj.ranks


def events_of(obj: Recordable) -> tuple[str, ...]:
    """Return the names of the events that it can be asked for."""
    return () if isinstance(obj, SYNAPTIC) else obj.population.events


def checked(obj: Recordable, variable: str, name: str) -> str:
    """Return a variable that the object can be asked for."""
    if variable == SPIKE:
        if isinstance(obj, SYNAPTIC):
            raise ValueProblem(f"monitor '{name}': spikes are recorded from populations.")
        if not obj.population.spiking:
            raise ValueProblem(f"monitor '{name}': population '{obj.population.name}' does not spike.")
        return variable
    if variable in events_of(obj):
        return variable
    table = table_of(obj)
    if table.is_subexpression(variable):
        return variable
    if input_name(variable) not in table:
        raise UnknownName(f"recordable attribute of {table.owner}", variable, (*table.names(), SPIKE))
    return variable
