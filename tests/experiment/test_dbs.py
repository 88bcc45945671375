"""Deep brain stimulation: models rebuilt with it are what they were until it is on; then axons and somata answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier.experiment import CompNeuroModel, DBSstimulator, Izhikevich2007NoisyAmpa, PoissonNeuron

RATE = rv.Neuron("tau = 10.0\nI = 1.0", "tau*dmp/dt = -mp + I + sum(exc)\nr = pos(mp)", name="rate")


class Chain:
    """a -> b -> c with random connections, weights and delays; `fibre` passes from a to c."""

    def __init__(self, noise: float = 500.0) -> None:
        self.net = rv.Network(dt=0.1, seed=1)
        cell = Izhikevich2007NoisyAmpa(I_app=40.0, increase_noise=2.0, rates_noise=noise, init={"v": -60.0})
        self.a, self.b, self.c = (self.net.create((2, 10), cell, name=name) for name in "abc")
        self.a.I_app = "30.0 + 20.0*rand()"
        self.ab = self.net.connect(self.a, self.b, "ampa", name="ab")
        self.ab.fixed_probability(0.4, weights=rv.Uniform(0.0, 1.0), delays=rv.Uniform(0.5, 3.0))
        self.bc = self.net.connect(self.b[:10], self.c, "gaba", name="bc")
        self.bc.fixed_number_pre(3, weights=0.5, delays=1.0)
        self.fibre = self.net.connect(self.a, self.c, "ampa", name="fibre")
        self.fibre.fixed_number_pre(2, weights=0.5)

    def stimulator(self, **options: Any) -> DBSstimulator:
        arguments = {"stimulated_population": self.b, "auto_implement": True, **options}
        dbs = DBSstimulator(**arguments)
        self.a, self.b, self.c = dbs.update_pointers([self.a, self.b, self.c])
        self.ab, self.bc, self.fibre = dbs.update_pointers([self.ab, self.bc, self.fibre])
        return dbs

    def run(self, duration: float = 60.0) -> dict[str, Any]:
        monitors = {p.name: self.net.monitor(p, [e for e in p.events]) for p in (self.a, self.b, self.c)}
        self.net.simulate(duration)
        return {name: mon.get() for name, mon in monitors.items()}


def count(trains: dict[int, list[int]]) -> int:
    return sum(map(len, trains.values()))


def test_without_stimulation_everything_is_as_it_was() -> None:
    plain, changed = Chain(), Chain()
    old = changed.b
    changed.stimulator()
    assert changed.b is not old
    for name in ("ab", "bc", "fibre"):
        one, other = getattr(plain, name), getattr(changed, name)
        assert one.pre_ranks == other.pre_ranks
        assert np.array_equal(one.w, other.w)
        assert np.array_equal(one.delay, other.delay)
    assert np.array_equal(plain.a.I_app, changed.a.I_app)
    first, second = plain.run(), changed.run()
    for name in "abc":
        assert first[name]["spike"] == second[name]["spike"]
        assert count(first[name]["spike"]) > 5
    assert count(second["b"]["axon_spike"]) == 0
    assert plain.b.v.tobytes() == changed.b.v.tobytes()


def test_axonal_spikes_of_efferents() -> None:
    """One axonal spike per pulse of 130 Hz: in 1 s, 130 pulses of 3 steps, each a spike with probability 1/3."""
    chain = Chain(noise=0.0)
    dbs = chain.stimulator(orthodromic=True, efferents=True)
    dbs.on()
    assert chain.b.prob_axon_spike == pytest.approx(1 / 3)
    assert (chain.bc.p_axon_spike_trans, chain.ab.p_axon_spike_trans, chain.fibre.p_axon_spike_trans) == (1.0, 0.0, 0.0)
    found = chain.run(1000.0)
    expected = 20 * 130
    assert abs(count(found["b"]["axon_spike"]) - expected) < 4 * np.sqrt(20 * 390 * (1 / 3) * (2 / 3)) + 20
    assert count(found["a"]["axon_spike"]) == count(found["c"]["axon_spike"]) == 0
    assert chain.c.g_gaba.sum() > 0.0
    steps = {k for train in found["b"]["axon_spike"].values() for k in train}
    assert all((k * 100 + 1e-6) % (1e6 / 130) < 300 + 1e-5 for k in steps), "only in pulses"
    dbs.off()
    assert count(chain.run(100.0)["b"]["axon_spike"]) == 0


def test_afferents_passing_fibres_and_spikes_that_run_back() -> None:
    chain = Chain(noise=0.0)
    dbs = chain.stimulator(
        population_proportion=0.5, orthodromic=True, antidromic=True, afferents=True, passing_fibres=True,
        passing_fibres_list=[chain.fibre], passing_fibres_strength=0.25,
    )  # fmt: skip
    assert dbs.dbs_on_array.shape == (2, 10)
    assert dbs.dbs_on_array.sum() == 10
    dbs.on()
    assert np.array_equal(chain.b.dbs_on, dbs.dbs_on_array)
    assert np.all(chain.a.dbs_on == 1.0)
    assert (chain.ab.p_axon_spike_trans, chain.fibre.p_axon_spike_trans, chain.bc.p_axon_spike_trans) == (
        1.0,
        0.25,
        0.0,
    )
    assert (chain.a.antidromic, chain.a.antidromic_prob, chain.b.antidromic) == (1.0, 0.25, 0.0)
    assert chain.b.prob_axon_spike == 0.0
    assert count(chain.run(50.0)["a"]["axon_spike"]) > 50
    dbs.on(orthodromic=False, antidromic=False)
    assert chain.a.prob_axon_spike == 0.0


def test_spikes_that_run_back_reset_the_soma() -> None:
    """v becomes c = -50 in the step of every axonal spike, and u grows by d = 100 (less its decay in that step)."""
    chain = Chain(noise=0.0)
    dbs = chain.stimulator(antidromic=True, efferents=True)
    dbs.on()
    mon = chain.net.monitor(chain.b, ["v", "u", "axon_spike"])
    chain.net.simulate(100.0)
    data = mon.get(reshape=False)
    assert count(data["axon_spike"]) > 100
    for rank, train in data["axon_spike"].items():
        for k in train:
            assert data["v"][k, rank] == -50.0
            if k:
                assert data["u"][k, rank] - data["u"][k - 1, rank] == pytest.approx(100.0, abs=5.0)


def test_somata_are_driven_in_pulses() -> None:
    chain = Chain(noise=0.0)
    dbs = chain.stimulator(dbs_depolarization=50.0)
    dbs.on()
    assert (chain.b.dbs_depolarization, chain.a.dbs_depolarization) == (50.0, 0.0)
    mon = chain.net.monitor(chain.b, "v")
    chain.net.simulate(5.0)
    v = mon.get("v")[:, 0, 0]
    # C dv/dt = ... + 50*neg(-90 - v): about -1500 pA at -60 mV, 1.5 mV per step of 0.1 ms, for the 3 steps of a pulse
    assert np.diff(v)[:2].max() < -1.0
    assert np.diff(v)[3:].min() > -0.1


def test_rate_coded_populations() -> None:
    """dmp/dt = (-mp + I + sum w r)/tau: with two axons of rate 3 in addition, mp settles 6 higher."""
    net = rv.Network(dt=1.0, seed=1)
    a, b = (net.create(2, RATE, name=name) for name in "ab")
    net.connect(a, b, "exc", name="ab").all_to_all(weights=1.0)
    dbs = DBSstimulator(a, orthodromic=True, efferents=True, axon_rate_amp={b: 9.0, a: 3.0}, auto_implement=True)
    a, b = dbs.update_pointers([a, b])
    net.simulate(300.0)
    assert b.mp == pytest.approx([3.0, 3.0])
    dbs.on()
    net.simulate(300.0)
    assert b.mp == pytest.approx([9.0, 9.0])
    dbs.on(axon_rate_amp=1.0)
    net.simulate(300.0)
    assert b.mp == pytest.approx([5.0, 5.0])
    dbs.off()
    net.simulate(300.0)
    assert b.mp == pytest.approx([3.0, 3.0])


def test_excluded_populations_and_models() -> None:
    chain = Chain()
    chain.net.create(2, PoissonNeuron(), name="noise")
    with pytest.raises(rv.RanvierError, match=r"neuron 'poisson_neuron' has no v; .*\n.*excluded_populations_list"):
        chain.stimulator()
    dbs = chain.stimulator(excluded_populations_list=[chain.net.get_population("noise"), chain.c], efferents=True,
                           orthodromic=True)  # fmt: skip
    assert "dbs_on" not in chain.c.attributes
    assert "p_axon_spike_trans" not in chain.bc.attributes
    dbs.on()
    net = rv.Network(dt=0.1, seed=1)
    net.create(1, PoissonNeuron(), name="outside")
    model = CompNeuroModel(
        lambda net: net.create(3, Izhikevich2007NoisyAmpa(), name="inside"), do_compile=False, net=net
    )
    dbs = DBSstimulator(net.get_population("inside"), auto_implement=True, model=model)
    assert "dbs_on" in dbs.stimulated_population.attributes
    assert "dbs_on" not in net.get_population("outside").attributes


def test_choice_of_neurons_depends_on_the_seed() -> None:
    def chosen(**options: Any) -> np.ndarray:
        return Chain().stimulator(population_proportion=0.33, **options).dbs_on_array

    assert np.array_equal(chosen(seed=1), chosen(seed=1))
    assert not np.array_equal(chosen(seed=1), chosen(seed=2))
    sums = {chosen(seed=k).sum() for k in range(6)}
    assert sums <= {6.0, 7.0}


def test_mistakes() -> None:
    chain = Chain()
    for options, text in (
        ({"population_proportion": 1.5}, "population_proportion must be from 0 to 1"),
        ({"dbs_pulse_width_us": 8000.0}, "A pulse of 8000 us does not fit into the period of 130 Hz."),
        ({"auto_implement": False}, "has no parameter 'dbs_on': its model knows no stimulation"),
    ):
        with pytest.raises(rv.RanvierError) as error:
            DBSstimulator(**{"stimulated_population": chain.b, "auto_implement": True, **options})
        assert text in str(error.value)
    dbs = chain.stimulator(passing_fibres=True, antidromic=True, passing_fibres_list=[chain.fibre, chain.ab])
    for options, text in (
        ({"passing_fibres_strength": [0.7, 0.7]}, "add up to 1.4, above 1"),
        ({"passing_fibres_strength": [0.1, 0.2], "sum_branches": False}, "have different strengths [0.1, 0.2]"),
        ({"passing_fibres_strength": [0.1]}, "for each of 2 projections"),
    ):
        with pytest.raises(rv.RanvierError) as error:
            dbs.on(**options)
        assert text in str(error.value)
    with pytest.raises(rv.RanvierError, match="neither a population nor a projection"):
        dbs.update_pointers([chain.net])
    chain.net.compile()
    with pytest.raises(rv.RanvierError, match="cannot be changed any more"):
        DBSstimulator(chain.b, auto_implement=True)
