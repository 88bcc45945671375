"""What of a step may run in parts, on several threads, without changing a bit.

A part owns a range of the neurons of every population. It may write to these neurons, to the synapses onto them, and
to what has one value per postsynaptic neuron; it may read anything that no other part writes meanwhile. Sums of one
neuron are then added up by one thread, in the one order there is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import KernelIR, Program, uses

from .plan import Binding, Plan, PostPathway, PrePathway, ProjectionPlan

#: Roles with one value per synapse, and with one value per postsynaptic neuron. Traces that are lifted have one value
#: per neuron: those of the far side are looked at before the parts that share them, those of the own side change after.
_PER_SYNAPSE = frozenset({"state", "lastupdate", "pretrace", "posttrace"})
_PER_POST = frozenset({"post", "semi", "subtotal", "total"})
#: Roles that are read at the synapse or its postsynaptic neuron, or that nothing writes; all others may be read where
#: another part writes.
_OWN = _PER_SYNAPSE | _PER_POST | {"param", "derived", "table"}


class Split(IntEnum):
    """How the synapses of a section may be divided (en_split in engine.h)."""

    WHOLE = 0
    BY_POST = 1
    BY_SYNAPSE = 2


@dataclass(frozen=True, slots=True)
class Group:
    """Projections ``first : end`` that may run in parts together; a WHOLE group is one projection."""

    first: int
    end: int
    split: Split


@dataclass(frozen=True, slots=True)
class Sharing:
    """The groups of the phases of a step: arrivals (`forward`) and code of the postsynaptic side (`back`), each without
    and with `same_step`. `fused`: arrivals of slot 2 and the neurons are one section."""

    forward: tuple[tuple[Group, ...], tuple[Group, ...]]
    back: tuple[tuple[Group, ...], tuple[Group, ...]]
    fused: bool


@dataclass(frozen=True, slots=True)
class _Effects:
    """What the code of one projection does in one phase: addresses of arrays."""

    split: Split
    written: frozenset[int]
    foreign: frozenset[int]


def sharing(plan: Plan, alone: Collection[int] = ()) -> Sharing:
    """Return what may run in parts.

    Parameters
    ----------
    plan : Plan
    alone : collection of int
        Projections after which a population has to be prepared again.
    """
    projections = plan.projections
    forward = [_forward(p) for p in projections]
    back = [_back(p) for p in projections]
    alone = {*alone, *(k for k, p in enumerate(projections) if p.whole)}
    arriving = [k for k, p in enumerate(projections) if p.terms or (p.pathways and not p.same_step)]
    same = [k for k, p in enumerate(projections) if p.pathways and p.same_step]
    after = [[k for k, p in enumerate(projections) if p.post_pathways and p.same_step == now] for now in (False, True)]
    first = _groups(forward, arriving, alone)
    return Sharing(
        (first, _groups(forward, same, alone)),
        (_groups(back, after[0], alone), _groups(back, after[1], alone)),
        _fused(plan, first, forward),
    )


def row_cuts(segments: NDArray[np.int64], parts: int) -> NDArray[np.int64]:
    """Return where the segments of each part begin, and their number: about equally many synapses for each.

    Parameters
    ----------
    segments : ndarray of int64
        Triples (first, last + 1, rank).
    parts : int
    """
    ends = np.cumsum(segments[1::3] - segments[::3])
    wanted = np.arange(1, parts) * (ends[-1] if len(ends) else 0) // parts
    return np.concatenate([[0], np.searchsorted(ends, wanted), [len(ends)]]).astype(np.int64)


def sweep_cuts(binding: Binding, name: str, segments: NDArray[np.int64], count: int, parts: int) -> Any:
    """Return where the parts of a program over all synapses (or `count` elements) begin; None: it has no parts.

    Parameters
    ----------
    binding : Binding
    name : str
        Of the program.
    segments : ndarray of int64
        Triples (first, last + 1, rank); none where the program goes over elements.
    count : int
    parts : int
    """
    program = _program(binding.ir, name)
    local = not name.startswith("step:") or name.endswith(":local")
    allowed = {"total"} if name.startswith("sum:") else _PER_SYNAPSE if local else {"semi"}
    if not _writes_only(binding, program, allowed):
        return None
    if local:
        return row_cuts(segments, parts)
    blocks = -(-count // 64)
    return np.minimum(np.arange(parts + 1) * blocks // parts * 64, count).astype(np.int64)


# -- one projection --------------------------------------------------------------------------------------


def _forward(p: ProjectionPlan) -> _Effects:
    effects = _effects(p.binding, p.pathways)
    targets = {_address(term.target) for term in p.terms}
    return _Effects(effects.split, effects.written | targets, effects.foreign)


def _back(p: ProjectionPlan) -> _Effects:
    effects = _effects(p.binding, p.post_pathways)
    if effects.split and len(p.post_pathways) == 1:
        program = _program(p.binding.ir, p.post_pathways[0].program)
        if _writes_only(p.binding, program, _PER_SYNAPSE):
            return _Effects(Split.BY_SYNAPSE, effects.written, effects.foreign)
    return effects


def _effects(binding: Binding, pathways: Sequence[PrePathway] | Sequence[PostPathway]) -> _Effects:
    written: set[int] = set()
    foreign: set[int] = set()
    # lifted traces of the side that had the events change when all parts are done: of one pathway
    split = Split.WHOLE if binding.lifted and len(pathways) > 1 else Split.BY_POST
    for pathway in pathways:
        program = _program(binding.ir, pathway.program)
        if not _writes_only(binding, program, _PER_SYNAPSE | _PER_POST):
            split = Split.WHOLE
        written |= {_address(s.target) for s in pathway.subtotals}
        used = uses(program)
        for entry, array in zip(binding.ir.layout, binding.arrays, strict=True):
            if array is None or used is None:
                continue
            if entry.name in used.writes:
                written.add(_address(array))
            if entry.name in used.reads and entry.role not in _OWN:
                foreign.add(_address(array))
    if written & foreign:
        split = Split.WHOLE
    return _Effects(split, frozenset(written), frozenset(foreign))


def _program(ir: KernelIR, name: str) -> Program:
    return next(program for program in ir.programs if program.name == name)


def _writes_only(binding: Binding, program: Program, roles: Collection[str]) -> bool:
    """Tell whether all effects of a program are on entries of these roles with a value for each element."""
    used = uses(program)
    return used is not None and all(
        entry.role in roles and not shared and not entry.shared
        for entry, shared in zip(binding.ir.layout, binding.shared, strict=True)
        if entry.name in used.writes
    )


def _address(array: NDArray[Any]) -> int:
    return int(array.__array_interface__["data"][0])


# -- many ------------------------------------------------------------------------------------------------


def _groups(effects: Sequence[_Effects], numbers: Sequence[int], alone: Collection[int]) -> tuple[Group, ...]:
    """Return the longest runs of projections that do not meet; what lies between two numbers does nothing."""
    groups: list[Group] = []
    written: frozenset[int] = frozenset()
    foreign: frozenset[int] = frozenset()
    for k in numbers:
        own = effects[k]
        split = Split.WHOLE if k in alone else own.split
        joined, read = written | own.written, foreign | own.foreign
        if split == Split.BY_POST and groups and groups[-1].split == Split.BY_POST and not joined & read:
            groups[-1] = Group(groups[-1].first, k + 1, split)
            written, foreign = joined, read
        else:
            groups.append(Group(k, k + 1, split))
            written, foreign = own.written, own.foreign
    return tuple(groups)


def _fused(plan: Plan, groups: tuple[Group, ...], effects: Sequence[_Effects]) -> bool:
    """Tell whether neurons may go on as soon as the events of their own part are delivered."""
    if plan.links or len(groups) != 1 or groups[0].split != Split.BY_POST:
        return False
    updated: set[int] = set()
    for population in plan.populations:
        if population.binding is None:
            continue
        ir = population.binding.ir
        if any(p.name == "shared" or p.name.startswith("reduce:") for p in ir.programs):
            return False
        updated |= {_address(a) for e, a in zip(ir.layout, population.binding.arrays, strict=True) if a is not None}
    return not any(effects[k].foreign & updated for k in range(groups[0].first, groups[0].end))
