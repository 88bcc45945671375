"""Other models for the objects of a network that has not run: populations and projections are made anew under their
names, with the same values, connections, weights and delays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..definitions.types import Neuron, Synapse
from ..groups.population import Population
from ..groups.views import NeuronView, PopulationView
from ..network import Network
from ..problems import RuntimeProblem, ValueProblem
from ..state.capture import load, save
from ..synapses.group import End, SynapseGroup
from ..synapses.projection import Projection, Side
from ..synapses.table import Synapses
from .compartments import Compartment


def rebuild(
    net: Network,
    neurons: Callable[[Population], Neuron | None],
    synapses: Callable[[Projection, End, End], Synapse | None],
) -> None:
    """Replace populations and projections by ones with other models; references to the old ones are no longer valid.

    Parameters
    ----------
    net : Network
        Not compiled, without monitors.
    neurons, synapses : callable
        Return the new model of a population, or of a projection and its new ends; None where it keeps its own.

    Raises
    ------
    RuntimeProblem
        The network is compiled or has monitors.
    """
    if net.current_step or net._snapshots._populations or net.get_monitors():
        raise RuntimeProblem(
            "The models of this network cannot be changed any more: it is compiled, has run, or has monitors.",
            "do it after the populations and projections are made, before compile() and monitors",
        )
    old: list[Compartment] = [*net._objects.populations, *net._objects.projections]
    for obj in old:
        if isinstance(obj, Population) and (obj._codes or obj._links):
            raise ValueProblem(f"population '{obj.name}' has code or links of its own; attach them afterwards.")
        if isinstance(obj, Projection) and obj._rules:
            raise ValueProblem(f"projection '{obj.name}' prunes or creates synapses; start that afterwards.")
    populations = {p.name: _population(p, neurons(p)) for p in net._objects.populations}
    projections: dict[str, Projection] = {}
    for p in net._objects.projections:
        projections[p.name] = _projection(p, populations, projections, synapses)
    for name, population in populations.items():
        net._objects.populations.replace(name, population)
    for name, projection in projections.items():
        net._objects.projections.replace(name, projection)
    net._context.touch()


def _population(old: Population, neuron: Neuron | None) -> Population:
    spec = old._spec if neuron is None else replace(old._spec, neuron=neuron)
    new = type(old)(old._context, old.name, spec)
    _copy_values(old, new)
    new._placed, new._enabled, new._calls, new._given = old._placed, old._enabled, old._calls, old._given
    return new


def _projection(
    old: Projection,
    made: dict[str, Population],
    before: dict[str, Projection],
    synapses: Callable[[Projection, End, End], Synapse | None],
) -> Projection:
    pre, post = _group(old.pre, made, before), _group(old.post, made, before)
    synapse = synapses(old, pre.population, post.population) or old.synapse_type
    target = [old._target, *old._more_targets]
    new = type(old)(old._context, old.name, pre, post, target, synapse, old._ends.same_step)
    new._recipe, new._enabled, new._learns, new._schedule = old._recipe, old._enabled, old._learns, old._schedule
    new._planned, new._later, new._values = old._planned, old._later, old._values
    if old._synapses is not None:
        kept = old._made
        new._synapses = Synapses(new._context, new._ends, synapse, new._model, kept.connectivity)
        new._made.pathway_delays, new._made.calls = dict(kept.pathway_delays), kept.calls
        _copy_values(old, new)
        new._look_back()
    return new


def _group(old: Side, made: dict[str, Population], before: dict[str, Projection]) -> Side:
    if isinstance(old, SynapseGroup):
        return before[old.name]._as_end()
    population = made[old.population.name]
    if isinstance(old, PopulationView):
        return PopulationView(population, old._ranks, old._slice)
    return NeuronView(population, int(old.ranks[0])) if isinstance(old, NeuronView) else population


def _copy_values(old: Any, new: Any) -> None:
    for attribute in old._table:
        if attribute.name in new._table:
            load(new._table[attribute.name], save(attribute))
