"""Populations and projections by name: their attributes, kept and brought back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..connect.connectivity import Connectivity
from ..groups.population import Population
from ..inputs.given import START, Given
from ..network import Network
from ..problems import RuntimeProblem, ValueProblem, nearest
from ..state.capture import Saved, load, save
from ..synapses.projection import Projection
from .clock import ms

Compartment = Population | Projection
#: Weights and delays are neither parameters nor variables: they are reset with `synapses` alone.
WEIGHTS = ("w", "delay")


def compartments(net: Network) -> dict[str, Compartment]:
    """Return all populations and projections by name."""
    found: list[Compartment] = [*net.get_populations(), *net.get_projections()]
    return {o.name: o for o in found}


def compartment(net: Network, name: str) -> Compartment:
    """Return a population or projection by name."""
    known = compartments(net)
    if name not in known:
        raise ValueProblem(f"Compartment {name} not found in model", help=nearest(str(name), known))
    return known[name]


def population(net: Network, name: str | Population) -> Population:
    """Return a population by name (a population itself is returned as it is)."""
    if isinstance(name, Population):
        return name
    found = compartment(net, name)
    if not isinstance(found, Population):
        raise ValueProblem(f"'{name}' is a projection; a population is needed.")
    return found


def now_ms(net: Network) -> float:
    """Return the time on the network's clock, with the digits of dt."""
    return ms(net.current_step, net.dt)


def parameter_names(obj: Compartment) -> Iterator[str]:
    """Yield the names of the parameters, with what was given in advance; weights and delays excepted."""
    if isinstance(obj, Projection) and not obj.connected:
        return
    given = obj._given_names() if isinstance(obj, Population) else ()
    own = {START} if given else set(WEIGHTS)
    for attribute in obj._table:
        if attribute.role == "parameter" and attribute.name not in own:
            yield attribute.name
    yield from given


def parameters_of(obj: Compartment) -> dict[str, Any]:
    """Return copies of the values of all parameters (and of weights that no equation changes)."""
    names = [a.name for a in obj._table if a.role == "parameter"]
    return {name: np.array(value) if np.ndim(value := obj._read(name)) else value for name in names}


def reset_network(
    net: Network, populations: bool, projections: bool, synapses: bool, monitors: bool, parameters: bool
) -> None:
    """Reset a network; without `parameters`, the parameters of everything stay as they are."""
    keep = [] if parameters else [f"{o.name}.{p}" for o in compartments(net).values() for p in parameter_names(o)]
    net.reset(populations, projections, synapses, monitors, keep=keep)


@dataclass(frozen=True, slots=True)
class Stored:
    """Copies of all attributes of one compartment; of a projection, with the connectivity they belong to.

    What a population was given in advance is never changed, only replaced: no copy is needed.
    """

    attributes: dict[str, Saved]
    connectivity: Connectivity | None
    given: Given | None


def store(net: Network, names: Iterable[str]) -> dict[str, Stored]:
    """Return copies of all attributes of the named compartments."""
    if isinstance(names, str):
        raise ValueProblem(f"The compartments are a list of names, such as ['{names}'].")
    found = {name: compartment(net, name) for name in names}
    return {name: _stored(obj) for name, obj in found.items()}


def _stored(obj: Compartment) -> Stored:
    attributes = {a.name: save(a) for a in obj._table}
    if isinstance(obj, Projection):
        return Stored(attributes, obj.connectivity, None)
    return Stored(attributes, None, obj._given)


def bring_back(net: Network, stored: dict[str, Stored], parameters: bool) -> None:
    """Give compartments their stored values; without `parameters`, only weights and variables."""
    found = {name: compartment(net, name) for name in stored}
    for name, obj in found.items():
        connectivity = stored[name].connectivity
        if isinstance(obj, Projection) and connectivity is not None and not _same(obj.connectivity, connectivity):
            raise RuntimeProblem(
                f"projection '{name}' has other synapses than when the model state was stored.",
                "store the model state again, or reset with synapses=True",
            )
    for name, obj in found.items():
        left_out = () if parameters else tuple(parameter_names(obj))
        if parameters and isinstance(obj, Population):
            obj._replace(stored[name].given)
        for attribute, saved in stored[name].attributes.items():
            if attribute not in left_out:
                _put(obj, attribute, saved, stored[name].connectivity)


def _put(obj: Compartment, name: str, saved: Saved, connectivity: Connectivity | None) -> None:
    attribute = obj._table[name]
    if isinstance(obj, Projection):
        obj._made.before_write(name)
    if load(attribute, saved):
        obj._context.touch()
    if isinstance(obj, Projection) and connectivity is not None and obj.connectivity is not connectivity:
        if attribute.per_synapse:  # other delays: other order of storage
            values = attribute.data[connectivity.public].copy()
            attribute.data[obj.connectivity.public] = values


def _same(one: Connectivity, other: Connectivity) -> bool:
    """Tell whether two connectivities have the same synapses; their delays may differ."""
    if one is other:
        return True
    (indptr, _, pre), (other_indptr, _, other_pre) = one.by_post, other.by_post
    return np.array_equal(indptr, other_indptr) and np.array_equal(pre, other_pre)
