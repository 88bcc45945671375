"""From a projection to its part of the plan: kernels bound to arrays, pathways, terms and statements of every step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import KernelIR

from ..arrays import padded
from ..compiling import CompiledModel
from ..connect.dense import DenseConnectivity
from ..context import Context
from ..groups.attributes import Attribute
from ..groups.population import Population
from ..groups.readouts import ReadOut
from ..problems import SummedTwice, ValueProblem
from ..synapses.group import End, SynapseGroup, placed
from ..synapses.projection import Projection, Side
from .bound import bound_array, post_name
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
EventNumber = Callable[[End, str], int]


@dataclass(frozen=True, slots=True)
class Writers:
    """How many projections add to each (population, attribute)."""

    count: dict[tuple[str, str], int]

    def alone(self, population: End, attribute: str) -> bool:
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
                    f"'{key[1]}' of {group.population._label} already receives a summed variable from projection "
                    f"'{summed[key]}'; '{projection.name}' cannot set it, too.",
                    "use a second variable and add the two in the neuron",
                )
            if assign:
                summed[key] = projection.name
    return Writers(count)


def ends_of(projections: Sequence[Projection]) -> list[SynapseGroup]:
    """Return the synapses that are an end of projections."""
    ends = [group for projection in projections for group in (projection.pre, projection.post)]
    return list(dict.fromkeys(group for group in ends if isinstance(group, SynapseGroup)))


def prepare_ends(projections: Sequence[Projection], compiled: Sequence[CompiledModel]) -> None:
    """Give values of synapses that are an end their places, and let ends keep what projections read later."""
    for projection, one in zip(projections, compiled, strict=True):
        for entry in one.kernel.layout:
            side, _, name = entry.name.lstrip("+<").partition(".")
            end = (projection.pre if side == "pre" else projection.post).population
            if isinstance(end, SynapseGroup) and entry.role in ("pre", "post", "subtotal", "late") and "@" not in name:
                end._bound(name)
            if entry.role == "late":
                end._values.ring(name, end._bound(name).data)
        for _, target, _ in _terms(one.kernel):
            _target(projection, target)


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
    populations: Sequence[End],
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
        whole=bool(projection._ends.binding.synapses),
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
        varying=frozenset(
            k for k, e in enumerate(kernel.layout) if e.role == "param" and e.name in projection._made.written
        ),
    )


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
                name, rows.indptr, rows.delays, placed(projection.post, rows.other), subtotals, event, rows.order,
                made.flight.since, made.pending(name, rows),
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
                name, rows.indptr, rows.order, placed(projection.pre, rows.other), subtotals, event, rows.delays,
                made.flight.since, made.pending(name, rows),
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
        attribute = post._bound(post_name(entry.name.lstrip("+"), projection))
        direct = attribute.role == "input" and not attribute.block and who.alone(post, attribute.name)
        times: tuple[Any, Any] = (None, None)
        if isinstance(post, Population) and entry.name.lstrip("+") in held:
            times = (post._until, post._spikes.last)
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
            rows, others = (projection.post, projection.pre)[:: 1 if side == "post" else -1]
            indptr, order, other = built.by_post if side == "post" else built.by_pre_post()
            segments = _placed_rows(rows, triples(indptr))
            if isinstance(others, SynapseGroup):  # each row in the order of places, which is that of its sum
                other = placed(others, other)
                again = np.lexsort((other, np.repeat(np.arange(indptr.size - 1), np.diff(indptr))))
                order, other = order[again], other[again]
        data = _target(projection, target).data
        found.append(ContinuousTerm(program, segments, other, order, names.index(f"~{n}"), data, assign, side))
    return found


def _target(projection: Projection, target: str) -> Attribute:
    """Return the attribute that a continuous term goes to."""
    group = projection.pre if target_side(target) == "pre" else projection.post
    return group.population._bound(post_name(target, projection))


def _placed_rows(group: Side, segments: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return segments (first, last + 1, rank) with the places of the elements of an end."""
    if isinstance(group, SynapseGroup):
        segments[2::3] = placed(group, segments[2::3])
    return segments


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
            segments = _placed_rows(projection.pre, triples(built.indptr, built.delays.size))
            steps.append(SynapticStep(program.name, segments, placed(projection.post, built.target), 0))
    return steps


def _reductions(projection: Projection, kernel: KernelIR) -> list[EndReduction]:
    found = []
    for k, entry in enumerate(kernel.layout):
        if entry.role == "reduced":
            side, _, rest = entry.name.partition(".@")
            operation, _, name = rest.partition("_")
            end = (projection.pre if side == "pre" else projection.post).population
            attribute = end._bound(post_name(f"post.{name}", projection) if side == "post" else name)
            found.append(EndReduction(k, operation, attribute.data, 1 if attribute.block else attribute.n))
    return found
