"""Populations that feed a network: Poisson spikes with given rates, and spikes given in advance."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from .definitions import Neuron
from .geometry import shape_of
from .problems import ValueProblem, not_available
from .quantities import is_expression
from .spec import PopulationSpec
from .stimuli import SpikeTrains, TimedArray

__all__ = ["PoissonPopulation", "SpikeSourceArray", "TimedArray", "TimedPoissonPopulation"]

#: Rates are in Hz, time in ms.
_POISSON_SPIKE = "Uniform(0.0, 1.0) * 1000.0 < rates * dt"


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
    if target is not None:
        not_available("PoissonPopulation(target=...)", "give the rates as a string in t")
    if rates is None:
        raise ValueProblem(f"{owner}: rates are missing.")
    shape = shape_of(geometry, owner)
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
    """Return a Poisson population whose rates change at regular times.

    Parameters
    ----------
    geometry : int or tuple of int
    rates : array, shape (times,) or (times, neurons)
        In Hz.
    schedule : number
        How long each row holds, in ms.
    period : number, optional
        Time after which the rows begin again.
    name : str, optional
    """
    owner = name or "TimedPoissonPopulation"
    shape = shape_of(geometry, owner)
    table = TimedArray(rates, schedule, period)
    size = prod(shape)
    if table.table_rank == 2 and table.values.shape[1] != size:
        raise ValueProblem(f"{owner}: {table.values.shape[1]} columns of rates for {size} neurons.")
    call = "rate_table(t)" if table.table_rank == 1 else "rate_table(t, i)"
    namespace: Mapping[str, Any] = {"rate_table": table}
    neuron = Neuron("", f"rates = {call}", _POISSON_SPIKE, namespace=namespace, name=owner)
    return PopulationSpec(shape, neuron, name=name)


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
    return PopulationSpec((len(trains),), None, trains=trains, name=name)
