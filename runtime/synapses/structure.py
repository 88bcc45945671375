"""Synapses that come and go: by hand, or in slot 7 of a step by the conditions that a synapse model gives.

A change makes a new `Connectivity`; values, delays and what is on its way follow the synapses that stay. Nothing is
compiled: conditions run on the interpreter, over all synapses (pruning) or over all other pairs (creating).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Source, lower_model, parse, resolve_synapse, tree

from ..arrays import BLOCK, aligned_copy
from ..definitions.functions import FUNCTIONS
from ..groups.distributions import is_distribution
from ..groups.readouts import computed
from ..planning.plan import Binding
from ..problems import RuntimeProblem, UnknownName, ValueProblem
from ..quantities import milliseconds, number
from ..reference.kernel import BoundKernel
from ..reference.ops import execute
from ..schedule import next_due, steps_of
from .ends import Stored
from .group import placed

if TYPE_CHECKING:
    from .projection import Projection

Change = Literal["pruning", "creating"]
#: In the order in which they act in one step: that of ANNarchy.
CHANGES: tuple[Change, ...] = ("creating", "pruning")
#: Pairs whose condition is evaluated at once.
CHUNK = 1 << 20
_RESULT = "changes"


class PairValues:
    """A text over one synapse, or over two neurons without one, and what it needs to be evaluated.

    Parameters
    ----------
    projection : Projection
    text : str
    type_ : str
        Of its value: bool or float.
    stream : str
        Tells its draws from those of other texts.
    connected : bool
        Whether it is about synapses: then it may name their variables.
    """

    def __init__(self, projection: Projection, text: str, type_: str, stream: str, connected: bool) -> None:
        self._projection = projection
        self._connected = connected
        self._stream = f"{projection.name}:{stream}"
        synapse = projection.synapse_type
        known = {a.name: a for a in projection._table if connected or a.shared}
        self._numbers = {**projection._made.constants(), **dict(synapse.text.namespace_values)}
        sources = [Source("pre_spike", f"{_RESULT} = {text}"), Source("equations", f"{_RESULT} : {type_}")]
        functions = "\n".join((synapse.definitions, FUNCTIONS.used_by([text], synapse.definitions))).strip()
        if functions:
            sources.append(Source("functions", functions))
        model = resolve_synapse(
            parse("synapse", synapse.name, tuple(sources)),
            projection._ends.binding_of_code(),
            namespace=[entry for entry in synapse.text.namespace if entry[0] not in known],
            given=[(a.name, a.dimension, a.type, a.locality) for a in known.values()],
            functions=FUNCTIONS.registered_in([text, functions]),
        )
        self._ir = lower_model(model, projection._context.options)
        self._program = next(p for p in self._ir.programs if p.name.startswith("pre:"))

    def __call__(
        self, positions: NDArray[np.int64], pre: NDArray[np.int64], post: NDArray[np.int64], step: int
    ) -> NDArray[Any]:
        """Return the value for some synapses, or pairs.

        Parameters
        ----------
        positions : ndarray of int64
            Storage positions of the synapses; of pairs, their numbers.
        pre, post : ndarray of int64
            Ranks.
        step : int
        """
        from .. import _mathlib

        context = self._projection._context
        result = np.zeros(int(positions.max(initial=-1)) + 1, context.dtype(self._ir.entry(_RESULT).type))
        bound = [(result, False) if e.name == _RESULT else self._array(e) for e in self._ir.layout]
        keys = np.array([context.key(f"{self._stream}:{d.stream}", d.occurrence) for d in self._ir.draws], np.uint64)
        binding = Binding(
            self._ir, None, [a for a, _ in bound], [shared for _, shared in bound], keys, result.size, result.size
        )
        kernel = BoundKernel(binding, context.precision, context.dt, _mathlib)
        kernel.prepare()
        pre, post = placed(self._projection.pre, pre), placed(self._projection.post, post)
        indices: dict[str, Any] = {"": positions, "pre": pre, "post": post, "semi": post}
        synapse = positions if self._connected else None
        execute(
            self._program, kernel.environment(step, pre.astype(np.uint32), post.astype(np.uint32), indices, synapse)
        )
        found: NDArray[Any] = result[positions]
        return found

    def _array(self, entry: Any) -> tuple[NDArray[Any] | None, bool]:
        dtype = self._projection._context.dtype(entry.type)
        if entry.name in self._numbers and entry.name not in self._projection._table:
            return aligned_copy(np.full(BLOCK, float(self._numbers[entry.name])), dtype), True
        if entry.name == "@learning" or (entry.name == "@multapse" and not self._connected):
            return aligned_copy(np.full(BLOCK, int(entry.name == "@learning")), dtype), True
        if entry.name == "@delay" and not self._connected:
            raise ValueProblem(f"{self._projection._label}: a pair that is not connected has no delay.")
        from ..planning.bound import bound_array

        if self._connected and (now := computed(self._projection._context, self._projection, entry.name)) is not None:
            return now.data, now.block
        return bound_array(self._projection._context, self._projection, entry)


@dataclass(frozen=True, slots=True)
class Rule:
    """When synapses are pruned or created: a condition, the probability where it holds, weight and delay of new
    ones."""

    condition: PairValues
    probability: PairValues | None
    weight: PairValues | None
    delay: PairValues | None

    def chosen(
        self, positions: NDArray[np.int64], pre: NDArray[np.int64], post: NDArray[np.int64], step: int
    ) -> NDArray[np.intp]:
        """Return which of some synapses, or pairs, change in a step."""
        found: NDArray[np.intp] = np.flatnonzero(self.condition(positions, pre, post, step))
        if self.probability is not None and found.size:
            found = found[self.probability(positions[found], pre[found], post[found], step) != 0]
        return found


def rules_of(projection: Projection) -> dict[str, Rule]:
    """Return the rules that the synapse model of a projection gives.

    Raises
    ------
    ModelError
        A text names what there is not.
    """
    synapse = projection.synapse_type
    found: dict[str, Rule] = {}
    for part in synapse.tree.parts:
        change = part.source.role
        if change not in CHANGES or part.expression is None:
            continue
        flags = {f.word: f.value for s in part.statements if isinstance(s, tree.Decl) for f in s.annotation.flags}
        texts = {word: synapse.excerpt(value.span) for word, value in flags.items() if value is not None}
        connected = change == "pruning"

        def values(text: str, type_: str, word: str) -> PairValues:
            return PairValues(projection, text, type_, f"{change}:{word}", connected)  # noqa: B023

        found[change] = Rule(
            values(synapse.excerpt(part.expression.span), "bool", "condition"),
            values(f"Uniform(0.0, 1.0) < ({texts['proba']})", "bool", "proba") if "proba" in texts else None,
            values(texts["w"], "float", "w") if "w" in texts else None,
            values(texts["d"], "float", "d") if "d" in texts else None,
        )
    return found


# -- changes ---------------------------------------------------------------------------------------------


def prune(projection: Projection, positions: NDArray[np.int64]) -> None:
    """Remove synapses, by their storage positions."""
    keep = np.ones(projection.connectivity.size, bool)
    keep[positions] = False
    none = np.zeros(0, np.int64)
    _edit(projection, keep, none, none, none)


def create(
    projection: Projection, pre: NDArray[np.int64], post: NDArray[np.int64], weights: Any, delays: Any
) -> None:
    """Create synapses between pairs of neurons that have none; `delays` in ms."""
    ends = projection._ends
    ms = np.broadcast_to(np.asarray(delays, np.float64), pre.shape)
    if not np.all(np.isfinite(ms)) or np.any(ms < 0):
        raise ValueProblem(f"{projection._label}: delays must be finite and not negative.")
    steps = np.maximum(steps_of(ms, projection._context.dt), ends.least_delay)
    new = _edit(projection, np.ones(projection.connectivity.size, bool), pre, post, steps)
    made = projection._made
    made.first_values(new)
    if "w" in made.table:
        order = np.lexsort((made.connectivity.source[new], made.connectivity.target[new]))
        given = np.empty(new.size)
        given[order] = np.broadcast_to(weights, pre.shape)[np.lexsort((pre, post))]
        made.assign(made.table["w"], Stored(given), new)
    made.calls += 1


def _edit(
    projection: Projection, keep: NDArray[np.bool_], pre: NDArray[Any], post: NDArray[Any], steps: NDArray[np.int64]
) -> NDArray[np.int64]:
    new = projection._made.edit(keep, pre, post, steps)
    projection._look_back()
    return new


def apply_rules(projection: Projection, step: int) -> bool:
    """Do what is due in slot 7 of a step; tells whether anything changed."""
    made, changed = projection._made, False
    for change in CHANGES:
        period, offset = made.structure.get(change, (0, 0))
        if not period or step < offset or (step - offset) % period or not projection._enabled:
            continue
        rule = projection._rules[change]
        changed |= _prune_by(projection, rule, step) if change == "pruning" else _create_by(projection, rule, step)
    return changed


def _prune_by(projection: Projection, rule: Rule, step: int) -> bool:
    built = projection.connectivity
    where = np.arange(built.size, dtype=np.int64)
    chosen = rule.chosen(where, built.source.astype(np.int64), built.target.astype(np.int64), step)
    if chosen.size:
        prune(projection, chosen.astype(np.int64))
    return bool(chosen.size)


def _create_by(projection: Projection, rule: Rule, step: int) -> bool:
    built = projection.connectivity
    pres, posts = np.sort(projection.pre.ranks), np.sort(projection.post.ranks)
    indptr, _, source = built.by_post
    rows = max(1, CHUNK // built.n_pre)
    found: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for first in range(0, posts.size, rows):
        some = posts[first : first + rows]
        free = np.zeros((some.size, built.n_pre), bool)
        free[:, pres] = True
        for row, post_rank in zip(free, some, strict=True):
            row[source[indptr[post_rank] : indptr[post_rank + 1]]] = False
        row_of, pre = np.nonzero(free)
        post = some[row_of]
        chosen = rule.chosen(np.arange(pre.size, dtype=np.int64), pre, post, step)
        found.append((pre[chosen], post[chosen]))
    none = np.zeros(0, np.int64)
    pre, post = (np.concatenate([none, *(pair[side] for pair in found)]) for side in (0, 1))
    if not pre.size:
        return False
    numbers = np.arange(pre.size, dtype=np.int64)
    weights = 0.0 if rule.weight is None else rule.weight(numbers, pre, post, step)
    delays = 0.0 if rule.delay is None else rule.delay(numbers, pre, post, step)
    create(projection, pre, post, weights, delays)
    return True


def next_change(projections: list[Projection], now: int) -> int | None:
    """Return the next step, from `now` on, in which synapses may come or go."""
    due = [
        next_due(max(now, offset), period, offset)
        for projection in projections
        for period, offset in projection._made.structure.values()
    ]
    return min(due, default=None)


# -- what users call -------------------------------------------------------------------------------------


class StructureMethods:
    """The switches of a projection."""

    if TYPE_CHECKING:
        _rules: dict[str, Rule]
        _context: Any

        @property
        def _label(self) -> str: ...

        @property
        def _made(self) -> Any: ...

    def start_pruning(self, period: Any = None) -> None:
        """Evaluate the condition `pruning` of the synapse in the next step and every `period` (ms; dt by default)."""
        self._start("pruning", period)

    def stop_pruning(self) -> None:
        """Stop pruning synapses."""
        self._stop("pruning")

    def start_creating(self, period: Any = None) -> None:
        """Evaluate the condition `creating` of the synapse in the next step and every `period` (ms; dt by default).

        It is evaluated for every pair of neurons of the two groups that has no synapse.
        """
        self._start("creating", period)

    def stop_creating(self) -> None:
        """Stop creating synapses."""
        self._stop("creating")

    def _start(self, change: Change, period: Any) -> None:
        self._has(change)
        self._made.refuse_changes()
        label = f"{self._label}: start_{change}"
        every = 1 if period is None else self._context.rounding(milliseconds(period, label), self._label, "period")
        if every < 1:
            raise ValueProblem(f"{label}: the period must be at least dt = {self._context.dt} ms.")
        started = {**self._made.structure, change: (every, self._context.now)}
        self._made.structure = {name: started[name] for name in CHANGES if name in started}

    def _stop(self, change: Change) -> None:
        self._has(change)
        self._made.structure = {name: when for name, when in self._made.structure.items() if name != change}

    def _has(self, change: Change) -> None:
        _ = self._made
        if change not in self._rules:
            raise RuntimeProblem(
                f"{self._label}: its synapse has no condition '{change}'.",
                f"give it to the model: rv.Synapse(..., {change}=\"w < 0.1 : proba=0.5\")",
            )


def create_on(projection: Projection, post: int, ranks: Any, weights: Any, delays: Any) -> None:
    """Create synapses of one postsynaptic neuron; all checks come first."""
    pre = _ranks(projection, ranks)
    known = projection.dendrite(post)
    there = np.intersect1d(pre, known._source)
    if there.size:
        raise ValueProblem(f"{known._label} has a synapse from neuron {there[0]} already.")
    for what, values in (("weights", weights), ("delays", delays)):
        if np.size(values) not in (1, pre.size) or is_distribution(values):
            raise ValueProblem(f"{known._label}: {what} must be one number, or one for each of {pre.size} synapses.")
    w, ms = (np.asarray(number(v, known._label), np.float64).reshape(-1) for v in (weights, delays))
    create(projection, pre, np.full(pre.size, post, np.int64), w, ms)


def prune_on(projection: Projection, post: int, ranks: Any) -> None:
    """Remove all synapses of one postsynaptic neuron from some presynaptic ones; all checks come first."""
    pre = _ranks(projection, ranks)
    known = projection.dendrite(post)
    missing = np.setdiff1d(pre, known._source)
    if missing.size:
        raise ValueProblem(f"{known._label} has no synapse from neuron {missing[0]}.")
    prune(projection, known._synapses[np.isin(known._source, pre)])
    projection._made.calls += 1


def _ranks(projection: Projection, ranks: Any) -> NDArray[np.int64]:
    pre = np.atleast_1d(np.asarray(ranks))
    if pre.ndim != 1 or (pre.size and pre.dtype.kind not in "iu") or np.unique(pre).size != pre.size:
        raise ValueProblem(f"{projection._label}: ranks must be different ints, got {ranks!r}.")
    wrong = pre[~np.isin(pre, projection.pre.ranks)]
    if wrong.size:
        raise UnknownName(f"rank of the presynaptic group of {projection._label}", str(wrong[0]), ())
    return pre.astype(np.int64)
