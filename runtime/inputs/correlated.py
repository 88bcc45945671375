"""Correlated spike trains: independent Poisson spikes under one rate that fluctuates (Brette 2009)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..problems import ValueProblem
from ..quantities import milliseconds
from .stimuli import TimedArray


def rectified(mean: float, deviation: float) -> tuple[float, float]:
    """Return the mean and the standard deviation of ``max(x, 0)`` for a normal x."""
    z = mean / deviation
    above = 0.5 * math.erfc(-z / math.sqrt(2.0))
    density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    first = mean * above + deviation * density
    second = (mean * mean + deviation * deviation) * above + mean * deviation * density
    return first, math.sqrt(max(second - first * first, 0.0))


def unrectified(mean: float, deviation: float) -> tuple[float, float]:
    """Return mean and standard deviation of the normal x whose ``max(x, 0)`` has these.

    The ratio of the two moments of ``max(x, 0)`` rises with z, the ratio of those of x; z is found by bisection.
    """
    if deviation == 0.0 or mean == 0.0:
        return mean, 0.0

    def ratio(z: float) -> float:
        first, second = rectified(z, 1.0)
        return first / second if second > 0.0 else 0.0

    low, high = -30.0, max(1.0, 2.0 * mean / deviation)
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if ratio(middle) < mean / deviation else (low, middle)
    z = 0.5 * (low + high)
    scale = mean / rectified(z, 1.0)[0]
    return z * scale, scale


class CorrelatedRates:
    """Rates, correlations and the time constant of correlated spike trains.

    Parameters
    ----------
    rates : number or list
        In Hz; a list has one value for each time of `schedule`.
    corr : number or list
        Total correlation, 0 to 1.
    tau : number
        Time constant of the correlation, in ms.
    schedule : list of numbers, optional
        When each value begins, in ms; the first is 0.
    period : number, optional
        Time after which the schedule begins again.
    owner : str
        Named in errors.
    """

    names: tuple[str, ...] = ("rates", "corr", "tau", "schedule", "period")

    def __init__(self, rates: Any, corr: Any, tau: Any, schedule: Any, period: Any, owner: str) -> None:
        self._owner = owner
        times = [0.0] if schedule is None else schedule
        count = len(times) if np.ndim(times) else 1
        self._rates = self._one_each(rates, count, "rates", 0.0, math.inf)
        self._corr = self._one_each(corr, count, "corr", 0.0, 1.0)
        self._tau = milliseconds(tau, f"{owner}: tau")
        if not 0 < self._tau < math.inf:
            raise ValueProblem(f"{owner}: tau must be above 0 and finite.")
        moments = [self._moments(r, c) for r, c in zip(self._rates, self._corr, strict=True)]
        self._mu = TimedArray([m for m, _ in moments], times, period, name=owner)
        self._sigma = TimedArray([s for _, s in moments], times, period, name=owner)
        if self._mu.times is None or self._mu.times[0] != 0:
            raise ValueProblem(f"{owner}: schedule must be a list of times (ms) that begins with 0.")

    def _one_each(self, values: Any, count: int, what: str, low: float, high: float) -> NDArray[np.float64]:
        array = np.asarray(values, np.float64)
        if array.ndim > 1 or (array.ndim == 1 and array.size != count):
            raise ValueProblem(f"{self._owner}: {what} must be one number, or one for each of {count} times.")
        if not np.all((array >= low) & (array <= high) & np.isfinite(array)):
            bounds = "finite and not negative" if high == math.inf else f"between {low:g} and {high:g}"
            raise ValueProblem(f"{self._owner}: {what} must be {bounds}.")
        result: NDArray[np.float64] = np.full(count, array)
        return result

    def _moments(self, rate: float, corr: float) -> tuple[float, float]:
        """Return mean and deviation of the fluctuating rate: its positive part has the variance corr*rate/(2 tau)."""
        return unrectified(rate, math.sqrt(corr * rate * 1000.0 / (2.0 * self._tau)))

    @property
    def first(self) -> float:
        """Mean of the fluctuating rate at the beginning."""
        return float(self._mu.values[0])

    def value(self, name: str) -> Any:
        """Return what was given; a list where there is a schedule of several times."""
        if name in ("rates", "corr"):
            values = self._rates if name == "rates" else self._corr
            return float(values[0]) if values.size == 1 else values.tolist()
        return {"tau": self._tau, "schedule": self._mu.schedule, "period": self._mu.period}[name]

    def changed(self, values: Mapping[str, Any]) -> CorrelatedRates:
        """Return a copy with other values."""
        own = {**{name: self.value(name) for name in self.names}, **values}
        return CorrelatedRates(
            own["rates"], own["corr"], own["tau"], own["schedule"], own["period"], self._owner
        )

    def tables(self, size: int) -> Mapping[str, TimedArray]:
        """Return mean, deviation and time constant of the fluctuating rate over time."""
        return {"mu_table": self._mu, "sigma_table": self._sigma, "tau_table": TimedArray([self._tau])}
