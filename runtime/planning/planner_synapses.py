"""From a projection to its part of the plan: kernels bound to arrays, pathways, terms and statements of every step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Entry, KernelIR

from ..arrays import BLOCK, aligned_copy, aligned_zeros, padded
from ..compiling import CompiledModel
from ..connect.dense import DenseConnectivity
from ..context import Context
from ..groups.attributes import Attribute
from ..groups.population import Population
from ..groups.readouts import ReadOut
from ..problems import SummedTwice, ValueProblem
from ..synapses.projection import Projection
from .plan import (
    Binding,
    ContinuousTerm,
    EndReduction,
    PostPathway,
    PrePathway,
    ProjectionPlan,
    Subtotal,
    SynapticStep,
)

#: Number of the event of a population that has a name.
EventNumber = Callable[[Population, str], int]


def post_name(name: str, projection: Projection) -> str:
    """Return the attribute behind ``post.v`` or ``post.g_target``."""
    attribute = name.partition(".")[2]
    return f"g_{projection._ends.binding.target}" if attribute == "g_target" else attribute


@dataclass(frozen=True, slots=True)
class Writers:
    """How many projections add to each (population, attribute)."""

    count: dict[tuple[str, str], int]

    def alone(self, population: Population, attribute: str) -> bool:
        """Tell whether one projection alone adds to an attribute."""
        return self.count[population.name, attribute] == 1


def writers(projections: Sequence[Projection], compiled: Sequence[CompiledModel]) -> Writers:
    """Count who adds to what; a summed variable has one writer.

    Raises
    ------
    SummedTwice
        Two projections set one summed variable.
    """
    count: dict[tuple[str, str], int] = {}
    summed: dict[tuple[str, str], str] = {}
    for projection, one in zip(projections, compiled, strict=True):
        names = {post_name(e.name.lstrip("+"), projection) for e in one.kernel.layout if e.role == "subtotal"}
        added = [post_name(target, projection) for _, target, assign in _terms(one.kernel) if not assign]
        for name in (*sorted(names), *added):
            key = (projection.post.population.name, name)
            count[key] = count.get(key, 0) + 1
        for _, target, assign in _terms(one.kernel):
            group = projection.pre if target_side(target) == "pre" else projection.post
            key = (group.population.name, post_name(target, projection))
            if assign and key in summed:
                raise SummedTwice(
                    f"'{key[1]}' of population '{key[0]}' already receives a summed variable from projection "
                    f"'{summed[key]}'; '{projection.name}' cannot set it, too.",
                    "use a second variable and add the two in the neuron",
                )
            if assign:
                summed[key] = projection.name
    return Writers(count)


def prepare_rings(projections: Sequence[Projection], compiled: Sequence[CompiledModel]) -> None:
    """Let populations keep the values that projections read later."""
    for projection, one in zip(projections, compiled, strict=True):
        population = projection.pre.population
        for entry in one.kernel.layout:
            if entry.role == "late":
                name = entry.name.partition(".")[2]
                population._values.ring(name, population._table[name].data)


def target_side(target: str) -> Literal["pre", "post"]:
    """Return the side whose neurons receive a continuous term."""
    return "pre" if target.startswith("pre.") else "post"


def _terms(kernel: KernelIR) -> list[tuple[str, str, bool]]:
    """Return program, target and whether it is set, of each continuous term."""
    found = []
    for program in kernel.programs:
        if program.name.startswith("sum:"):
            target = program.name.split(":", 3)[3]
            found.append((program.name, target.lstrip("="), target.startswith("=")))
    return found


def projection_plan(
    context: Context,
    projection: Projection,
    compiled: CompiledModel,
    populations: Sequence[Population],
    who: Writers,
    event_number: EventNumber,
    recorded: bool = False,
) -> ProjectionPlan:
    """Return the plan of one projection; `recorded`: a monitor wants the values of its synapses."""
    kernel = compiled.kernel
    post = projection.post.population
    lifted = not recorded and not context.interpreted and bool(projection._made.traces)
    equal = {d for e in kernel.layout if e.role in ("pretrace", "posttrace") for d in e.deps}
    lifted = lifted and all(projection._table[name].block for name in equal)
    lifted = projection._made.lift(lifted)
    bound = [bound_array(context, projection, entry) for entry in kernel.layout]
    binding = _binding(context, projection, compiled, bound, lifted)
    period, offset = projection._schedule
    return ProjectionPlan(
        name=projection.name,
        pre=populations.index(projection.pre.population),
        post=populations.index(post),
        binding=binding,
        pathways=_pre_pathways(projection, compiled, who, event_number),
        post_pathways=_post_pathways(projection, compiled, who, event_number),
        same_step=projection._ends.same_step,
        enabled=projection._enabled,
        terms=_continuous(projection, kernel),
        steps=_steps(projection, kernel),
        reductions=_reductions(projection, kernel),
        period=period if projection._learns or projection.pre.population.spiking else 0,
        offset=offset,
    )


def readout_plan(
    context: Context,
    readout: ReadOut,
    compiled: CompiledModel,
    ends: tuple[int, int] = (0, 0),
    when: tuple[int, int] = (1, 0),
) -> ProjectionPlan:
    """Return the plan of what is computed of the synapses of a projection to be read; `when` is period and offset."""
    projection = readout.group
    bound = [
        bound_array(context, projection, entry, True) if (result := readout.place(entry.name)) is None
        else (result.data, result.block)
        for entry in compiled.kernel.layout
    ]  # fmt: skip
    reductions = _reductions(projection, compiled.kernel)
    if reductions and not when[0] and projection._ends.same_step and _every_step(projection):
        raise ValueProblem(
            f"'{next(iter(readout.attributes))}' of {projection._label} takes a function over all neurons, which "
            "cannot be recorded at events of a projection with same_step=True and equations of every step.",
            help="mark it '(stored)', or record it with a period",
        )
    return ProjectionPlan(
        name=f"{projection.name}: {', '.join(readout.attributes)}",
        pre=ends[0],
        post=ends[1],
        binding=_binding(context, projection, compiled, bound),
        pathways=[],
        post_pathways=[],
        steps=_steps(projection, compiled.kernel),
        reductions=reductions,
        period=when[0],
        offset=when[1],
        readout=True,
    )


def _every_step(projection: Projection) -> bool:
    """Tell whether a projection has statements of every step."""
    return any(not getattr(s, "event_driven", False) for s in projection._model.statements)


# -- arrays ----------------------------------------------------------------------------------------------


def _binding(
    context: Context,
    projection: Projection,
    compiled: CompiledModel,
    bound: Sequence[tuple[NDArray[Any] | None, bool]],
    lifted: bool = False,
) -> Binding:
    kernel, size = compiled.kernel, projection.connectivity.stored
    return Binding(
        ir=kernel,
        library=compiled.library,
        arrays=[array for array, _ in bound],
        shared=[shared for _, shared in bound],
        keys=np.array([context.key(f"{projection.name}:{d.stream}", d.occurrence) for d in kernel.draws], np.uint64),
        n=size,
        npad=padded(size),
        lifted=lifted,
    )


def bound_array(
    context: Context, projection: Projection, entry: Entry, readout: bool = False
) -> tuple[NDArray[Any] | None, bool]:
    """Return the array of a layout entry (None: scratch of the engine), and whether it has one value.

    A read-out gets the traces of all synapses, but leaves them lifted.
    """
    match entry.role:
        case "param" if entry.name.startswith("@"):
            return _number(context, projection, entry.name)
        case "param" | "state" | "semi":
            attribute = projection._table[entry.name]
            if isinstance(projection.connectivity, DenseConnectivity) and entry.role == "param" and not entry.shared:
                attribute.expand()
            return attribute.data, attribute.block
        case "pretrace" | "posttrace":
            trace = projection._made.traces[entry.name.rpartition(":")[2]]
            values, since = (None if readout else trace.lifted) or (trace.stored(), trace.stored_since())
            return since if entry.name.startswith("@since:") else values, False
        case "lastupdate":
            return projection._made.lastupdate, False
        case "pre" | "post":
            group = projection.pre if entry.role == "pre" else projection.post
            name = entry.name.partition(".")[2]
            if readout and name in group.population._received:
                return group.population._received[name].data, False
            return _end_array(context, group.population, entry.name, projection)
        case "late":
            name = entry.name.partition(".")[2]
            return projection.pre.population._values.ring(name, projection.pre.population._table[name].data).rows, False
        case "rows":
            return projection.pre.population._values.rows, False
        case "reduced":
            return aligned_zeros(BLOCK, context.dtype("float")), True
        case "subtotal":
            population = projection.post.population
            return None, population._table[post_name(entry.name.lstrip("+"), projection)].block
        case "table":
            table = dict(projection._synapse.text.namespace_values)[entry.name].table(context.dt)
            return aligned_copy(table, np.float64), False
    return None, False


def _number(context: Context, projection: Projection, name: str) -> tuple[NDArray[Any], bool]:
    """Return an integer of the projection: one for all synapses, or one for each."""
    built, dtype = projection.connectivity, context.dtype("int")
    many: NDArray[np.int64] | None = None
    one = 0
    match name:
        case "@n_pre":
            one = projection.pre.population._n
        case "@n_post":
            one = projection.post.population._n
        case "@learning":
            one = int(projection._learns)
        case "@multapse":
            many = built.multapse() if built.creation is not None else None
        case "@delay":
            one = built.max_delay
            many = built.delay_steps if built.delays.size > 1 else None
    if many is not None and many.size:
        return aligned_copy(np.resize(many, padded(many.size)), dtype), False
    return aligned_copy(np.full(BLOCK, one), dtype), True


def _end_array(
    context: Context, population: Population, name: str, projection: Projection
) -> tuple[NDArray[Any], bool]:
    attribute_name = name.partition(".")[2]
    built = projection.connectivity
    match attribute_name:
        case "@last":
            return population._spikes.last, False
        case "@until":
            return population._until, False
        case "@incoming" | "@outgoing":
            ranks = built.target if attribute_name == "@incoming" else built.source
            return aligned_copy(np.bincount(ranks, minlength=population._npad), context.dtype("int")), False
    attribute = population._table[post_name(name, projection) if name.startswith("post.") else attribute_name]
    return attribute.data, attribute.block


# -- events ----------------------------------------------------------------------------------------------


def _pre_pathways(
    projection: Projection, compiled: CompiledModel, who: Writers, event_number: EventNumber
) -> list[PrePathway]:
    made = projection._made
    result = []
    for name in (p.name for p in compiled.kernel.programs if p.name.startswith("pre:")):
        rows = made.rows(name)
        subtotals = _subtotals(projection, compiled, name, who)
        event = event_number(projection.pre.population, projection.synapse_type.event_of("pre", name[4:]))
        result.append(
            PrePathway(
                name, rows.indptr, rows.delays, rows.other, subtotals, event, rows.order, made.flight.since,
                made.pending(name, rows),
            )
        )
    return result


def _post_pathways(
    projection: Projection, compiled: CompiledModel, who: Writers, event_number: EventNumber
) -> list[PostPathway]:
    made = projection._made
    result = []
    for name in (p.name for p in compiled.kernel.programs if p.name.startswith("post:")):
        rows = made.rows(name)
        assert rows.order is not None
        subtotals = _subtotals(projection, compiled, name, who)
        event = event_number(projection.post.population, projection.synapse_type.event_of("post", name[5:]))
        result.append(
            PostPathway(
                name, rows.indptr, rows.order, rows.other, subtotals, event, rows.delays, made.flight.since,
                made.pending(name, rows),
            )
        )
    return result


def _subtotals(projection: Projection, compiled: CompiledModel, program: str, who: Writers) -> list[Subtotal]:
    """Return the subtotals that the code of one pathway adds to."""
    side, _, pathway = program.partition(":")
    codes = compiled.model.pre if side == "pre" else compiled.model.post
    written = {s.target for code in codes if code.pathway == pathway for s in code.statements}
    held = {s.target for code in codes for s in code.statements if s.unless_refractory}
    post = projection.post.population
    subtotals = []
    for k, entry in enumerate(compiled.kernel.layout):
        if entry.role != "subtotal" or entry.name.lstrip("+") not in written:
            continue
        attribute = post._table[post_name(entry.name.lstrip("+"), projection)]
        direct = attribute.role == "input" and not attribute.block and who.alone(post, attribute.name)
        times = (post._until, post._spikes.last) if entry.name.lstrip("+") in held else (None, None)
        subtotals.append(Subtotal(k, attribute.data, direct, *times))
    return subtotals


# -- every step ------------------------------------------------------------------------------------------


def triples(indptr: NDArray[np.int64], per_row: int = 1) -> NDArray[np.int64]:
    """Return (first, last + 1, row) of the rows that hold anything; `per_row` rows belong to one neuron."""
    indptr = indptr[::per_row]
    rows = np.flatnonzero(np.diff(indptr))
    return np.ascontiguousarray(np.stack([indptr[rows], indptr[rows + 1], rows], axis=1)).reshape(-1)


def _continuous(projection: Projection, kernel: KernelIR) -> list[ContinuousTerm]:
    terms = _terms(kernel)
    if not terms:
        return []
    built = projection.connectivity
    names = [e.name for e in kernel.layout]
    found = []
    for n, (program, target, assign) in enumerate(terms):
        side = target_side(target)
        order: NDArray[np.int64] | None = None
        other: NDArray[Any] | None = None
        if side == "post" and isinstance(built, DenseConnectivity):
            segments = built.segments
        else:
            indptr, order, other = built.by_post if side == "post" else built.by_pre_post()
            segments = triples(indptr)
        data = _target(projection, target).data
        found.append(ContinuousTerm(program, segments, other, order, names.index(f"~{n}"), data, assign, side))
    return found


def _target(projection: Projection, target: str) -> Attribute:
    """Return the attribute that a continuous term goes to."""
    group = projection.pre if target_side(target) == "pre" else projection.post
    return group.population._table[post_name(target, projection)]


def _steps(projection: Projection, kernel: KernelIR) -> list[SynapticStep]:
    built, none = projection.connectivity, np.zeros(0, np.int64)
    steps = []
    for program in kernel.programs:
        if not program.name.startswith("step:"):
            continue
        locality = program.name.rpartition(":")[2]
        if locality != "local":
            steps.append(SynapticStep(program.name, none, None, built.n_post if locality == "post" else 1))
        elif isinstance(built, DenseConnectivity):
            steps.append(SynapticStep(program.name, built.segments, None, 0))
        else:
            steps.append(SynapticStep(program.name, triples(built.indptr, built.delays.size), built.target, 0))
    return steps


def _reductions(projection: Projection, kernel: KernelIR) -> list[EndReduction]:
    found = []
    for k, entry in enumerate(kernel.layout):
        if entry.role == "reduced":
            side, _, rest = entry.name.partition(".@")
            operation, _, name = rest.partition("_")
            population = (projection.pre if side == "pre" else projection.post).population
            attribute = population._table[post_name(f"post.{name}", projection) if side == "post" else name]
            found.append(EndReduction(k, operation, attribute.data, 1 if attribute.block else attribute.n))
    return found
