"""`Snapshots`: the values of the first compile, and stored states, of one network."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from ranvier.compiler import RanvierWarning

from ..context import Context
from ..groups.population import Population
from ..objects import Objects
from ..problems import RuntimeProblem, UnknownName, ValueProblem
from ..synapses.projection import Projection
from .capture import (
    MonitorState,
    PopulationState,
    ProjectionState,
    fill_before_write,
    load,
    load_monitor,
    load_population,
    load_projection,
    reset_arrivals,
    reset_population,
    reset_projection,
    rewind_population,
    rewind_projection,
    save_monitor,
    save_population,
    save_projection,
    snapshot_projection,
)

#: Snapshots of the first compile, by name.
Compiled: TypeAlias = tuple[dict[str, PopulationState], dict[str, ProjectionState]]


@dataclass(frozen=True, slots=True)
class NetworkState:
    """A whole network at one moment."""

    step: int
    seed: int
    epoch: int
    populations: dict[str, PopulationState]
    projections: dict[str, ProjectionState]
    monitors: dict[str, MonitorState]
    callbacks: list[int]


@dataclass(frozen=True, slots=True)
class ResetFlags:
    """What `Network.reset` resets."""

    populations: bool
    projections: bool
    synapses: bool
    monitors: bool
    reseed: bool


class Snapshots:
    """Takes and brings back states.

    Parameters
    ----------
    context : Context
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._populations: dict[str, PopulationState] = {}
        self._projections: dict[str, ProjectionState] = {}
        self._stored: dict[str, NetworkState] = {}

    # -- compile and reset ---------------------------------------------------------------------------

    def compile(self, objects: Objects) -> None:
        """Take the snapshot of every object that has none yet."""
        for population in objects.populations:
            if population.name not in self._populations:
                self._populations[population.name] = save_population(population)
        for projection in objects.projections:
            if projection.name not in self._projections and projection.connected:
                self._projections[projection.name] = snapshot_projection(projection)

    def complete(self, objects: Objects) -> bool:
        """Tell whether every object has its snapshot."""
        return all(p.name in self._populations for p in objects.populations) and all(
            p.name in self._projections for p in objects.connected
        )

    def reset(self, objects: Objects, flags: ResetFlags, keep: Iterable[str]) -> None:
        """Bring the network back to its snapshots, as far as the flags say, and the clock to 0."""
        synapses = flags.synapses
        projections = flags.projections or synapses
        if synapses and not flags.projections:
            warnings.warn("reset(synapses=True) resets the projections, too.", RanvierWarning, stacklevel=4)
        kept = _kept(objects, keep)
        now = self._context.now
        self.compile(objects)
        if synapses:
            self._can_keep(objects, kept)
        for projection in objects.projections:  # before the populations, whose histories know what is on its way
            if not projection.connected:
                continue
            if projections:
                reset_projection(projection, self._projections[projection.name], synapses, kept(projection.name))
            else:
                rewind_projection(projection, now)
            reset_arrivals(projection, flags.populations, now)
        for population in objects.populations:
            if flags.populations:
                reset_population(population, self._populations[population.name], kept(population.name))
            else:
                rewind_population(population, now)
        self._context.step[0] = 0
        self._context.epoch = 0 if flags.reseed else self._context.epoch + 1
        self._context.touch()
        for monitor in objects.monitors:
            if flags.monitors:
                monitor.reset()
            else:
                monitor._rewind(now)
        objects.callbacks.reset()

    def reset_values(self, population: Population, names: Iterable[str]) -> None:
        """Bring attributes of a population to their values at the compile; before it they have them."""
        if population.name in self._populations:
            saved = self._populations[population.name].attributes
            for name in names:
                load(population._table[name], saved[name])

    def _can_keep(self, objects: Objects, kept: _Kept) -> None:
        """Refuse to keep values of synapses when these are replaced by those of the first compile, and to replace those
        that have become an end by another number of them."""
        for projection in objects.connected:
            then, now = self._projections[projection.name].connectivity, projection.connectivity
            if projection._made.end_of and then.size != now.size:
                raise RuntimeProblem(
                    f"projection '{projection.name}' had {then.size} synapses at the compile; the {now.size} of now "
                    f"are an end of projection '{projection._made.end_of[0]}'.",
                    "leave out synapses=True to keep the synapses of now",
                )
            names = [n for n in kept(projection.name) if projection._table[n].locality == "local"]
            if names and then is not now and (then.size != now.size or np.any(now.positions_of(then) < 0)):
                raise RuntimeProblem(
                    f"projection '{projection.name}': '{names[0]}' cannot be kept, because its synapses have changed.",
                    "leave out synapses=True to keep the synapses of now",
                )

    # -- store and restore ---------------------------------------------------------------------------

    def store(self, name: str, objects: Objects) -> None:
        """Keep the whole state under a name."""
        self._stored[name] = self.take(objects)

    def restore(self, name: str, objects: Objects) -> None:
        """Bring the whole state back."""
        if name not in self._stored:
            raise UnknownName("stored state", name, self._stored)
        state = self._stored[name]
        self._same_structure(state, objects, name)
        self.bring(state, objects)
        for monitor in objects.monitors:
            if monitor.name in state.monitors:
                load_monitor(monitor, state.monitors[monitor.name])
            else:
                monitor.reset()

    def take(self, objects: Objects) -> NetworkState:
        """Return the whole state."""
        return NetworkState(
            self._context.now,
            self._context.seed,
            self._context.epoch,
            {p.name: save_population(p) for p in objects.populations},
            {p.name: save_projection(p) for p in objects.projections if p.connected},
            {m.name: save_monitor(m) for m in objects.monitors},
            objects.callbacks.counts(),
        )

    def bring(self, state: NetworkState, objects: Objects) -> None:
        """Bring the whole state back, but for the monitors."""
        self._context.step[0] = state.step
        self._context.seed = state.seed
        self._context.epoch = state.epoch
        for population in objects.populations:
            load_population(population, state.populations[population.name], state.step)
        for projection in objects.projections:
            if projection.connected:
                load_projection(projection, state.projections[projection.name])
        objects.callbacks.set_counts(state.callbacks)
        self._context.touch()

    def compiled(self) -> Compiled:
        """Return the snapshots of the first compile."""
        return self._populations, self._projections

    def adopt(self, compiled: Compiled, objects: Objects) -> None:
        """Take over what `compiled` returned for another network of the same structure."""
        self._populations, self._projections = compiled
        for name, state in self._projections.items():
            fill_before_write(objects.projections[name], state)

    def _same_structure(self, state: NetworkState, objects: Objects, name: str) -> None:
        sizes = {p.name: p.size for p in objects.populations}
        for pop, saved in state.populations.items():
            if sizes.get(pop) != saved.size:
                raise RuntimeProblem(f"The stored state '{name}' has a population '{pop}' of {saved.size} neurons.")
        connected = {p.name for p in objects.connected}
        for what, now, then in (
            ("population", sizes.keys(), state.populations.keys()),
            ("projection", connected, state.projections.keys()),
        ):
            for missing in sorted(now ^ then):
                where = "the network" if missing in now else "the stored state"
                raise RuntimeProblem(f"Only {where} has a {what} '{missing}'; '{name}' cannot be restored.")


class _Kept:
    """Which attributes of each object are to be kept."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {}

    def add(self, owner: str, attribute: str) -> None:
        """Keep an attribute of an object."""
        self._names.setdefault(owner, set()).add(attribute)

    def __call__(self, owner: str) -> frozenset[str]:
        return frozenset(self._names.get(owner, ()))


def _kept(objects: Objects, keep: Iterable[str]) -> _Kept:
    """Read ``keep``: ``"w"`` means every object that has it, ``"object.attribute"`` one."""
    if isinstance(keep, str):
        raise ValueProblem("keep must be a list of names, such as keep=['w'].")
    owners = {o.name: o for o in (*objects.populations, *objects.projections)}
    kept = _Kept()
    for entry in keep:
        owner, dot, attribute = entry.rpartition(".")
        if dot and owner not in owners:
            raise UnknownName("object of the network", owner, owners)
        found = [name for name, o in owners.items() if _has(o, attribute) and (not dot or name == owner)]
        if not found:
            known = {n for name, o in owners.items() if not dot or name == owner for n in o._table.names()}
            raise UnknownName("attribute to keep", entry, sorted(known))
        for name in found:
            kept.add(name, attribute)
    return kept


def _has(owner: Population | Projection, attribute: str) -> bool:
    return attribute in owner._table or (isinstance(owner, Population) and attribute in owner._given_names())
