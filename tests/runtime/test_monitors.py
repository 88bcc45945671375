"""Monitors: periods, pauses, subsets, what `get` returns and drops, statistics of spikes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv


def counting(dt: float = 0.1, size: Any = 5) -> tuple[rv.Network, Any]:
    """A network whose `c` is the number of steps done, plus the rank; neuron i spikes whenever c passes a tenth."""
    net = rv.Network(dt=dt, seed=1)
    neuron = rv.Neuron(equations="c = c + 1\nphase = phase + 1", spike="phase > 9.5", reset="phase = 0")
    pop = net.create(size, neuron, name="p")
    pop.c = "1.0*i"
    return net, pop


def test_every_step_by_default() -> None:
    net, pop = counting()
    mon = net.monitor(pop, "c")
    net.simulate(1.0)
    data = mon.get("c")
    assert data.shape == (10, 5)
    assert np.array_equal(data[:, 0], np.arange(1, 11))
    assert np.array_equal(data[0], 1 + np.arange(5))
    assert mon.get("c").shape == (0, 5), "get empties"


def test_period_and_offset_count_on_the_clock_of_the_network() -> None:
    net, pop = counting()
    plain = net.monitor(pop, "c", period=1.0)
    shifted = net.monitor(pop, "c", period=1.0, period_offset=0.3)
    net.simulate(1.5)
    late = net.monitor(pop, "c", period=1.0)
    net.simulate(1.5)
    assert list(plain.get("c")[:, 0]) == [1, 11, 21]
    assert list(shifted.get("c")[:, 0]) == [4, 14, 24]
    assert list(late.get("c")[:, 0]) == [21]


def test_start_pause_resume_stop() -> None:
    net, pop = counting()
    mon = net.monitor(pop, ["c", "spike"], start=False)
    net.simulate(1.0)
    assert mon.get("c").shape == (0, 5)
    mon.start()
    net.simulate(0.5)
    mon.pause()
    net.simulate(1.0)
    mon.resume()
    net.simulate(0.2)
    assert mon.times("c") == {"c": {"start": [10, 25], "stop": [15, 27]}}
    assert list(mon.get("c", keep=True)[:, 0]) == [11, 12, 13, 14, 15, 26, 27]
    assert mon.times("c") == {"c": {"start": [10, 25], "stop": [15, 27]}}
    assert mon.get("spike")[0] == []
    mon.stop()
    with pytest.raises(rv.RanvierError, match="stopped"):
        mon.start()


def test_what_get_returns() -> None:
    net, pop = counting(size=(2, 3))
    mon = net.monitor(pop, ["c", "spike"])
    net.simulate(2.5)
    data = mon.get(keep=True)
    assert set(data) == {"c", "spike"}
    assert data["c"].shape == (25, 2, 3)
    assert mon.get("c", keep=True, reshape=False).shape == (25, 6)
    assert set(mon.get("c", keep=True, force_dict=True)) == {"c"}
    assert data["spike"] == {rank: [9, 19] for rank in range(6)}
    assert all(isinstance(step, int) for step in data["spike"][0])
    assert set(mon.get(["c"], keep=True)) == {"c"}
    assert mon["c"].shape == (25, 2, 3)
    assert mon.drain()["c"].shape == (0, 2, 3)


def test_views_neurons_and_shared_values() -> None:
    net, pop = counting()
    view = net.monitor(pop[[4, 1]], ["c", "spike"])
    one = net.monitor(pop.neuron(3), "c")
    net.simulate(1.0)
    assert list(view.get("c", keep=True)[0]) == [5.0, 2.0]
    assert set(view.get("spike")) == {1, 4}, "keys are ranks of the population"
    assert one.get("c").shape == (10, 1)
    shared = rv.Network(seed=1)
    cells = shared.create(3, rv.Neuron("I = 2.0 : population", "dv/dt = I", "v > 1e9"))
    mon = shared.monitor(cells, "I")
    shared.simulate(3.0)
    assert list(mon.get("I")) == [2.0, 2.0, 2.0]


def test_only_the_neurons_of_a_view_are_taped() -> None:
    net = rv.Network(dt=0.1, seed=1)
    cells = net.create(10, rv.Neuron("a = 1.0", "dv/dt = a", "v > 1", "v = 0"))
    cells.a = "1.0 + 0.1*i"
    whole, part = net.monitor(cells, "spike"), net.monitor(cells[3:5], "spike")
    net.simulate(20.0)
    spikes, some = whole.get("spike"), part.get("spike")
    assert some == {3: spikes[3], 4: spikes[4]}
    assert len(some[3]) > 5


def test_synapses_are_monitored_in_their_public_order() -> None:
    net = rv.Network(dt=0.1, seed=4)
    pop = net.create(6, rv.models.LIF(i_offset=2.0))
    proj = net.connect(pop, pop, "exc", rv.models.STDP(A_plus=0.1, A_minus=0.2))
    proj.all_to_all(weights=rv.Uniform(0.2, 0.8), delays=rv.Uniform(1.0, 3.0))
    pop.v = "rand()"
    whole, row = net.monitor(proj, "w", period=5.0), net.monitor(proj.dendrite(2), ["w", "x"], period=5.0)
    net.simulate(50.1)
    samples = whole.get("w")
    assert samples.shape == (11, 30)
    assert np.array_equal(samples[-1], proj.w)
    assert not np.array_equal(samples[0], samples[-1])
    assert np.array_equal(row.get("w")[-1], proj.dendrite(2).w)


def test_uniform_weights_can_be_monitored() -> None:
    net = rv.Network(dt=0.1, seed=4)
    pop = net.create(100, rv.models.LIF())
    proj = net.connect(pop, pop, "exc").all_to_all(weights=0.5)
    mon = net.monitor(proj, "w", period=1.0)
    net.simulate(2.0)
    proj.w = rv.Uniform(0.0, 1.0)
    net.simulate(1.0)
    data = mon.get("w")
    assert data.shape == (3, 9900)
    assert np.all(data[:2] == 0.5)
    assert np.array_equal(data[2], proj.w)


def test_reset_empties_and_goes_on() -> None:
    net, pop = counting()
    mon = net.monitor(pop, "c")
    net.simulate(1.0)
    net.reset()
    net.simulate(0.5)
    assert list(mon.get("c")[:, 0]) == [1, 2, 3, 4, 5]
    net.simulate(0.2)
    net.reset(monitors=False)
    net.simulate(0.1)
    assert list(mon.get("c")[:, 0]) == [6, 7, 1]


def test_restore_discards_what_came_after() -> None:
    net, pop = counting()
    mon = net.monitor(pop, ["c", "spike"])
    net.simulate(2.0)
    net.store()
    net.simulate(3.0)
    net.restore()
    net.simulate(0.5)
    assert list(mon.get("c", keep=True)[:, 0]) == list(range(1, 26))
    assert mon.get("spike")[0] == [9, 19]
    mon.get()
    net.restore()
    assert mon.get("c").shape == (0, 5), "what get() took stays taken"


def test_a_monitor_does_not_see_other_periods_of_chunks() -> None:
    whole, parts = counting(), counting()
    a = whole[0].monitor(whole[1], "c", period=0.7)
    b = parts[0].monitor(parts[1], "c", period=0.7)
    whole[0].simulate(10.0)
    for _ in range(20):
        parts[0].simulate(0.5)
    assert np.array_equal(a.get("c"), b.get("c"))


def test_small_segments_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from ranvier.runtime import running

    monkeypatch.setattr(running, "SEGMENT_BYTES", 400)
    net, pop = counting()
    mon = net.monitor(pop, ["c", "spike"], period=0.3)
    net.simulate(30.0)
    assert np.array_equal(mon.get("c", keep=True)[:, 0], np.arange(1, 301, 3))
    assert mon.get("spike")[2] == list(range(9, 300, 10))


def test_statistics() -> None:
    net, pop = counting()
    mon = net.monitor(pop, "spike")
    net.simulate(100.0)
    assert mon.mean_fr() == pytest.approx(1000.0)
    assert len(mon.get("spike", keep=True)[0]) == 100, "statistics leave the data"
    times, ranks = mon.raster_plot()
    assert len(times) == len(ranks) == 500
    assert np.all(np.diff(times) >= 0)
    assert times[0] == pytest.approx(0.9)
    histogram = mon.histogram(bins=1.0)
    assert histogram.shape == (100,)
    assert np.all(histogram == 5)
    assert mon.histogram(per_neuron=True, bins=10.0).shape == (5, 10)
    assert mon.inter_spike_interval() == pytest.approx([1.0] * 5 * 99)
    assert mon.coefficient_of_variation() == pytest.approx([0.0] * 5, abs=1e-12)
    assert set(mon.inter_spike_interval(per_neuron=True, ranks=[2])) == {2}
    rates = mon.smoothed_rate()
    assert rates.shape == (5, 1000)
    assert rates[0, 500] == pytest.approx(1000.0)
    population = mon.population_rate()
    assert population.shape == (1000,)
    assert population.mean() == pytest.approx(1000.0)
    assert mon.population_rate(smooth=20.0)[-1] == pytest.approx(1000.0, rel=0.05)
    spikes = mon.get("spike")
    assert mon.mean_fr(spikes) == pytest.approx(1000.0)
    assert mon.mean_fr({"spike": spikes}) == pytest.approx(1000.0)


@pytest.mark.parametrize(
    ("variables", "options"),
    [
        ("tpyo", {}), ("g_exc", {}), ([], {}), (["c", "c"], {}), ("c", {"period": 0.0}), ("c", {"period": -1.0}),
        ("c", {"period": 1.0, "period_offset": 1.0}), ("c", {"file": "nowhere/x.h5"}), ("c", {"reduce": "median"}),
        ("c", {"dtype": "int8"}), ("c", {"window": (5.0, 2.0)}), ("c", {"window": 2.0}),
        ("c", {"window": [(1.0, 2.0), 3.0]}), ("c", {"reduce": ("histogram", [1.0])}),
    ],
)  # fmt: skip
def test_refusals(variables: Any, options: dict[str, Any]) -> None:
    net, pop = counting()
    with pytest.raises(rv.RanvierError):
        net.monitor(pop, variables, **options)


def test_a_period_that_is_no_multiple_of_dt_warns_once() -> None:
    net, pop = counting()
    with pytest.warns(rv.RanvierWarning, match="multiple of dt"):
        mon = net.monitor(pop, "c", period=0.25)
    assert mon.period == pytest.approx(0.3)
