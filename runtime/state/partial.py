"""The attributes of single populations and projections in files, and a part of those in a file of a network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np

from ranvier.compiler import RanvierError, coherent_unit, is_event_driven

from ..connect.shared_weights import SharedConnectivity
from ..groups.attributes import Table
from ..groups.population import Population
from ..problems import FileProblem, nearest
from ..schedule import steps_of
from ..synapses.ends import Stored
from ..synapses.projection import Projection
from . import files
from .capture import PopulationState, ProjectionState, save_population, save_projection
from .encoding import Arrays
from .fitting import check_attributes, same_size
from .kinds import CODEC
from .snapshots import NetworkState

#: Which objects, or which of their attributes: all, none, or those of these names.
Choice: TypeAlias = bool | Iterable[str]
#: A step, and the time step (ms).
Moment: TypeAlias = tuple[int, float]


def described(table: Table) -> dict[str, Any]:
    """Return what readers of a file want to know of each attribute."""
    return {
        a.name: {
            "role": a.role, "type": a.type, "locality": a.locality, "dtype": str(a.data.dtype),
            "unit": "Hz" if a.scale != 1.0 else coherent_unit(a.dimension),
        }
        for a in table
    }  # fmt: skip


def notes(described: Mapping[str, Any], arrays: Arrays) -> dict[str, dict[str, str]]:
    """Return the units of the datasets that hold attributes."""
    notes = {}
    for path in arrays:
        head, found, name = path.rpartition("/attributes/")
        unit = described.get(head.rpartition("/")[2], {}).get(name, {}).get("unit", "") if found else ""
        if unit:
            notes[path] = {"unit": unit}
    return notes


def damaged_if_odd(path: Any, act: Callable[[], Any]) -> Any:
    """Let contents that are not what they should be end as one clear error."""
    try:
        return act()
    except (TypeError, KeyError, IndexError, AttributeError, ValueError, OverflowError) as error:
        if isinstance(error, RanvierError):
            raise
        raise FileProblem(f"'{path}' is damaged: {error}.") from error


def attribute_writes(
    path: str, owner: Population | Projection, state: PopulationState | ProjectionState, choice: Choice, moment: Moment
) -> list[Callable[[], None]]:
    """Return what sets the attributes of one object as in a file, after checking that they fit.

    Parameters
    ----------
    path : str
    owner : Population or Projection
    state : PopulationState or ProjectionState
    choice : bool or list of str
    moment : tuple
        The step at which the state was saved, and the time step (ms).
    """
    wanted = _names(choice)
    values = {name: value for name, value in state.attributes.items() if choice is True or name in wanted}
    synapses = 0
    if isinstance(owner, Population) and isinstance(state, PopulationState):
        same_size(path, owner._label, "neurons", owner.size, state.size)
    elif isinstance(owner, Projection) and isinstance(state, ProjectionState):
        here, there = owner.connectivity, state.connectivity
        synapses = here.stored
        same_size(path, owner._label, "synapses", here.size, there.size)
        pairs = zip(here.by_post[::2], there.by_post[::2], strict=True)
        if not all(np.array_equal(one, two) for one, two in pairs):
            raise FileProblem(f"{owner._label} connects other neurons than in '{path}'.")
    else:
        raise FileProblem(f"'{path}' has nothing for {owner._label}.")
    check_attributes(path, owner, values, synapses, partial=True)
    writes = [_write(owner, state, name, found) for name, found in values.items() if owner._table[name].role != "input"]
    if isinstance(owner, Projection) and isinstance(state, ProjectionState):
        writes += _last_updates(path, owner, state, list(values), moment)
        if choice is True or "delay" in wanted:
            writes += _delays(path, owner, state, moment[1])  # after the values, whose order delays change
    return writes


def check_chosen(path: str, choice: Choice, states: Mapping[str, PopulationState | ProjectionState]) -> None:
    """Raise unless every chosen attribute is one of some object of a file."""
    known = {name for state in states.values() for name in state.attributes}
    if any(isinstance(state, ProjectionState) for state in states.values()):
        known.add("delay")
    for name in _names(choice):
        if name not in known:
            raise FileProblem(f"'{path}' has no values for '{name}'.", help=nearest(name, sorted(known)))


def _names(choice: Choice) -> set[str]:
    if isinstance(choice, bool):
        return set()
    return {choice} if isinstance(choice, str) else set(choice)


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
            moved = values.copy()
            moved[made.connectivity.public] = values[state.connectivity.public]
        made.assign(attribute, Stored(moved))

    return write


def _last_updates(
    path: str, owner: Projection, state: ProjectionState, loaded: list[str], moment: Moment
) -> list[Callable[[], None]]:
    """Return what lets event-driven variables have had their values as long before now as they had in the file."""
    then, dt = moment
    driven = [name for name in owner._table.names() if is_event_driven(owner._model, name)]
    together = [name for name in driven if name not in owner._made.traces]
    of_these = [name for name in together if name in loaded]
    if of_these and len(of_these) < len(together):
        left = next(name for name in together if name not in loaded)
        raise FileProblem(
            f"'{of_these[0]}' and '{left}' of {owner._label} are event-driven: they can only be loaded together."
        )
    size = state.connectivity.size
    known: dict[str, Any] = {name: (state.since or {}).get(name) for name in driven if name in owner._made.traces}
    if of_these:
        known[""] = state.lastupdate
    writes = []
    for name, last in known.items():
        if name and name not in loaded:
            continue
        if last is None or last.size < size:
            raise FileProblem(f"'{path}' is damaged: it does not say when variables of {owner._label} were updated.")
        writes.append(_since(owner, state, name, steps_of((then - last[:size]) * dt, owner._context.dt)))
    return writes


def _since(owner: Projection, state: ProjectionState, name: str, elapsed: Any) -> Callable[[], None]:
    def write() -> None:
        made = owner._made
        steps = made.traces[name].since if name else made.lastupdate
        steps[made.connectivity.public] = owner._context.now - elapsed[state.connectivity.public]

    return write


def _delays(path: str, owner: Projection, state: ProjectionState, dt: float) -> list[Callable[[], None]]:
    """Return what gives all pathways their delays in a file; spikes on their way keep theirs."""
    made, built, own = owner._made, state.connectivity, state.pathway_delays
    if "delay" in owner._table or not built.size:
        return []
    if isinstance(made.connectivity, SharedConnectivity) and built.delays.size > 1:
        raise FileProblem(f"{owner._label} has one delay for all connections, in '{path}' there are several.")
    for pathway, steps in own.items():
        label = pathway.partition(":")[2]
        if pathway not in made.pathways:
            raise FileProblem(f"'{path}' has delays of a pathway '{label}', which {owner._label} has not.")
        if np.size(steps) not in (1, built.size) or np.min(steps) < 0:
            raise FileProblem(f"'{path}' is damaged: delays of the pathway '{label}' do not fit {owner._label}.")

    def here(steps: Any) -> Any:
        """Return delays in ms that are whole steps of this network, in the order that users see."""
        moved = steps if np.size(steps) == 1 else steps[built.public]
        ms = steps_of(moved * dt, owner._context.dt) * owner._context.dt
        return ms if ms.ndim else float(ms)

    wanted = here(built.delays[0] if built.delays.size == 1 else built.delay_steps)
    pathways = {pathway: here(steps) for pathway, steps in own.items()}

    def write() -> None:
        if not np.array_equal(owner.get("delay"), np.broadcast_to(wanted, built.size)):
            made.set_delays(wanted)
        made.hold()
        for pathway in set(made.pathway_delays) - set(pathways):
            del made.pathway_delays[pathway]
        for pathway, ms in pathways.items():
            made.set_pathway_delay(pathway, ms)
        owner._context.touch()
        owner._look_back()

    return [write]


def save_group(path: Any, owner: Population | Projection) -> None:
    """Write one population or projection to a file."""
    kind = "population" if isinstance(owner, Population) else "projection"
    state = save_population(owner) if isinstance(owner, Population) else save_projection(owner)
    text: dict[str, Any] = {"content": kind, "name": owner.name, "attributes": {owner.name: described(owner._table)}}
    text["moment"] = [owner._context.now, owner._context.dt]
    text["state"], arrays = CODEC.encode(state, owner.name)
    files.write(path, text, arrays, notes(text["attributes"], arrays))


def load_group(path: Any, owner: Population | Projection) -> None:
    """Set the attributes of one population or projection as in a file: one of its own, or of a network."""
    text, arrays = files.read(path)
    state = CODEC.decode(text.get("state"), arrays)
    moment: Any = text.get("moment")
    if isinstance(state, NetworkState):
        moment = state.step, text["structure"]["dt"]
        states: Mapping[str, Any] = state.populations if isinstance(owner, Population) else state.projections
        if owner.name not in states:
            raise FileProblem(f"'{path}' has nothing for {owner._label}.", help=nearest(owner.name, states))
        state = states[owner.name]

    def load() -> None:
        # all checks come first
        for write in attribute_writes(str(path), owner, state, True, tuple(moment)):
            write()

    damaged_if_odd(path, load)
