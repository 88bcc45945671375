"""`Network`: the objects of one simulation and its clock. Everything else is done by the parts it is composed of."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from ranvier.compiler import CompileOptions

from .building import Building
from .callbacks import Callback, takes_count
from .compiling import CompiledModels
from .context import Context
from .definitions.as_model import as_model
from .definitions.spec import PopulationSpec, ProjectionSpec
from .definitions.types import Neuron, Synapse, static_synapse
from .estimate import Estimate, estimate
from .groups.geometry import shape_of
from .groups.population import Population
from .inputs.populations import timed_population
from .inputs.stimuli import TimedArray
from .live import note
from .objects import Objects
from .planning.planner import NAN_EVERY
from .problems import ValueProblem, not_available
from .quantities import milliseconds
from .recording.moments import Moments
from .recording.monitors import Monitor
from .recording.recordable import Recordable
from .recording.reduction import Form
from .rng import chosen_seed
from .runs import Runs
from .settings import Settings
from .simulation import Simulation
from .state.keeping import KeepsState
from .state.snapshots import Snapshots
from .synapses.projection import Group, Projection, Side
from .synapses.switches import Switches

_LOG = logging.getLogger("ranvier")


class Network(Runs, KeepsState, Switches, metaclass=Building):
    """Populations, projections and monitors that share a clock.

    A subclass may build in its ``__init__``, with or without a call of ``super().__init__``; it is then made with its
    own arguments and those of `Network` together, and the latter win: ``Column(size=100, dt=0.1, seed=3)``.

    Parameters
    ----------
    dt : number
        Time step, in ms.
    seed : int, optional
        Drawn from the system when not given, and kept in `seed`.
    precision : {"double", "single"}
    threads : int or "auto"
        Threads that share the work of a step where there is enough of it: a number, or all available cores. Results
        are the same bits for any number.
    nan_check : bool or "step"
        Scan for NaN and infinity every 64 steps, never, or after every step.
    fast : bool
        Allow the C compiler's vector mathematics; results then depend on the machine.
    engine : {"compiled", "reference"}
        The reference interpreter is slow; it is there for checks.

    Examples
    --------
    >>> import ranvier as rv
    >>> net = rv.Network(dt=0.1, seed=1)
    >>> pop = net.create(10, rv.Neuron("tau = 20.0", "tau*dv/dt = 1.5 - v", spike="v > 1", reset="v = 0"))
    >>> spikes = net.monitor(pop, "spike")
    >>> net.simulate(100.0)
    """

    #: What `connect` makes; a front end with other habits of reading and writing has its own.
    _projection_type: type[Projection] = Projection
    #: Arguments of `Network` that the caller of a subclass gave.
    _given: Mapping[str, Any] = MappingProxyType({})

    def __init__(
        self,
        dt: Any = 1.0,
        seed: int | None = None,
        precision: Literal["double", "single"] = "double",
        threads: int | str = 1,
        nan_check: bool | str = True,
        fast: bool = False,
        *,
        engine: Literal["compiled", "reference"] = "compiled",
    ) -> None:
        if len(self.__dict__.get("_objects", Objects.empty()).populations):
            raise ValueProblem("Network.__init__ must be called before populations are created, or not at all.")
        chosen = replace(Settings(dt, seed, precision, threads, nan_check, fast, engine), **self._given)
        options = CompileOptions(chosen.precision, chosen.fast)
        interpreted = chosen.engine == "reference"
        self._context = Context(chosen.dt, chosen_seed(chosen.seed), options, interpreted=interpreted)
        self.threads = chosen.threads
        self._objects = Objects.empty()
        self._snapshots = Snapshots(self._context)
        nan_every = 1 if chosen.nan_check == "step" else NAN_EVERY if chosen.nan_check else 0
        compiled = CompiledModels(options, interpreted)
        self._simulation = Simulation(self._context, self._objects, compiled, self._snapshots, nan_every)
        self._static: dict[bool, Synapse] = {}
        note(self)

    def __repr__(self) -> str:
        names = ", ".join(f"'{p.name}'" for p in self._objects.populations)
        return f"<Network of {names or 'no populations'}, dt = {self.dt:g} ms>"

    # -- objects -------------------------------------------------------------------------------------

    def create(
        self,
        geometry: int | tuple[int, ...] | PopulationSpec | TimedArray | None = None,
        neuron: Neuron | None = None,
        name: str | None = None,
        stop_condition: str | None = None,
        population: PopulationSpec | TimedArray | None = None,
    ) -> Population:
        """Create a population.

        Parameters
        ----------
        geometry : int or tuple of int
        neuron : Neuron
            A class or function that makes one without arguments does, too: ``rv.models.LIF``.
        name : str, optional
        stop_condition : str, optional
            For `simulate_until`: ``"v > 0.0 : any"`` or ``": all"``.
        population : optional
            A ready-made one, such as ``PoissonPopulation(...)``, in place of geometry and neuron.
        """
        if isinstance(geometry, (PopulationSpec, TimedArray)):
            geometry, population = None, geometry
        if isinstance(population, TimedArray):
            population = timed_population(population)
        if population is not None:
            if not isinstance(population, PopulationSpec):
                raise ValueProblem(f"population must be made by PoissonPopulation or the like, not {population!r}.")
            if geometry is not None or neuron is not None:
                raise ValueProblem("create takes a geometry and a neuron, or a population, not both.")
            spec = population
        else:
            spec = PopulationSpec(shape_of(geometry, name or "create"), as_model(Neuron, neuron))
        chosen = self._objects.populations.new_name(name or spec.name)
        created = self._objects.populations.add(chosen, self._population_type(spec)(self._context, chosen, spec))
        if stop_condition is not None:
            self._simulation.set_stop_condition(created, stop_condition)
        self._context.touch()
        return created

    def _population_type(self, spec: PopulationSpec) -> type[Population]:
        """Return what `create` makes of a specification; a front end may have populations with more methods."""
        return Population

    def estimate(self, rate: float = 10.0) -> Estimate:
        """Return what the network needs: memory, time to build and time per step.

        Synapses that do not fit into memory are counted too; they are refused when they are first used.

        Parameters
        ----------
        rate : number
            Assumed rate of spikes of every neuron (Hz).
        """
        objects = self._objects
        return estimate(self._context, objects.populations, objects.projections, objects.monitors, rate)

    def connect(
        self,
        pre: Group | Projection | ProjectionSpec | None = None,
        post: Group | Projection | None = None,
        target: str | Sequence[str] = "",
        synapse: Synapse | None = None,
        name: str | None = None,
        projection: ProjectionSpec | None = None,
        same_step: bool = False,
        storage: str | None = None,
    ) -> Projection:
        """Connect two groups; a connector method of the result then creates the synapses.

        Parameters
        ----------
        pre, post : Population, view or Projection
            A projection stands for its synapses.
        target : str or list of str
            The input ``g_<target>`` of the postsynaptic neurons; what spikes add to it is added to each of several.
        synapse : Synapse, optional
            By default each spike adds the weight to the target; a rate ``r`` is sent times the weight in every step.
        name : str, optional
        projection : optional
            A ready-made one, such as ``Convolution(...)``, in place of groups, target and synapse (or as first
            argument).
        same_step : bool
            Deliver spikes and run their code in the step of the spike (plus the delay), before the spike reset.
        """
        if isinstance(pre, ProjectionSpec):
            pre, projection = None, pre
        if projection is not None:
            if not isinstance(projection, ProjectionSpec):
                raise ValueProblem(f"projection must be made by Convolution or the like, not {projection!r}.")
            if pre is not None or post is not None or synapse is not None:
                raise ValueProblem("connect takes two groups and a synapse, or a projection, not both.")
            pre, post, target, synapse = projection.pre, projection.post, projection.target, projection.synapse
            name, same_step = name or projection.name, projection.same_step
        if storage is not None:
            not_available("connect(storage=...)")
        names = [target] if isinstance(target, str) else list(target)
        if not names or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
            raise ValueProblem(f"target must be a name or a list of different names, not {target!r}.")
        first, second = self._own(pre), self._own(post)
        if synapse is None:
            spiking = first.population.spiking
            synapse = self._static.setdefault(spiking, static_synapse(spiking))
        else:
            synapse = as_model(Synapse, synapse)
        chosen = self._objects.projections.new_name(name)
        made = self._projection_type(self._context, chosen, first, second, target, synapse, same_step)
        if projection is not None:
            made._later, made._values, made._reverse = projection.later, projection.values, projection.reverse
        return self._objects.projections.add(chosen, made)

    def _own(self, group: object) -> Side:
        """Return a group that can be connected in this network."""
        if isinstance(group, Projection):
            if all(group is not p for p in self._objects.projections):
                raise ValueProblem(f"{group._label} belongs to another network.")
            return group._as_end()
        if not isinstance(group, Group):
            raise ValueProblem(f"Populations, views and projections can be connected, not {type(group).__name__}.")
        if all(group.population is not p for p in self._objects.populations):
            raise ValueProblem(f"population '{group.population.name}' belongs to another network.")
        return group

    def monitor(
        self,
        obj: Recordable,
        variables: str | Sequence[str],
        period: Any = None,
        period_offset: Any = None,
        start: bool = True,
        name: str | None = None,
        file: Any = None,
        reduce: Any = None,
        dtype: Any = None,
        window: Any = None,
        times: Any = None,
        at: Any = None,
        when: str = "after",
    ) -> Monitor:
        """Record variables of a group, or ``"spike"``.

        Parameters
        ----------
        obj : Population, view, Projection, Dendrite or synapse
        variables : str or list of str
        period : number, optional
            Time between samples (ms); dt by default.
        period_offset : number, optional
            Offset of the samples within the period (ms).
        start : bool
            Record from now on; else after `Monitor.start`.
        name : str, optional
        file : path, optional
            Write to this HDF5 file (needs the package h5py) instead of keeping the data in memory. Several monitors
            may share a file. One that exists is added to.
        reduce : {"mean", "sum", "min", "max"} or ("histogram", edges), optional
            Keep one number per sample, or the counts of a histogram, instead of one value per neuron or synapse.
        dtype : str, optional
            Of what is kept of float variables: ``"float32"`` takes half the room.
        window : (start, stop) or list of such pairs, optional
            Record in these stretches of time only (ms).
        times : list of number, optional
            Take samples at these times only (ms), in place of a period: at the end of the steps that begin then.
        at : str or list of str, optional
            Record values of synapses at events: ``"pre"``, ``"post"``, or one pathway, ``"pre:<name>"``. `get` returns
            `SynapticEvents`: step, presynaptic rank, postsynaptic rank and value, in the order of the events.
        when : {"after", "before"}
            The code of the event.

        Examples
        --------
        >>> import ranvier as rv
        >>> net = rv.Network(dt=0.1, seed=1)
        >>> pop = net.create(100, rv.Neuron("tau = 20.0", "tau*dv/dt = 1.5 - v", spike="v > 1", reset="v = 0"))
        >>> mean = net.monitor(pop, "v", reduce="mean", window=(10.0, 20.0))
        >>> net.simulate(30.0)
        >>> mean.get("v").shape
        (100,)
        """
        if not isinstance(obj, Recordable):
            raise ValueProblem(
                f"Populations, views, projections, dendrites and synapses are monitored, not {type(obj).__name__}."
            )
        chosen = self._objects.monitors.new_name(name)
        form = Form.of(reduce, dtype, f"monitor '{chosen}'")
        to = None if file is None else self._objects.file(file)
        moments = None
        if at is not None:
            taken = [("period", period), ("period_offset", period_offset), ("times", times), ("reduce", reduce),
                     ("dtype", dtype)]  # fmt: skip
            for argument, value in taken:
                if value is not None:
                    raise ValueProblem(f"monitor '{chosen}': {argument} is for samples, not for values at events.")
            moments = Moments.of(obj, at, when, f"monitor '{chosen}'")
        made = Monitor(
            self._context, chosen, obj, variables, period, period_offset, form, window, to, moments, times
        )  # fmt: skip
        self._objects.monitors.add(chosen, made)
        if start:
            made.start()
        return made

    def every(
        self, period: Any, offset: Any = 0.0, wait: Any = 0.0
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Call a function before every step k >= wait with ``(k - wait - offset) mod period == 0`` (times in ms).

        The function may take one argument, the number of earlier calls.

        Examples
        --------
        >>> import ranvier as rv
        >>> net = rv.Network(dt=1.0, seed=1)
        >>> @net.every(period=10.0)
        ... def tell(n):
        ...     pass
        """
        rounded = {
            name: self._context.rounding(milliseconds(value, f"every: {name}"), "every", name)
            for name, value in (("period", period), ("offset", offset), ("wait", wait))
        }
        if rounded["period"] < 1:
            raise ValueProblem(f"every: period must be at least dt = {self.dt} ms.")

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            times = rounded["period"], rounded["offset"], rounded["wait"]
            self._objects.callbacks.add(Callback(function, *times, with_count=takes_count(function)))
            return function

        return register

    def get_population(self, name: str) -> Population:
        """Return a population by name."""
        return self._objects.populations[name]

    def get_projection(self, name: str) -> Projection:
        """Return a projection by name."""
        return self._objects.projections[name]

    def get_monitor(self, name: str) -> Monitor:
        """Return a monitor by name."""
        return self._objects.monitors[name]

    def get_populations(self) -> list[Population]:
        """Return all populations."""
        return self._objects.populations.all()

    def get_projections(self) -> list[Projection]:
        """Return all projections."""
        return self._objects.projections.all()

    def get_monitors(self) -> list[Monitor]:
        """Return all monitors."""
        return self._objects.monitors.all()

    def constant(self, name: str, value: Any) -> None:
        """Define a number that models built from now on may name, or give it another value.

        Parameters
        ----------
        name : str
        value : number or quantity
        """
        constants = self._context.constants
        constants.define(name, value)
        for population in self._objects.populations:
            if name in population._constants():
                population._write(name, constants.value(name, population._label))
        for projection in self._objects.connected:
            if name in projection._made.constants():
                projection._write(name, constants.value(name, projection._label))

    def report(self, format: str = "markdown", file: Any = None) -> str:
        """Return the tables that describe the network: populations, connectivity, models, values, measurements.

        The form is that of Nordlie, Gewaltig and Plesser (2009, PLoS Comput. Biol. 5, e1000456).

        Parameters
        ----------
        format : {"markdown", "latex"}
            LaTeX needs the package ``amsmath``.
        file : path, optional
            Also write it there.
        """
        from .report import network_report

        text = network_report(self._objects, self.dt, self._context.precision, format)
        if file is not None:
            Path(file).write_text(text, encoding="utf-8")
        return text
