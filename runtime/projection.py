"""`Projection`: the synapses of one model between two groups of neurons."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Model, SynapseBinding

from .arrays import BLOCK, aligned_copy, aligned_zeros, padded, read_only
from .attributes import Attribute, Elements, Table, values_for
from .connectivity import Connectivity
from .connectors import ConnectorMethods, Pattern, Sides
from .context import Context
from .definitions import Synapse
from .dendrite import Dendrite, SynapseView
from .distributions import is_distribution
from .expressions import Text, constant, synapse_values
from .group import AttributeAccess
from .population import Population
from .problems import RuntimeProblem, UnknownName, ValueProblem, not_available
from .quantities import TIME, is_expression, number
from .schedule import steps_of
from .views import NeuronView, PopulationView

Group = Population | PopulationView | NeuronView


class Projection(AttributeAccess, ConnectorMethods):
    """Synapses between two groups. Made by `Network.connect`; a connector method then creates the synapses.

    Synaptic parameters and variables are attributes: ``proj.w`` and ``proj.delay`` are read-only copies of all values
    in the order (post, pre, creation); a shared one is a Python number. Assign a number, an array of that order, a
    text, a distribution or a quantity to change them.
    """

    def __init__(
        self, context: Context, name: str, pre: Group, post: Group, target: str, synapse: Synapse, same_step: bool
    ) -> None:
        self._context = context
        self._name = name
        self._pre = pre
        self._post = post
        self._target = target
        self._synapse = synapse
        self._same_step = same_step
        self._binding = _binding(pre.population, post.population, target)
        self._model: Model = synapse.bind(self._binding)
        self._connectivity: Connectivity | None = None
        self._table = Table(context, f"projection '{name}'", (), 0, _uniform)
        self._lastupdate: NDArray[Any] = aligned_zeros(0, context.dtype("int"))
        self._calls = 0
        self._enabled = True
        self._before_write: Callable[[str], None] = lambda _: None

    # -- what it is ----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Name in the network."""
        return self._name

    @property
    def pre(self) -> Group:
        """The presynaptic group."""
        return self._pre

    @property
    def post(self) -> Group:
        """The postsynaptic group."""
        return self._post

    @property
    def target(self) -> str:
        """Name of the postsynaptic input."""
        return self._target

    @property
    def synapse_type(self) -> Synapse:
        """The synapse model."""
        return self._synapse

    @property
    def connectivity(self) -> Connectivity:
        """Which neurons are connected."""
        if self._connectivity is None:
            raise RuntimeProblem(
                f"{self._label} has no synapses yet.", "call a connector method on it, such as all_to_all()"
            )
        return self._connectivity

    @property
    def nb_synapses(self) -> int:
        """Number of synapses."""
        return self.connectivity.size

    @property
    def size(self) -> int:
        """Number of postsynaptic neurons that receive at least one synapse."""
        return len(self.post_ranks)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names of all synaptic parameters and variables, and ``delay``."""
        return self._attribute_names()

    @property
    def post_ranks(self) -> list[int]:
        """Ranks of the postsynaptic neurons that receive at least one synapse."""
        indptr = self.connectivity.by_post[0]
        return [int(r) for r in np.flatnonzero(np.diff(indptr))]

    @property
    def pre_ranks(self) -> list[list[int]]:
        """For each of `post_ranks`, the ranks of its presynaptic neurons."""
        return [self.dendrite(post).pre_ranks for post in self.post_ranks]

    def __len__(self) -> int:
        return self.size

    def __repr__(self) -> str:
        count = "not connected" if self._connectivity is None else f"{self.nb_synapses} synapses"
        return f"<Projection '{self._name}': '{self._pre.population.name}' -> '{self._post.population.name}', {count}>"

    # -- synapses ------------------------------------------------------------------------------------

    def _build(self, pattern: Pattern, weights: Any, delays: Any) -> Projection:
        if self._connectivity is not None:
            raise RuntimeProblem(f"{self._label} is connected already.", "make another projection")
        pre, post = self._pre.population, self._post.population
        key = f"{self._name}:connect"
        sides = Sides(
            self._pre.ranks, self._post.ranks, pre.size, post.size, pre is post,
            lambda: self._context.key(key, 0), self._label,
        )  # fmt: skip
        many = delays is not None and (np.ndim(delays) > 0 or is_distribution(delays) or _is_text(delays))
        delay = self._least_delay if many or delays is None else self._one_delay(delays)
        built, given = pattern(sides, delay)
        self._connectivity = built
        try:
            self._create(built, weights, delays if many else None, given)
        except Exception:
            self._connectivity = None
            raise
        return self

    def _create(self, built: Connectivity, weights: Any, delays: Any, given: Any) -> None:
        """Create the attributes of new synapses, then order them by delay."""
        label = self._label
        self._table = Table(self._context, label, self._model.symbols, built.size, _uniform)
        self._lastupdate = aligned_zeros(padded(built.size), self._context.dtype("int"))
        self._lastupdate[:] = self._context.now
        self._fill()
        if "w" in self._table:
            values = given[:, 0] if _is(weights, "given") else weights
            storage = _is(weights, "given")
            if values is not None:
                self._assign(self._table["w"], values, None, in_storage_order=storage)
        elif weights is not None:
            raise ValueProblem(f"{label}: its synapse does not use 'w', so weights would have no effect.")
        if delays is not None:
            self._set_delays(given[:, 1] if _is(delays, "given") else delays, in_storage_order=_is(delays, "given"))
        self._calls = 0
        self._pre.population._spikes.ensure(self.connectivity.max_delay + 1)
        self._context.touch()

    def _fill(self) -> None:
        """Give every attribute its first value; weights are 1 until given."""
        text = self._synapse.text
        first = {**dict(text.namespace_values), **dict(text.values)}
        for role in ("parameter", "variable"):
            for symbol in self._model.symbols:
                if symbol.role != role or hasattr(first.get(symbol.name), "table_rank"):
                    continue
                attribute = self._table[symbol.name]
                expr = symbol.value if role == "parameter" and symbol.value is not None else symbol.init
                if symbol.name in first:
                    self._assign(attribute, first[symbol.name], None)
                elif (value := constant(expr)) is not None:
                    attribute.fill(attribute.data.dtype.type(value))
                elif expr is not None:
                    self._assign(attribute, self._synapse.excerpt(expr.span), None)
                elif symbol.name == "w":
                    attribute.fill(1.0)

    @property
    def _least_delay(self) -> int:
        return 0 if self._same_step else 1

    def _one_delay(self, value: Any) -> int:
        what = f"{self._label}: delays"
        ms = number(value, what, TIME)
        if not np.isfinite(ms) or ms < 0:
            raise ValueProblem(f"{what} must be finite and not negative, got {ms}.")
        return max(self._least_delay, self._context.rounding(float(ms), self._label, "delays"))

    def _set_delays(self, value: Any, in_storage_order: bool = False) -> None:
        """Give every synapse its delay (ms) and order the storage by it."""
        old = self.connectivity
        what = f"{self._label}: delay"
        if not in_storage_order and not (np.ndim(value) > 0 or is_distribution(value) or _is_text(value)):
            fresh, order = old.with_delays(self._one_delay(value))
        else:
            column = Attribute("delay", "parameter", "float", "local", TIME, np.zeros(0), old.size, False)
            stream = f"{self._name}:set:delay:{self._calls}"
            ms = values_for(column, value, self._elements("delay", stream, None), what)
            if not in_storage_order and np.ndim(value) > 0:
                ms = _from_public(old, np.asarray(ms))
            ms = np.broadcast_to(np.asarray(ms, np.float64), old.size)
            if not np.all(np.isfinite(ms)) or np.any(ms < 0):
                raise ValueProblem(f"{what} must be finite and not negative.")
            steps = np.maximum(steps_of(ms, self._context.dt), self._least_delay)
            same = steps.size and bool(np.all(steps == steps[0]))
            fresh, order = old.with_delays(int(steps[0]) if same else steps)
        for attribute in self._table:
            if not attribute.block:
                attribute.data[: attribute.n] = attribute.data[: attribute.n][order]
        self._lastupdate[: old.size] = self._lastupdate[: old.size][order]
        self._connectivity = fresh

    # -- attributes ----------------------------------------------------------------------------------

    @property
    def _label(self) -> str:
        return f"projection '{self._name}'"

    def _attribute_names(self) -> tuple[str, ...]:
        return (*self._table.names(), *(() if "delay" in self._table else ("delay",)))

    def _read(self, name: str) -> Any:
        built = self.connectivity
        if name == "delay" and "delay" not in self._table:
            return read_only(built.delay_steps[built.public] * self._context.dt)
        attribute = self._table[name]
        if attribute.shared:
            return attribute.scalar()
        if attribute.block:
            return read_only(attribute.shown(attribute.values()))
        return read_only(attribute.shown(attribute.data[built.public]))

    def _write(self, name: str, value: Any) -> None:
        built = self.connectivity
        if name == "delay" and "delay" not in self._table:
            if self._pre.population._spikes.pending(built.max_delay):
                not_available("Changing delays while spikes are on their way", "change them before the run or after a reset")
            self._before_write(name)
            self._set_delays(value)
            self._calls += 1
            self._pre.population._spikes.ensure(self.connectivity.max_delay + 1)
            self._context.touch()
            return
        self._assign(self._table[name], value, None)
        self._calls += 1

    def _assign(
        self, attribute: Attribute, value: Any, where: NDArray[np.int64] | None, in_storage_order: bool = False
    ) -> None:
        """Write values of all synapses, or of those at some storage positions; all checks come first."""
        built = self.connectivity
        stream = f"{self._name}:set:{attribute.name}:{self._calls}"
        what = f"{self._label}: {attribute.name}"
        if attribute.shared:
            if where is not None:
                raise ValueProblem(f"{what} has one value for the whole projection.", help="write it through the projection")
            elements = self._elements(attribute.name, stream, np.zeros(1, np.int64))
            self._before_write(attribute.name)
            attribute.fill(np.asarray(values_for(attribute, value, elements, what)).reshape(-1)[0])
            return
        result = values_for(attribute, value, self._elements(attribute.name, stream, where), what)
        if where is None and np.ndim(result) and not in_storage_order and not is_distribution(value) and not _is_text(value):
            result = _from_public(built, np.asarray(result))
        self._before_write(attribute.name)
        if where is None and np.ndim(result) == 0:
            if attribute.role == "parameter" and not attribute.block:
                attribute.data, attribute.block = aligned_zeros(BLOCK, attribute.data.dtype), True
                self._context.touch()
            attribute.fill(result)  # type: ignore[arg-type]
            return
        if attribute.block:
            data = aligned_copy(np.full(padded(attribute.n), attribute.data[0]), attribute.data.dtype)
            attribute.data, attribute.block = data, False
            self._context.touch()
        attribute.put(np.asarray(result), where)

    def _elements(self, name: str, stream: str, where: NDArray[np.int64] | None) -> Elements:
        built = self.connectivity
        count = built.size if where is None else where.size

        def each(make: Callable[[NDArray[np.int64], str], NDArray[Any]]) -> NDArray[Any]:
            """Let synapses of one pair draw from streams of their own, by multapse number."""
            positions = np.arange(built.size, dtype=np.int64) if where is None else where
            values = make(positions, stream)
            numbers = built.multapse()[positions] if built.creation is not None else np.zeros(0, np.int64)
            for m in range(1, int(numbers.max(initial=0)) + 1):
                values[numbers == m] = make(positions[numbers == m], f"{stream}:{m}")
            return values

        return Elements(
            ((count,),),
            lambda distribution: each(lambda at, s: distribution.sample(self._draws(s, at))),
            lambda text: each(lambda at, s: self._evaluate(Text(name, text, self._name, self._functions()), at, s)),
        )

    def _draws(self, stream: str, positions: NDArray[np.int64]) -> Any:
        built = self.connectivity
        return self._context.draws(stream, built.source[positions], built.target[positions])

    def _evaluate(self, text: Text, positions: NDArray[np.int64], stream: str) -> NDArray[Any]:
        built = self.connectivity
        indices = {
            "": positions,
            "pre": built.source[positions].astype(np.int64),
            "post": built.target[positions].astype(np.int64),
        }
        groups = {
            "": {a.name: a for a in self._table},
            "pre": {a.name: a for a in self._pre.population._table},
            "post": {a.name: a for a in self._post.population._table},
        }
        draws = self._draws(stream, positions)
        return synapse_values(text, groups, self._binding, indices, self._context, draws)

    def _functions(self) -> str:
        return "\n".join(s.text for s in self._synapse.text.sources if s.role == "functions")

    # -- dendrites and matrices ----------------------------------------------------------------------

    def dendrite(self, post: int) -> Dendrite:
        """Return the synapses of one postsynaptic neuron, by its rank in the population."""
        rank = operator.index(post)
        if not 0 <= rank < self._post.population.size:
            raise ValueProblem(f"{self._label}: there is no postsynaptic neuron {rank}.")
        return Dendrite(self, rank)

    @property
    def dendrites(self) -> Iterator[Dendrite]:
        """The dendrites of all postsynaptic neurons that receive a synapse."""
        return (Dendrite(self, rank) for rank in self.post_ranks)

    def __iter__(self) -> Iterator[Dendrite]:
        return self.dendrites

    def synapse(self, pre: int, post: int) -> SynapseView:
        """Return the (first) synapse between two neurons, by their ranks in the populations."""
        return self.dendrite(post).synapse(pre)

    def connectivity_matrix(self, fill: float = 0.0, attribute: str = "w") -> NDArray[np.float64]:
        """Return one attribute as a matrix (post, pre) of the connected groups; pairs connected twice are summed.

        Parameters
        ----------
        fill : float
            Entry of pairs that are not connected.
        attribute : str
        """
        built = self.connectivity
        values = np.broadcast_to(np.asarray(self._read(attribute), np.float64), built.size)
        indptr, _, pre = built.by_post
        row = _positions(self._post)[np.repeat(np.arange(built.n_post), np.diff(indptr))]
        column = _positions(self._pre)[pre]
        sums = np.zeros((self._post.size, self._pre.size))
        np.add.at(sums, (row, column), values)
        connected = np.zeros(sums.shape, bool)
        connected[row, column] = True
        return np.where(connected, sums, fill)

    def receptive_fields(self, variable: str = "w", in_post_geometry: bool = True) -> NDArray[np.float64]:
        """Return the receptive fields of all postsynaptic neurons as one image.

        Parameters
        ----------
        variable : str
        in_post_geometry : bool
            Arrange the fields as the postsynaptic neurons are; else as nearly square as possible.
        """
        rows = self.connectivity_matrix(0.0, variable)
        shape = _flat_shape(getattr(self._pre, "geometry", (1,)))
        outer = _flat_shape(getattr(self._post, "geometry", (1,)))
        if not in_post_geometry or outer[0] == 1:
            height = int(np.floor(np.sqrt(rows.shape[0])))
            outer = (height, -(-rows.shape[0] // height))
        fields = np.zeros((outer[0] * outer[1], rows.shape[1]))
        fields[: rows.shape[0]] = rows
        tiles = fields.reshape(*outer, *shape).transpose(0, 2, 1, 3)
        return tiles.reshape(outer[0] * shape[0], outer[1] * shape[1])

    # -- named in the manual, not in this version -------------------------------------------------------

    def enable_learning(self, period: Any = None, offset: Any = None) -> NoReturn:
        """Switch plasticity on (not available yet)."""
        not_available("Projection.enable_learning")

    def disable_learning(self, update: Any = None) -> NoReturn:
        """Switch plasticity off (not available yet)."""
        not_available("Projection.disable_learning")

    def start_pruning(self, period: Any = None) -> NoReturn:
        """Start pruning (not available yet)."""
        not_available("Projection.start_pruning")

    def stop_pruning(self) -> NoReturn:
        """Stop pruning (not available yet)."""
        not_available("Projection.stop_pruning")

    def start_creating(self, period: Any = None) -> NoReturn:
        """Start creating synapses (not available yet)."""
        not_available("Projection.start_creating")

    def stop_creating(self) -> NoReturn:
        """Stop creating synapses (not available yet)."""
        not_available("Projection.stop_creating")

    def save_connectivity(self, path: Any) -> NoReturn:
        """Save the connectivity (not available yet)."""
        not_available("Projection.save_connectivity")

    def save(self, path: Any) -> NoReturn:
        """Save to a file (not available yet)."""
        not_available("Projection.save")

    def load(self, path: Any) -> NoReturn:
        """Load from a file (not available yet)."""
        not_available("Projection.load")


def _binding(pre: Population, post: Population, target: str) -> SynapseBinding:
    """Return what the compiler needs to know of the two sides."""
    return SynapseBinding(
        () if pre._model is None else pre._model.symbols,
        () if post._model is None else post._model.symbols,
        pre.name,
        post.name,
        pre is post,
        target,
        pre.spiking,
    )


def _uniform(symbol: Any) -> bool:
    """Tell whether one block of equal values will do for a synaptic attribute for now: what no kernel writes."""
    return symbol.role == "parameter"


def _is(value: object, word: str) -> bool:
    return isinstance(value, str) and value == word


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not _is(value, "given") and is_expression(value)


def _from_public(built: Connectivity, values: NDArray[Any]) -> NDArray[Any]:
    """Return values in the order that users see as values in storage order."""
    if values.ndim == 0:
        return values
    stored = np.empty_like(values)
    stored[built.public] = values
    return stored


def _positions(group: Group) -> NDArray[np.int64]:
    """Return the position in a group of each neuron of its population (-1 outside)."""
    positions = np.full(group.population.size, -1, np.int64)
    positions[group.ranks] = np.arange(group.size)
    return positions


def _flat_shape(geometry: tuple[int, ...]) -> tuple[int, int]:
    """Return a geometry as rows and columns."""
    return (1, geometry[0]) if len(geometry) == 1 else (int(np.prod(geometry[:-1])), geometry[-1])
