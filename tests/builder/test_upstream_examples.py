"""Scripts as users of upstream's simulator write them run with another import, written anew with the same calls."""

from __future__ import annotations

import pytest

from ranvier import builder as bp
from ranvier.builder import Simulator, all_to_all, iaf_psc_alpha, poisson_generator, spike_recorder

pytest.importorskip("pint")
from ranvier.builder import units as u


def test_build_and_run() -> None:
    sim = Simulator(dt=0.1 * u.ms)
    pop = sim.create(iaf_psc_alpha, 10)
    noise = sim.create(poisson_generator, rate=8000.0 * u.Hz)
    rec = sim.create(spike_recorder)
    sim.connect(noise, pop, weight=20.0 * u.pA, delay=1.5 * u.ms, rule=all_to_all)
    sim.connect(pop, rec)
    res = sim.simulate(100.0 * u.ms)
    assert 20.0 < res.rate(rec) < 300.0
    assert res.spikes(rec).shape == (1000, 10)
    assert res.n_events(rec) == res.spikes(rec).sum()
    assert res.times.units == u.ms
    assert res.times[-1].magnitude == pytest.approx(99.9)


def test_connections() -> None:
    sim = bp.Simulator(dt=0.1 * u.ms)
    exc = sim.create(bp.iaf_psc_exp, 4)
    _ = sim.connect(exc, exc, rule=bp.all_to_all, weight=20.0 * u.pA, allow_autapses=False, comm="sparse")
    conns = sim.get_connections(source=exc, target=exc)
    assert len(conns) == 12
    assert bool(u.math.allclose(conns.get("weight"), 20.0 * u.pA)) is True
    assert not u.math.allclose(conns.get("weight"), 20.0 * u.nA)


def test_positions() -> None:
    sim = bp.Simulator(dt=0.1 * u.ms)
    pop = sim.create(bp.iaf_psc_alpha, positions=bp.spatial.grid([4, 3], extent=[2.0, 1.5]))
    first = u.get_magnitude(sim.get_position(pop).to(u.um))[0]
    assert [round(float(v), 2) for v in first] == [-0.75, 0.5]
    assert len(pop) == 12


def test_tripartite() -> None:
    sim = bp.Simulator(dt=0.1 * u.ms)
    pre = sim.create(bp.aeif_cond_alpha_astro, 10, params={"I_e": 1000.0 * u.pA})
    post = sim.create(bp.aeif_cond_alpha_astro, 10, params={"I_e": 1000.0 * u.pA})
    astro = sim.create(bp.astrocyte_lr_1994, 5, params={"delta_IP3": 0.2})
    prim, tin, tout = sim.tripartite_connect(
        pre, post, astro,
        conn_spec=bp.pairwise_bernoulli(1.0),
        third_factor_conn_spec=bp.third_factor_bernoulli_with_pool(p=1.0, pool_size=1, pool_type="block"),
        syn_specs={"primary": {"weight": 1.0 * u.nS, "receptor_type": 1},
                   "third_in": {"weight": 1.0},
                   "third_out": {"synapse": bp.sic_connection(weight=1.0)}},
        seed=0,
    )  # fmt: skip
    assert tout._channel_label == "I_SIC"
    assert len(prim) == len(tin) == len(tout) == 100
    meter = sim.create(bp.multimeter, record_from=["I_SIC", "V_m"])
    sim.connect(meter, post)
    current = sim.simulate(1000.0 * u.ms).trace(meter, "I_SIC")
    assert current.units == u.pA
    assert current.magnitude.max() > 1.0


def test_windows_with_work_of_the_host_between() -> None:
    """Reads what was recorded, rewrites a schedule and static weights, and goes on."""
    sim = bp.Simulator(dt=0.1 * u.ms)
    drive = sim.create(bp.host_drive, 3, window=10)
    relay, cells = sim.create(bp.parrot_neuron, 3), sim.create(bp.iaf_psc_delta, 3)
    sim.connect(drive, relay, rule=bp.one_to_one)
    sim.connect(relay, cells, rule=bp.one_to_one, weight=1.0 * u.mV)
    rec = sim.create(bp.spike_recorder)
    sim.connect(relay, rec)
    sim.reset_rollout()
    counts = []
    for turn in range(3):
        schedule = [[float(column == turn and row == 2) for column in range(3)] for row in range(10)]
        drive.segments[0].population.set_schedule(schedule)
        res = sim.cont(1.0 * u.ms)
        counts.append(res.spikes(rec).sum(axis=0).tolist())
        sim.get_connections(source=relay, target=cells).set("weight", (2.0 + turn) * u.mV)
    assert counts == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    assert res.times[0].magnitude == pytest.approx(2.0)
