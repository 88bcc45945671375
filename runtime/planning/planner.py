"""From the objects of a network to a `Plan`: every kernel bound to its arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Entry, KernelIR

from ..arrays import aligned_copy
from ..compiling import CompiledModel, CompiledModels, StopKernel
from ..context import Context
from ..groups.attached import AttachedCode
from ..groups.links import links_of
from ..groups.population import Population
from ..groups.readouts import ReadOut
from ..groups.received import copies, look_at
from ..inputs.stimuli import SpikeTrains
from ..objects import Objects
from ..problems import RuntimeProblem
from ..recording.moments import EventTape, one_by_one, synapse_recorder
from ..recording.monitors import SPIKE, Monitor
from ..recording.tapes import SpikeTape
from ..synapses.group import End, SynapseGroup
from .plan import (
    Binding,
    EventCode,
    EventList,
    GuardedArray,
    NeuronReadOut,
    Plan,
    PopulationPlan,
    RateCount,
    RegularCode,
    SpikeRecorder,
    StopCondition,
)
from .planner_synapses import ends_of, prepare_ends, projection_plan, readout_plan, writers

#: Steps between two scans for NaN and infinity.
NAN_EVERY = 64


@dataclass(frozen=True, slots=True)
class Programs:
    """Compiled models, in the order of the objects.

    Spike sources have None; the models of attached code are found by their id. `readouts` are what running monitors
    record and nothing stores.
    """

    populations: Sequence[CompiledModel | None]
    projections: Sequence[CompiledModel]
    stops: Sequence[StopKernel]
    codes: Mapping[int, CompiledModel] = field(default_factory=dict)
    readouts: Sequence[Asked] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A read-out that a monitor records every `period` steps from `offset` on; period 0: at events."""

    readout: ReadOut
    compiled: CompiledModel
    period: int
    offset: int


def programs_of(objects: Objects, models: CompiledModels, stops: Sequence[StopKernel] = ()) -> Programs:
    """Return the compiled models of a network's objects, compiling what is new."""
    populations, projections = objects.populations.all(), objects.connected
    asked = [(m, r) for m in objects.monitors for name, r in m._readouts.items() if m._windows[name].running]
    readouts = list({id(r): (m, r) for m, r in asked}.values())
    models.prepare(populations, projections, [r.model for _, r in readouts])
    return Programs(
        [None if p._model is None else models.of(p._model) for p in populations],
        [models.of(p._model) for p in projections],
        stops,
        {id(code.model): models.of(code.model) for p in populations for code in p._codes},
        [Asked(r, models.of(r.model), *m._rhythm) for m, r in readouts],
    )


def make_plan(
    context: Context, objects: Objects, programs: Programs, nan_every: int, stops_all: bool
) -> tuple[Plan, list[SpikeTape], list[EventTape]]:
    """Return the plan of a network, and the tapes behind its spike recorders and its recorders of synapses.

    Parameters
    ----------
    context : Context
    objects : Objects
    programs : Programs
    nan_every : int
        Steps between two scans for NaN; 0 for none.
    stops_all : bool
        Stop when all stop conditions hold, not any.
    """
    populations, projections = objects.populations.all(), objects.connected
    taping = [(m, name) for m in objects.monitors for name in m._tapes if m._windows[name].running]
    attached = [(p, code) for p in populations for code in p._codes if not code.event]
    at_events = [(m, name) for m in objects.monitors for name in m._event_tapes if m._windows[name].running]
    recorded = {m.projection for m in objects.monitors if any(m._windows[name].running for name in m._readouts)}
    recorded |= {m.projection for m, name in at_events if one_by_one(m, name)}
    who = writers(projections, programs.projections)
    prepare_ends(projections, programs.projections)
    groups = ends_of(projections)
    ends: list[End] = [*populations, *groups]
    for asked in programs.readouts:
        asked.readout.renew(context)
    of_synapses = [a for a in programs.readouts if a.readout.of_synapses]
    places = {id(a.readout): len(projections) + n for n, a in enumerate(of_synapses)}
    plan = Plan(
        dt=context.dt,
        step=context.step,
        populations=[
            *(
                _population(context, p, c, programs.codes)
                for p, c in zip(populations, programs.populations, strict=True)
            ),
            *(_synapses(context, group) for group in groups),
        ],
        projections=[
            *(
                projection_plan(context, p, c, ends, who, event_number, p.name in recorded)
                for p, c in zip(projections, programs.projections, strict=True)
            ),
            *(
                readout_plan(context, a.readout, a.compiled, _ends(a.readout, ends), (a.period, a.offset))
                for a in of_synapses
            ),
        ],
        recorders=[],
        spike_recorders=[_spike_recorder(m, name, populations) for m, name in taping],
        conditions=[_condition(context, s, populations) for s in programs.stops],
        conditions_all=stops_all,
        guarded=[g for p in populations for g in _guarded(p)],
        nan_every=nan_every,
        regular=[
            RegularCode(populations.index(p), _code_binding(context, p, code, programs.codes), code.period, code.offset)
            for p, code in sorted(attached, key=lambda entry: entry[1].order)
        ],
        links=[
            *(link for p in populations for link in links_of(p)),
            *(link for q in projections for link in links_of(q)),
        ],
        rates=[
            RateCount(number, p._window.bits, p._window.counts, p._window.rate.data, p._window.scale)
            for number, p in enumerate(populations)
            if p._window is not None
        ],
        readouts=[
            NeuronReadOut(
                populations.index(a.readout.group), neuron_readout(context, a.readout, a.compiled), a.period, a.offset
            )
            for a in programs.readouts
            if not a.readout.of_synapses
        ],
        synapse_recorders=[
            synapse_recorder(m, name, projections, places.get(id(m._readouts.get(name)))) for m, name in at_events
        ],
    )
    look_at(plan, [m._attribute(n) for m in objects.monitors for n in m._samples if m._windows[n].running])
    return plan, [m._tapes[name] for m, name in taping], [m._event_tapes[name] for m, name in at_events]


def _ends(readout: ReadOut, ends: Sequence[End]) -> tuple[int, int]:
    """Return the numbers of what is at the ends of a projection."""
    pre, post = (ends.index(group.population) for group in readout.group._groups())
    return pre, post


# -- populations -----------------------------------------------------------------------------------------


def _population(
    context: Context, population: Population, compiled: CompiledModel | None, codes: Mapping[int, CompiledModel]
) -> PopulationPlan:
    spikes = population._spikes
    given = population._given
    return PopulationPlan(
        name=population.name,
        n=population._n,
        npad=population._npad,
        binding=None if compiled is None else _neuron_binding(context, population, compiled, population.name),
        history=spikes.history,
        counts=spikes.counts,
        last=spikes.last,
        source=given.source(context.dt, context.now, population._position) if isinstance(given, SpikeTrains) else None,
        spiking=population.spiking,
        enabled=population._enabled,
        events=[] if compiled is None else _events(population, compiled.kernel),
        rings=population._values.rings(),
        received=copies(population),
        ring_rows=population._values.rows if population._values.used else None,
        codes=[
            EventCode(event_number(population, code.event), _code_binding(context, population, code, codes))
            for code in population._codes
            if code.event
        ],
    )


def _synapses(context: Context, group: SynapseGroup) -> PopulationPlan:
    """Return what synapses that are an end are to an engine: a number of elements."""
    return PopulationPlan(
        name=group.name,
        n=group.size,
        npad=group._npad,
        binding=None,
        history=np.zeros((1, 0), np.int32),
        counts=np.zeros(1, np.int64),
        last=np.zeros(0, context.dtype("int")),
        spiking=False,
        rings=group._values.rings(),
        ring_rows=group._values.rows if group._values.used else None,
    )


def event_number(end: End, event: str) -> int:
    """Return the number of an event: 0 for spikes, then the events of the model in their order."""
    return 0 if event == SPIKE else 1 + end.events.index(event) - end.spiking


def _events(population: Population, kernel: KernelIR) -> list[EventList]:
    masks = {entry.name: k for k, entry in enumerate(kernel.layout)}
    programs = {program.name for program in kernel.programs}
    found = []
    for name, kept in population._events.items():
        program = f"event:{name}"
        found.append(
            EventList(name, masks[f"@mask:{name}"], program if program in programs else "", kept.history, kept.counts)
        )
    return found


def _code_binding(
    context: Context, population: Population, code: AttachedCode, codes: Mapping[int, CompiledModel]
) -> Binding:
    return _neuron_binding(context, population, codes[id(code.model)], code.stream)


def neuron_readout(context: Context, readout: ReadOut, compiled: CompiledModel) -> Binding:
    """Return the binding of a read-out of a population."""
    return _neuron_binding(context, readout.group, compiled, "", readout)


def _neuron_binding(
    context: Context, population: Population, compiled: CompiledModel, stream: str, readout: ReadOut | None = None
) -> Binding:
    kernel = compiled.kernel
    taking = compiled.model.kind == "neuron"
    bound = [
        _neuron_array(context, population, entry, taking)
        if readout is None or (result := readout.place(entry.name)) is None
        else (result.data, result.block)
        for entry in kernel.layout
    ]
    return Binding(
        ir=kernel,
        library=compiled.library,
        arrays=[array for array, _ in bound],
        shared=[shared for _, shared in bound],
        keys=_keys(context, stream, kernel),
        n=population._n,
        npad=population._npad,
    )


def _neuron_array(
    context: Context, population: Population, entry: Entry, taking: bool
) -> tuple[NDArray[Any] | None, bool]:
    """Return the array of a layout entry; the model itself is `taking` its inputs, all else looks at what it took."""
    match entry.role:
        case "state" | "input" if not (taking or entry.written) and entry.name in population._received:
            return population._received[entry.name].data, False
        case "param" | "state" | "input":
            attribute = population._table[entry.name]
            return attribute.data, attribute.block
        case "until":
            return population._until, False
        case "last":
            return population._spikes.last, False
        case "table":
            return aligned_copy(population._timed(entry.name).table(context.dt), np.float64), False
    return None, False


def _keys(context: Context, stream: str, kernel: KernelIR) -> NDArray[np.uint64]:
    return np.array([context.key(f"{stream}:{d.stream}", d.occurrence) for d in kernel.draws], np.uint64)


def _guarded(population: Population) -> list[GuardedArray]:
    """Return the float variables of a population that must stay finite: all but those that are infinite on purpose."""
    return [
        GuardedArray(population.name, a.name, a.data, 1 if a.block else a.n)
        for a in population._table
        if a.type == "float"
        and a.role == "variable"
        and a.name not in population._links
        and not np.any(np.isinf(a.data[: 1 if a.block else a.n]))
    ]


# -- monitors and conditions -----------------------------------------------------------------------------


def _spike_recorder(monitor: Monitor, event: str, populations: Sequence[Population]) -> SpikeRecorder:
    group: Any = monitor.object
    population = group.population
    select = None
    if group.size != population.size:
        select = np.zeros(population._npad, np.uint8)
        select[group.ranks] = 1
    return SpikeRecorder(populations.index(population), select, event_number(population, event))


def _condition(context: Context, stop: StopKernel, populations: Sequence[Population]) -> StopCondition:
    number = next((k for k, p in enumerate(populations) if p is stop.population), None)
    if number is None:
        raise RuntimeProblem(f"population '{stop.population.name}' is not part of this network.")
    binding = _neuron_binding(context, stop.population, stop.compiled, f"{stop.population.name}:stop")
    return StopCondition(number, binding, stop.every)
