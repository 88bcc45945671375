"""Objects created outside of a network: they belong to the current one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from ..definitions import types as definitions
from ..definitions.spec import PopulationSpec, ProjectionSpec
from ..groups import population as native
from ..groups.views import PopulationView
from ..inputs import devices, stimuli
from ..inputs import populations as inputs
from ..live import network_of
from ..recording.monitors import Monitor as NativeMonitor
from ..synapses.projection import Projection as NativeProjection
from .extensions import image_spec
from .session import SESSION


class Stands(type):
    """A class whose call makes an object of the current network, and whose instances are all objects of that kind."""

    kind: type

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.kind)


class Population(metaclass=Stands):
    """A population of the current network."""

    kind = native.Population

    def __new__(
        cls,
        geometry: Any,
        neuron: Any = None,
        name: str | None = None,
        stop_condition: str | None = None,
        storage_order: str | None = None,
        copied: bool = False,
        net_id: int = 0,
    ) -> Any:
        """Create it."""
        return SESSION.network.create(geometry, neuron, stop_condition, name)


class Projection(metaclass=Stands):
    """A projection of the current network; a connector method then creates the synapses."""

    kind = NativeProjection

    def __new__(
        cls, pre: Any, post: Any, target: Any, synapse: Any = None, name: str | None = None, **layout: Any
    ) -> Any:
        """Create it."""
        return SESSION.network.connect(pre, post, target, synapse, name)


class Monitor(metaclass=Stands):
    """A monitor of the current network."""

    kind = NativeMonitor

    def __new__(
        cls,
        obj: Any,
        variables: Any = (),
        period: Any = None,
        period_offset: Any = None,
        start: bool = True,
        name: str | None = None,
        net_id: int = 0,
    ) -> Any:
        """Create it."""
        return SESSION.network.monitor(obj, variables, period, period_offset, start, name)


class Neuron(definitions.Neuron):
    """A neuron model; the order of arguments is ANNarchy's, and `setup(method=...)` gives the default method.

    Parameters
    ----------
    parameters, equations, spike, axon_spike, reset, axon_reset, refractory, functions, name, description
        As of `ranvier.Neuron`.
    extra_values : dict, optional
        Numbers that the texts name.
    """

    def __init__(
        self,
        parameters: Any = "",
        equations: Any = "",
        spike: str | None = None,
        axon_spike: str | None = None,
        reset: Any = None,
        axon_reset: Any = None,
        refractory: Any = None,
        functions: str | None = None,
        name: str = "",
        description: str = "",
        extra_values: Any = None,
        **options: Any,
    ) -> None:
        super().__init__(
            parameters, equations, spike, _lines(reset), refractory, axon_spike, _lines(axon_reset),
            functions=functions, name=name, description=description, **_defaults(options, extra_values),
        )  # fmt: skip


class Synapse(definitions.Synapse):
    """A synapse model; the order of arguments is ANNarchy's, and `setup(method=...)` gives the default method.

    Parameters
    ----------
    parameters, equations, psp, operation, pre_spike, post_spike, pre_axon_spike, functions, name, description
        As of `ranvier.Synapse`.
    pruning, creating : str, Pruning or Creating
    extra_values : dict, optional
        Numbers that the texts name.
    """

    def __init__(
        self,
        parameters: Any = "",
        equations: Any = "",
        psp: str | None = None,
        operation: str = "sum",
        pre_spike: Any = None,
        post_spike: Any = None,
        pre_axon_spike: Any = None,
        functions: str | None = None,
        pruning: Any = None,
        creating: Any = None,
        name: str | None = None,
        description: str | None = None,
        extra_values: Any = None,
        **options: Any,
    ) -> None:
        structure = [x.text() if isinstance(x, (Pruning, Creating)) else x for x in (pruning, creating)]
        super().__init__(
            parameters, equations, psp, operation, _lines(pre_spike), _lines(post_spike), _lines(pre_axon_spike),
            functions, structure[0], structure[1], name=name or "", description=description or "",
            **_defaults(options, extra_values),
        )  # fmt: skip


def _lines(code: Any) -> Any:
    """Return code given as a list of statements as one text."""
    return "\n".join(code) if isinstance(code, list) else code


def _defaults(options: dict[str, Any], extra_values: Any) -> dict[str, Any]:
    if SESSION.method is not None:
        options.setdefault("method", SESSION.method)
    if extra_values:
        options.setdefault("namespace", dict(extra_values))
    return options


@dataclass(frozen=True)
class Pruning:
    """When a synapse is removed: a condition, and its probability per step where it holds."""

    equation: str
    proba: float = 1.0

    def text(self) -> str:
        """Return it as `Synapse` takes it."""
        return f"{self.equation} : proba = {self.proba!r}"


@dataclass(frozen=True)
class Creating:
    """When a synapse is created: a condition, its probability per step, weight and delay (ms) of the new one."""

    equation: str
    proba: float = 1.0
    w: float = 0.0
    d: float | None = None

    def text(self) -> str:
        """Return it as `Synapse` takes it."""
        delay = "" if self.d is None else f", d = {self.d!r}"
        return f"{self.equation} : proba = {self.proba!r}, w = {self.w!r}{delay}"


def of_current(make: Callable[..., PopulationSpec]) -> Callable[..., Any]:
    """Return a maker of ready-made populations of the current network."""

    @wraps(make)
    def create(*args: Any, copied: bool = False, net_id: int = 0, **options: Any) -> Any:
        return SESSION.network.create(population=make(*args, **options))

    return create


def of_its_network(make: Callable[..., ProjectionSpec]) -> Callable[..., Any]:
    """Return a maker of ready-made projections, in the network of what they connect."""

    @wraps(make)
    def connect(pre: Any, *args: Any, copied: bool = False, net_id: int = 0, **options: Any) -> Any:
        return network_of(getattr(pre, "population", pre)).connect(projection=make(pre, *args, **options))

    return connect


PoissonPopulation = of_current(inputs.PoissonPopulation)
TimedPoissonPopulation = of_current(inputs.TimedPoissonPopulation)
SpikeSourceArray = of_current(inputs.SpikeSourceArray)
HomogeneousCorrelatedSpikeTrains = of_current(inputs.HomogeneousCorrelatedSpikeTrains)
InputArray = of_current(inputs.InputArray)
ImagePopulation = of_current(image_spec)

CurrentInjection = of_its_network(devices.CurrentInjection)
DecodingProjection = of_its_network(devices.DecodingProjection)
Convolution = of_its_network(devices.Convolution)
Pooling = of_its_network(devices.Pooling)
Copy = of_its_network(devices.Copy)
Transpose = of_its_network(devices.Transpose)


def TimedArray(
    rates: Any = None,
    geometry: Any = None,
    schedule: Any = 0.0,
    period: Any = -1.0,
    name: str | None = None,
    copied: bool = False,
    net_id: int = 0,
) -> Any:
    """Return a rate-coded population of the current network whose rates follow a schedule.

    Parameters
    ----------
    rates : array, shape (times, neurons) or (times, *geometry)
    geometry : int or tuple of int, optional
    schedule : number or list of number
        Length of each row, or the times at which rows begin (ms); one row per step by default.
    period : number
        Time after which the rows begin again (ms); negative: never.
    name : str, optional
    """
    array = stimuli.TimedArray(rates, schedule, None if period < 0 else period, geometry, name)
    return SESSION.network.create(population=inputs.timed_population(array))


__all__ = [
    "Convolution",
    "Copy",
    "Creating",
    "CurrentInjection",
    "DecodingProjection",
    "HomogeneousCorrelatedSpikeTrains",
    "ImagePopulation",
    "InputArray",
    "Monitor",
    "Neuron",
    "PoissonPopulation",
    "Pooling",
    "Population",
    "PopulationView",
    "Projection",
    "Pruning",
    "SpikeSourceArray",
    "Synapse",
    "TimedArray",
    "TimedPoissonPopulation",
    "Transpose",
]
