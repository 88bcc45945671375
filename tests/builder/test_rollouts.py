"""simulate, cont and reset_rollout: windows equal one run, the host works between them, and nothing compiles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier import builder as bp


def network(**options: Any) -> tuple[Any, ...]:
    """A recurrent network with short delays and long ones, a plastic pathway, and recorders of everything."""
    sim = bp.Simulator(dt=0.1)
    exc = sim.create(bp.iaf_psc_alpha, 40, V_m=np.linspace(-70.0, -56.0, 40))
    inh = sim.create(bp.iaf_cond_exp, 10)
    noise = sim.create(bp.poisson_generator, rate=9000.0)
    wave = sim.create(bp.ac_generator, amplitude=50.0, frequency=20.0)
    sim.connect(noise, exc, weight=30.0, delay=1.5)
    sim.connect(noise, inh, weight=3.0, delay=1.5)
    sim.connect(wave, exc)
    sim.connect(exc, inh, rule=bp.fixed_indegree(10), weight=8.0, delay=2.3, **options)
    sim.connect(inh, exc, rule=bp.pairwise_bernoulli(0.4), weight=-90.0, delay=0.1, **options)
    spec = bp.stdp_synapse(lambda_=0.05, Wmax=60.0)
    plastic = sim.connect(exc, exc, rule=bp.fixed_total_number(200), weight=20.0, delay=1.0, synapse=spec, **options)
    spikes, more = sim.create(bp.spike_recorder), sim.create(bp.spike_recorder)
    meter = sim.create(bp.multimeter, record_from=["V_m", "I_syn_ex"])
    sim.connect(exc, spikes)
    sim.connect(inh, more)
    sim.connect(meter, exc[5:20])
    sim.record_weight(plastic)
    return sim, spikes, more, meter, plastic


def data(result: Any, nodes: tuple[Any, ...]) -> list[np.ndarray]:
    spikes, more, meter, plastic = nodes
    traces = [result.trace(meter), result.trace(meter, "I_syn_ex"), result.weight_trace(plastic)]
    return [result.spikes(spikes), result.spikes(more), *traces, result.times]


def test_windows_equal_one_run() -> None:
    """To the bit, with borders in the middle of charging, of refractory periods and of delays."""
    sim, *nodes = network()
    whole = data(sim.simulate(60.0), tuple(nodes))
    assert whole[0].sum() > 40
    assert np.ptp(whole[4][-1]) > 0
    again, *others = network()
    parts = [data(again.cont(length), tuple(others)) for length in (0.1, 7.3, 0.7, 20.0, 31.9)]
    for one, pieces in zip(whole[:-1], zip(*(p[:-1] for p in parts), strict=True), strict=True):
        assert np.array_equal(one, np.concatenate(pieces))
    np.testing.assert_allclose(np.concatenate([p[-1] for p in parts]), whole[-1], rtol=0, atol=1e-9)


def test_simulate_starts_afresh_and_reset_repeats() -> None:
    sim, *nodes = network()
    first = data(sim.simulate(20.0), tuple(nodes))
    sim.cont(13.7)
    second = data(sim.simulate(20.0), tuple(nodes))
    sim.reset_rollout()
    third = data(sim.cont(20.0), tuple(nodes))
    for a, b, c in zip(first, second, third, strict=True):
        assert np.array_equal(a, b)
        assert np.array_equal(a, c)


def test_dense_and_sparse_are_the_same_to_the_bit() -> None:
    results = []
    for comm in ("dense", "sparse"):
        sim, *nodes = network(comm=comm)
        results.append(data(sim.simulate(40.0), tuple(nodes)))
    assert all(np.array_equal(a, b) for a, b in zip(*results, strict=True))


def test_nothing_is_compiled_between_windows() -> None:
    sim = bp.Simulator(dt=0.1)
    drive = sim.create(bp.host_current_drive, 2, window=5)
    cells = sim.create(bp.iaf_psc_exp, 2)
    assert sim.connect(drive, cells, rule=bp.one_to_one) is None
    inner = sim.connect(cells, cells, weight=[1.0, 2.0, 3.0, 4.0], rule=bp.explicit_edges([0, 0, 1, 1], [0, 1, 0, 1]))
    meter = sim.create(bp.voltmeter)
    sim.connect(meter, cells)
    sim.cont(1.0)
    before = rv.cache.stats()["compiled"]
    drive.set_schedule(np.full((5, 2), [100.0, 0.0]))
    sim.get_connections(cells, cells).set("weight", np.array([5.0, 6.0, 7.0, 8.0]))
    trace = sim.cont(2.0).trace(meter)
    sim.get_connections(cells, cells).set("weight", 9.0)
    sim.simulate(1.0)
    assert rv.cache.stats()["compiled"] == before
    assert trace[-1, 0] > trace[-1, 1] == -70.0
    assert inner.read("w").tolist() == [9.0] * 4


def test_schedules_wrap_and_start_again_where_they_are_written() -> None:
    """An emission of row r reaches a relay after one step."""
    sim = bp.Simulator(dt=1.0)
    drive, relay = sim.create(bp.host_spike_drive, 1, window=4), sim.create(bp.parrot_neuron)
    sim.connect(drive, relay)
    rec = sim.create(bp.spike_recorder)
    sim.connect(relay, rec)
    drive.set_schedule([[0.0], [1.0], [0.0], [0.0]])
    assert np.flatnonzero(sim.cont(10.0).spikes(rec)[:, 0]).tolist() == [2, 6]
    drive.set_schedule([[1.0], [0.0], [0.0], [0.0]])
    assert np.flatnonzero(sim.cont(6.0).spikes(rec)[:, 0]).tolist() == [0, 1, 5]
    with pytest.raises(rv.RanvierError, match=r"set_schedule takes an array of shape \(4, 1\)"):
        drive.set_schedule([[1.0]])


def test_static_weights_that_were_set_stay_and_plastic_ones_start_again() -> None:
    sim, *nodes = network()
    first = sim.simulate(5.0).weight_trace(nodes[-1])[0]
    view = sim.get_connections(synapse="static_synapse")
    kept = [c for c in sim._connections if c.synapse == "static_synapse"]
    assert len(view) == sum(len(c) for c in kept)
    inhibitory = [c for c in kept if c._unit == "pA" and (c.read("w") < 0).all()]
    inhibitory[0].set_weights(-33.0)
    sim.simulate(5.0)
    assert set(inhibitory[0].read("w")) == {-33.0}
    assert np.array_equal(sim.simulate(5.0).weight_trace(nodes[-1])[0], first)


def test_a_delay_that_was_set_stays() -> None:
    sim = bp.Simulator(dt=0.1)
    source, relay = sim.create(bp.spike_generator, spike_times=[1.0]), sim.create(bp.parrot_neuron)
    sim.connect(source, relay, delay=1.0)
    rec = sim.create(bp.spike_recorder)
    sim.connect(relay, rec)
    assert sim.simulate(10.0).events(rec)[0] == pytest.approx([2.0])
    sim.reset_rollout()
    sim.get_connections().set("delay", 2.04)
    for _ in range(2):
        assert sim.simulate(10.0).events(rec)[0] == pytest.approx([3.0])
    assert sim.get_connections().get("delay") == pytest.approx([2.0])


def test_another_dt_is_refused() -> None:
    sim = bp.Simulator(dt=0.1)
    sim.create(bp.iaf_psc_exp)
    sim.simulate(1.0, dt=0.1)
    with pytest.raises(rv.RanvierError, match="with another dt"):
        sim.cont(1.0, dt=0.2)
