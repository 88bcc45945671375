"""Rules, receptors, seeds and get_connections, against brute force and stated bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier import builder as bp


def simulator(*sizes: int) -> tuple[Any, ...]:
    sim = bp.Simulator(dt=0.1)
    return (sim, *(sim.create(bp.iaf_psc_exp, n) for n in sizes))


def edges(connection: Any) -> list[tuple[int, int]]:
    return list(zip(connection.source.tolist(), connection.target.tolist(), strict=True))


def test_rules() -> None:
    sim, a, b = simulator(6, 4)
    assert edges(sim.connect(a, b)) == [(i, j) for i in range(6) for j in range(4)]
    assert edges(sim.connect(a[:4], b, rule=bp.one_to_one)) == [(i, i) for i in range(4)]
    assert edges(sim.connect(a[[5, 1]], b[2:], rule=bp.one_to_one)) == [(1, 3), (5, 2)]
    inner = sim.connect(a, a, allow_autapses=False)
    assert edges(inner) == [(i, j) for i in range(6) for j in range(6) if i != j]
    given = sim.connect(a[2:], b, rule=bp.explicit_edges([3, 0, 0, 0], [1, 2, 2, 0]), weight=[1.0, 2.0, 3.0, 4.0])
    assert edges(given) == [(2, 0), (2, 2), (2, 2), (5, 1)]
    assert given.read("w").tolist() == [4.0, 2.0, 3.0, 1.0]
    incoming = sim.connect(a, b, rule=bp.fixed_indegree(5), allow_multapses=False)
    assert np.bincount(incoming.target, minlength=4).tolist() == [5] * 4
    assert len(set(edges(incoming))) == 20
    assert np.bincount(sim.connect(a, b, rule=bp.fixed_indegree(9)).target).tolist() == [9] * 4
    assert np.bincount(sim.connect(a, b, rule=bp.fixed_outdegree(3)).source).tolist() == [3] * 6
    assert len(sim.connect(a, b, rule=bp.fixed_total_number(17))) == 17
    both = edges(sim.connect(a, a, rule=bp.symmetric_bernoulli(0.5)))
    assert both
    assert {(j, i) for i, j in both} == set(both)
    assert edges(sim.connect(a, b, rule=bp.pairwise_bernoulli(0.0))) == []
    assert len(sim.connect(a, b, rule=bp.pairwise_bernoulli(1.0))) == 24


def test_random_rules_have_their_mean() -> None:
    """Within 5 standard deviations; a correct sampler fails once in two million runs, and seeds are fixed."""
    sim, a, b = simulator(100, 80)
    found = len(sim.connect(a, b, rule=bp.pairwise_bernoulli(0.1)))
    assert abs(found - 800) < 5 * np.sqrt(8000 * 0.1 * 0.9)
    found = len(sim.connect(a, b, rule=bp.pairwise_poisson(0.3)))
    assert abs(found - 2400) < 5 * np.sqrt(2400)


def test_seeds() -> None:
    sim, a, b = simulator(40, 40)
    rule = bp.pairwise_bernoulli(0.2)
    one, other = sim.connect(a, b, rule=rule), sim.connect(a, b, rule=rule)
    assert edges(one) != edges(other)
    seeded = [sim.connect(a, b, rule=rule, seed=5, comm=comm) for comm in ("dense", "sparse")]
    assert edges(seeded[0]) == edges(seeded[1])
    assert edges(seeded[0]) != edges(sim.connect(a, b, rule=rule, seed=6))
    fan = sim.connect(a[:20] + a[20:], b, rule=rule, seed=5)
    assert [(i - 20, j) for i, j in edges(fan[1])] != edges(fan[0])
    again, c, d = simulator(40, 40)
    assert edges(again.connect(c, d, rule=rule)) == edges(one)


def test_views() -> None:
    _, a, b = simulator(6, 4)
    both = a[1:4] + b
    assert (len(both), len(both.segments), both.size) == (7, 2, 7)
    assert a[1:5][1:3].segments[0].indices.tolist() == [2, 3]
    assert a[-1].segments[0].indices.tolist() == [5]
    with pytest.raises(rv.RanvierError, match="cannot be sliced"):
        _ = both[0]
    with pytest.raises(rv.RanvierError, match="out of range for a view of 6"):
        _ = a[6]


def test_views_are_sequences() -> None:
    _, a, b = simulator(3, 2)
    assert [view.segments[0].indices.tolist() for view in a[1:]] == [[1], [2]]
    assert len(list(a + b)) == 5
    assert len(sum([a, b, a])) == 8
    assert len(a[np.arange(3) > 0]) == 2
    with pytest.raises(IndexError):
        _ = a[3]


def test_autapses_of_one_to_one() -> None:
    sim, a, b = simulator(4, 4)
    assert edges(sim.connect(a, a, rule=bp.one_to_one, allow_autapses=False)) == []
    assert edges(sim.connect(a[1:], a[:3], rule=bp.one_to_one, allow_autapses=False)) == [(1, 0), (2, 1), (3, 2)]
    assert edges(sim.connect(a[[0, 1]], a[[0, 2]], rule=bp.one_to_one, allow_autapses=False)) == [(1, 2)]
    assert len(sim.connect(a, b, rule=bp.one_to_one, allow_autapses=False)) == 4


def test_weights_of_channels_and_distributions() -> None:
    """As many weights as channels are one for each, as many as edges one for each of these."""
    sim, a = simulator(2)
    noise = sim.create(bp.poisson_generator, 3, rate=[1.0, 2.0, 3.0])
    assert [c.read("w").tolist() for c in sim.connect(noise, a, weight=[1.0, -2.0, 3.0])] == [[1, 1], [-2, -2], [3, 3]]
    assert [c.read("w").tolist() for c in sim.connect(noise, a, weight=[1.0, 2.0])] == [[1, 2]] * 3
    drawn = sim.connect(a, a, weight=rv.Uniform(1.0, 2.0), delay=rv.Uniform(0.5, 2.5))
    weights, delays = drawn.read("w"), drawn.delays()
    assert 1.0 <= weights.min() < weights.max() < 2.0
    np.testing.assert_allclose(delays, np.round(delays / 0.1) * 0.1)
    assert len(set(delays)) > 1


def test_a_named_static_synapse_keeps_what_it_was_given() -> None:
    sim, a = simulator(3)
    made = sim.connect(a, a, synapse=bp.static_synapse(weight=7.0, delay=2.0))
    assert set(made.read("w")) == {7.0}
    assert set(made.delays()) == {2.0}
    assert made.synapse == "static_synapse"
    assert set(sim.connect(a, a, synapse=bp.static_synapse(weight=7.0), weight=3.0).read("w")) == {3.0}
    sim.record_weight(made)
    assert sim.simulate(1.0).weight_trace(made).tolist() == [[7.0] * 9] * 10
    sim.get_connections(synapse="static_synapse").set("delay", 1.0)


def test_get_connections() -> None:
    sim, a, b = simulator(5, 3)
    first = sim.connect(a, b, weight=2.0, delay=1.0)
    sim.connect(b, a, weight=np.arange(15.0) - 4.0, delay=np.linspace(0.1, 3.0, 15))
    sim.connect(a, a, rule=bp.one_to_one, synapse=bp.stdp_synapse(weight=7.0, Wmax=50.0))
    assert len(sim.get_connections()) == 35
    some = sim.get_connections(source=a[1:3], target=b[[0, 2]])
    assert list(some) == [(1, 0), (1, 2), (2, 0), (2, 2)]
    assert some.get("weight").tolist() == [2.0] * 4
    back = sim.get_connections(source=b)
    assert back.get("weight").tolist() == (np.arange(15.0) - 4.0).tolist()
    np.testing.assert_allclose(back.get("delay"), np.round(np.linspace(0.1, 3.0, 15) / 0.1) * 0.1)
    plastic = sim.get_connections(synapse="stdp_synapse")
    assert plastic.get(["weight", "source"])["weight"].tolist() == [7.0] * 5
    assert len(sim.get_connections(target=a, synapse="static_synapse")) == 15
    assert len(sim.get_connections(synapse="tsodyks_synapse")) == 0
    assert sim.get_connections(synapse="tsodyks_synapse").get("weight").size == 0
    sim.get_connections(a, b).set("weight", 3.5)
    assert set(first.read("w")) == {3.5}
    back.set("weight", 2.0 * (np.arange(15.0) - 4.0))
    assert back.get("weight")[-1] == 20.0
    sim.get_connections(source=b, target=a[2]).set("weight", 0.0)
    assert back.get("weight").reshape(3, 5)[:, 2].tolist() == [0.0] * 3
    with pytest.raises(ValueError, match="are plastic"):
        plastic.set("weight", 1.0)
    with pytest.raises(ValueError, match="one weight for all its 15 edges"):
        some.set("weight", 1.0)
    with pytest.raises(KeyError, match="'weigth' is no value of connections"):
        some.get("weigth")
    with pytest.raises(ValueError, match="2 weights for 15 edges"):
        back.set("weight", [1.0, 2.0])
    assert back.get("weight")[-1] == 20.0


def test_zero_weights_and_parallel_edges_are_edges() -> None:
    sim, a, b = simulator(2, 2)
    sim.connect(a, b, rule=bp.explicit_edges([0, 0, 1], [1, 1, 0]), weight=[0.0, 5.0, 0.0])
    conns = sim.get_connections()
    assert list(conns) == [(0, 1), (0, 1), (1, 0)]
    assert conns.get("weight").tolist() == [0.0, 5.0, 0.0]
    conns.set("weight", [1.0, 0.0, 2.0])
    assert conns.get("weight").tolist() == [1.0, 0.0, 2.0]


def test_signs_decide_the_input_also_when_weights_change() -> None:
    """Mixed weights, then all signs turned: the currents of both kinds are those of the weights."""
    sim = bp.Simulator(dt=0.1)
    source, cells = sim.create(bp.spike_generator, spike_times=[1.0, 11.0]), sim.create(bp.iaf_psc_exp, 3)
    sim.connect(source, cells, weight=[10.0, -20.0, 0.0])
    meter = sim.create(bp.multimeter, record_from=["I_syn_ex", "I_syn_in"])
    sim.connect(meter, cells)
    first = sim.cont(10.0)
    assert first.trace(meter, "I_syn_ex").max(axis=0).tolist() == [10.0, 0.0, 0.0]
    assert first.trace(meter, "I_syn_in").min(axis=0).tolist() == [0.0, -20.0, 0.0]
    conns = sim.get_connections()
    conns.set("weight", [-1000.0, 2000.0, 3000.0])
    assert conns.get("weight").tolist() == [-1000.0, 2000.0, 3000.0]
    second = sim.cont(10.0)
    assert second.trace(meter, "I_syn_ex").max(axis=0) == pytest.approx([0.0, 2000.0, 3000.0], abs=1.0)
    assert second.trace(meter, "I_syn_in").min(axis=0) == pytest.approx([-1000.0, 0.0, 0.0], abs=1.0)


def test_uniform_receptors_reach_all_ports() -> None:
    sim = bp.Simulator(dt=0.1)
    pre, post = sim.create(bp.iaf_psc_exp, 30), sim.create(bp.iaf_psc_exp_multisynapse, 40, tau_syn=[1.0, 2.0, 3.0])
    made = sim.connect(pre, post, receptor_type="uniform", weight=2.0)
    sizes = [p.nb_synapses for p in made.projections]
    assert sum(sizes) == len(made) == 1200
    assert all(abs(n - 400) < 5 * np.sqrt(1200 * (1 / 3) * (2 / 3)) for n in sizes)
    assert made.read("w").tolist() == [2.0] * 1200


def test_targets_of_one_generator_never_share_their_trains() -> None:
    """Two independent trains of 50 Hz over 10 s meet in about 2.5 steps of 0.1 ms; more than 20 do not occur."""
    sim = bp.Simulator(dt=0.1)
    noise, relay, more = sim.create(bp.poisson_generator, rate=50.0), *(sim.create(bp.parrot_neuron, 3) for _ in "ab")
    sim.connect(noise, relay)
    sim.connect(noise, more)
    rec = sim.create(bp.spike_recorder)
    sim.connect(relay + more, rec)
    spikes = sim.simulate(10000.0).spikes(rec)
    counts = spikes.sum(axis=0)
    assert np.all(np.abs(counts - 500) < 5 * np.sqrt(500))
    together = spikes.T @ spikes
    np.fill_diagonal(together, 0.0)
    assert together.max() < 20


def test_channels_of_a_generator() -> None:
    sim = bp.Simulator(dt=0.1)
    noise, relay = sim.create(bp.poisson_generator, 3, rate=[0.0, 100.0, 400.0]), sim.create(bp.parrot_neuron, 3)
    assert len(noise.segments) == 3
    made = sim.connect(noise, relay, rule=bp.one_to_one)
    assert made.source.tolist() == [0, 1, 2]
    direct, rec = sim.create(bp.spike_recorder), sim.create(bp.spike_recorder)
    sim.connect(noise, direct)
    sim.connect(relay, rec)
    result = sim.simulate(5000.0)
    for recorder in (rec, direct):
        counts = result.spikes(recorder).sum(axis=0)
        assert counts[0] == 0
        assert abs(counts[1] - 500) < 5 * np.sqrt(500)
        assert abs(counts[2] - 2000 * 0.98) < 5 * np.sqrt(2000)  # two in one step (2 %) count once
    assert len(sim.connect(noise, relay)) == 3


def test_inhomogeneous_rates_and_noise() -> None:
    sim = bp.Simulator(dt=0.1)
    noise = sim.create(bp.inhomogeneous_poisson_generator, rate_times=[100.0, 600.0], rate_values=[200.0, 20.0])
    relay, rec = sim.create(bp.parrot_neuron, 20), sim.create(bp.spike_recorder)
    sim.connect(noise, relay)
    sim.connect(relay, rec)
    current = sim.create(bp.noise_generator, mean=100.0, std=50.0, dt=2.0)
    cells = sim.create(bp.iaf_psc_exp, 400, V_th=1e9, tau_m=1e9)
    sim.connect(current, cells)
    meter = sim.create(bp.voltmeter)
    sim.connect(meter, cells)
    result = sim.simulate(1000.0)
    spikes = result.spikes(rec)
    assert spikes[:1000].sum() == 0
    assert abs(spikes[1000:6000].sum() - 2000 * 0.99) < 5 * np.sqrt(2000)
    assert abs(spikes[6001:].sum() - 160) < 5 * np.sqrt(160)
    end = result.trace(meter)[-1] + 70.0  # without a leak V is the integral of I/C: 500 draws of 2 ms
    assert abs(end.mean() - 400.0) < 5 * 0.4 * np.sqrt(500 / 400)
    assert abs(end.std() / (0.4 * np.sqrt(500)) - 1.0) < 5 / np.sqrt(2 * 400)


def test_tripartite_pairs() -> None:
    sim = bp.Simulator(dt=0.1)
    pre, post, astro = sim.create(bp.aeif_cond_alpha_astro, 50), sim.create(bp.aeif_cond_alpha_astro, 20), None
    astro = sim.create(bp.astrocyte_lr_1994, 40)

    def connect(p: float, size: int, kind: str, seed: int = 1) -> Any:
        pool = bp.third_factor_bernoulli_with_pool(p=p, pool_size=size, pool_type=kind)
        rule = bp.pairwise_bernoulli(0.5)
        return sim.tripartite_connect(pre, post, astro, conn_spec=rule, third_factor_conn_spec=pool, seed=seed,
                                      syn_specs={"third_out": {"synapse": bp.sic_connection()}})  # fmt: skip

    primary, to, back = connect(0.3, 2, "block")
    n = len(primary)
    assert abs(len(to) - 0.3 * n) < 5 * np.sqrt(n * 0.21)
    assert len(to) == len(back)
    assert np.array_equal(back.source // 2, back.target)
    assert set(edges(to)) <= {(i, a) for i, j in edges(primary) for a in (2 * j, 2 * j + 1)}
    drawn = connect(1.0, 3, "random")
    assert len(drawn[1]) == len(drawn[0])
    per_target = [len(set(drawn[2].source[drawn[2].target == j])) for j in range(20)]
    assert max(per_target) == 3
    again = connect(0.3, 2, "block")
    assert [edges(c) for c in again] == [edges(c) for c in (primary, to, back)]
    assert connect(0.0, 2, "block")[1:] == (None, None)


def test_space() -> None:
    """Kernels and masks against numpy, on a grid and on drawn positions."""
    sim = bp.Simulator(dt=0.1)
    grid = sim.create(bp.iaf_psc_exp, positions=bp.spatial.grid([6, 5], extent=[3.0, 2.0], center=[1.0, 0.5]))
    drawn = sim.create(bp.iaf_psc_exp, 50, positions=bp.spatial.free(rv.Uniform(-1.0, 1.0), num_dimensions=2))
    a, b = sim.get_position(grid), sim.get_position(drawn)
    assert (a.shape, b.shape) == ((30, 2), (50, 2))
    assert np.abs(b).max() <= 1.0
    assert len(np.unique(b)) == 100
    shift = b[None, :, :] - a[:, None, :]
    far = np.sqrt((shift**2).sum(axis=2))
    turned = np.radians(30.0)
    x, y = shift[..., 0] * np.cos(turned) + shift[..., 1] * np.sin(turned), shift[..., 0] * np.sin(turned)
    y = y - shift[..., 1] * np.cos(turned)
    masks = {
        bp.spatial.circular(1.2): far <= 1.2,
        bp.spatial.doughnut(0.5, 1.5): (far > 0.5) & (far <= 1.5),
        bp.spatial.rectangular([-1.0, -0.5], [0.5, 0.75]): (
            (shift >= [-1.0, -0.5]).all(axis=2) & (shift <= [0.5, 0.75]).all(axis=2)
        ),
        bp.spatial.elliptical(2.0, 1.0, azimuth_angle=30.0): x**2 + (y / 0.5) ** 2 <= 1.0,
    }
    for mask, allowed in masks.items():
        made = sim.connect(grid, drawn, rule=bp.spatial_pairwise_bernoulli(1.0, mask=mask))
        assert edges(made) == list(zip(*(k.tolist() for k in np.nonzero(allowed)), strict=True))
        assert 0 < len(made) < 1500
    d = bp.spatial.distance
    kernels = {
        bp.spatial.gaussian(d, std=0.8): np.exp(-(far**2) / (2 * 0.64)),
        bp.spatial.exponential(beta=0.7): np.exp(-far / 0.7),
        bp.spatial.gamma(kappa=2.0, theta=0.5): far * np.exp(-far / 0.5) / 0.25,
        0.5 * bp.spatial.gaussian2D(std_x=0.5, std_y=1.0, rho=0.3): 0.5 * np.exp(
            -(shift[..., 0] ** 2 / 0.25 + shift[..., 1] ** 2 - 0.6 * shift[..., 0] * shift[..., 1] / 0.5) / (2 * 0.91)
        ),
        1.0 - d.x / 3.0: 1.0 - np.abs(shift[..., 0]) / 3.0,
        bp.spatial.gabor(theta=20.0, gamma=0.7, std=0.8, lam=1.5, psi=10.0): gabor(shift),
    }
    for kernel, chance in kernels.items():
        counts = np.zeros((30, 50))
        for seed in range(40):
            made = sim.connect(grid, drawn, rule=bp.spatial_pairwise_bernoulli(kernel), seed=seed)
            np.add.at(counts, (made.source, made.target), 1.0)
        p = np.clip(chance, 0.0, 1.0)
        assert not counts[p == 0.0].any()
        score = (counts - 40 * p)[p > 0] / np.sqrt(np.maximum(40 * p * (1 - p), 1e-9))[p > 0]
        assert abs(np.sum(counts - 40 * p)) < 5 * np.sqrt(np.sum(40 * p * (1 - p)))
        assert np.mean(score[np.abs(score) < 1e3] ** 2) < 1.5


def gabor(shift: np.ndarray) -> np.ndarray:
    """NEST's definition, with the wave cut off at 0."""
    c, s = np.cos(np.radians(20.0)), np.sin(np.radians(20.0))
    along, across = shift[..., 0] * c + shift[..., 1] * s, shift[..., 1] * c - shift[..., 0] * s
    wave = np.maximum(np.cos(2 * np.pi * across / 1.5 + np.radians(10.0)), 0.0)
    return wave * np.exp(-(0.49 * along**2 + across**2) / (2 * 0.64))
