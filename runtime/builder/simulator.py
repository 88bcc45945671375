"""`Simulator`: a network built with NEST's names; a second front end over `Network`, with no dynamics of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from ..network import Network
from ..patterns import whole
from ..problems import UnknownName, ValueProblem, not_available
from .catalogue import models
from .connections import Connection, NotPlastic, SynapseCollection
from .devices import Generator, HostDrive, Recorder, volume_transmitter
from .library import Model, NeuronModel, checked, sized
from .nodes import Drive, Node, NodeView, Recording, Segment, SeveralSegments, Source
from .recording import collect, tap_spikes, tap_variables, tap_weights
from .results import SimulationResult
from .rules import Rule, all_to_all
from .spatial import Layer
from .synapses import SynapseModel, with_defaults
from .tripartite import connect_three
from .units import Units, in_unit
from .wiring import Request, Wiring

__all__ = ["Simulator"]


class Simulator:
    """Builds and runs a network.

    Parameters
    ----------
    dt : quantity or number (ms)
        Time step. Results come as quantities of the library that it belongs to, for a plain number as plain arrays.
    seed : int
        Seed of all random numbers.
    engine : {"compiled", "reference"}
        The reference interpreter is slow; it is there for checks.

    Examples
    --------
    >>> from ranvier import builder as bp
    >>> sim = bp.Simulator(dt=0.1)
    >>> pop = sim.create(bp.iaf_psc_alpha, 10)
    >>> noise = sim.create(bp.poisson_generator, rate=8000.0)
    >>> rec = sim.create(bp.spike_recorder)
    >>> _ = sim.connect(noise, pop, weight=20.0, delay=1.5, rule=bp.all_to_all)
    >>> _ = sim.connect(pop, rec)
    >>> rate = sim.simulate(100.0).rate(rec)
    """

    def __init__(
        self, *, dt: Any, seed: int = 0, engine: Literal["compiled", "reference"] = "compiled"
    ) -> None:
        self._net = Network(dt=in_unit(dt, "ms", "Simulator: dt"), seed=seed, engine=engine)
        self._units = Units(dt)
        self._wiring = Wiring(self._net, self._units)
        self._connections: list[Connection] = []
        self._recorders: list[Recording] = []
        self._tapped: list[Connection] = []
        self._created = 0
        self._started = False

    @property
    def network(self) -> Network:
        """The network behind the simulator."""
        return self._net

    @property
    def dt(self) -> Any:
        """Time step, with its unit."""
        return self._units.wrap(self._net.dt, "ms")

    @property
    def time(self) -> Any:
        """Time since the start of the rollout, with its unit."""
        return self._units.wrap(self._net.time, "ms")

    # -- nodes ---------------------------------------------------------------------------------------

    def create(
        self, model_cls: Any, size: Any = 1, *, params: Mapping[str, Any] | None = None, positions: Any = None,
        **kw: Any,
    ) -> NodeView:  # fmt: skip
        """Create a population or a device.

        Parameters
        ----------
        model_cls : model or str
            One of the library, such as ``iaf_psc_alpha``.
        size : int or tuple of int
            Number of nodes; of a generator, of its channels.
        params : mapping, optional
            Parameters and initial values: quantities, or numbers in the unit of the model; one, or one for each node.
        positions : Layer, optional
            Where the neurons are. `spatial.grid` and given positions also tell how many there are.
        **kw
            More parameters.

        Raises
        ------
        UnknownName
            E502: no such model or parameter.
        ValueProblem
            E501: a value that does not fit.
        """
        model = _model(model_cls)
        values = {**(params or {}), **kw}
        count = _count(size, model.name)
        self._created += 1
        if isinstance(model, NeuronModel):
            return self._neurons(model, count, values, positions)
        if positions is not None:
            raise ValueProblem(f"create: {model.name} takes no positions; neurons do.")
        if isinstance(model, Generator):
            lists = model.lists or {}
            numbers = checked(values, model.parameters, f"create({model.name})", lists)
            given = {k: _list(values[k], lists[k], f"create: {model.name}: {k}") for k in lists if k in values}
            node = Source(model, count, values=numbers, lists=given)
            for name, value in numbers.items():
                sized(value, count, f"create: {model.name}: {name}")
            return NodeView([Segment(node, np.array([k])) for k in range(count)])
        if isinstance(model, HostDrive):
            window = values.pop("window", None)
            checked(values, {}, f"create({model.name})", ("window",))
            spec, table = model.population(count, window)
            made = self._net.create(population=spec, name=f"{model.name}_{self._created}")
            return NodeView.of(Drive(model, count, made, table=table, context=self._net._context))
        assert isinstance(model, Recorder)
        return self._recorder(model, values)

    def _neurons(self, model: NeuronModel, count: int, values: dict[str, Any], layer: Any) -> NodeView:
        what = f"create({model.name})"
        fixed = model.with_ports(values)
        values = {k: v for k, v in values.items() if k != model.vector}
        numbers = checked(values, {**fixed.parameters, **fixed.states}, what, [model.vector] if model.vector else [])
        name = f"{model.name}_{self._created}"
        places = None
        if layer is not None:
            if not isinstance(layer, Layer):
                raise ValueProblem(f"{what}: positions must be spatial.grid(...) or spatial.free(...), not {layer!r}.")
            places = layer.positions(count, self._net._context, name)
            count = len(places)
        every = {**{k: v for k, (v, _) in fixed.states.items() if v != 0.0}, **numbers}
        every = {k: sized(v, count, f"{what}: {k}") for k, v in every.items()}
        population = self._net.create(count, fixed.neuron, name=name)
        population.set(every)
        if places is not None:
            population.positions = places
        return NodeView.of(Node(fixed, count, population, places))

    def _recorder(self, model: Recorder, values: dict[str, Any]) -> NodeView:
        known = ("record_from", "interval") if model.analog else ()
        for name in values:
            if name not in known:
                raise UnknownName(f"parameter of create({model.name})", name, known)
        chosen = values.get("record_from", ("V_m",))
        names = (chosen,) if isinstance(chosen, str) else tuple(chosen)
        interval = None
        if values.get("interval") is not None:
            interval = float(in_unit(values["interval"], "ms", f"create: {model.name}: interval"))
        node = Recording(model, 1, recordables=names, interval=interval)
        self._recorders.append(node)
        return NodeView.of(node)

    def get_position(self, view: NodeView) -> Any:
        """Return where the nodes of a view of one segment are, shape (n, ndim), um.

        Raises
        ------
        ValueProblem
            E501: they were created without positions.
        """
        segment = _single(view, "get_position", "view")
        if segment.node.positions is None:
            raise ValueProblem(
                f"get_position: {segment.node.model.name} was created without positions.",
                help="create it with positions=spatial.grid(...) or spatial.free(...)",
            )
        return self._units.wrap(segment.node.positions[segment.indices], "um")

    # -- connections ---------------------------------------------------------------------------------

    def connect(
        self, pre: NodeView, post: NodeView, *, rule: Rule = all_to_all, weight: Any = None, delay: Any = None,
        comm: str = "dense", receptor_type: Any = None, synapse: Any = None, vt: NodeView | None = None,
        allow_autapses: bool = True, allow_multapses: bool = True, seed: int | None = None,
    ) -> Any:  # fmt: skip
        """Connect nodes, or a recorder with what it records.

        Parameters
        ----------
        pre, post : NodeView
            Analog recorders come first: ``connect(voltmeter, population)``; spike recorders last.
        rule : Rule
        weight : number, quantity or array, optional
            One, or one for each edge in the order (source, target); 1 in the unit of the target by default.
        delay : number (ms), quantity or array, optional
            Rounded to steps; one step by default.
        comm : {"dense", "sparse"}
            Accepted for upstream's sake: the form of storage is chosen by the network, and changes no result.
        receptor_type : int or "uniform", optional
            Port of a target with several; ``"uniform"`` draws one for each edge.
        synapse : SynapseModel or its value, optional
            Static by default.
        vt : NodeView, optional
            The volume transmitter of a synapse that reads one.
        allow_autapses, allow_multapses : bool
        seed : int, optional
            Equal seeds give equal edges; by default each call draws others.

        Returns
        -------
        Connection, list of Connection, or None
            A list where views have several segments; None for recorders and generators of currents.
        """
        for name, view in (("pre", pre), ("post", post)):
            _segments(view, "connect", name)
        if isinstance(post.segments[0].node, Recording) or isinstance(pre.segments[0].node, Recording):
            self._record(pre, post)
            return None
        spec = with_defaults(synapse)
        spec = None if spec is not None and spec.name == "static_synapse" and not spec.values else spec
        request = _request(rule, weight, delay, comm, receptor_type, spec, vt, allow_autapses, allow_multapses, seed)
        made = []
        for k, (source, target) in enumerate(_pairs(pre, post, rule)):
            made.append(self._wiring.connect(source, target, request, str(k)))
        self._connections += made
        injected = all(isinstance(s.node, (Source, Drive)) and s.node.model.current for s in pre.segments)
        if injected or post.segments[0].node.model is volume_transmitter:
            return None
        return made[0] if len(made) == 1 else made

    def _record(self, pre: NodeView, post: NodeView) -> None:
        first, last = pre.segments[0].node, post.segments[0].node
        if isinstance(first, Recording):
            if not first.model.analog:
                raise ValueProblem(
                    f"connect: {first.model.name} comes last.", help="connect(population, spike_recorder)"
                )
            tap_variables(self._net, first, post)
        elif isinstance(last, Recording):
            if last.model.analog:
                raise ValueProblem(f"connect: {last.model.name} comes first.", help="connect(recorder, population)")
            tap_spikes(self._net, pre, last, self._wiring)

    def tripartite_connect(
        self, pre: NodeView, post: NodeView, third: NodeView, *, conn_spec: Rule, third_factor_conn_spec: Any,
        syn_specs: Mapping[str, Mapping[str, Any]] | None = None, seed: int | None = None, comm: str = "dense",
        allow_autapses: bool = True, allow_multapses: bool = True,
    ) -> tuple[Connection, Connection | None, Connection | None]:  # fmt: skip
        """Connect two populations, and pair some of these edges with astrocytes.

        Parameters
        ----------
        pre, post, third : NodeView
            Of one segment each.
        conn_spec : Rule
            Of the primary edges.
        third_factor_conn_spec : Pool
            From `third_factor_bernoulli_with_pool`.
        syn_specs : mapping, optional
            Arguments of `connect` (weight, delay, receptor_type, synapse) for "primary", "third_in", "third_out".
        seed : int, optional
            Equal seeds give equal edges.
        comm, allow_autapses, allow_multapses
            As in `connect`.

        Returns
        -------
        tuple
            The connections pre -> post, pre -> third, third -> post; the last two None where no edge was paired.
        """
        ends = [_single(v, "tripartite_connect", n) for v, n in ((pre, "pre"), (post, "post"), (third, "third"))]
        flags = allow_autapses, allow_multapses
        return connect_three(self, ends, conn_spec, third_factor_conn_spec, syn_specs or {}, seed, comm, flags)

    def get_connections(
        self, source: NodeView | None = None, target: NodeView | None = None, synapse: str | None = None
    ) -> SynapseCollection:
        """Return the edges between two views, of one synapse model; all of them by default."""
        for name, view in (("source", source), ("target", target)):
            if view is not None:
                _segments(view, "get_connections", name)
        return SynapseCollection.of(self._connections, source, target, synapse, self._units)

    def record_weight(self, proj: Any) -> Any:
        """Record the weights of plastic synapses in every step; returns its argument.

        Raises
        ------
        NotPlastic
            E500 (a TypeError): the synapses are static.
        """
        if not isinstance(proj, Connection) or not proj.plastic:
            message = f"record_weight takes a connection with plastic synapses, not {proj!r}."
            raise NotPlastic(message, "make it with connect(..., synapse=...)")
        if proj not in self._tapped:
            tap_weights(self._net, proj)
            self._tapped.append(proj)
        return proj

    # -- rollouts ------------------------------------------------------------------------------------

    def simulate(self, duration: Any, *, dt: Any = None) -> SimulationResult:
        """Start a fresh rollout and run it for some time (ms).

        Everything returns to its initial state, except what the user set since: static weights, delays, schedules.
        """
        self.reset_rollout(dt=dt)
        return self.cont(duration)

    def cont(self, duration: Any, *, dt: Any = None) -> SimulationResult:
        """Run on for some time (ms); the result is that of this window, its times count from the rollout's start."""
        self._same_dt(dt, "cont")
        self._started = True
        first = self._net.current_step
        self._net.simulate(in_unit(duration, "ms", "cont: duration"))
        return collect(self._net, first, self._recorders, self._tapped, self._units)

    def reset_rollout(self, *, dt: Any = None) -> None:
        """Return to the initial state, at time 0; the same rollout then repeats bit for bit."""
        self._same_dt(dt, "reset_rollout")
        if not self._started:
            return
        kept = [
            f"{p.name}.w" for c in self._connections if not c.plastic for p in c.projections if "w" in p.attributes
        ]
        self._net.reset(projections=True, synapses=True, keep=kept)
        for connection in self._connections:
            connection.after_reset()

    def _same_dt(self, dt: Any, call: str) -> None:
        if dt is not None and abs(in_unit(dt, "ms", f"{call}: dt") - self._net.dt) > 1e-9 * self._net.dt:
            not_available(f"{call} with another dt", "give it to Simulator(dt=...)")


def _model(given: Any) -> Model:
    if isinstance(given, SynapseModel):
        raise ValueProblem(f"create: {given.name} is a synapse.", help=f"connect(..., synapse={given.name}())")
    if isinstance(given, Model):
        return given
    if not isinstance(given, str):
        raise ValueProblem(f"create: model_cls must be a model such as iaf_psc_alpha, not {given!r}.")
    if given not in models:
        raise UnknownName("model of create", given, models)
    return models[given]


def _count(size: Any, name: str) -> int:
    sizes = size if isinstance(size, (tuple, list)) else (size,)
    count = int(np.prod([whole(n, "size", f"create: {name}") for n in sizes]))
    if count < 1:
        raise ValueProblem(f"create: {name}: size must be at least 1, got {size!r}.")
    return count


def _list(value: Any, unit: str, what: str) -> Any:
    if isinstance(value, (list, tuple)) and any(np.ndim(v) for v in value):
        return [np.asarray(in_unit(v, unit, what), np.float64) for v in value]
    return np.atleast_1d(np.asarray(in_unit(value, unit, what), np.float64))


def _segments(view: Any, call: str, argument: str) -> list[Segment]:
    if not isinstance(view, NodeView) or not view.segments:
        raise ValueProblem(f"{call}: {argument} must be what create returned, not {type(view).__name__}.")
    return view.segments


def _single(view: Any, call: str, argument: str) -> Segment:
    segments = _segments(view, call, argument)
    if len(segments) != 1:
        raise SeveralSegments(
            f"{call} with {len(segments)} segments as {argument} is not available.", "call it once per population"
        )
    return segments[0]


def _pairs(pre: NodeView, post: NodeView, rule: Rule) -> list[tuple[Segment, Segment]]:
    """Return the pairs of segments; the channels of one generator count as one where a rule pairs them with targets."""
    sources = pre.segments
    one = all(isinstance(s.node, Source) and s.node is sources[0].node for s in sources)
    if one and rule is not all_to_all and len(sources) > 1:
        sources = [Segment(sources[0].node, np.concatenate([s.indices for s in sources]))]
    return [(source, target) for source in sources for target in post.segments]


def _request(
    rule: Any, weight: Any, delay: Any, comm: str, receptor: Any, spec: Any, vt: Any, autapses: bool,
    multapses: bool, seed: Any,
) -> Request:  # fmt: skip
    if not isinstance(rule, Rule):
        raise ValueProblem(f"connect: rule must be a rule such as all_to_all or fixed_indegree(10), not {rule!r}.")
    if comm not in ("dense", "sparse"):
        raise ValueProblem(f"connect: comm must be 'dense' or 'sparse', not {comm!r}.")
    if seed is not None:
        whole(seed, "seed", "connect")
    if receptor is None and spec is not None and spec.receptor_type:
        receptor = spec.receptor_type
    transmitter = None
    if vt is not None:
        transmitter = _single(vt, "connect", "vt").node
        if transmitter.model is not volume_transmitter:
            raise ValueProblem(f"connect: vt must be a volume_transmitter, not {transmitter.model.name}.")
    if spec is not None and spec.model.signal and transmitter is None:
        raise ValueProblem(
            f"connect: {spec.name} reads a volume transmitter, and vt is missing.",
            help="vt = sim.create(volume_transmitter); connect(..., vt=vt)",
        )
    return Request(rule, weight, delay, comm, receptor, spec, transmitter, autapses, multapses, seed)
