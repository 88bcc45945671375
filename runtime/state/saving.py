"""Networks, populations and projections in files. docs/state.md says what is where in them.

A file holds the structure (blueprint.py), the whole state (state.py), the values that `reset` goes back to, and a
manifest: what the result was computed with. Nothing is written to a network before everything has been checked.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import ranvier
from ranvier.compiler import fingerprint, provenance

from ..connect.connectivity import Connectivity
from ..context import Context
from ..groups.population import Population
from ..network import Network
from ..objects import Objects
from ..problems import FileProblem, nearest
from ..simulation import Simulation
from ..synapses.projection import Projection
from . import files
from .blueprint import NetworkRecord, describe, rebuild
from .capture import switch_monitor
from .encoding import Arrays
from .fitting import check_populations, check_projections, missing
from .kinds import CODEC
from .partial import Choice, attribute_writes, check_chosen, damaged_if_odd, described, notes
from .snapshots import Compiled, NetworkState, Snapshots


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
        "attributes": {o.name: described(o._table) for o in _with_values(objects)},
    }
    arrays: Arrays = {}
    for name, value in (("structure", structure), ("state", state), ("compiled", compiled)):
        text[name], more = CODEC.encode(value, name)
        arrays |= more
    files.write(path, text, arrays, notes(text["attributes"], arrays))


def _with_values(objects: Objects) -> list[Population | Projection]:
    return [*objects.populations, *objects.connected]


def _models(objects: Objects) -> dict[str, str]:
    owners: tuple[Population | Projection, ...] = (*objects.populations, *objects.projections)
    return {o.name: fingerprint(o._model) for o in owners if o._model is not None}


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
            check_populations(document.path, parts.objects, each)
        for synapses in (state.projections, document.compiled[1]):
            check_projections(document.path, parts.objects, synapses)
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
        moment = document.state.step, document.structure.dt
        for choice, registry, states in owners:
            if choice is False:
                continue
            if not states:
                raise FileProblem(f"'{path}' holds no {registry.kind}s.")
            check_chosen(document.path, choice, states)
            for name, state in states.items():
                if name not in registry:
                    raise missing(document.path, registry.kind, name, [o.name for o in registry])
                writes += attribute_writes(document.path, registry[name], state, choice, moment)
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
                raise missing(path, kind, name, now)
        for name in now:
            if name not in then:
                raise FileProblem(f"The network has a {kind} '{name}', '{path}' has not.", help=nearest(name, then))
    check_populations(path, objects, state.populations)
    check_projections(path, objects, state.projections)
    for name, here in _models(objects).items():
        if document.models.get(name) != here:
            owner = next(o for o in (*objects.populations, *objects.projections) if o.name == name)
            raise FileProblem(
                f"{owner._label} has other equations than in '{path}'.",
                help="load(path, projections=False) or load(path, populations=False) loads attributes only",
            )
