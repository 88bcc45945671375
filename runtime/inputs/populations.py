"""Populations that feed a network: Poisson spikes, rates and spikes given in advance, correlated spike trains."""

from __future__ import annotations

from math import prod
from typing import Any

from ..definitions.spec import PopulationSpec
from ..definitions.types import Neuron
from ..groups.geometry import shape_of
from ..problems import ValueProblem
from ..quantities import is_expression
from .correlated import CorrelatedRates
from .given import Given
from .stimuli import ScheduledRates, SpikeTrains, TimedArray

__all__ = [
    "HomogeneousCorrelatedSpikeTrains",
    "InputArray",
    "PoissonPopulation",
    "SpikeSourceArray",
    "TimedArray",
    "TimedPoissonPopulation",
]

#: Rates are in Hz, time in ms.
_POISSON_SPIKE = "Uniform(0.0, 1.0) * 1000.0 < rates * dt"
#: The time (ms) that a schedule counts from.
_START = "start = 0.0 : population"
#: An Ornstein-Uhlenbeck process, exact for any step, whose standard deviation is sigma.
_FLUCTUATING = """
    mu = mu_table(t - start) : population
    sigma = sigma_table(t - start) : population
    tau = tau_table(t) : population
    x = mu + (x - mu)*exp(-dt/tau) + sigma*sqrt(-expm1(-2.0*dt/tau))*Normal(0.0, 1.0) : population
"""


def PoissonPopulation(
    geometry: int | tuple[int, ...],
    rates: Any = None,
    target: str | None = None,
    parameters: Any = None,
    refractory: Any = None,
    name: str | None = None,
) -> PopulationSpec:
    """Return a population of independent Poisson spike trains, for `Network.create`.

    Parameters
    ----------
    geometry : int or tuple of int
    rates : number, array, distribution, quantity or str
        In Hz. A string may depend on time: ``"10.0*(1.0 + sin(2*pi*t/1000.0))"``.
    target : str, optional
        In place of `rates`: the rates are the input ``sum(target)`` (Hz) from rate-coded populations.
    parameters : str or dict, optional
        Parameters that the string uses.
    refractory : number or quantity, optional
        In ms.
    name : str, optional

    Examples
    --------
    >>> import ranvier as rv
    >>> net = rv.Network(dt=0.1, seed=1)
    >>> noise = net.create(population=rv.PoissonPopulation(100, rates=15.0))
    """
    owner = name or "PoissonPopulation"
    if (rates is None) == (target is None):
        raise ValueProblem(f"{owner}: rates are missing." if rates is None else f"{owner}: give rates or target.")
    shape = shape_of(geometry, owner)
    if target is not None:
        if parameters:
            raise ValueProblem(f"{owner}: parameters are only for rates given as an expression.")
        neuron = Neuron("", f"rates = sum({target})", _POISSON_SPIKE, refractory=refractory, name=owner)
        return PopulationSpec(shape, neuron, name=name)
    if isinstance(rates, str) and is_expression(rates):
        equations = f"rates = {rates}"
        if Neuron(parameters or "", equations, "False", name=owner).model.unit_checked:
            equations = f"rates = 1000.0*({rates}) : Hz (stored)"  # a rate in coherent units is in kHz
        neuron = Neuron(parameters or "", equations, _POISSON_SPIKE, refractory=refractory, name=owner)
        return PopulationSpec(shape, neuron, name=name)
    if parameters:
        raise ValueProblem(f"{owner}: parameters are only for rates given as an expression.")
    neuron = Neuron("rates = 0.0", "", _POISSON_SPIKE, refractory=refractory, name=owner)
    return PopulationSpec(shape, neuron, scales={"rates": 1000.0}, values={"rates": rates}, name=name)


def TimedPoissonPopulation(
    geometry: int | tuple[int, ...], rates: Any, schedule: Any, period: Any = None, name: str | None = None
) -> PopulationSpec:
    """Return a Poisson population whose rates change at given times.

    ``pop.rates``, ``pop.schedule`` and ``pop.period`` can be read and changed between runs, several at once by
    ``pop.update(rates=..., schedule=...)``; ``pop.proba`` is the rate at the moment.

    Parameters
    ----------
    geometry : int or tuple of int
    rates : array, shape (times,) or (times, neurons) or (times, *geometry)
        In Hz.
    schedule : number or list of numbers
        How long each row holds, or when each begins, in ms.
    period : number, optional
        Time after which the rows begin again.
    name : str, optional

    Examples
    --------
    >>> import ranvier as rv
    >>> net = rv.Network(dt=0.1, seed=1)
    >>> noise = net.create(rv.TimedPoissonPopulation(100, rates=[10.0, 50.0], schedule=[0.0, 100.0], period=200.0))
    """
    owner = name or "TimedPoissonPopulation"
    shape = shape_of(geometry, owner)
    given = ScheduledRates(rates, schedule, period, shape, owner)
    if given.value("rates").min() < 0:
        raise ValueProblem(f"{owner}: rates (Hz) must be finite and not negative.")
    spike = "Uniform(0.0, 1.0) * 1000.0 < proba * dt"
    return _scheduled(shape, given, "proba = rate_table(t - start, i)", name, owner, spike)


def timed_population(array: TimedArray) -> PopulationSpec:
    """Return the population whose neurons have the values of a `TimedArray` as their rates."""
    owner = array.name or "TimedArray"
    if not array.geometry:
        raise ValueProblem(
            f"{owner}: rates of shape {array.values.shape} are values over time without neurons.",
            help="give one row per time, as in rates=[[0.0], [1.0]], or geometry=...",
        )
    rates = array.values.reshape(-1, *array.geometry)
    given = ScheduledRates(rates, array.schedule, array.period, array.geometry, owner)
    return _scheduled(array.geometry, given, "r = rate_table(t - start, i)", array.name, owner, None)


def InputArray(geometry: int | tuple[int, ...], name: str | None = None) -> PopulationSpec:
    """Return a rate-coded population whose rates ``r`` are what the user writes.

    Parameters
    ----------
    geometry : int or tuple of int
    name : str, optional

    Examples
    --------
    >>> import ranvier as rv
    >>> net = rv.Network(dt=1.0, seed=1)
    >>> image = net.create(rv.InputArray((28, 28)))
    >>> image.r = 0.5
    """
    owner = name or "InputArray"
    return PopulationSpec(shape_of(geometry, owner), Neuron("", "r = r : init=0.0", name=owner), name=name)


def HomogeneousCorrelatedSpikeTrains(
    geometry: int | tuple[int, ...],
    rates: Any,
    corr: Any,
    tau: Any,
    schedule: Any = None,
    period: Any = None,
    name: str | None = None,
    refractory: Any = None,
) -> PopulationSpec:
    r"""Return a population of Poisson spike trains whose common rate fluctuates, so that they are correlated.

    The rate of all neurons is the positive part of an Ornstein-Uhlenbeck process `x` with time constant `tau`. Mean
    and deviation of `x` (``pop.mu``, ``pop.sigma``) are chosen so that its positive part has the mean `rates` and the
    variance ``corr*rates/(2*tau)``: the spikes of two neurons then have the total correlation `corr`, which falls off
    as ``exp(-|s|/tau)``. ``pop.rates``, ``corr``, ``tau``, ``schedule`` and ``period`` can be read and changed between
    runs.

    Parameters
    ----------
    geometry : int or tuple of int
    rates : number or list
        In Hz; a list has one value for each time of `schedule`.
    corr : number or list
        Total correlation, 0 to 1.
    tau : number
        Time constant, in ms.
    schedule : list of numbers, optional
        Times (ms) at which `rates` and `corr` change; the first is 0.
    period : number, optional
        Time after which the schedule begins again, in ms.
    name : str, optional
    refractory : number, optional
        In ms; a long one weakens the correlation.

    References
    ----------
    Brette 2009, Neural Computation 21, 188, section 3 (doubly stochastic processes).

    Examples
    --------
    >>> import ranvier as rv
    >>> net = rv.Network(dt=0.1, seed=1)
    >>> trains = net.create(rv.HomogeneousCorrelatedSpikeTrains(50, rates=15.0, corr=0.3, tau=10.0))
    """
    owner = name or "HomogeneousCorrelatedSpikeTrains"
    shape = shape_of(geometry, owner)
    given = CorrelatedRates(rates, corr, tau, schedule, period, owner)
    spike = "Uniform(0.0, 1.0) * 1000.0 < x * dt"
    return _scheduled(shape, given, _FLUCTUATING, name, owner, spike, refractory, {"x": given.first})


def SpikeSourceArray(spike_times: Any, name: str | None = None) -> PopulationSpec:
    """Return a population that spikes at given times.

    Parameters
    ----------
    spike_times : list
        One list of times (ms) per neuron, or one list for a single neuron.
    name : str, optional

    Examples
    --------
    >>> import ranvier as rv
    >>> net = rv.Network(dt=0.1, seed=1)
    >>> source = net.create(population=rv.SpikeSourceArray([[1.0, 5.0], [2.5]]))
    """
    trains = SpikeTrains(spike_times, name or "SpikeSourceArray")
    return PopulationSpec((len(trains),), None, given=trains, name=name)


def _scheduled(
    shape: tuple[int, ...],
    given: Given,
    equations: str,
    name: str | None,
    owner: str,
    spike: str | None,
    refractory: Any = None,
    values: dict[str, Any] | None = None,
) -> PopulationSpec:
    """Return a population whose model reads tables of what was given."""
    tables = given.tables(prod(shape))
    neuron = Neuron(_START, equations, spike, refractory=refractory, namespace=tables, name=owner)
    return PopulationSpec(shape, neuron, given=given, values=values or {}, name=name)
