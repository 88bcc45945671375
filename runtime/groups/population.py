"""`Population`: a group of neurons of one model, its values and its latest spikes."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import model

from ..arrays import aligned_zeros, padded, read_only
from ..constants import named_constants
from ..context import Context
from ..definitions.spec import PopulationSpec
from ..definitions.types import Neuron
from ..inputs.given import Given, TakesGiven
from ..inputs.stimuli import TimedArray
from ..live import network_of
from ..problems import RuntimeProblem, UnknownName, ValueProblem
from ..quantities import RATE, TIME, milliseconds
from .attached import AttachedCode, TakesCode
from .attributes import Attribute, Elements, Table, check_rates, values_for
from .expressions import Text, constant, neuron_values, words
from .geometry import coordinates_from_rank, normalized_coordinates, rank_from_coordinates, select
from .group import WholeGroup
from .history import SpikeHistory, ValueHistory
from .links import Linked, linked_names, make_link
from .positions import checked, grid
from .rate_window import RATE_NAME, RATE_SYMBOL, RateWindow
from .readouts import computed
from .received import received
from .views import NeuronView, PopulationView

if TYPE_CHECKING:
    from ..compiling import CompiledModel

_WORD = re.compile(r"[A-Za-z_]\w*")


class Population(WholeGroup, TakesGiven, TakesCode):
    """Neurons of one model. Made by `Network.create`.

    Parameters and variables of the model are attributes: ``pop.v`` is the live, writable array of all values in the
    shape of the geometry; a shared one is a Python number. Numbers, arrays, texts (``"-70.0 + 10.0*rand()"``),
    distributions and quantities can be assigned.
    """

    def __init__(self, context: Context, name: str, spec: PopulationSpec) -> None:
        self._context = context
        self._name = name
        self._spec = spec
        self._n = int(np.prod(spec.geometry))
        self._npad = padded(self._n)
        self._model: model.Model | None = None if spec.neuron is None else spec.neuron.model
        symbols = _symbols(self._model)
        self._table = Table(context, f"population '{name}'", symbols, self._n, lambda s: False)
        self._spikes = SpikeHistory(context, self._npad)
        self._values = ValueHistory(context, self._npad)
        events = () if self._model is None else self._model.events
        self._events = {event.name: SpikeHistory(context, self._npad) for event in events}
        self._received = received(self._table)
        self._readers: dict[str, tuple[model.Model, CompiledModel]] = {}
        self._codes: list[AttachedCode] = []
        self._heard: set[str] = set()
        self._window: RateWindow | None = None
        self._links: dict[str, Linked] = {}
        self._placed: NDArray[np.float64] | None = None
        self._until = aligned_zeros(self._npad, context.dtype("int"))
        self._position = aligned_zeros(1, np.int64)
        self._given: Given | None = spec.given
        self._calls = 0
        self._enabled = True
        for attribute, scale in spec.scales.items():
            self._table[attribute].scale, self._table[attribute].dimension = scale, RATE
        self._fill()

    # -- what it is ----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Name in the network."""
        return self._name

    @property
    def size(self) -> int:
        """Number of neurons."""
        return self._n

    @property
    def geometry(self) -> tuple[int, ...]:
        """Shape of the population."""
        return self._spec.geometry

    @property
    def dimension(self) -> int:
        """Number of dimensions of the geometry."""
        return len(self._spec.geometry)

    @property
    def neuron_type(self) -> Neuron | None:
        """The neuron model."""
        return self._spec.neuron

    @property
    def spiking(self) -> bool:
        """Whether its neurons emit spikes."""
        return self._model is None or self._model.spiking

    @property
    def ranks(self) -> NDArray[np.int64]:
        """Ranks of all neurons."""
        return np.arange(self._n, dtype=np.int64)

    @property
    def population(self) -> Population:
        """The population itself (of a view: what it is a view of)."""
        return self

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the inputs, as used in ``target=``."""
        return () if self._model is None else self._model.targets

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names of all parameters and variables."""
        return self._attribute_names()

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return tuple(a.name for a in self._table if a.role == "parameter")

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables."""
        return tuple(a.name for a in self._table if a.role != "parameter")

    def __len__(self) -> int:
        return self._n

    def __repr__(self) -> str:
        kind = "spike source" if self._spec.neuron is None else self._spec.neuron.name
        return f"<Population '{self._name}' of {self._n} {kind}>"

    # -- attributes ----------------------------------------------------------------------------------

    @property
    def _label(self) -> str:
        return f"population '{self._name}'"

    def _attribute_names(self) -> tuple[str, ...]:
        return (*self._table.names(), *self._given_names())

    def _read(self, name: str) -> Any:
        if self._given is not None and name in self._given.names:
            return self._given.value(name)
        self._heard.add(name)
        attribute = self._attribute(name)
        if name in self._links:
            now = self._links[name].values(attribute)
            if attribute.shared:
                attribute.fill(now[0])
            else:
                attribute.put(now)
        if attribute.shared:
            return attribute.scalar()
        if name in self._links:
            return read_only(attribute.shown(attribute.data[: self._n].reshape(self.geometry)))
        values = attribute.data[: self._n].reshape(self.geometry)
        live = attribute.type == "float" and attribute.role in ("parameter", "variable")
        return values if live else read_only(attribute.shown(values))

    def _hear(self, text: str) -> None:
        """Note the names that a text outside of the model reads."""
        for word in _WORD.findall(text):
            self._heard.add(word.removesuffix("_pre").removesuffix("_post"))

    def _attribute(self, name: str) -> Attribute:
        """Return an attribute, the values of a subexpression as they are now, or what the last step received."""
        if name in self._received:
            return self._received[name]
        found = computed(self._context, self, name) if self._table.is_subexpression(name) else None
        return self._table[name] if found is None else found

    def _write(self, name: str, value: Any) -> None:
        if self._given is not None and name in self._given.names:
            self._replace(self._given.changed({name: value}))
            return
        attribute = self._table[name]
        if attribute.role == "input":
            raise ValueProblem(f"'{name}' of {self._label} is the summed input of a step and cannot be written.")
        if name in linked_names(self):
            raise ValueProblem(f"'{name}' of {self._label} is linked: write the variable it is linked to.")
        self._assign(attribute, value, self.ranks, (self.geometry, (self._n,)))

    def _assign(
        self, attribute: Attribute, value: Any, ranks: NDArray[np.int64], shapes: tuple[tuple[int, ...], ...]
    ) -> None:
        """Write values of some neurons; all checks come first."""
        if attribute.shared:
            ranks, shapes = np.zeros(1, np.int64), ((1,), ())
        stream = f"{self._name}:set:{attribute.name}:{self._calls}"
        elements = Elements(
            shapes,
            lambda distribution: distribution.sample(self._context.draws(stream, ranks)),
            lambda text: self._evaluate(
                Text.of(attribute, text, self._name, self._functions(), self._label), ranks, stream
            ),
            self._table.known(),
        )
        result = values_for(attribute, value, elements, f"{self._label}: {attribute.name}")
        if attribute.scale != 1.0:
            check_rates(result, self._context.dt, f"{self._label}: {attribute.name}")
        self._calls += 1
        if attribute.shared:
            attribute.fill(np.asarray(result).reshape(-1)[0])
        elif np.ndim(result) == 0 and ranks.size == self._n:
            attribute.fill(result)  # type: ignore[arg-type]
        else:
            attribute.put(np.asarray(result), ranks)

    def _evaluate(self, text: Text, ranks: NDArray[np.int64], stream: str) -> NDArray[Any]:
        draws = self._context.draws(stream, ranks)
        self._hear(text.text)
        named = (self._attribute(name) for name in self._table.subexpressions() if name in words(text))
        stored = (self._received.get(a.name, a) for a in self._table)
        return neuron_values(text, [*stored, *named], ranks, self._n, self._context, draws)

    def _functions(self) -> str:
        neuron = self._spec.neuron
        return "" if neuron is None else "\n".join(s.text for s in neuron.text.sources if s.role == "functions")

    def _fill(self) -> None:
        """Give every attribute its first value: defaults of the text, values from Python, then initial values."""
        neuron = self._spec.neuron
        if neuron is None or self._model is None:
            return
        for name, value in neuron.text.namespace_values:
            if isinstance(value, TimedArray) and value.table_rank == 2 and value.values.shape[1] != self._n:
                columns = value.values.shape[1]
                raise ValueProblem(f"{self._label}: '{name}' has {columns} columns for {self._n} neurons.")
        given = {**self._constants(), **dict(neuron.text.namespace_values), **dict(neuron.text.values)}
        given |= self._spec.values
        for role in ("parameter", "variable"):
            for symbol in _symbols(self._model):
                if symbol.role != role or isinstance(given.get(symbol.name), TimedArray):
                    continue
                attribute = self._table[symbol.name]
                first = symbol.value if role == "parameter" and symbol.value is not None else symbol.init
                if symbol.name in given:
                    self._assign(attribute, given[symbol.name], self.ranks, (self.geometry, (self._n,)))
                elif (number := constant(first)) is not None:
                    attribute.fill(attribute.data.dtype.type(number))
                elif first is not None:
                    self._assign(attribute, neuron.excerpt(first.span), self.ranks, ((self._n,),))
        self._calls = 0

    def _constants(self) -> dict[str, float]:
        """Return the values of the network's constants that the model names."""
        neuron = self._spec.neuron
        if neuron is None:
            return {}
        text, symbols = neuron.text, _symbols(self._model)
        return named_constants(
            text.constants, symbols, (name for name, *_ in text.given), self._context.constants, self._label
        )

    def sum(self, target: str) -> NDArray[Any]:
        """Return what every neuron received in the last step through a target.

        Parameters
        ----------
        target : str

        Returns
        -------
        ndarray, shape of the geometry
            The sum over all synapses; where ``g_<target>`` has an equation, its value now.

        Raises
        ------
        UnknownName
            The neuron has no such target (E502).
        """
        if target not in self.targets:
            raise UnknownName(f"target of {self._label}", target, self.targets)
        return np.array(self._read(f"g_{target}"))

    # -- neurons and views ---------------------------------------------------------------------------

    def __getitem__(self, index: Any) -> PopulationView:
        """Return a view: ranks, slices, masks, or coordinates given as a tuple."""
        ranks, as_slice = select(index, self.geometry, self._label)
        return PopulationView(self, ranks, as_slice)

    def __iter__(self) -> Iterator[NeuronView]:
        return (NeuronView(self, rank) for rank in range(self._n))

    def __add__(self, other: Any) -> PopulationView:
        """Return a view of the neurons of both."""
        both: PopulationView = self[:] + other
        return both

    def neuron(self, *position: Any) -> NeuronView:
        """Return one neuron, by rank or by coordinates.

        Parameters
        ----------
        *position : int or tuple of int
        """
        where = position[0] if len(position) == 1 else position
        if isinstance(where, tuple):
            return NeuronView(self, self.rank_from_coordinates(where))
        rank = operator.index(where)
        coordinates_from_rank(rank, self.geometry, self._label)
        return NeuronView(self, rank)

    def rank_from_coordinates(self, coordinates: tuple[int, ...]) -> int:
        """Return the rank of the neuron at some coordinates."""
        return rank_from_coordinates(coordinates, self.geometry, self._label)

    def coordinates_from_rank(self, rank: int) -> tuple[int, ...]:
        """Return the coordinates of the neuron of some rank."""
        return coordinates_from_rank(rank, self.geometry, self._label)

    def normalized_coordinates_from_rank(self, rank: int, norm: float = 1.0) -> tuple[float, ...]:
        """Return the coordinates of a neuron, each scaled to run from 0 to `norm`."""
        return normalized_coordinates(rank, self.geometry, norm, self._label)

    @property
    def positions(self) -> NDArray[np.float64]:
        """Where the neurons are, one row each: their coordinates in the geometry, until others are assigned.

        Connection texts name them ``x_pre``, ``y_post``, ``dist``.
        """
        return read_only(self._positions())

    @positions.setter
    def positions(self, values: Any) -> None:
        self._placed = checked(values, self._n, self._label)

    def _positions(self) -> NDArray[np.float64]:
        return grid(self.geometry) if self._placed is None else self._placed

    # -- switches ------------------------------------------------------------------------------------

    def enable(self) -> None:
        """Let the population take part in the steps again."""
        self._enabled = True
        self._context.touch()

    def disable(self) -> None:
        """Keep the population as it is: no updates, no spikes."""
        self._enabled = False
        self._context.touch()

    def clear(self) -> None:
        """Forget the spikes that are still on their way from this population."""
        self._spikes.clear()
        for events in self._events.values():
            events.clear()
        for copy in self._received.values():
            copy.fill(0.0)
        self._values.clear()
        if self._window is not None:
            self._window.clear()

    def reset(self, attributes: Sequence[str] | None = None) -> None:
        """Give attributes the values that they had at the first compile; spikes on their way and the clock stay.

        Parameters
        ----------
        attributes : list of str, optional
            All parameters and variables by default.
        """
        names = self._table.names() if attributes is None else tuple(attributes)
        for name in names:
            self._table[name]  # refuses an unknown one before anything changes
        network_of(self, f"{self._label}: reset")._snapshots.reset_values(self, names)

    def compute_firing_rate(self, window: Any) -> None:
        """Keep the firing rate of every neuron in a sliding window, as the variable ``r`` (Hz).

        ``r`` of step k counts the spikes of the steps after k - window, k included; it changes after the spike resets
        and is read, recorded, and used by synapses (``pre.r``, ``post.r``) like any variable.

        Parameters
        ----------
        window : number
            Length of the window (ms). A later call changes it; the spikes that it still covers stay.
        """
        what = f"{self._label}: compute_firing_rate"
        if not self.spiking:
            raise RuntimeProblem(f"{what}: its neurons do not spike.")
        slots = self._context.rounding(milliseconds(window, f"{what}: window"), self._label, "window")
        if slots < 1:
            raise ValueProblem(f"{what}: the window must be at least dt = {self._context.dt:g} ms, not {window!r}.")
        if self._window is not None:
            self._window.set_length(slots)
        else:
            if RATE_NAME in self._table.names() or any(s.name == RATE_NAME for s in _symbols(self._model)):
                raise RuntimeProblem(f"{what}: its neurons have an '{RATE_NAME}' of their own.", "rename that")
            self._window = RateWindow(self._context, self._table.add(RATE_SYMBOL, self._n), slots)
        self._context.touch()

    @property
    def _symbols(self) -> tuple[model.Symbol, ...]:
        """What synapses see of a neuron."""
        own = () if self._model is None else self._model.symbols
        return own if self._window is None else (*own, RATE_SYMBOL)

    def _bound(self, name: str) -> Attribute:
        """Return the values that kernels read and write."""
        return self._table[name]

    def _order_of(self, attribute: Attribute) -> None:
        """Return nothing: values are stored in the order of ranks."""

    def _remember(self, slots: int) -> None:
        """Keep the spikes and events of at least so many steps."""
        for history in (self._spikes, *self._events.values()):
            history.ensure(slots)

    # -- events and links ----------------------------------------------------------------------------------------

    @property
    def events(self) -> tuple[str, ...]:
        """Names of the events its neurons can have: ``spike``, and those of the model."""
        return (*(("spike",) if self.spiking else ()), *self._events)

    def link(self, name: str, other: Any, other_name: str, index: Any = None) -> None:
        """Give a variable that the equations declare as ``(linked)`` the values of another population's.

        Parameters
        ----------
        name : str
        other : Population or view
            Of the same size, or of one neuron (or a shared variable) that stands for all.
        other_name : str
        index : array of int, optional
            For each neuron, the rank in the other population whose value it has.
        """
        known = isinstance(other, (Population, PopulationView, NeuronView))
        if not known or other.population._context is not self._context:
            raise ValueProblem(f"{self._label}: '{name}' can be linked to a population of the same network.")
        self._links[name] = make_link(self, name, other, other_name, index)
        self._context.touch()

def _symbols(of: model.Model | None) -> tuple[model.Symbol, ...]:
    """Return the symbols of a model; a refractory period given as a number is a parameter of that name."""
    if of is None:
        return ()
    if of.refractory.kind != "number" or any(s.name == "refractory" for s in of.symbols):
        return of.symbols
    return (*of.symbols, model.Symbol("refractory", "parameter", dimension=TIME, value=of.refractory.value))
