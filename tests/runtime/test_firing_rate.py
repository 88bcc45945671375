"""`compute_firing_rate`: the number of spikes in a sliding window, against counting the recorded spikes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv

STEPS, WINDOW, DT, N = 300, 40, 0.5, 130


def network(engine: str = "compiled", precision: str = "double") -> Any:
    net: Any = rv.Network(dt=DT, seed=1, engine=engine, precision=precision)  # type: ignore[arg-type]
    net.cells = net.create(rv.PoissonPopulation(N, rates=50.0), name="cells")
    net.cells.compute_firing_rate(WINDOW * DT)
    net.monitor_ = net.monitor(net.cells, ["r", "spike"])
    return net


def expected(spikes: dict[int, list[int]], first: int = 0, window: int = WINDOW) -> Any:
    """Spikes of the steps k - window + 1 to k, in Hz; nothing is known of what was before `first`."""
    had = np.zeros((STEPS, N))
    for rank, steps in spikes.items():
        had[steps, rank] = 1.0
    return np.array(
        [had[max(first, k - window + 1) : k + 1].sum(axis=0) * (1000.0 / (window * DT)) for k in range(STEPS)]
    )


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_rates_count_the_spikes_of_the_window(engine: str, precision: str) -> None:
    net = network(engine, precision)
    net.simulate(50.0)
    net.simulate(STEPS * DT - 50.0)
    data = net.monitor_.get()
    assert data["r"].max() > 100.0
    np.testing.assert_array_equal(data["r"], expected(data["spike"]).astype(data["r"].dtype))


def test_the_window_is_state() -> None:
    net = network()
    net.simulate(70.0)
    net.store()
    net.simulate(80.0)
    straight = net.cells.r.copy()
    net.restore()
    assert not np.array_equal(net.cells.r, straight)
    net.simulate(80.0)
    np.testing.assert_array_equal(net.cells.r, straight)
    net.reset()
    assert not net.cells.r.any()
    net.simulate(150.0)
    np.testing.assert_array_equal(net.cells.r, straight)


def test_the_window_survives_a_clock_that_is_reset() -> None:
    kept, straight = network(), network()
    for net in (kept, straight):
        net.simulate(33.5)
    rates = kept.cells.r.copy()
    kept.reset(populations=False)
    np.testing.assert_array_equal(kept.cells.r, rates)
    for net in (kept, straight):
        net.cells.rates = 0.0
        net.simulate(10.0)
    np.testing.assert_array_equal(kept.cells.r, straight.cells.r)
    assert straight.cells.r.any()
    kept.simulate(10.0)
    assert not kept.cells.r.any()  # a window without a spike


def test_another_length_keeps_what_it_covers() -> None:
    net = network()
    net.simulate(50.0)
    net.cells.compute_firing_rate(10.0)
    net.simulate(STEPS * DT - 50.0)
    data = net.monitor_.get()
    np.testing.assert_array_equal(data["r"][100:], expected(data["spike"], window=20)[100:])


def test_synapses_read_it() -> None:
    net: Any = rv.Network(dt=1.0, seed=2)
    source = net.create(rv.PoissonPopulation(20, rates=100.0))
    source.compute_firing_rate(50.0)
    cell = net.create(1, rv.Neuron(equations="r = sum(exc)"))
    proj = net.connect(source, cell, "exc", rv.Synapse(psp="w*pre.r"))
    proj.all_to_all(weights=0.05)
    net.simulate(100.0)
    before = float(source.r.sum() * 0.05)
    net.step()
    assert cell.r[0] == pytest.approx(before, rel=1e-14)
    assert before > 50.0


@pytest.mark.parametrize(
    ("neuron", "window", "text"),
    [
        (rv.Neuron(equations="r = 1.0"), 10.0, "do not spike"),
        (rv.Neuron(equations="dv/dt = 1.0\nr = v", spike="v > 1", reset="v = 0"), 10.0, "'r' of their own"),
        (rv.models.LIF(), 0.0, "at least dt"),
        (rv.models.LIF(), "5 mV", "ms|time"),
    ],
)
def test_what_cannot_be_is_refused(neuron: Any, window: Any, text: str) -> None:
    with pytest.raises(rv.RanvierError, match=text):
        rv.Network(dt=1.0).create(2, neuron).compute_firing_rate(window)
