"""Does what a file says fit the objects of a network? Asked before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ..arrays import padded
from ..groups.attributes import Attribute
from ..groups.population import Population
from ..objects import Objects
from ..problems import FileProblem, nearest
from ..synapses.projection import Projection
from .capture import PopulationState, ProjectionState


def missing(path: str, kind: str, name: str, known: Iterable[str]) -> FileProblem:
    """Return the error for an object of a file that the network does not have."""
    return FileProblem(f"'{path}' has a {kind} '{name}', the network has not.", help=nearest(name, known))


def check_populations(path: str, objects: Objects, states: Mapping[str, PopulationState]) -> None:
    """Raise unless states of populations fit those of a network."""
    for name, state in states.items():
        population = objects.populations[name]
        same_size(path, population._label, "neurons", population.size, state.size)
        check_attributes(path, population, state.attributes)
        slots, rings = state.values
        window = None if population._window is None else population._window.bits
        fits = state.window is None or (window is not None and state.window.shape == window.shape)
        fits &= state.until.shape == population._until.shape and isinstance(state.calls, int) and slots >= 1
        fits &= state.events.keys() == population._events.keys()
        for spikes in (state.spikes, *state.events.values()):
            fits &= spikes.last.shape == population._until.shape and spikes.counts.min(initial=0) >= 0
            fits &= spikes.counts.size > 0 and int(spikes.counts.sum()) == spikes.ranks.size
            fits &= spikes.counts.max(initial=0) <= population.size and spikes.ranks.min(initial=0) >= 0
            fits &= spikes.ranks.max(initial=0) < population.size
        fits &= all(name in population._received for name in state.received)
        fits &= all(values.shape == (population.size,) for values in state.received.values())
        for variable, (rows, _) in rings.items():
            fits &= variable in population._table and rows.size == slots * population._npad
        if not fits:
            raise FileProblem(f"'{path}' is damaged: the state of {population._label} does not fit its size.")


def check_projections(path: str, objects: Objects, states: Mapping[str, ProjectionState]) -> None:
    """Raise unless states of projections fit those of a network; they bring synapses of their own."""
    for name, state in states.items():
        projection, built = objects.projections[name], state.connectivity
        label, here = projection._label, projection.connectivity
        same_size(path, label, "presynaptic neurons", here.n_pre, built.n_pre)
        same_size(path, label, "postsynaptic neurons", here.n_post, built.n_post)
        check_attributes(path, projection, state.attributes, built.stored, partial=True)
        rows = padded(built.size) if projection._made.lastupdate.size else 0
        fits = state.lastupdate is None or state.lastupdate.shape == (rows,)
        if state.since is not None:
            fits &= state.since.keys() == projection._made.traces.keys()
            fits &= all(steps.shape == (built.size,) for steps in state.since.values())
        for steps in state.pathway_delays.values():
            fits &= np.min(steps, initial=0) >= 0 and np.size(steps) in (1, built.size)
        fits &= set(state.structure) <= set(projection._rules)
        for period, offset in state.structure.values():
            fits &= isinstance(period, int) and isinstance(offset, int) and period >= 1
        fits &= set(state.flight.arrivals) <= set(projection._made.pathways)
        for entries in state.flight.arrivals.values():
            fits &= entries.dtype == np.int64 and entries.ndim == 2 and entries.shape[1] == 3
            fits &= entries[:, 2].min(initial=0) >= 0 and entries[:, 2].max(initial=-1) < built.size
        if not fits:
            raise FileProblem(f"'{path}' is damaged: the state of {label} does not fit its synapses.")


def same_size(path: str, label: str, what: str, here: int, there: int) -> None:
    """Raise unless two sizes are equal."""
    if here != there:
        raise FileProblem(f"{label} has {here} {what}, in '{path}' it has {there}.")


def check_attributes(
    path: str, owner: Population | Projection, values: Mapping[str, Any], synapses: int = 0, partial: bool = False
) -> None:
    """Raise unless values of attributes fit an object; `partial`: some may be missing.

    Parameters
    ----------
    path : str
        Named in errors.
    owner : Population or Projection
    values : mapping
    synapses : int
        Number of stored values of synapses.
    partial : bool
    """
    for name in values:
        if name not in owner._table:
            raise FileProblem(
                f"'{path}' has values for '{name}', which is no attribute of {owner._label}.",
                help=nearest(name, owner._table.names()),
            )
        _check_values(path, owner, owner._table[name], values[name], synapses)
    for name in owner._table.names():
        if name not in values and not partial:
            raise FileProblem(f"'{path}' has no values for '{name}' of {owner._label}.")


def _check_values(
    path: str, owner: Population | Projection, attribute: Attribute, values: Any, synapses: int
) -> None:
    what = f"'{attribute.name}' of {owner._label}"
    if not isinstance(values, np.ndarray) or values.dtype != attribute.dtype:
        found = getattr(values, "dtype", type(values).__name__)
        raise FileProblem(f"{what} is {attribute.dtype}, in '{path}' it is {found}.")
    one = attribute.block or (isinstance(owner, Projection) and attribute.role == "parameter")
    size = synapses if isinstance(owner, Projection) and attribute.locality == "local" else attribute.n
    if values.shape != (size,) and not (one and values.shape == (1,)):
        raise FileProblem(f"{what} has {size} values, in '{path}' it has {values.size}.")
