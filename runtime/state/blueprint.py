"""What a network is made of, as plain records: enough to build it again without the script that made it.

`describe` takes a network apart, `rebuild` puts one together. Values that change in time are not here (state.py).
Python functions (`Network.every`) are no data: they are not described.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..connect.connectivity import Connectivity
from ..context import Context
from ..definitions.sources import ModelText
from ..definitions.spec import PopulationSpec
from ..definitions.types import Neuron, Synapse
from ..groups.links import Linked, make_link
from ..groups.population import Population
from ..groups.views import NeuronView, PopulationView
from ..inputs.given import Given
from ..network import Network
from ..objects import Objects
from ..recording.recordable import Recordable
from ..synapses.borrowed import BorrowedSynapses
from ..synapses.dendrite import Dendrite, SynapseView
from ..synapses.group import SynapseGroup
from ..synapses.projection import Group, Projection, Side


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """A neuron or synapse model: its texts, and the values that came with them."""

    name: str
    description: str
    method: str | None
    text: ModelText
    operation: str = "sum"
    events: Mapping[tuple[str, str], str] | None = None

    @classmethod
    def of(cls, model: Neuron | Synapse) -> ModelRecord:
        """Describe a model."""
        own = (model.operation, model.events) if isinstance(model, Synapse) else ("sum", None)
        return cls(model.name, model.description, model.method, model.text, *own)

    def neuron(self) -> Neuron:
        """Return the neuron model."""
        return Neuron.from_text(self.text, self.name, self.description, self.method)

    def synapse(self) -> Synapse:
        """Return the synapse model."""
        return Synapse.from_text(
            self.text, self.name, self.description, self.method, self.operation, self.events or {}
        )


@dataclass(frozen=True, slots=True)
class CodeRecord:
    """Code attached to a population."""

    text: str
    event: str
    period: int
    offset: int
    order: int


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """A linked variable."""

    name: str
    population: str
    variable: str
    index: NDArray[np.int64] | None


@dataclass(frozen=True, slots=True)
class PopulationRecord:
    """A population."""

    name: str
    geometry: tuple[int, ...]
    neuron: ModelRecord | None
    given: Given | None
    scales: Mapping[str, float]
    codes: tuple[CodeRecord, ...]
    links: tuple[LinkRecord, ...]
    stop: str | None
    positions: NDArray[np.float64] | None
    rate_window: int | None


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """Neurons: all of a population, some (`ranks`), those of a `cut`, or one (`single`)."""

    population: str
    ranks: NDArray[np.int64] | None = None
    cut: tuple[int | None, int | None, int | None] | None = None
    single: bool = False


@dataclass(frozen=True, slots=True)
class DendriteRecord:
    """A projection, (`post`) the synapses of one of its neurons, or (`pre`, too) one of them."""

    projection: str
    post: int | None = None
    pre: int | None = None


@dataclass(frozen=True, slots=True)
class ProjectionRecord:
    """A projection, but for its synapses."""

    name: str
    pre: GroupRecord | DendriteRecord
    post: GroupRecord | DendriteRecord
    targets: tuple[str, ...]
    synapse: ModelRecord
    same_step: bool
    recipe: tuple[str, str, str]
    connected: bool
    later: Mapping[str, float]
    values: Mapping[str, Any]
    lender: str | None
    turned: bool
    links: tuple[LinkRecord, ...]


@dataclass(frozen=True, slots=True)
class MonitorRecord:
    """A monitor, but for what it has recorded."""

    name: str
    of: GroupRecord | DendriteRecord
    variables: tuple[str, ...]
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NetworkRecord:
    """A network."""

    dt: float
    seed: int
    precision: str
    fast: bool
    nan_check: bool | str
    constants: Mapping[str, tuple[float, Any]]
    populations: tuple[PopulationRecord, ...]
    projections: tuple[ProjectionRecord, ...]
    monitors: tuple[MonitorRecord, ...]


#: All records, for the codec of files.
RECORDS = (
    NetworkRecord, PopulationRecord, ProjectionRecord, MonitorRecord, GroupRecord, DendriteRecord, LinkRecord,
    CodeRecord, ModelRecord,
)  # fmt: skip


# -- taking apart ----------------------------------------------------------------------------------------


def describe(context: Context, objects: Objects, stops: Mapping[str, str], nan_check: bool | str) -> NetworkRecord:
    """Return the record of a network.

    Parameters
    ----------
    context : Context
    objects : Objects
    stops : mapping
        Population -> stop condition.
    nan_check : bool or str
    """
    return NetworkRecord(
        context.dt,
        context.seed,
        context.precision,
        context.options.fast,
        nan_check,
        context.constants.entries(),
        tuple(_population(p, stops.get(p.name)) for p in objects.populations),
        tuple(_projection(p) for p in objects.projections),
        tuple(MonitorRecord(m.name, _recorded(m.object), m.variables, m._options()) for m in objects.monitors),
    )


def _population(population: Population, stop: str | None) -> PopulationRecord:
    spec = population._spec
    return PopulationRecord(
        population.name,
        population.geometry,
        None if spec.neuron is None else ModelRecord.of(spec.neuron),
        population._given,
        dict(spec.scales),
        tuple(CodeRecord(c.text, c.event, c.period, c.offset, c.order) for c in population._codes),
        _links(population._links),
        stop,
        population._placed,
        None if population._window is None else population._window.slots,
    )


def _links(links: Mapping[str, Linked]) -> tuple[LinkRecord, ...]:
    return tuple(LinkRecord(name, link.other.name, link.name, link.index) for name, link in links.items())


def _projection(projection: Projection) -> ProjectionRecord:
    return ProjectionRecord(
        projection.name,
        _side(projection.pre),
        _side(projection.post),
        projection.targets,
        ModelRecord.of(projection.synapse_type),
        projection._ends.same_step,
        projection.recipe,
        projection.connected,
        dict(projection._later),
        dict(projection._values),
        made.lender if isinstance(made := projection._synapses, BorrowedSynapses) else None,
        isinstance(made, BorrowedSynapses) and made.turned,
        _links(projection._links),
    )


def _side(group: Side) -> GroupRecord | DendriteRecord:
    return DendriteRecord(group.name) if isinstance(group, SynapseGroup) else _group(group)


def _group(group: Group) -> GroupRecord:
    if isinstance(group, Population):
        return GroupRecord(group.name)
    cut = group._slice if isinstance(group, PopulationView) else None
    bounds = None if cut is None else (cut.start, cut.stop, cut.step)
    return GroupRecord(group.population.name, group.ranks, bounds, isinstance(group, NeuronView))


def _recorded(obj: Recordable) -> GroupRecord | DendriteRecord:
    if isinstance(obj, Projection):
        return DendriteRecord(obj.name)
    if isinstance(obj, SynapseView):
        return DendriteRecord(obj._projection.name, obj.post_rank, obj.pre_rank)
    return DendriteRecord(obj._projection.name, obj.post_rank) if isinstance(obj, Dendrite) else _group(obj)


# -- putting together ------------------------------------------------------------------------------------


def rebuild(
    record: NetworkRecord, connectivities: Mapping[str, Connectivity], engine: Literal["compiled", "reference"]
) -> Network:
    """Return a new network that `record` describes, with first values; its state is to be loaded afterwards.

    Parameters
    ----------
    record : NetworkRecord
    connectivities : mapping
        Projection -> which neurons it connects.
    engine : {"compiled", "reference"}
    """
    precision: Any = record.precision
    net = Network(record.dt, record.seed, precision, 1, record.nan_check, record.fast, engine=engine)
    net._context.constants.update(record.constants)
    for population in record.populations:
        neuron = None if population.neuron is None else population.neuron.neuron()
        spec = PopulationSpec(population.geometry, neuron, given=population.given, scales=population.scales)
        made = net.create(spec, name=population.name, stop_condition=population.stop)
        made._placed = population.positions
        if population.rate_window is not None:
            made.compute_firing_rate(population.rate_window * record.dt)
    _attach(net, record)
    for projection in record.projections:
        pre, post = _end_of(net, projection.pre), _end_of(net, projection.post)
        model = projection.synapse.synapse()
        targets = projection.targets[0] if len(projection.targets) == 1 else projection.targets
        joined = net.connect(pre, post, targets, model, projection.name, same_step=projection.same_step)
        joined._later, joined._values = projection.later, projection.values
        if projection.lender is not None:
            joined._borrow(net.get_projection(projection.lender), projection.turned)
        elif projection.connected:
            joined._adopt(connectivities[projection.name], projection.recipe)
    _link(net, record)
    for monitor in record.monitors:
        net.monitor(_recorded_of(net, monitor.of), monitor.variables, start=False, name=monitor.name, **monitor.options)
    return net


def _attach(net: Network, record: NetworkRecord) -> None:
    """Attach code in the order in which it was attached."""
    codes = [(code, population.name) for population in record.populations for code in population.codes]
    for code, name in sorted(codes, key=lambda entry: entry[0].order):
        net.get_population(name)._attach(code.text, code.event, code.period, code.offset)


def _link(net: Network, record: NetworkRecord) -> None:
    """Link what was linked."""
    ends: list[tuple[Population | Projection, tuple[LinkRecord, ...]]] = []
    ends += [(net.get_population(p.name), p.links) for p in record.populations]
    ends += [(net.get_projection(p.name), p.links) for p in record.projections]
    for made, links in ends:
        for link in links:
            index = link.index
            if index is not None and made._table[link.name].shared:
                index = index[:1]
            other = net.get_population(link.population)
            made._links[link.name] = make_link(made, link.name, other, link.variable, index)


def _end_of(net: Network, record: GroupRecord | DendriteRecord) -> Group | Projection:
    return _group_of(net, record) if isinstance(record, GroupRecord) else net.get_projection(record.projection)


def _group_of(net: Network, record: GroupRecord) -> Group:
    population = net.get_population(record.population)
    if record.ranks is None:
        return population
    if record.single:
        return population.neuron(int(record.ranks[0]))
    return population[slice(*record.cut)] if record.cut is not None else population[record.ranks]


def _recorded_of(net: Network, record: GroupRecord | DendriteRecord) -> Recordable:
    if isinstance(record, GroupRecord):
        return _group_of(net, record)
    projection = net.get_projection(record.projection)
    if record.post is None:
        return projection
    dendrite = projection.dendrite(record.post)
    return dendrite if record.pre is None else SynapseView(projection, record.pre, record.post)
