"""One line per capability, end to end, in a few seconds: what to run before each commit."""

from __future__ import annotations

import numpy as np
import pytest

import ranvier as rv

LIF = dict(parameters="tau = 20.0", equations="tau*dv/dt = -v + g_exc : init = 0.5", spike="v > 1.0", reset="v = 0.0")


@pytest.fixture(scope="module")
def lif() -> rv.Neuron:
    return rv.Neuron(**LIF, name="LIF")


def test_decay(lif: rv.Neuron) -> None:
    net = rv.Network(dt=0.1)
    pop = net.create(3, lif)
    net.simulate(1.0)
    np.testing.assert_allclose(pop.v, 0.5 * (1.0 - 0.1 / 20.0) ** 10, rtol=1e-14)


def test_values_are_live(lif: rv.Neuron) -> None:
    net = rv.Network(dt=0.1)
    pop = net.create(3, lif)
    pop.v = [0.0, 0.5, 2.0]
    net.simulate(0.1)
    assert pop.v.tolist() == [0.0, pytest.approx(0.4975), 0.0]


def test_spikes_travel(lif: rv.Neuron) -> None:
    net = rv.Network(dt=0.1)
    source = net.create(population=rv.SpikeSourceArray([[0.5], []]))
    pop = net.create(2, lif)
    net.connect(source, pop, target="exc").one_to_one(weights=30.0, delays=0.3)
    monitor = net.monitor(pop, "spike")
    pop.v = 0.9
    net.simulate(2.0)
    assert monitor.get("spike") == {0: [8], 1: []}


def test_monitor_of_a_variable(lif: rv.Neuron) -> None:
    net = rv.Network(dt=0.1)
    monitor = net.monitor(net.create(4, lif), "v", period=0.5)
    net.simulate(10.0)
    assert monitor.get("v").shape == (20, 4)


def test_random_numbers_depend_on_the_seed_only(lif: rv.Neuron) -> None:
    def draw(seed: int) -> list[float]:
        pop = rv.Network(seed=seed).create(5, lif)
        pop.v = rv.Uniform(0.0, 1.0)
        return list(pop.v)

    assert draw(1) == draw(1) != draw(2)


def test_chunks_change_nothing(lif: rv.Neuron) -> None:
    def run(chunks: int) -> np.ndarray:
        net = rv.Network(dt=0.1, seed=4)
        pop = net.create(100, lif)
        pop.v = rv.Uniform(0.0, 1.0)
        net.connect(pop, pop, target="exc").fixed_probability(0.1, weights=0.5)
        for _ in range(chunks):
            net.simulate(20.0 / chunks)
        return np.array(pop.v)

    assert np.array_equal(run(1), run(10))


def test_store_and_restore(lif: rv.Neuron) -> None:
    net = rv.Network(dt=0.1)
    pop = net.create(1, lif)
    net.simulate(1.0)
    net.store()
    net.simulate(1.0)
    there = float(pop.v[0])
    net.restore()
    net.simulate(1.0)
    assert float(pop.v[0]) == there


def test_reset(lif: rv.Neuron) -> None:
    net = rv.Network(dt=0.1)
    pop = net.create(1, lif)
    net.simulate(1.0)
    net.reset()
    assert (pop.v[0], net.current_step) == (0.5, 0)


def test_units() -> None:
    neuron = rv.Neuron(dict(tau="20 ms"), "dv/dt = (1*mV - v)/tau : volt", threshold="v > 2*mV", method="exact")
    net = rv.Network(dt=0.1)
    pop = net.create(1, neuron)
    net.simulate(20.0)
    np.testing.assert_allclose(pop.v, 1.0 - np.exp(-1.0), rtol=1e-12)


def test_plasticity(lif: rv.Neuron) -> None:
    learn = rv.Synapse(pre_spike="g_target += w\nw += 0.25")
    net = rv.Network(dt=0.1)
    source = net.create(population=rv.SpikeSourceArray([[0.5, 1.0]]))
    projection = net.connect(source, net.create(1, lif), target="exc", synapse=learn)
    projection.all_to_all(weights=1.0)
    net.simulate(2.0)
    assert projection.w.tolist() == [1.5]


def test_a_mistake_is_shown_with_a_caret() -> None:
    with pytest.raises(rv.RanvierError, match=r"\^") as caught:
        rv.Neuron(equations="dv/dt = -v/tua", parameters="tau = 1.0", spike="v > 1")
    assert caught.value.code == "E201"
    assert "tau" in str(caught.value)


def test_a_second_network_compiles_nothing(lif: rv.Neuron) -> None:
    net = rv.Network(dt=0.1)
    net.create(10, lif)
    net.simulate(0.1)
    before = rv.cache.stats()["compiled"]
    other = rv.Network(dt=0.2, seed=9)
    pop = other.create(1000, lif)
    pop.tau = rv.Uniform(5.0, 10.0)
    other.simulate(0.2)
    assert rv.cache.stats()["compiled"] == before
