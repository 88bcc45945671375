"""Injected currents and decoded rates: rate-coded and spiking neurons in one network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import ranvier as rv
from ranvier.runtime.checks.networks import check_network

READ = rv.Neuron(equations="r = sum(exc)", name="read")


@pytest.mark.parametrize("window", [0.0, 1.0, 0.7])
def test_decoding_counts_the_spikes_of_a_window(window: float) -> None:
    """ANNarchy 5.0.4 gives the same numbers for windows of whole steps; here they come from counting by hand."""
    times = [[3, 5, 9], [5, 15]]
    net = rv.Network(dt=0.1, seed=1)
    source = net.create(rv.SpikeSourceArray([[0.1 * t for t in train] for train in times]))
    reader = net.create(2, READ)
    proj = net.connect(rv.DecodingProjection(source, reader, "exc", window=window)).all_to_all(0.5)
    monitor = net.monitor(reader, "r")
    net.simulate(3.0)
    steps = max(1, round(window / 0.1))
    expected = []
    for k in range(30):
        count = sum(1 for train in times for t in train if k - steps <= t < k)
        expected.append(0.5 * count / 2 * 1000.0 / (steps * 0.1))
    # count/2 is exact; the product with the scale rounds twice here and there
    np.testing.assert_allclose(monitor.get("r")[:, 0], expected, rtol=4 * 2.0**-52)
    assert np.all(proj.count == 0)
    assert check_network(net, 10) is None


def test_decoding_never_drifts() -> None:
    """Spikes are counted in integers: after the last window the rate is exactly 0, whatever the weights."""
    net = rv.Network(dt=1.0, seed=3)
    source = net.create(rv.TimedPoissonPopulation(40, rates=[200.0, 0.0], schedule=[0.0, 900.0]))
    reader = net.create(3, READ)
    proj = net.connect(rv.DecodingProjection(source, reader, "exc", window=20.0)).all_to_all(rv.Uniform(0.001, 0.1))
    net.simulate(900.0)
    assert np.all(reader.r > 0)
    net.store()
    net.simulate(5.0)
    kept = reader.r.copy()
    net.restore()
    net.simulate(5.0)
    assert np.array_equal(reader.r, kept)
    net.simulate(50.0)
    assert np.all(reader.r == 0.0)
    assert np.all(proj.count == 0)


def test_decoding_measures_the_rate_of_poisson_spikes() -> None:
    net = rv.Network(dt=1.0, seed=3)
    source = net.create(rv.PoissonPopulation(1000, rates=80.0))
    reader = net.create(1, READ)
    net.connect(rv.DecodingProjection(source, reader, "exc", window=50.0)).all_to_all(1.0)
    net.simulate(200.0)
    # 1000 neurons, 50 steps, p = 0.08: binomial
    error = np.sqrt(0.08 * 0.92 / 50_000) * 1000.0
    assert abs(reader.r[0] - 80.0) < 5 * error


def test_currents_are_the_rates_of_the_step_before() -> None:
    net = rv.Network(dt=0.1, seed=1)
    wave = net.create(2, rv.Neuron("a = 1.0", "r = a*t"))
    cells = net.create(2, rv.Neuron("", "got = g_exc\nv = 0.9*v + g_exc", spike="v > 100", reset="v = 0"))
    wave.a = [1.0, 3.0]
    proj = net.connect(rv.CurrentInjection(wave, cells, "exc")).connect_current()
    monitor = net.monitor(cells, "got")
    net.simulate(2.0)
    got = monitor.get("got")
    assert np.array_equal(got[0], [0.0, 0.0])
    assert np.array_equal(got[1:, 0], [k * 0.1 for k in range(19)])
    assert np.array_equal(got[1:, 1], [3.0 * (k * 0.1) for k in range(19)])
    assert proj.nb_synapses == 2
    assert check_network(net, 10) is None


def test_rates_that_drive_poisson_spikes() -> None:
    net = rv.Network(dt=0.5, seed=1)
    rates = net.create(rv.InputArray(4))
    rates.r = [0.0, 20.0, 50.0, 100.0]
    spikes = net.create(rv.PoissonPopulation((4,), target="exc"))
    net.connect(rates, spikes, "exc").one_to_one(weights=2.0)
    monitor = net.monitor(spikes, "spike")
    net.simulate(5000.0)
    counts = np.array([len(train) for train in monitor.get("spike").values()])
    expected = 2.0 * rates.r * 5.0
    assert counts[0] == 0
    assert np.all(np.abs(counts - expected) <= 5 * np.sqrt(expected))


def test_devices_connect_by_name_and_refuse_what_does_not_fit() -> None:
    net = rv.Network(dt=1.0, seed=1)
    rate, other = net.create(3, READ), net.create(4, READ)
    cells = net.create(3, rv.Neuron("", "v = g_exc", spike="v > 1", reset="v = 0"))
    proj = net.connect(projection=rv.CurrentInjection(rate, cells, "exc", name="in"))
    assert net.get_projection("in") is proj
    with pytest.raises(rv.RanvierError, match="post must be spiking; population 'population1' is rate-coded"):
        rv.CurrentInjection(rate, other, "exc")
    with pytest.raises(rv.RanvierError, match="groups of equal size, got 4 and 3"):
        rv.CurrentInjection(other, cells, "exc")
    with pytest.raises(rv.RanvierError, match="pre must be spiking"):
        rv.DecodingProjection(rate, other, "exc")
    with pytest.raises(rv.RanvierError, match="must not be negative"):
        rv.DecodingProjection(cells, rate, "exc", window=-1.0)
    with pytest.raises(rv.RanvierError, match="one delay for all synapses"):
        net.connect(rv.DecodingProjection(cells, rate, "exc")).all_to_all(1.0, delays=rv.Uniform(1.0, 3.0))
    with pytest.raises(rv.RanvierError, match="two groups and a synapse, or a projection"):
        net.connect(rate, cells, projection=rv.CurrentInjection(rate, cells, "exc"))
    with pytest.raises(rv.RanvierError, match="made by Convolution or the like"):
        net.connect(projection="conv")  # type: ignore[arg-type]


def test_files_hold_schedules_filters_and_copies(tmp_path: Path) -> None:
    net = rv.Network(dt=1.0, seed=3)
    bars = net.create(rv.TimedArray(np.eye(4).reshape(4, 2, 2), schedule=[0.0, 2.0, 7.0, 8.0], period=12.0))
    noise = net.create(rv.HomogeneousCorrelatedSpikeTrains(10, rates=[50.0, 90.0], corr=0.3, tau=5.0, schedule=[0, 9]))
    dots = net.create(rv.TimedPoissonPopulation(6, rates=[20.0, 400.0], schedule=[3.0, 9.0]))
    model = rv.Neuron(equations="r = sum(exc) + 0.01")
    filtered, other, read = net.create((2, 2), model), net.create((2, 2), model), net.create(2, model)
    net.connect(rv.Convolution(bars, filtered, "exc")).connect_filter([[1.0, 2.0]], padding=0.5)
    net.connect(rv.DecodingProjection(noise, read, "exc", window=6.0)).all_to_all(0.1)
    net.connect(rv.DecodingProjection(dots, read, "exc", window=3.0)).all_to_all(0.1)
    taught = net.connect(filtered, filtered, "exc", rv.models.Oja(0.01)).all_to_all(0.2)
    net.connect(rv.Copy(filtered, other, "exc")).copy(taught)
    net.simulate(10.0)
    bars.update(rates=2 * bars.rates)
    net.save(tmp_path / "net.h5")
    net.simulate(10.0)
    again = rv.Network.from_file(tmp_path / "net.h5")
    again.simulate(10.0)
    for mine, its in zip(net.get_populations(), again.get_populations(), strict=True):
        for name in mine.variables:
            assert np.array_equal(mine.get(name), its.get(name)), (mine.name, name)
    assert np.array_equal(again.get_populations()[0].rates, bars.rates)
    assert np.array_equal(again.get_projections()[-1].w, taught.w)
