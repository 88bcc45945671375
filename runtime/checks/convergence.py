"""`convergence`: is the step small enough? A model at dt beside the same model at dt/2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import ir

from ..definitions.types import Neuron
from ..definitions.values import Parameter
from ..groups.population import Population
from ..network import Network
from ..problems import ValueProblem
from ..quantities import milliseconds
from ..reference.ops import Array, MathLibrary

Series = dict[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Difference:
    """How far a variable at dt is from the same at dt/2: at most, and as a part of the range it covers."""

    absolute: float
    relative: float


@dataclass(frozen=True, slots=True)
class Convergence(Mapping[str, Difference]):
    """Differences between dt and dt/2, by variable; printed as a table.

    Attributes
    ----------
    dt : float
        The step, ms.
    compared : float
        How long the two runs were compared, ms: up to the first spike of either, as a reset hides what differs.
    first_spikes : tuple of float or None
        Times of the first spike at dt and at dt/2, ms.
    tolerance : float
        Largest relative difference that counts as small.
    """

    dt: float
    compared: float
    differences: Mapping[str, Difference]
    first_spikes: tuple[float | None, float | None]
    tolerance: float

    def __getitem__(self, variable: str) -> Difference:
        """Return the difference of a variable."""
        return self.differences[variable]

    def __iter__(self) -> Iterator[str]:
        """Return the names of the variables."""
        return iter(self.differences)

    def __len__(self) -> int:
        """Return the number of variables."""
        return len(self.differences)

    @property
    def small_enough(self) -> bool:
        """Whether every difference is below the tolerance, and the first spike moves by that and a step at most."""
        one, two = self.first_spikes
        together = (one is None) == (two is None)
        if one is not None and two is not None:
            together = abs(one - two) <= self.dt + self.tolerance * two
        return self.compared > 0 and together and all(d.relative <= self.tolerance for d in self.values())

    def __str__(self) -> str:
        """Return a table and the verdict."""
        lines = [f"dt = {self.dt:g} ms beside {self.dt / 2:g} ms, compared over {self.compared:g} ms"]
        lines += [f"  {name}: {d.absolute:.3g} ({d.relative:.2%} of its range)" for name, d in self.items()]
        if any(s is not None for s in self.first_spikes):
            times = " and ".join("none" if s is None else f"{s:g} ms" for s in self.first_spikes)
            lines.append(f"  first spikes: {times}")
        advice = "is not small enough: take a shorter step or another method"
        verdict = "is small enough" if self.small_enough else advice
        return "\n".join([*lines, f"the step {verdict} (tolerance {self.tolerance:.2%})"])


class _Means:
    """The functions of the engine, with every random number replaced by its mean."""

    def __init__(self, library: MathLibrary) -> None:
        self.call = library.call
        self.propagator = library.propagator

    def draw(self, kind: str, key: int, c0: Array, c1: Array, step: int, *args: Array, precision: str) -> Array:
        """Return the mean of a draw of `ir.DRAWS` for each element."""
        assert kind in ir.DRAWS
        constant = {"uniform": 0.5, "packed": 0.5, "normal": 0.0}
        if kind in constant:
            return np.full(c0.shape, constant[kind])
        return args[0] * args[1] if kind == "binomial" else args[0]


def convergence(
    model: Neuron, dt: Any, *, duration: Any = 100.0, tolerance: float = 0.01, **values: Any
) -> Convergence:
    """Run one neuron at dt and at dt/2 and compare its variables.

    Random numbers have their mean and noise is 0 in both runs; both end at the first spike.

    Parameters
    ----------
    model : Neuron
    dt : number or quantity
        The step in question, ms.
    duration : number or quantity
        How long to run, ms.
    tolerance : float
        Largest difference that counts as small, as a part of the range a variable covers.
    **values
        Parameters and initial values of the neuron, by name: ``I=5.0, v=-60.0``; of a linked variable, the value that
        it holds.

    Returns
    -------
    Convergence
        ``result["v"].absolute``, ``result["v"].relative``, ``result.small_enough``; prints as a table. The error of
        the run at dt itself is about 2 ``absolute`` for a method of order 1, 4/3 of it for order 2.

    Examples
    --------
    >>> import ranvier as rv
    >>> cell = rv.Neuron(equations="dx/dt = -x : init=1.0", spike="x > 2")
    >>> rv.convergence(cell, dt=0.5).small_enough
    False
    >>> rv.convergence(cell, dt=0.01).small_enough
    True
    """
    if not isinstance(model, Neuron):
        raise ValueProblem(f"convergence: a Neuron is needed, not {type(model).__name__}.")
    step, length = milliseconds(dt, "dt"), milliseconds(duration, "duration")
    if not 0 < step <= length:
        raise ValueProblem(f"convergence: dt must be above 0 and not above the duration, got {step} and {length} ms.")
    steps = round(length / step)
    coarse, spike = _run(model, step, steps, 1, values)
    fine, half = _run(model, step / 2, 2 * steps, 2, values)
    ends = [steps] + [k for k in (spike, None if half is None else half // 2) if k is not None]
    compared = min(ends)
    differences = {name: _difference(coarse[name][:compared], fine[name][:compared]) for name in coarse}
    times = (None if spike is None else (spike + 1) * step, None if half is None else (half + 1) * step / 2)
    return Convergence(step, compared * step, differences, times, tolerance)


def _run(model: Neuron, dt: float, steps: int, every: int, values: Mapping[str, Any]) -> tuple[Series, int | None]:
    """Return each variable at the end of every `every`-th step, and the first step with a spike."""
    net = Network(dt=dt, seed=0, engine="reference", nan_check="step")
    population = net.create(geometry=1, neuron=model, name="cell")
    linked = [s.name for s in model.model.symbols if s.linked]
    for name in linked:
        _hold(net, population, name, values)
    for name, value in values.items():
        if name not in linked:
            setattr(population, name, value)
    names = [s.name for s in model.model.symbols if s.role == "variable" and s.type == "float" and not s.linked]
    monitor = net.monitor(population, names, period=every * dt, period_offset=(every - 1) * dt) if names else None
    spikes = net.monitor(population, "spike") if model.model.spiking else None
    net.compile()
    net._simulation._runner.interpret(_Means(_engine_library()))
    net.simulate(steps * dt)
    recorded = {} if monitor is None else {name: np.asarray(monitor.get(name), float) for name in names}
    series = {name: samples.reshape(steps // every, -1)[:, 0] for name, samples in recorded.items()}
    times = spikes.get("spike").get(0, []) if spikes is not None else []
    return series, int(times[0]) if len(times) else None


def _hold(net: Network, population: Population, name: str, values: Mapping[str, Any]) -> None:
    """Link a linked variable to a neuron that holds its value."""
    if name not in values:
        raise ValueProblem(
            f"convergence: '{name}' is linked to another population, which is not there.",
            help=f"give the value to hold: convergence(model, dt, {name}=...)",
        )
    holder = Neuron({"value": Parameter(values[name], locality="local")}, "r = value", name="holder")
    population.link(name, net.create(1, holder, name=f"holder of {name}"), "value")


def _engine_library() -> MathLibrary:
    from .. import _mathlib

    library: MathLibrary = _mathlib
    return library


def _difference(coarse: NDArray[np.float64], fine: NDArray[np.float64]) -> Difference:
    if not coarse.size:
        return Difference(0.0, 0.0)
    absolute = float(np.abs(coarse - fine).max())
    size = float(np.ptp(fine))
    return Difference(absolute, absolute / size if size > 0 else 0.0 if absolute == 0 else float("inf"))
