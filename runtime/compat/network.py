"""`Network` with ANNarchy's arguments and habits, and the projection it makes."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import Any

from ranvier.compiler import RanvierWarning

from .. import network as native
from ..callbacks import Callback
from ..definitions.spec import PopulationSpec
from ..definitions.types import Neuron, Synapse
from ..groups.population import Population
from ..live import network_of
from ..problems import ValueProblem, not_available
from ..quantities import milliseconds
from ..synapses.projection import Projection as NativeProjection
from .extensions import Images, ImageSpec
from .lists import flat, nested

#: Code of a synapse that transmits nothing; without any, spikes would add the weight to the target.
NOTHING = "w += 0.0"


class Projection(NativeProjection):
    """A projection whose synaptic values are lists with one list per postsynaptic neuron."""

    def __getattr__(self, name: str) -> Any:
        """Read an attribute of the synapses."""
        return nested(self, super().__getattr__(name))

    def __setattr__(self, name: str, value: Any) -> None:
        """Write an attribute of the synapses; a list of lists is one list per postsynaptic neuron."""
        super().__setattr__(name, value if name.startswith("_") else flat(self, value))

    def get(self, name: str, units: bool = False) -> Any:
        """Return an attribute by name."""
        return nested(self, super().get(name, units))

    def set(self, values: Any) -> None:
        """Write several attributes."""
        super().set({name: flat(self, value) for name, value in values.items()})

    def __getitem__(self, post: int) -> Any:
        """Return the synapses of one postsynaptic neuron."""
        return self.dendrite(post)

    @property
    def nb_synapses_per_dendrite(self) -> list[int]:
        """Number of synapses of each postsynaptic neuron that has any."""
        return [len(ranks) for ranks in self.pre_ranks]


class Network(native.Network):
    """A network with ANNarchy's habits: callbacks count from the start of each `simulate`; layout hints are ignored.

    Parameters
    ----------
    dt : number
        In ms.
    seed : int, optional
    **options
        As of `ranvier.Network`.
    """

    _projection_type = Projection

    def __init__(self, dt: Any = 1.0, seed: int | None = None, **options: Any) -> None:
        if "everything" in options:
            not_available("Network(everything=True)", "build networks in a subclass, or with create() and connect()")
        super().__init__(dt, seed, **options)
        self._every: list[Callback] = []
        self._calling = True
        self._norms: list[Any] = []

    def create(  # type: ignore[override]
        self,
        geometry: Any = None,
        neuron: Any = None,
        stop_condition: str | None = None,
        name: str | None = None,
        population: Any = None,
        storage_order: str | None = None,
    ) -> Population:
        """Create a population; the order of arguments is ANNarchy's.

        ``PoissonPopulation(...)`` and the like make a population of the current network; this network gets one alike.
        """
        if isinstance(geometry, Population):
            geometry, population = None, geometry
        if isinstance(population, Population):
            population = population._spec
        return super().create(geometry, model_of(neuron, Neuron), name, stop_condition, population)

    def connect(  # type: ignore[override]
        self,
        pre: Any = None,
        post: Any = None,
        target: Any = "",
        synapse: Any = None,
        name: str | None = None,
        projection: Any = None,
        **options: Any,
    ) -> Any:
        """Connect two groups, given as objects or names; or take over a projection that was made ready."""
        if isinstance(pre, NativeProjection):
            pre, projection = None, pre
        if isinstance(projection, NativeProjection):
            if network_of(projection) is not self:
                raise ValueProblem(f"projection '{projection.name}' belongs to another network.")
            return projection
        pre, post = (self.get_population(end) if isinstance(end, str) else end for end in (pre, post))
        model = model_of(synapse, Synapse)
        if isinstance(model, Synapse) and _reaches_nothing(model, post, target):
            message = f"population '{post.name}' has no input '{target}': the synapses change, but transmit nothing."
            warnings.warn(message, RanvierWarning, stacklevel=2)
            model = model.edit().add_statement(NOTHING, where="pre_spike").build()
        return super().connect(pre, post, target, model, name, projection, **options)

    def _population_type(self, spec: PopulationSpec) -> type[Population]:
        return Images if isinstance(spec, ImageSpec) else Population

    def compile(self, *directory: Any, silent: bool = False, **options: Any) -> None:
        """Compile what is not yet in the cache; ANNarchy's directory and options of the compiler are ignored."""
        if self._norms and not self.compiled:
            from .bold import count_synapses

            count_synapses(self)
        super().compile(silent)

    # -- callbacks -----------------------------------------------------------------------------------

    def every(
        self, period: Any, offset: Any = 0.0, wait: Any = 0.0
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Call a function periodically, counted from the start of each `simulate`, with the number of the call.

        Parameters
        ----------
        period, offset, wait : number
            In ms; a negative offset counts from the end of the period.
        """
        rounding = self._context.rounding
        length = max(1, rounding(milliseconds(period, "every: period"), "every", "period"))
        first = rounding(min(milliseconds(offset, "every: offset"), length * self.dt), "every", "offset") % length
        delay = max(0, rounding(milliseconds(wait, "every: wait"), "every", "wait"))

        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            entry = Callback(function, length, first, delay, with_count=True)
            self._objects.callbacks.add(entry)
            self._every.append(entry)
            return function

        return register

    def simulate(  # type: ignore[override]
        self, duration: Any, measure_time: bool = False, callbacks: bool = True, progress: Any = None, **options: Any
    ) -> Any:
        """Run for some time, in ms."""
        waits = [entry.wait for entry in self._every]
        for entry in self._every:
            entry.wait += self.current_step
            entry.calls = 0
            entry.enabled = callbacks and self._calling
        try:
            seconds = super().simulate(duration, measure_time, progress)
        finally:
            for entry, wait in zip(self._every, waits, strict=True):
                entry.wait, entry.enabled = wait, False
        if measure_time:
            print(f"Simulating {duration / 1000.0:g} s of the network took {seconds:.3g} s.")
        return seconds

    def simulate_until(
        self,
        max_duration: Any,
        population: Population | Iterable[Population],
        operator: str = "and",
        measure_time: bool = False,
    ) -> float:
        """Run until the stop conditions of populations hold; returns the time it took, in ms."""
        return super().simulate_until(max_duration, population, operator)

    def enable_callbacks(self) -> None:
        """Call the functions given to `every` again."""
        self._calling = True

    def disable_callbacks(self) -> None:
        """Do not call the functions given to `every`."""
        self._calling = False

    def callbacks_enabled(self) -> bool:
        """Whether the functions given to `every` are called."""
        return self._calling

    def clear_all_callbacks(self) -> None:
        """Forget the functions given to `every`."""
        for entry in self._every:
            self._objects.callbacks.remove(entry)
        self._every.clear()

    # -- objects and settings ------------------------------------------------------------------------

    def get_projections(
        self, post: Any = None, pre: Any = None, target: str | None = None, suppress_error: bool = False
    ) -> list[Any]:
        """Return the projections between two populations (objects or names) that reach a target; all by default."""
        names = [None if end is None else end if isinstance(end, str) else end.name for end in (post, pre)]
        found = [
            p
            for p in super().get_projections()
            if names[0] in (None, p.post.population.name)
            and names[1] in (None, p.pre.population.name)
            and target in (None, p.target)
        ]
        if not found and not suppress_error and (post, pre, target) != (None, None, None):
            raise ValueProblem("get_projections: there is no such projection.")
        return found

    def boldmonitor(self, populations: Any = None, *options: Any, **named: Any) -> Any:
        """Monitor the BOLD signal of populations; see `extensions.bold.BoldMonitor`."""
        from .bold import BoldMonitor

        return BoldMonitor(populations, *options, **named)

    def boldmonitor_from_slices(self, population: Any, slices: Any, *options: Any, **named: Any) -> Any:
        """Monitor the BOLD signals of parts of a population; see `extensions.bold.BoldMonitorFromSlices`."""
        from .bold import BoldMonitor

        return BoldMonitor.from_slices(population, slices, *options, **named)

    def get(self, obj: Any) -> Any:
        """Return the object of this network that has the name of an object of another one."""
        kinds = self._objects.populations, self._objects.projections, self._objects.monitors
        found = [kind[obj.name] for kind in kinds if obj.name in kind]
        if not found:
            raise ValueProblem(f"this network has nothing called '{obj.name}'.")
        return found[0]

    def config(self, *options: Any, **named: Any) -> None:
        """Set `dt`, `seed` or the number of threads; hints of layout are ignored."""
        from .session import LAYOUT

        for name, value in (dict(*options) | named).items():
            if name in ("dt", "seed"):
                setattr(self, name, value)
            elif name == "num_threads":
                self.threads = value
            elif name not in LAYOUT:
                not_available(f"Network.config({name}=...)", f"give it to Network({name}=...)")

    def clear(self) -> None:
        """Accepted for compatibility: memory is returned when the network is no longer used."""


def _reaches_nothing(model: Synapse, post: Any, target: Any) -> bool:
    """Tell whether synapses that name no transmission lead to spiking neurons that do not know their target."""
    if not isinstance(target, str) or any(s.role in ("pre_spike", "psp") for s in model.text.sources):
        return False
    population = getattr(post, "population", post)
    return bool(getattr(population, "spiking", False)) and f"g_{target}" not in population.attributes


def model_of(model: Any, kind: type) -> Any:
    """Return a model; a class or function of ready-made models stands for the model with its default values."""
    if model is None or isinstance(model, kind) or not callable(model):
        return model
    return model()
