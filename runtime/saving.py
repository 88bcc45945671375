"""Networks, populations and projections in files. docs/state.md says what is where in them.

A file holds the structure (blueprint.py), the whole state (state.py), the values that `reset` goes back to, and a
manifest: what the result was computed with. Nothing is written to a network before everything has been checked.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import ranvier
from ranvier.compiler import coherent_unit, fingerprint, provenance

from . import files
from .arrays import padded
from .attributes import Attribute, Table
from .blueprint import NetworkRecord, describe, rebuild
from .connectivity import Connectivity
from .context import Context
from .encoding import Arrays
from .ends import Stored
from .kinds import CODEC
from .network import Network
from .objects import Objects
from .population import Population
from .problems import FileProblem, nearest
from .projection import Projection
from .simulation import Simulation
from .snapshots import Compiled, NetworkState, Snapshots
from .state import PopulationState, ProjectionState, save_population, save_projection, switch_monitor

#: Which objects, or which of their attributes: all, none, or those of these names.
Choice = bool | Iterable[str]


@dataclass(frozen=True, slots=True)
class Parts:
    """What `Network` is composed of, as far as files are concerned."""

    context: Context
    objects: Objects
    simulation: Simulation
    snapshots: Snapshots


@dataclass(frozen=True, slots=True)
class Document:
    """A file of a network, understood but not yet believed to fit one."""

    path: str
    whole: bool
    structure: NetworkRecord
    models: Mapping[str, str]
    state: NetworkState
    compiled: Compiled


# -- writing ---------------------------------------------------------------------------------------------


def save_network(path: Any, parts: Parts, populations: bool, projections: bool) -> None:
    """Write a network to a file; see `Network.save`."""
    objects = parts.objects
    state = parts.snapshots.take(objects)
    compiled = parts.snapshots.compiled()
    if not (populations and projections):
        state = replace(
            state,
            populations=state.populations if populations else {},
            projections=state.projections if projections else {},
        )
        compiled = ({}, {})
    structure = describe(parts.context, objects, parts.simulation.stop_conditions, parts.simulation.nan_check)
    text: dict[str, Any] = {
        "content": "network",
        "whole": populations and projections,
        "manifest": _manifest(parts),
        "models": _models(objects),
        "attributes": {o.name: _described(o._table) for o in _with_values(objects)},
    }
    arrays: Arrays = {}
    for name, value in (("structure", structure), ("state", state), ("compiled", compiled)):
        text[name], more = CODEC.encode(value, name)
        arrays |= more
    files.write(path, text, arrays, _notes(text["attributes"], arrays))


def _with_values(objects: Objects) -> list[Population | Projection]:
    return [*objects.populations, *objects.connected]


def _models(objects: Objects) -> dict[str, str]:
    owners: tuple[Population | Projection, ...] = (*objects.populations, *objects.projections)
    return {o.name: fingerprint(o._model) for o in owners if o._model is not None}


def _described(table: Table) -> dict[str, Any]:
    """Return what readers of a file want to know of each attribute."""
    return {
        a.name: {
            "role": a.role, "type": a.type, "locality": a.locality, "dtype": str(a.data.dtype),
            "unit": "Hz" if a.scale != 1.0 else coherent_unit(a.dimension),
        }
        for a in table
    }  # fmt: skip


def _notes(described: Mapping[str, Any], arrays: Arrays) -> dict[str, dict[str, str]]:
    """Return the units of the datasets that hold attributes."""
    notes = {}
    for path in arrays:
        head, found, name = path.rpartition("/attributes/")
        unit = described.get(head.rpartition("/")[2], {}).get(name, {}).get("unit", "") if found else ""
        if unit:
            notes[path] = {"unit": unit}
    return notes


def _manifest(parts: Parts) -> dict[str, Any]:
    """Return what it takes to run a result again, besides structure and state."""
    owners = _with_values(parts.objects)
    return {
        "ranvier": ranvier.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        **provenance(parts.context.options),
        "seed": parts.context.seed,
        "kernels": parts.simulation.kernels(),
        "parameters": {
            o.name: {a.name: a.scalar() for a in o._table if a.role == "parameter" and a.block} for o in owners
        },
    }


# -- reading ---------------------------------------------------------------------------------------------


def read_network(path: Any) -> Document:
    """Return what a file of a network says.

    Raises
    ------
    FileProblem
        It is damaged, or no file of a network.
    """
    text, arrays = files.read(path)
    if text.get("content") != "network":
        raise FileProblem(f"'{path}' holds a {text.get('content')}, not a network.")
    structure, state, compiled = (CODEC.decode(text.get(key), arrays) for key in ("structure", "state", "compiled"))
    models = text.get("models")
    fine = isinstance(structure, NetworkRecord) and isinstance(state, NetworkState) and isinstance(models, dict)
    if not fine or not isinstance(compiled, tuple) or len(compiled) != 2:
        raise FileProblem(f"'{path}' is damaged: it does not describe a network.")
    return Document(str(path), bool(text.get("whole")), structure, dict(models or {}), state, compiled)


def damaged_if_odd(path: Any, act: Callable[[], Any]) -> Any:
    """Let contents that are not what they should be end as one clear error."""
    try:
        return act()
    except (TypeError, KeyError, IndexError, AttributeError, ValueError, OverflowError) as error:
        if isinstance(error, ranvier.RanvierError):
            raise
        raise FileProblem(f"'{path}' is damaged: {error}.") from error


def from_file(path: Any) -> Network:
    """Return a network that a file describes; see `Network.from_file`."""
    document = read_network(path)
    if not document.whole:
        raise FileProblem(f"'{path}' holds a part of a network, which cannot be rebuilt from it.")

    def build() -> Network:
        state = document.state
        net = rebuild(document.structure, _connectivities(state), "compiled")
        parts = net._parts()
        for each in (state.populations, document.compiled[0]):
            _check_populations(document.path, parts.objects, each)
        for synapses in (state.projections, document.compiled[1]):
            _check_projections(document.path, parts.objects, synapses)
        parts.snapshots.adopt(document.compiled, parts.objects)
        _bring(parts, state)
        return net

    made: Network = damaged_if_odd(path, build)
    return made


def _connectivities(state: NetworkState) -> dict[str, Connectivity]:
    return {name: projection.connectivity for name, projection in state.projections.items()}


def copy_network(parts: Parts) -> Network:
    """Return a copy of a network; see `Network.copy`."""
    state = parts.snapshots.take(parts.objects)
    structure = describe(parts.context, parts.objects, parts.simulation.stop_conditions, parts.simulation.nan_check)
    structure = replace(structure, monitors=tuple(m for m in structure.monitors if not m.options.get("file")))
    encoded, arrays = CODEC.encode((structure, state, parts.snapshots.compiled()))
    arrays = {path: values.copy() for path, values in arrays.items()}
    structure, state, compiled = CODEC.decode(encoded, arrays)
    net = rebuild(structure, _connectivities(state), "reference" if parts.context.interpreted else "compiled")
    net._snapshots.adopt(compiled, net._objects)
    _bring(net._parts(), state)
    return net


def load_network(path: Any, parts: Parts, populations: Choice, projections: Choice) -> None:
    """Load a file into a network; see `Network.load`."""
    document = read_network(path)

    def whole() -> None:
        _same_network(document, parts)
        parts.snapshots.compile(parts.objects)
        _bring(parts, document.state)

    def attributes() -> None:
        owners: tuple[tuple[Choice, Any, Any], ...] = (
            (populations, parts.objects.populations, document.state.populations),
            (projections, parts.objects.projections, document.state.projections),
        )
        writes: list[Callable[[], None]] = []
        for choice, registry, states in owners:
            if choice is False:
                continue
            if not states:
                raise FileProblem(f"'{path}' holds no {registry.kind}s.")
            for name, state in states.items():
                if name not in registry:
                    raise _missing(document.path, registry.kind, name, [o.name for o in registry])
                writes += attribute_writes(document.path, registry[name], state, choice)
        for write in writes:
            write()

    damaged_if_odd(path, whole if populations is True and projections is True else attributes)


def _bring(parts: Parts, state: NetworkState) -> None:
    parts.snapshots.bring(state, parts.objects)
    for monitor in parts.objects.monitors:
        if monitor.name in state.monitors:
            switch_monitor(monitor, state.monitors[monitor.name], state.step)
        else:
            monitor.reset()


def _missing(path: str, kind: str, name: str, known: Iterable[str]) -> FileProblem:
    return FileProblem(f"'{path}' has a {kind} '{name}', the network has not.", help=nearest(name, known))


def _same_network(document: Document, parts: Parts) -> None:
    """Raise unless the whole state of a file fits a network."""
    path, context, objects, state = document.path, parts.context, parts.objects, document.state
    if not document.whole:
        raise FileProblem(
            f"'{path}' holds a part of a network.", "load(path, projections=False) or load(path, populations=False)"
        )
    compared: tuple[tuple[str, Any, Any], ...] = (
        ("dt", context.dt, document.structure.dt),
        ("precision", context.precision, document.structure.precision),
    )
    for what, here, there in compared:
        if here != there:
            raise FileProblem(f"'{path}' was saved with {what} = {there!r}, the network has {what} = {here!r}.")
    for kind, now, then in (
        ("population", [p.name for p in objects.populations], state.populations),
        ("projection", [p.name for p in objects.connected], state.projections),
    ):
        for name in then:
            if name not in now:
                raise _missing(path, kind, name, now)
        for name in now:
            if name not in then:
                raise FileProblem(f"The network has a {kind} '{name}', '{path}' has not.", help=nearest(name, then))
    _check_populations(path, objects, state.populations)
    _check_projections(path, objects, state.projections)
    for name, here in _models(objects).items():
        if document.models.get(name) != here:
            owner = next(o for o in (*objects.populations, *objects.projections) if o.name == name)
            raise FileProblem(
                f"{owner._label} has other equations than in '{path}'.",
                help="load(path, projections=False) or load(path, populations=False) loads attributes only",
            )


# -- does it fit? ----------------------------------------------------------------------------------------


def _check_populations(path: str, objects: Objects, states: Mapping[str, PopulationState]) -> None:
    for name, state in states.items():
        population = objects.populations[name]
        _same_size(path, population._label, "neurons", population.size, state.size)
        _check_attributes(path, population, state.attributes)
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
        for variable, (rows, _) in rings.items():
            fits &= variable in population._table and rows.size == slots * population._npad
        if not fits:
            raise FileProblem(f"'{path}' is damaged: the state of {population._label} does not fit its size.")


def _check_projections(path: str, objects: Objects, states: Mapping[str, ProjectionState]) -> None:
    for name, state in states.items():
        projection, built = objects.projections[name], state.connectivity
        label, here = projection._label, projection.connectivity
        _same_size(path, label, "presynaptic neurons", here.n_pre, built.n_pre)
        _same_size(path, label, "postsynaptic neurons", here.n_post, built.n_post)
        _check_attributes(path, projection, state.attributes, built.stored, partial=True)
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


def _same_size(path: str, label: str, what: str, here: int, there: int) -> None:
    if here != there:
        raise FileProblem(f"{label} has {here} {what}, in '{path}' it has {there}.")


def _check_attributes(
    path: str, owner: Population | Projection, values: Mapping[str, Any], synapses: int = 0, partial: bool = False
) -> None:
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
    if not isinstance(values, np.ndarray) or values.dtype != attribute.data.dtype:
        found = getattr(values, "dtype", type(values).__name__)
        raise FileProblem(f"{what} is {attribute.data.dtype}, in '{path}' it is {found}.")
    one = attribute.block or (isinstance(owner, Projection) and attribute.role == "parameter")
    size = synapses if isinstance(owner, Projection) and attribute.locality == "local" else attribute.n
    if values.shape != (size,) and not (one and values.shape == (1,)):
        raise FileProblem(f"{what} has {size} values, in '{path}' it has {values.size}.")


# -- attributes alone ------------------------------------------------------------------------------------


def attribute_writes(
    path: str, owner: Population | Projection, state: PopulationState | ProjectionState, choice: Choice
) -> list[Callable[[], None]]:
    """Return what sets the attributes of one object as in a file, after checking that they fit."""
    values = dict(state.attributes)
    if choice is not True and not isinstance(choice, bool):
        wanted = {choice} if isinstance(choice, str) else set(choice)
        values = {name: value for name, value in values.items() if name in wanted}
    synapses = 0
    if isinstance(owner, Population) and isinstance(state, PopulationState):
        _same_size(path, owner._label, "neurons", owner.size, state.size)
    elif isinstance(owner, Projection) and isinstance(state, ProjectionState):
        here, there = owner.connectivity, state.connectivity
        synapses = here.stored
        _same_size(path, owner._label, "synapses", here.size, there.size)
        pairs = zip(here.by_post[::2], there.by_post[::2], strict=True)
        if not all(np.array_equal(one, two) for one, two in pairs):
            raise FileProblem(f"{owner._label} connects other neurons than in '{path}'.")
    else:
        raise FileProblem(f"'{path}' has nothing for {owner._label}.")
    _check_attributes(path, owner, values, synapses, partial=True)
    return [_write(owner, state, name, found) for name, found in values.items() if owner._table[name].role != "input"]


def _write(owner: Population | Projection, state: Any, name: str, values: Any) -> Callable[[], None]:
    attribute = owner._table[name]
    if isinstance(owner, Population):
        return lambda: attribute.fill(values[0]) if attribute.block else attribute.put(values)

    def write() -> None:
        made = owner._made
        if values.size == 1 and attribute.n != 1:
            made.assign(attribute, values[0].item())
            return
        moved = values
        if attribute.locality == "local":
            moved = np.empty_like(values)
            moved[made.connectivity.public] = values[state.connectivity.public]
        made.assign(attribute, Stored(moved))

    return write


def save_group(path: Any, owner: Population | Projection) -> None:
    """Write one population or projection to a file."""
    kind = "population" if isinstance(owner, Population) else "projection"
    state = save_population(owner) if isinstance(owner, Population) else save_projection(owner)
    text: dict[str, Any] = {"content": kind, "name": owner.name, "attributes": {owner.name: _described(owner._table)}}
    text["state"], arrays = CODEC.encode(state, owner.name)
    files.write(path, text, arrays, _notes(text["attributes"], arrays))


def load_group(path: Any, owner: Population | Projection) -> None:
    """Set the attributes of one population or projection as in a file: one of its own, or of a network."""
    text, arrays = files.read(path)
    state = CODEC.decode(text.get("state"), arrays)
    if isinstance(state, NetworkState):
        states: Mapping[str, Any] = state.populations if isinstance(owner, Population) else state.projections
        if owner.name not in states:
            raise FileProblem(f"'{path}' has nothing for {owner._label}.", help=nearest(owner.name, states))
        state = states[owner.name]

    def load() -> None:
        for write in attribute_writes(str(path), owner, state, True):
            write()

    damaged_if_odd(path, load)
