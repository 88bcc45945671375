"""`Projection`: the synapses of one model between two groups of neurons."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import Model

from ..arrays import read_only
from ..connect.connectivity import Connectivity
from ..connect.connectors import ALL_TO_ALL, GIVEN, ConnectorMethods, Pattern, Sides
from ..connect.dense import dense_form, indexed_form
from ..connect.edge_files import write_connectivity
from ..connect.filter_connectors import FilterConnectors
from ..connect.shared_weights import SharedConnectivity
from ..context import Context
from ..definitions.types import Synapse
from ..estimate import Need, fits, synapses_have, synapses_need, too_large
from ..groups.attributes import Attribute, Table
from ..groups.group import WholeGroup
from ..groups.links import Linked, linked_names, make_link
from ..groups.population import Population
from ..groups.readouts import catch_up, computed, named_in
from ..groups.views import NeuronView, PopulationView
from ..problems import RuntimeProblem, UnknownName, ValueProblem
from ..quantities import milliseconds
from ..words import in_words
from .dendrite import Dendrite, SynapseView
from .ends import Ends, Stored, binding_of, is_many, one_delay, split_delays
from .group import SynapseGroup, tell_ends
from .matrices import MatrixMethods
from .pathways import PathwayDelays
from .structure import Rule, StructureMethods, rules_of
from .table import Synapses

if TYPE_CHECKING:
    from ..compiling import CompiledModel

Group = Population | PopulationView | NeuronView
#: What lies at one end of a projection.
Side = Group | SynapseGroup


class Projection(WholeGroup, ConnectorMethods, FilterConnectors, MatrixMethods, StructureMethods):
    """Synapses between two groups. Made by `Network.connect`; a connector method then creates the synapses.

    Synaptic parameters and variables are attributes: ``proj.w`` and ``proj.delay`` are read-only copies of all values
    in the order (post, pre, creation); a shared one is a Python number. Assign a number, an array of that order, a
    text, a distribution or a quantity to change them. ``proj.i`` and ``proj.j`` are the ranks of the neurons of each,
    where the synapse has no such names of its own. A projection can itself be connected: then its synapses are the end.
    """

    def __init__(
        self,
        context: Context,
        name: str,
        pre: Side,
        post: Side,
        target: str | Sequence[str],
        synapse: Synapse,
        same_step: bool,
    ) -> None:
        self._context = context
        self._name = name
        self._pre = pre
        self._post = post
        self._target, *more = [target] if isinstance(target, str) else target
        self._more_targets = tuple(more)
        self._synapse: Synapse = synapse
        has_events = any(side == "pre" for side, _ in synapse.events)
        binding = binding_of(pre.population, post.population, self._target, self._more_targets, has_events)
        for (side, _), event in synapse.events.items():
            source = (pre if side == "pre" else post).population
            if event not in source.events:
                raise UnknownName(f"event of population '{source.name}'", event, source.events)
        self._ends = Ends(name, pre.population, post.population, binding, same_step)
        self._model: Model = synapse.bind(binding)
        self._readers: dict[str, tuple[Model, CompiledModel]] = {}
        tell_ends(name, self._model, pre, post)
        self._group: SynapseGroup | None = None
        self._synapses: Synapses | None = None
        self._planned: Need | None = None
        self._recipe = ("not connected", "", "")
        self._links: dict[str, Linked] = {}
        self._enabled = True
        self._learns = True
        self._schedule = (1, 0)
        self._later: Mapping[str, float] = {}
        self._reverse: Projection | None = None
        self._values: Mapping[str, Any] = {}
        self._rules: dict[str, Rule] = {}

    def _as_end(self) -> SynapseGroup:
        """Return the synapses as an end of other projections."""
        self._group = self._group or SynapseGroup(self)
        return self._group

    # -- what it is ----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Name in the network."""
        return self._name

    @property
    def pre(self) -> Side:
        """The presynaptic group."""
        return self._pre

    @property
    def post(self) -> Side:
        """The postsynaptic group."""
        return self._post

    @property
    def target(self) -> str:
        """Name of the postsynaptic input; the first one of several."""
        return self._target

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of all postsynaptic inputs."""
        return (self._target, *self._more_targets)

    @property
    def synapse_type(self) -> Synapse:
        """The synapse model."""
        return self._synapse

    @property
    def connected(self) -> bool:
        """Whether a connector has made the synapses."""
        return self._synapses is not None

    @property
    def _made(self) -> Synapses:
        if self._synapses is None:
            self._refuse_planned()
            raise RuntimeProblem(
                f"{self._label} has no synapses yet.", "call a connector method on it, such as all_to_all()"
            )
        return self._synapses

    @property
    def _table(self) -> Table:
        return self._made.table

    @property
    def recipe(self) -> tuple[str, str, str]:
        """How it was connected, in words: the rule, the weights, the delays (ms)."""
        return self._recipe

    @property
    def connectivity(self) -> Connectivity:
        """Which neurons are connected."""
        return self._made.connectivity

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
    def delays(self) -> PathwayDelays:
        """Delays (ms) of presynaptic events by pathway; assign one value for all, or a dict."""
        return PathwayDelays(self, "pre")

    @delays.setter
    def delays(self, value: Any) -> None:
        PathwayDelays(self, "pre").assign(value)

    @property
    def post_delays(self) -> PathwayDelays:
        """Delays (ms) of postsynaptic events by pathway, the dendritic part; assign one value for all, or a dict."""
        return PathwayDelays(self, "post")

    @post_delays.setter
    def post_delays(self, value: Any) -> None:
        PathwayDelays(self, "post").assign(value)

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
        count = f"{self.nb_synapses} synapses" if self.connected else "not connected"
        return f"<Projection '{self._name}': '{self._pre.population.name}' -> '{self._post.population.name}', {count}>"

    # -- synapses ------------------------------------------------------------------------------------

    def _build(
        self, pattern: Pattern, weights: Any, delays: Any, rule: str = "", post_delays: Any = 0
    ) -> Projection:
        if self.connected or self._planned is not None:
            raise RuntimeProblem(f"{self._label} is connected already.", "make another projection")
        ends, key = self._ends, f"{self._name}:connect"
        if self._later:
            delays = self._pathway_delays(delays)
        delays, others = split_delays(self._model, delays, post_delays, self._label)
        sides = Sides(
            self._pre.ranks, self._post.ranks, ends.pre.size, ends.post.size, ends.pre is ends.post,
            lambda: self._context.key(key, 0), self._label, self._context, ends, self._synapse.definitions,
        )  # fmt: skip
        many = delays is not None and (delays is GIVEN or is_many(delays))
        delay = ends.least_delay if many or delays is None else one_delay(delays, self._context, ends)
        ends.check_delays(delay)
        self._recipe = (rule, in_words(weights, GIVEN), in_words(delays, GIVEN))
        differ = weights is GIVEN or is_many(weights)
        need = synapses_need(
            self._context, self._model, ends.pre.size, ends.post.size, pattern.expected(sides), differ,
            2 if many else 1, rule == ALL_TO_ALL,
        )  # fmt: skip
        if not fits(need):
            self._planned = need
            return self
        built, given = pattern(sides, delay)
        indexed = bool(self._model.pre or self._model.post or ends.binding.synapses)
        built, given = indexed_form(built, given) if indexed else dense_form(built, given)
        made = Synapses(self._context, ends, self._synapse, self._model, built)
        if weights is not None:
            made.set_weights(Stored(given[:, 0]) if weights is GIVEN else weights)
        if many:
            made.set_delays(Stored(given[:, 1]) if delays is GIVEN else delays)
        for pathway, value in others.items():
            made.set_pathway_delay(pathway, value)
        for attribute, value in self._values.items():
            made.assign(made.table[attribute], value)
        made.calls = 0
        return self._take(made, self._recipe)

    def _pathway_delays(self, delay: Any) -> dict[str, float]:
        """Return the delays of pathways that lie fixed times after the given one."""
        if isinstance(delay, Mapping) or is_many(delay):
            raise ValueProblem(f"{self._label} has one delay for all synapses.")
        first = 0.0 if delay is None else milliseconds(delay, f"{self._label}: delays")
        return {pathway: first + later for pathway, later in self._later.items()}

    def _take(self, made: Synapses, recipe: tuple[str, str, str]) -> Projection:
        """Have these synapses from now on."""
        self._synapses, self._recipe = made, recipe
        self._rules = rules_of(self)
        self._look_back()
        self._context.touch()
        return self

    def _adopt(self, connectivity: Connectivity, recipe: tuple[str, str, str]) -> None:
        """Take synapses over that another network made; their values are to be loaded."""
        self._recipe = recipe
        self._synapses = Synapses(self._context, self._ends, self._synapse, self._model, connectivity)
        self._rules = rules_of(self)
        self._look_back()
        self._context.touch()

    def _groups(self) -> tuple[Side, Side]:
        return self._pre, self._post

    def save_connectivity(self, path: Any) -> None:
        """Write ranks, weights and delays (ms) to a file that `from_file` reads: an ``.npz`` without pickle."""
        built = self.connectivity
        indptr, positions, pre = built.by_post
        columns = {
            "pre": pre.astype(np.int64),
            "post": np.repeat(np.arange(built.n_post, dtype=np.int64), np.diff(indptr)),
            "delay": built.delay_steps[positions] * self._context.dt,
        }
        if "w" in self._table:
            columns["w"] = np.broadcast_to(np.asarray(self._read("w"), np.float64), built.size)
        write_connectivity(path, columns)

    def _refuse_planned(self) -> None:
        """Raise when the synapses were not made because they do not fit into memory."""
        if self._planned is not None:
            raise too_large(self._planned, self._label)

    def _need(self) -> Need | None:
        """Return what the synapses need; None when there is no connector yet."""
        if self._synapses is None:
            return self._planned
        return synapses_have(self.connectivity, self._table, self._made.lastupdate.nbytes, self._model)

    def _look_back(self) -> None:
        """Let both ends remember as many steps as delays look back."""
        self._made.look_back()

    # -- links ---------------------------------------------------------------------------------------

    def link(self, name: str, other: Any, other_name: str, index: Any = None) -> None:
        """Give a variable that the synapse declares as ``linked`` the values of a population's.

        Code of presynaptic spikes reads the values from before the step, equations of every step those of this step.

        Parameters
        ----------
        name : str
        other : Population or view
            Of one neuron, whose value all synapses have (or `other_name` is shared), or of as many as the variable
            has values.
        other_name : str
        index : array of int, optional
            For each synapse, in the order of ``proj.w``, the rank in the other population whose value it has; of a
            ``postsynaptic`` variable for each postsynaptic neuron.
        """
        if not isinstance(other, (Population, PopulationView, NeuronView)) or (
            other.population._context is not self._context
        ):
            raise ValueProblem(f"{self._label}: '{name}' can be linked to a population of the same network.")
        _ = self._made
        self._links[name] = make_link(self, name, other, other_name, index)
        self._context.touch()

    def _order_of(self, attribute: Attribute) -> NDArray[np.int64] | None:
        """Return the storage positions of values with one per synapse, in the order that users see."""
        return self.connectivity.public if attribute.locality == "local" else None

    # -- learning ------------------------------------------------------------------------------------

    def enable_learning(self, period: Any = None, offset: Any = None) -> None:
        """Let the synapses learn (they do, until told otherwise).

        Parameters
        ----------
        period : number, optional
            Time between two updates of the equations (ms); every step by default.
        offset : number, optional
            Time of the first update within the period (ms).
        """
        dt = self._context.dt
        steps = self._context.rounding
        every = 1 if period is None else steps(milliseconds(period, f"{self._label}: period"), self._label, "period")
        first = 0 if offset is None else steps(milliseconds(offset, f"{self._label}: offset"), self._label, "offset")
        if every < 1 or not 0 <= first < every:
            raise ValueProblem(
                f"{self._label}: learning with period {period} and offset {offset} ms.",
                f"a period of at least dt = {dt} ms, and an offset shorter than the period",
            )
        self._learns, self._schedule = True, (every, first)
        self._context.touch()

    def disable_learning(self, update: Any = None) -> None:
        """Keep the synapses from learning.

        Rate-coded synapses keep all their variables. Spiking ones keep ``w``; their other variables go on.
        """
        self._learns = False
        self._context.touch()

    # -- attributes ----------------------------------------------------------------------------------

    @property
    def _label(self) -> str:
        return f"projection '{self._name}'"

    def _attribute_names(self) -> tuple[str, ...]:
        if not self.connected:
            return tuple(s.name for s in self._model.symbols if s.role in ("parameter", "variable"))
        names = (*self._table.names(), *(() if "delay" in self._table else ("delay",)))
        return (*names, "weights") if self._has_filter else names

    @property
    def _has_filter(self) -> bool:
        built = self.connectivity
        return isinstance(built, SharedConnectivity) and built.has_filter

    def _read(self, name: str) -> Any:
        built = self.connectivity
        if name == "delay" and "delay" not in self._table:
            return read_only(built.listed(built.delay_steps) * self._context.dt)
        if name in ("i", "j") and name not in self._table:
            ranks = built.source if name == "i" else built.target
            return read_only(built.listed(ranks).astype(np.int64))
        if name == "weights" and isinstance(built, SharedConnectivity) and built.has_filter:
            return read_only(self._table["w"].values()[: built.free].reshape(built.shape))
        attribute = self._attribute(name)
        if attribute.shared:
            return attribute.scalar()
        if not attribute.per_synapse:
            return read_only(attribute.shown(attribute.values()))
        return read_only(attribute.shown(built.listed(attribute.stored())))

    def _attribute(self, name: str) -> Attribute:
        """Return an attribute, or the values as they are now of what is not stored."""
        attribute = computed(self._context, self, name) or self._table[name]
        if name in self._links:
            now = self._links[name].values(attribute)
            attribute.fill(now[0]) if attribute.shared else attribute.put(now, self._order_of(attribute))
        return attribute

    def _write(self, name: str, value: Any) -> None:
        made = self._made
        if name in linked_names(self):
            raise ValueProblem(f"'{name}' of {self._label} is linked: write the variable it is linked to.")
        if name == "delay" and "delay" not in made.table:
            made.set_delays(value)
            self._look_back()
        elif name == "weights" and self._has_filter:
            made.assign(made.table["w"], value)
        else:
            attribute = made.table[name]
            named = named_in(self._context, self, value)
            catch_up(self._context, self, name)
            made.assign(attribute, value, None, named)
        made.calls += 1

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
