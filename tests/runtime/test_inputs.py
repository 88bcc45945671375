"""Poisson populations, given spikes, timed arrays, and the distributions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv


def rate_of(population: Any, duration: float = 2000.0, dt: float = 0.1) -> tuple[float, int]:
    net = rv.Network(dt=dt, seed=9)
    pop = net.create(population=population)
    mon = net.monitor(pop, "spike")
    net.simulate(duration)
    count = sum(map(len, mon.get("spike", keep=True).values()))
    return mon.mean_fr(), count


@pytest.mark.parametrize("rates", [40.0, "40 Hz", "0.04 kHz", np.full(100, 40.0), "20.0 + 20.0", "20*Hz + 0.02*kHz"])
def test_poisson_rates_are_in_hz(rates: Any) -> None:
    rate, count = rate_of(rv.PoissonPopulation(100, rates=rates))
    assert abs(rate - 40.0) < 5 * 40.0 / np.sqrt(count), "within five standard errors"


def test_poisson_rates_can_be_changed() -> None:
    net = rv.Network(dt=0.1, seed=2)
    pop = net.create(population=rv.PoissonPopulation((10, 10), rates=0.0, name="noise"))
    assert pop.name == "noise"
    mon = net.monitor(pop, "spike")
    net.simulate(100.0)
    assert mon.mean_fr() == 0.0
    pop.rates = "200 Hz"
    assert np.all(pop.rates == 200.0)
    net.simulate(500.0)
    assert 100.0 < mon.mean_fr() < 250.0
    pop[0, :].rates = 0.0
    assert np.all(pop.rates[0] == 0.0)


def test_poisson_rates_that_are_none() -> None:
    net = rv.Network(dt=1.0, seed=2)
    for wrong in (-1.0, np.nan, [1.0, np.inf], "0.0 - 5.0*i"):
        pop = net.create(population=rv.PoissonPopulation(2, rates=10.0))
        with pytest.raises(rv.RanvierError, match="must be finite"):
            pop.rates = wrong
        assert np.all(pop.rates == 10.0)
    with pytest.raises(rv.RanvierError, match="not negative"):
        net.create(population=rv.PoissonPopulation(2, rates=-1.0))
    with pytest.warns(rv.RanvierWarning, match="one spike per step of 1 ms is 1000 Hz, below the given 3000 Hz"):
        net.create(population=rv.PoissonPopulation(2, rates="3 kHz"))


def test_poisson_rates_as_text_in_time() -> None:
    net = rv.Network(dt=0.1, seed=2)
    pop = net.create(population=rv.PoissonPopulation(200, "base*(1.0 + sin(2*pi*t/100.0))", parameters="base = 50.0"))
    mon = net.monitor(pop, "spike")
    net.simulate(1000.0)
    counts = mon.histogram(bins=50.0).reshape(10, 2).sum(axis=0)
    ratio = counts[0] / counts[1]
    # mean of 1 + sin over the two halves of a period: 1 + 2/pi and 1 - 2/pi
    assert ratio == pytest.approx((1 + 2 / np.pi) / (1 - 2 / np.pi), rel=0.15)


def test_timed_poisson() -> None:
    net = rv.Network(dt=0.1, seed=2)
    pop = net.create(population=rv.TimedPoissonPopulation(100, rates=[0.0, 100.0], schedule=50.0, period=100.0))
    mon = net.monitor(pop, "spike")
    net.simulate(400.0)
    counts = mon.histogram(bins=50.0)
    assert np.all(counts[::2] == 0)
    assert np.all(counts[1::2] > 300)


def test_given_spikes() -> None:
    net = rv.Network(dt=0.1, seed=1)
    pop = net.create(population=rv.SpikeSourceArray([[1.0, 0.5], [2.0, 2.01, 5.0], []]))
    mon = net.monitor(pop, "spike")
    net.simulate(3.0)
    net.simulate(3.0)
    assert mon.get("spike") == {0: [5, 10], 1: [20, 50], 2: []}
    assert pop.spike_times == [[0.5, 1.0], [2.0, 2.01, 5.0], []]
    pop.spike_times = [[7.0], [1.0], [6.5]]
    net.simulate(3.0)
    assert mon.get("spike") == {0: [70], 1: [], 2: [65]}
    net.reset()
    net.simulate(9.0)
    assert mon.get("spike") == {0: [70], 1: [10], 2: [65]}
    with pytest.raises(rv.RanvierError):
        pop.spike_times = [[1.0]]
    for bad in ([[-1.0]], [["x"]], [[float("nan")]]):
        with pytest.raises(rv.RanvierError):
            rv.SpikeSourceArray(bad)


def test_timed_arrays_in_equations() -> None:
    stim = rv.TimedArray([1.0, 2.0, 3.0], schedule=2.0)
    columns = rv.TimedArray([[1.0, 10.0], [2.0, 20.0]], schedule="1 ms", period=2.0)
    net = rv.Network(dt=1.0, seed=1)
    neuron = rv.Neuron(equations="a = stim(t)\nb = rows(t, i)", spike="a > 99", namespace=dict(stim=stim, rows=columns))
    pop = net.create(2, neuron)
    mon = net.monitor(pop, ["a", "b"])
    net.simulate(8.0)
    data = mon.get()
    assert list(data["a"][:, 0]) == [1, 1, 2, 2, 3, 3, 3, 3]
    assert list(data["b"][:, 0]) == [1, 2, 1, 2, 1, 2, 1, 2]
    assert list(data["b"][:, 1]) == [10, 20, 10, 20, 10, 20, 10, 20]
    with pytest.raises(rv.RanvierError, match="columns"):
        net.create(3, neuron)
    with pytest.raises(rv.RanvierError, match="schedule"):
        rv.TimedArray([1.0])


def test_timed_arrays_in_single_precision() -> None:
    stim = rv.TimedArray(np.arange(100.0), schedule=1.0)
    net = rv.Network(dt=0.1, seed=1, precision="single")
    pop = net.create(2, rv.Neuron(equations="a = stim(t)", spike="a > 999", namespace=dict(stim=stim)))
    mon = net.monitor(pop, "a", period=1.0)
    net.simulate(100.0)
    assert np.array_equal(mon.get("a")[:, 0], np.arange(100.0))


def test_namespace_values_are_shared_parameters() -> None:
    net = rv.Network(dt=1.0, seed=1)
    pop = net.create(3, rv.Neuron(equations="v = v + k", spike="v > 99", namespace=dict(k=2.0)))
    net.simulate(2.0)
    assert np.all(pop.v == 4.0)
    assert pop.k == 2.0
    pop.k = 5.0
    net.simulate(1.0)
    assert np.all(pop.v == 9.0)


N = 200_000
CASES = [
    (rv.Uniform(2.0, 6.0), 4.0, 4.0 / np.sqrt(12.0)),
    (rv.DiscreteUniform(1, 6), 3.5, np.sqrt(35.0 / 12.0)),
    (rv.Normal(-3.0, 2.0), -3.0, 2.0),
    (rv.LogNormal(0.5, 0.25), np.exp(0.5 + 0.25**2 / 2), np.exp(0.5 + 0.25**2 / 2) * np.sqrt(np.expm1(0.25**2))),
    (rv.Exponential(0.5), 2.0, 2.0),
    (rv.Gamma(3.0, 2.0), 6.0, np.sqrt(12.0)),
    (rv.Binomial(20, 0.3), 6.0, np.sqrt(4.2)),
    (rv.Poisson(7.0), 7.0, np.sqrt(7.0)),
]


@pytest.mark.parametrize(("distribution", "mean", "deviation"), CASES, ids=lambda x: type(x).__name__)
def test_moments_of_distributions(distribution: Any, mean: float, deviation: float) -> None:
    """Mean within five standard errors; the deviation within 2 %, far beyond its own error at this size."""
    values = distribution.get_values(N, seed=4)
    assert abs(values.mean() - mean) < 5 * deviation / np.sqrt(N)
    assert abs(values.std() / deviation - 1) < 0.02
    assert np.array_equal(values, distribution.get_values(N, seed=4))
    assert not np.array_equal(values, distribution.get_values(N, seed=5))
    assert distribution.get_values((3, 4)).shape == (3, 4)


def test_limits_and_quantities_of_distributions() -> None:
    values = rv.Normal(0.0, 1.0, min=-0.5, max=0.25).get_values(1000, seed=1)
    assert values.min() == -0.5
    assert values.max() == 0.25
    assert rv.Uniform("1 ms", "2 ms").get_values(10, seed=1).min() >= 1.0
    with pytest.raises(rv.RanvierError):
        rv.Uniform("a", 1.0).get_values(3)
