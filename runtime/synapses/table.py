"""`Synapses`: the values and delays of all synapses of one projection, in the order the kernels read."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Model, RanvierWarning, find_traces, tree

from ..arrays import aligned_zeros, padded
from ..connect.connectivity import Connectivity, Rows
from ..connect.shared_weights import SharedConnectivity
from ..constants import named_constants
from ..context import Context
from ..definitions.types import Synapse
from ..groups.attributes import NOTHING, Attribute, Table
from ..groups.expressions import constant
from ..groups.history import SpikeHistory
from ..planning.plan import Pending
from ..problems import ValueProblem
from ..quantities import TIME
from ..schedule import steps_of
from .assigning import Assignments
from .ends import Ends, Stored, is_many, one_delay
from .flight import Flight
from .group import SynapseGroup
from .traces import Trace


class Synapses:
    """Created by a connector; everything of a projection that is state.

    Parameters
    ----------
    context : Context
    ends : Ends
    synapse : Synapse
    model : Model
        The synapse bound to the ends.
    connectivity : Connectivity
    """

    def __init__(
        self, context: Context, ends: Ends, synapse: Synapse, model: Model, connectivity: Connectivity
    ) -> None:
        self._context = context
        self._ends = ends
        self._synapse = synapse
        self._model = model
        self.connectivity = connectivity
        self.table = Table(context, ends.label, model.symbols, connectivity.stored, _uniform, ends.post.size)
        self.pathway_delays: dict[str, NDArray[np.int64] | int] = {}
        sides = find_traces(model)
        self.traces = {
            name: Trace(self.table[name], side, context, lambda: self.connectivity) for name, side in sides.items()
        }
        for trace in self.traces.values():
            self.table.put(trace)
        driven = not sides and any(getattr(s, "event_driven", False) for s in model.statements)
        driven |= any(s.name == "lastupdate" and s.role == "builtin" for s in model.symbols)
        self.lastupdate: NDArray[Any] = aligned_zeros(padded(connectivity.size) if driven else 0, context.dtype("int"))
        self.lastupdate[:] = context.now
        self.flight = Flight(context.now)
        self.followers: list[Synapses] = []
        self.structure: dict[str, tuple[int, int]] = {}
        self.end_of: list[str] = []  # projections whose end these synapses are
        self.written: set[str] = set()  # what these write
        self.calls = 0
        self.before_write: Callable[[str], None] = lambda _: None
        self._fill()

    def set_weights(self, value: Any) -> None:
        """Give the synapses their first weights; for a model without `w` those of a matrix say who is connected."""
        if "w" in self.table:
            self.assign(self.table["w"], value)
        elif not isinstance(value, Stored):
            message = f"[W202] {self._ends.label}: its synapse does not use 'w', so weights have no effect"
            warnings.warn(message, RanvierWarning, stacklevel=5)

    def _fill(self) -> None:
        """Give every attribute its first value; weights are 1 until given."""
        for attribute, value in self._first():
            number = constant(value) if isinstance(value, tree.Expr) else None
            if number is not None:
                attribute.fill(attribute.data.dtype.type(number))
            else:
                self.assign(attribute, self._synapse.excerpt(value.span) if isinstance(value, tree.Expr) else value)

    def first_values(self, where: NDArray[np.int64]) -> None:
        """Give new synapses their first values; what has one value for all keeps it."""
        for attribute, value in self._first():
            if attribute.per_synapse:
                text = self._synapse.excerpt(value.span) if isinstance(value, tree.Expr) else value
                number = constant(value) if isinstance(value, tree.Expr) else None
                self.assign(attribute, text if number is None else number, where)

    def _first(self) -> Iterator[tuple[Attribute, Any]]:
        """Yield every attribute with its first value, as an expression of the model or as given from Python."""
        text = self._synapse.text
        first = {**self.constants(), **dict(text.namespace_values), **dict(text.values)}
        for role in ("parameter", "variable"):
            for symbol in self._model.symbols:
                if symbol.role != role or hasattr(first.get(symbol.name), "table_rank"):
                    continue
                expr = symbol.value if role == "parameter" and symbol.value is not None else symbol.init
                if symbol.name in first:
                    yield self.table[symbol.name], first[symbol.name]
                elif expr is not None:
                    yield self.table[symbol.name], expr
                elif symbol.name == "w":
                    yield self.table["w"], 1.0

    def constants(self) -> dict[str, float]:
        """Return the values of the network's constants that the model names."""
        text = self._synapse.text
        given = (name for name, *_ in text.given)
        return named_constants(
            text.constants, self._model.symbols, given, self._context.constants, self._ends.label
        )

    @property
    def pathways(self) -> tuple[str, ...]:
        """Names of the pathways: ``pre:<name>``, then ``post:<name>``."""
        return (*(f"pre:{c.pathway}" for c in self._model.pre), *(f"post:{c.pathway}" for c in self._model.post))

    def rows(self, pathway: str) -> Rows:
        """Return the synapses as the events of a pathway reach them."""
        if pathway.startswith("pre:"):
            return self.connectivity.by_pre(self.pathway_delays.get(pathway))
        return self.connectivity.by_post_delay(self.pathway_delays.get(pathway, 0))

    def events(self, pathway: str) -> SpikeHistory:
        """Return what remembers the events that a pathway listens to."""
        side, _, name = pathway.partition(":")
        population = self._ends.pre if side == "pre" else self._ends.post
        assert not isinstance(population, SynapseGroup)  # the compiler has refused code at their spikes
        event = self._synapse.event_of(side, name)
        return population._spikes if event == "spike" else population._events[event]

    def hold(self) -> None:
        """Let what is on its way keep its delay, before delays or synapses change."""
        self.flight.hold(self._context.now, ((name, self.events(name)) for name in self.pathways), self.rows)
        for follower in self.followers:
            follower.hold()

    def pending(self, pathway: str, rows: Rows) -> Pending | None:
        """Return the arrivals of a pathway at delays of the past."""
        if not self.flight.arrivals:
            return None
        built = self.connectivity
        ranks = built.source if pathway.startswith("pre:") else built.target
        return self.flight.pending(pathway, self._context.now, rows, ranks.astype(np.int64), built.public)

    def set_pathway_delay(self, pathway: str, value: Any, where: NDArray[np.int64] | None = None) -> None:
        """Give a pathway (``pre:<name>``, ``post:<name>``) delays of its own (ms).

        Parameters
        ----------
        pathway : str
        value : number, array, text, distribution or quantity
        where : ndarray of int64, optional
            Storage positions of the synapses that change; all by default.
        """
        first = bool(self._model.pre) and pathway == self.pathways[0]
        if first:
            self.set_delays(value, where)
            return
        least = self._ends.least_delay if pathway.startswith("pre:") else 0
        what = f"{self._ends.label}: delay of {pathway.partition(':')[2]}"
        steps = self._steps_of(value, what, least, where)
        if where is not None:
            before = np.broadcast_to(np.asarray(self.delays_of(pathway), np.int64), self.connectivity.size).copy()
            before[where] = steps
            steps = before
        self.hold()
        self.pathway_delays[pathway] = steps
        self._context.touch()

    def delays_of(self, pathway: str) -> NDArray[np.int64] | int:
        """Return the delays of a pathway in steps: one for all, or one for each synapse in storage order."""
        if pathway in self.pathway_delays:
            return self.pathway_delays[pathway]
        return self.connectivity.delay_steps if pathway.startswith("pre:") else 0

    def look_back(self) -> None:
        """Let both ends remember as many steps as delays look back."""
        self._ends.pre._remember(max(self.connectivity.max_delay, self.longest("pre")) + 1)
        self._ends.post._remember(self.longest("post") + 1)
        if sends_continuously(self._model):
            self._ends.pre._values.ensure(self.connectivity.max_delay)
        for follower in self.followers:
            follower.look_back()

    def longest(self, side: str) -> int:
        """Return the longest delay of the pathways of one side that have their own, in steps."""
        own = [np.max(d, initial=0) for name, d in self.pathway_delays.items() if name.startswith(side)]
        return int(max(own, default=0))

    def _steps_of(
        self, value: Any, what: str, least: int, where: NDArray[np.int64] | None = None
    ) -> NDArray[np.int64] | int:
        """Return delays in steps: one for all, or one for each synapse in storage order, or in that of `where`."""
        if not is_many(value):
            return one_delay(value, self._context, self._ends, least)
        size = self.connectivity.stored if where is None else where.size
        column = Attribute("delays", "parameter", "float", "local", TIME, np.zeros(0), self.connectivity.stored, False)
        given = Assignments(self).values(column, value, where, what, NOTHING)
        ms = np.broadcast_to(np.asarray(given, np.float64), size)
        if not np.all(np.isfinite(ms)) or np.any(ms < 0):
            raise ValueProblem(f"{what} must be finite and not negative.")
        return np.maximum(steps_of(ms, self._context.dt), least)

    def set_delays(self, value: Any, where: NDArray[np.int64] | None = None) -> None:
        """Give every synapse, or those at some storage positions, its delay (ms) and order the storage by it."""
        old, ends = self.connectivity, self._ends
        if not old.size:
            return
        if isinstance(old, SharedConnectivity) and is_many(value):
            raise ValueProblem(f"{ends.label}: connections that share their weights have one delay.")
        steps = self._steps_of(value, f"{ends.label}: delay", ends.least_delay, where)
        ends.check_delays(steps)
        if where is not None:
            before = old.delay_steps
            before[where] = steps
            steps = before
        same = not isinstance(steps, int) and bool(np.all(steps == steps[0]))
        fresh, order = old.with_delays(int(steps[0]) if same and not isinstance(steps, int) else steps)
        self.hold()
        self.replace(fresh, order)

    def resize(self, size: int) -> None:
        """Make room for the values of so many synapses, which are written next."""
        if size != self.connectivity.stored:
            for attribute in self.table:
                if attribute.locality == "local":
                    attribute.resize(size)
            if self.lastupdate.size:
                self.lastupdate = aligned_zeros(padded(size), self.lastupdate.dtype)

    def edit(
        self, keep: NDArray[np.bool_], pre: NDArray[np.int64], post: NDArray[np.int64], steps: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Keep some synapses, by storage position, and add new ones; return the storage positions of these."""
        if isinstance(self.connectivity, SharedConnectivity):
            raise ValueProblem(f"{self._ends.label}: connections that share their weights cannot come and go.")
        self.refuse_changes()
        self.hold()
        return self.replace(*self.connectivity.edited(keep, pre, post, steps))

    def refuse_changes(self) -> None:
        """Raise where synapses may not come and go, because they are an end of another projection."""
        if self.end_of:
            raise ValueProblem(
                f"{self._ends.label}: its synapses are an end of projection '{self.end_of[0]}', so none come or go.",
                help="prune and create before that one is connected",
            )

    def replace(self, fresh: Connectivity, order: NDArray[np.int64]) -> NDArray[np.int64]:
        """Take over another connectivity, with the values of the synapses that stay; return the places of new ones.

        Parameters
        ----------
        fresh : Connectivity
        order : ndarray of int64
            The old storage position of each of its synapses; -1 for a new one, whose values are still 0.
        """
        self.before_write("delay")
        old, size = self.connectivity.stored, fresh.stored
        new = np.flatnonzero(order < 0)
        for pathway, steps in self.pathway_delays.items():
            if not isinstance(steps, int):
                moved = steps[order]
                moved[new] = self._ends.least_delay if pathway.startswith("pre:") else 0
                self.pathway_delays[pathway] = moved
        for attribute in self.table:
            if attribute.per_synapse:
                attribute.rearrange(order, size)
            elif attribute.locality == "local":
                attribute.n = size
        if self.lastupdate.size:
            if size != old:
                last, self.lastupdate = self.lastupdate, aligned_zeros(padded(size), self.lastupdate.dtype)
            else:
                last = self.lastupdate.copy()
            self.lastupdate[:size] = last[order]
            self.lastupdate[new] = self._context.now
        self.connectivity = fresh
        for one in (self, *self.followers):
            one.flight.move(order, old)
        self._context.touch()
        return new

    def lift(self, possible: bool) -> bool:
        """Keep the traces per neuron if that is possible and their values allow it; tells whether they are.

        Parameters
        ----------
        possible : bool
            Nothing else needs a value for each synapse.
        """
        traces = self.traces.values()
        sides = {trace.side for trace in traces}
        delays: list[Any] = [d for name, d in self.pathway_delays.items() if name.partition(":")[0] in sides]
        uniform = self.flight.landed(self._context.now) and ("pre" not in sides or self.connectivity.delays.size == 1)
        uniform &= all(isinstance(d, int) for d in delays)
        if not traces or not possible or not uniform or not all(trace.agrees() for trace in traces):
            for trace in traces:
                trace.expand()
            return False
        for trace in traces:
            trace.lift()
        return True

    def assign(
        self,
        attribute: Attribute,
        value: Any,
        where: NDArray[np.int64] | None = None,
        computed: Mapping[str, Attribute] = NOTHING,
    ) -> None:
        """Write values of all synapses, or of those at some storage positions; all checks come first.

        Parameters
        ----------
        attribute : Attribute
        value : number, array, str, distribution or quantity
        where : ndarray of int64, optional
            Storage positions.
        computed : mapping
            What a text may name and is not stored, as it is now.
        """
        Assignments(self).write(attribute, value, where, computed)
        if isinstance(attribute, Trace):
            attribute.changed(where)


def sends_continuously(model: Model) -> bool:
    """Tell whether a synapse has psp or summed variables."""
    return model.psp is not None or bool(model.summed)


def _uniform(symbol: Any) -> bool:
    """Tell whether one block of equal values will do for an attribute for now: what no kernel writes."""
    return bool(symbol.role == "parameter")
