"""How two segments are connected: which edges, to which input, by which projection."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..connect.connectivity import Connectivity
from ..connect.patterns import Pattern
from ..definitions.spec import PopulationSpec
from ..groups.distributions import Uniform, is_distribution
from ..groups.population import Population
from ..network import Network
from ..problems import ValueProblem
from ..schedule import steps_of
from ..synapses.ends import Stored
from ..synapses.projection import Group, Projection
from .companions import concentration, keep_history
from .connections import Connection, Part
from .devices import amounts_of
from .library import BY_SIGN, NeuronModel
from .models_current import parrot_neuron
from .nodes import Drive, Node, Segment, Source
from .rules import Rule, sample
from .synapses import SynapseSpec, coupling, sending, static_synapse
from .units import Units, in_unit

__all__ = ["Request", "Wiring"]

#: What is sent in every step -> the input of the target, the trait that it needs, how errors call it.
_CHANNELS = {
    "current": ("stim", "current", "current"),
    "sic": ("sic", "sic", "slow inward current"),
    "gap": ("gap", "gap", "gap junction"),
}


@dataclass(frozen=True, slots=True)
class Request:
    """The arguments of one connect, checked as far as they do not depend on the segments."""

    rule: Rule
    weight: Any
    delay: Any
    comm: str
    receptor: Any
    spec: SynapseSpec | None
    transmitter: Node | None
    autapses: bool
    multapses: bool
    seed: int | None
    named: bool


class Wiring:
    """Makes connections of a network.

    Parameters
    ----------
    network : Network
    units : Units
    """

    def __init__(self, network: Network, units: Units) -> None:
        self._net = network
        self._units = units
        self._made = 0

    def connect(self, pre: Segment, post: Segment, request: Request, ordinal: str) -> Connection:
        """Connect two segments.

        Parameters
        ----------
        ordinal : str
            Of this pair of segments: with the seed it names the stream of its random numbers.
        """
        target = _receiving(post)
        seed = f"seed{request.seed}" if request.seed is not None else f"connect{self._made}"
        self._made += 1
        key = f"{seed}:{ordinal}"
        built = self._edges(pre, post, request, key)
        graded = self._sends(pre, request.spec)
        unit = {"current": "1", "sic": "1", "gap": "nS"}.get(graded or "", target.weight)
        if graded == "gap":
            _check_gap(pre, post, built, request)
        weights, shared = self._weights(request, built, unit, pre, post, key)
        if request.spec is not None:
            request = replace(request, spec=request.spec.in_units(unit, weights))
        channel = None
        source = pre.group if not isinstance(pre.node, Source) else None
        if isinstance(pre.node, Source):
            channel = built.source.astype(np.int64)
            source, built = self._source(pre.node, built, channel, graded is None)
        label = {"sic": "I_SIC"}.get(graded or "")
        made = Connection(pre, post, built, channel, request.spec, unit, shared, label, request.comm, self._units)
        made._number, made.named = self._made, request.named
        assert source is not None
        origin = source.population
        made._opposite = lambda part: self._part(
            made, origin, post, BY_SIGN[0 if part.sign < 0 else 1], part.edges, -part.sign, 0.0, request, graded
        )
        for name, edges, sign in self._inputs(target, request, weights, built, graded, key):
            made._parts.append(self._part(made, origin, post, name, edges, sign, weights, request, graded))
        return made

    def recorded(self, node: Source, channels: NDArray[np.int64]) -> Population:
        """Return a population whose spikes are those of channels of a generator."""
        self._made += 1
        return self._generator(node, channels, True)

    # -- edges ---------------------------------------------------------------------------------------

    def _edges(self, pre: Segment, post: Segment, request: Request, key: str) -> Connectivity:
        context = self._net._context
        if isinstance(pre.node, Source):
            pool = Population(context, "pool", PopulationSpec((pre.node.size,), parrot_neuron.neuron))
            group: Group = pool[pre.indices]
        else:
            group = pre.group
        if request.rule.spatial and (pre.node.positions is None or post.node.positions is None):
            side, node = ("pre", pre.node) if pre.node.positions is None else ("post", post.node)
            raise ValueProblem(
                f"connect: the rule {request.rule.name} needs positions, and {side} ({node.model.name}) has none.",
                help="create it with positions=spatial.grid(...) or spatial.free(...)",
            )
        try:
            return sample(request.rule, context, group, post.group, key, request.autapses, request.multapses)
        except ValueProblem as problem:
            said = problem.diagnostics[0]
            reason = said.message.partition(f"projection '{key}': ")[2]
            if not reason:
                raise
            raise ValueProblem(f"connect: rule {request.rule.name}: {reason}", help=said.help) from None

    def _source(
        self, node: Source, built: Connectivity, channel: NDArray[np.int64], events: bool
    ) -> tuple[Population, Connectivity]:
        """Return the population of a generator for these edges, and the edges from it."""
        if not node.model.random:
            if events not in node.made:
                node.made[events] = self._generator(node, np.arange(node.size), events)
            return node.made[events], built
        each = Connectivity(
            max(built.size, 1), built.n_post, np.array([1]),
            np.minimum(np.arange(max(built.size, 1) + 1), built.size).astype(np.int64), built.target,
        )  # fmt: skip
        return self._generator(node, channel if channel.size else np.zeros(1, np.int64), events), each

    def _generator(self, node: Source, channel: NDArray[np.int64], events: bool) -> Population:
        spec = node.model.population(node.values, node.lists, channel, node.size, self._net.dt, events)
        return self._net.create(population=spec, name=f"{node.model.name}_{self._made}")

    # -- what is sent, and where it arrives ----------------------------------------------------------

    def _sends(self, pre: Segment, spec: SynapseSpec | None) -> str | None:
        """Return what is sent in every step: ``"current"``, ``"count"``, ``"sic"``, ``"gap"``; None: spikes."""
        node = pre.node
        if spec is not None and spec.model.graded == "gap":
            if not getattr(node.model, "gap", False):
                raise ValueProblem(f"connect: {spec.name} couples hh_psc_alpha_gap neurons, not {node.model.name}.")
            return "gap"
        if spec is not None and spec.model.graded:
            if not (isinstance(node.model, NeuronModel) and node.model.graded):
                raise ValueProblem(f"connect: {spec.name} needs an astrocyte as source, not {node.model.name}.")
            return "sic"
        if isinstance(node, (Source, Drive)):
            if node.model.current:
                if spec is not None:
                    raise ValueProblem(f"connect: {node.model.name} injects a current, so it takes no synapse.")
                return "current"
            if isinstance(node, Drive) or node.model.name != "spike_generator":
                return None if spec is not None else "count"
            if amounts_of(node.lists, node.size, self._net.dt) is None:
                return None
            if spec is not None and "spike_weights" in node.lists:
                raise ValueProblem(f"connect: {spec.name} takes no spike_weights; static synapses do.")
            return None if spec is not None else "count"
        if not node.spiking:
            raise ValueProblem(
                f"connect: {node.model.name} does not spike.", help="use synapse=sic_connection() for its slow current"
            )
        return None

    def _inputs(
        self, target: NeuronModel, request: Request, weights: Any, built: Connectivity, graded: str | None, key: str
    ) -> list[tuple[str, NDArray[np.int64] | None, int]]:
        """Return (input, edges or None for all, sign) of each part."""
        if graded in _CHANNELS:
            name, accepts, what = _CHANNELS[graded]
            if not getattr(target, accepts):
                raise ValueProblem(f"connect: {target.name} takes no {what}.")
            return [(name, None, 0)]
        receptor = request.receptor
        if receptor in target.receptors:
            return [(target.receptors[receptor], None, 0)]
        if target.inputs == BY_SIGN:
            if receptor not in (None, 0, 1, 2):
                raise ValueProblem(f"connect: receptor_type of {target.name} is 0 (by sign), 1 or 2, got {receptor!r}.")
            if np.ndim(weights) == 0:
                first = receptor == 1 or (receptor in (None, 0) and weights >= 0)
                return [(BY_SIGN[0 if first else 1], None, (1 if first else -1) if not receptor else 0)]
            if receptor:
                return [(BY_SIGN[receptor - 1], None, 0)]
            positive = weights >= 0
            if positive.all() or not positive.any():
                return [(BY_SIGN[0], None, 1) if positive.all() else (BY_SIGN[1], None, -1)]
            return [(BY_SIGN[0], np.flatnonzero(positive), 1), (BY_SIGN[1], np.flatnonzero(~positive), -1)]
        ports = len(target.inputs)
        if not target.inputs[0].startswith("spike_"):
            if receptor not in (None, 0, 1):
                raise ValueProblem(f"connect: {target.name} has no receptor_type {receptor!r}.")
            return [(target.inputs[0], None, 0)]
        if receptor == "uniform":
            draws = self._net._context.draws(f"{key}:ports", np.arange(built.size))
            port = np.floor(Uniform(0.0, float(ports)).sample(draws)).astype(np.int64)
            chosen = ((name, np.flatnonzero(port == k).astype(np.int64)) for k, name in enumerate(target.inputs))
            return [(name, edges, 0) for name, edges in chosen if edges.size]
        if isinstance(receptor, bool) or not isinstance(receptor, (int, np.integer)) or not 1 <= receptor <= ports:
            raise ValueProblem(
                f"connect: receptor_type of {target.name} must be a port from 1 to {ports}, or 'uniform', "
                f"got {receptor!r}."
            )
        return [(target.inputs[int(receptor) - 1], None, 0)]

    # -- projections ---------------------------------------------------------------------------------

    def _weights(
        self, request: Request, built: Connectivity, unit: str, pre: Segment, post: Segment, key: str
    ) -> tuple[Any, bool]:
        """Return the weights in their unit, a number or one per edge, and whether they are one number."""
        given = request.weight
        if given is None and request.spec is not None:
            given = request.spec.model.weight if request.spec.weight is None else request.spec.weight
        if given is None:
            return 1.0, True
        if is_distribution(given):
            return self._drawn(given, built, f"{key}:weights"), False
        ends = f"{pre.node.model.name} -> {post.node.model.name}"
        values = in_unit(given, unit, f"connect: {ends}: weight")
        if np.ndim(values) == 0:
            if not np.isfinite(values):
                raise ValueProblem(f"connect: {ends}: weight must be finite, got {values}.")
            return float(values), True
        each = np.asarray(values, np.float64)
        return self._per_edge(each, request, built, f"connect: {ends}: weight", pre, post), False

    def _drawn(self, given: Any, built: Connectivity, stream: str) -> NDArray[np.float64]:
        """Return one value of a distribution for each edge."""
        drawn = given.sample(self._net._context.draws(stream, np.arange(built.size)))
        return np.asarray(drawn, np.float64)

    def _per_edge(
        self, values: NDArray[np.float64], request: Request, built: Connectivity, what: str, pre: Segment, post: Segment
    ) -> NDArray[np.float64]:
        if values.shape != (built.size,):
            shape = values.shape
            raise ValueProblem(f"{what} has shape {shape}; give one value, or one for each of {built.size} edges.")
        if not np.all(np.isfinite(values)):
            raise ValueProblem(f"{what} must be finite.")
        if request.rule.edges is None:
            return values
        first, second = pre.indices[request.rule.edges[0]], post.indices[request.rule.edges[1]]
        return values[np.lexsort((np.arange(first.size), second, first))]

    def _part(
        self, made: Connection, source: Population, post: Segment, name: str, edges: NDArray[np.int64] | None,
        sign: int, weights: Any, request: Request, graded: str | None,
    ) -> Part:  # fmt: skip
        built, spec = made._built, request.spec
        if edges is not None:
            built = _subset(built, edges)
        if graded is not None:
            model = coupling if graded == "gap" else sending("SIC" if graded == "sic" else "out")
        else:
            chosen = static_synapse if spec is None else spec.model
            model = chosen.synapse if spec is None or spec.recorder is None else chosen.noting
        delay = self._delay(request, made)
        if spec is not None and spec.model.post_spike and np.ndim(delay):
            raise ValueProblem(f"connect: {spec.name} takes one delay for all edges.")
        if spec is not None and spec.model.history:
            keep_history(self._net, post.node, spec.name, delay)
        title = f"connection_{made._number}_{len(made._parts)}"
        projection: Projection = self._net.connect(source, post.node.population, name, model, name=title)
        own = delay if np.ndim(delay) == 0 or edges is None else delay[edges]
        mine = weights if np.ndim(weights) == 0 or edges is None else weights[edges]
        pattern = Pattern(lambda s, d: (_with_delay(built, d), None), lambda s: float(built.size))
        more: dict[str, Any] = {}
        if spec is not None and spec.model.post_spike:
            more["post_delays"] = 2.0 * own - self._net.dt
        projection._build(
            pattern,
            mine if np.ndim(mine) == 0 else Stored(mine),
            own if np.ndim(own) == 0 else Stored(own),
            request.rule.name,
            **more,
        )
        if request.transmitter is not None and spec is not None and spec.model.signal:
            projection.link("n", concentration(self._net, request.transmitter, float(own)), "n_before")
        order = np.lexsort((built.source, built.target)).astype(np.int64)
        part = Part(projection, edges, order, sign)
        if spec is not None and graded is None:
            for key, value in spec.values.items():
                part.write(key, part.chosen(value))
        return part

    def _delay(self, request: Request, made: Connection) -> Any:
        """Return the delay in ms, rounded to steps, at least one."""
        given, dt = request.delay if made._delay is None else made._delay, self._net.dt
        if given is None and request.spec is not None:
            given = request.spec.delay
        if given is None:
            return dt
        if is_distribution(given):
            given = self._drawn(given, made._built, f"connection{made._number}:delays")
            return np.maximum(steps_of(given, dt), 1) * dt
        values = in_unit(given, "ms", "connect: delay")
        if not np.all(np.isfinite(values)) or np.any(np.asarray(values) < 0):
            raise ValueProblem("connect: delay must be finite and not negative.")
        if np.ndim(values):
            values = self._per_edge(
                np.asarray(values, np.float64), request, made._built, "connect: delay", made._pre, made._post
            )
        rounded = np.maximum(steps_of(values, dt), 1) * dt
        return float(rounded) if np.ndim(rounded) == 0 else rounded


def _with_delay(built: Connectivity, delay: int) -> Connectivity:
    """Return the same edges with another delay, in steps."""
    return Connectivity(
        built.n_pre, built.n_post, np.array([delay], np.int64), built.indptr, built.target, built.creation
    )


def _subset(built: Connectivity, edges: NDArray[np.int64]) -> Connectivity:
    """Return some of the edges, by ascending numbers."""
    counts = np.bincount(built.source[edges], minlength=built.n_pre)
    indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    creation = None if built.creation is None else np.arange(edges.size, dtype=np.int64)
    target = np.ascontiguousarray(built.target[edges])
    return Connectivity(built.n_pre, built.n_post, built.delays, indptr, target, creation)


def _check_gap(pre: Segment, post: Segment, built: Connectivity, request: Request) -> None:
    """Refuse gap junctions that are not the same in both directions, or have a delay."""
    edges = np.stack([built.source.astype(np.int64), built.target.astype(np.int64)])
    there, back = (np.sort(pair[0] * built.n_post + pair[1]) for pair in (edges, edges[::-1]))
    if pre.node is not post.node or not np.array_equal(there, back):
        raise ValueProblem(
            "connect: gap junctions couple neurons of one population in both directions.",
            help="explicit_edges([0, 1], [1, 0]), symmetric_bernoulli(p) and all_to_all do",
        )
    if request.delay is not None:
        raise ValueProblem("connect: gap_junction takes no delay.")


def _receiving(post: Segment) -> NeuronModel:
    """Return the model of a target; devices cannot be one."""
    model = post.node.model
    if not isinstance(model, NeuronModel):
        raise ValueProblem(
            f"connect: {model.name} cannot be a target.",
            help="generators come first: connect(generator, population)",
        )
    return model

