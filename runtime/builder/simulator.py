"""`Simulator`: a network built with NEST's names; a second front end over `Network`, with no dynamics of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from ..network import Network
from ..problems import UnknownName, ValueProblem, not_available
from .arguments import count_of, list_of, model_of, pairs_of, per_channel, request_of, segments_of, single
from .connections import Connection, NotPlastic, SynapseCollection
from .devices import Generator, HostDrive, Recorder, volume_transmitter, weight_recorder
from .library import NeuronModel, checked, sized
from .limits import check_limits
from .nodes import Drive, Node, NodeView, Recording, Segment, Source
from .recording import collect, tap_sent, tap_spikes, tap_variables, tap_weights
from .results import SimulationResult
from .rules import Rule, all_to_all
from .space import Layer
from .synapses import with_defaults
from .tripartite import connect_three
from .units import Units, in_unit
from .wiring import Wiring

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
        self, dt: Any, *, seed: int = 0, engine: Literal["compiled", "reference"] = "compiled"
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
        model = model_of(model_cls)
        values = {**(params or {}), **kw}
        count = count_of(size, model.name)
        self._created += 1
        if isinstance(model, NeuronModel):
            return self._neurons(model, count, values, positions)
        if positions is not None:
            raise ValueProblem(f"create: {model.name} takes no positions; neurons do.")
        if isinstance(model, Generator):
            lists = model.lists or {}
            numbers = checked(values, model.parameters, f"create({model.name})", lists)
            check_limits({k: v for k, (v, _) in model.parameters.items()} | numbers, f"create({model.name})")
            given = {k: list_of(values[k], lists[k], f"create: {model.name}: {k}") for k in lists if k in values}
            node = Source(model, count, values=numbers, lists=given)
            check_limits(given, f"create({model.name})")
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
        check_limits({k: v for k, (v, _) in fixed.parameters.items()} | every, what)
        population = self._net.create(count, fixed.neuron, name=name)
        population.set(every)
        if places is not None:
            population.positions = places
        return NodeView.of(Node(fixed, count, population, places))

    def _recorder(self, model: Recorder, values: dict[str, Any]) -> NodeView:
        listening = ("senders", "targets") if model is weight_recorder else ()
        known = ("record_from", "interval") if model.analog else listening
        for name in values:
            if name not in known:
                raise UnknownName(f"parameter of create({model.name})", name, known)
        chosen = values.get("record_from", ("V_m",))
        names = (chosen,) if isinstance(chosen, str) else tuple(chosen)
        interval = None
        if values.get("interval") is not None:
            interval = float(in_unit(values["interval"], "ms", f"create: {model.name}: interval"))
        ends: dict[str, Any] = {name: values.get(name) for name in listening}
        for name, view in ends.items():
            if view is not None:
                segments_of(view, "create(weight_recorder)", name)
        node = Recording(model, 1, recordables=names, interval=interval, **ends)
        self._recorders.append(node)
        return NodeView.of(node)

    def get_position(self, view: NodeView) -> Any:
        """Return where the nodes of a view of one segment are, shape (n, ndim), um.

        Raises
        ------
        ValueProblem
            E501: they were created without positions.
        """
        segment = single(view, "get_position", "view")
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
            One, or one for each edge in the order (source, target); of a generator with several channels one for each
            of these. 1 in the unit of the target by default; a distribution draws one for each edge.
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
            segments_of(view, "connect", name)
        if isinstance(post.segments[0].node, Recording) or isinstance(pre.segments[0].node, Recording):
            self._record(pre, post)
            return None
        spec = with_defaults(synapse)
        request = request_of(rule, weight, delay, comm, receptor_type, spec, vt, allow_autapses, allow_multapses, seed)
        pairs = pairs_of(pre, post, rule)
        made = [
            self._wiring.connect(source, target, own, str(k))
            for k, ((source, target), own) in enumerate(zip(pairs, per_channel(request, pairs), strict=True))
        ]
        self._connections += made
        for connection in made:
            tap_sent(self._net, connection)
        injected = all(isinstance(s.node, (Source, Drive)) and s.node.model.current for s in pre.segments)
        if injected or post.segments[0].node.model is volume_transmitter:
            return None
        return made[0] if len(made) == 1 else made

    def _record(self, pre: NodeView, post: NodeView) -> None:
        first, last = pre.segments[0].node, post.segments[0].node
        if weight_recorder in (first.model, last.model):
            raise ValueProblem(
                "connect: synapses name their weight_recorder.",
                help="connect(..., synapse=stdp_synapse(weight_recorder=recorder))",
            )
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
        ends = [single(v, "tripartite_connect", n) for v, n in ((pre, "pre"), (post, "post"), (third, "third"))]
        flags = allow_autapses, allow_multapses
        return connect_three(self, ends, conn_spec, third_factor_conn_spec, syn_specs or {}, seed, comm, flags)

    def get_connections(
        self, source: NodeView | None = None, target: NodeView | None = None, synapse: str | None = None
    ) -> SynapseCollection:
        """Return the edges between two views, of one synapse model; all of them by default."""
        for name, view in (("source", source), ("target", target)):
            if view is not None:
                segments_of(view, "get_connections", name)
        return SynapseCollection.of(self._connections, source, target, synapse, self._units)

    def record_weight(self, proj: Any) -> Any:
        """Record the weights of plastic synapses in every step; returns its argument.

        Raises
        ------
        NotPlastic
            E500 (a TypeError): the synapses are static.
        """
        if not isinstance(proj, Connection) or not (proj.plastic or proj.named):
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
