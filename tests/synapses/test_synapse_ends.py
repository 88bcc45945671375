"""Synapses as ends of projections: sums over them and onto them, events that act on them, state, and refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engine_pairs import run_both, values

import ranvier as rv
from ranvier.runtime.threads import Threads

#: Spikes in the same steps in both precisions.
SOURCE = rv.Neuron("", "dx/dt = 0.125 + i/128", spike="x > 1", reset="x = 0")
CELL = rv.Neuron("", "dv/dt = (1.2 - v)/10.0 + g_exc", spike="v > 1", reset="v = 0")
ASTRO = rv.Neuron("", "Y : init=0\ndG/dt = (Y - G)/20.0\nr = G")
BASE = rv.Synapse(
    "",
    "dY_S/dt = -Y_S/5.0\nG_A : init=0\ncover : int\ndq/dt = (G_A - q)/3.0\nhalf = 0.5*Y_S : inline",
    pre_spike="Y_S += 1.0 + 0.1*G_A\ng_target += w*(1 + q)",
)
TO_ASTRO = rv.Synapse("", "Y_post = Y_S_pre*(1 + 0.01*i)/N_incoming + 0.001*half_pre*i_pre : 1 (summed)")
TO_SYNAPSE = rv.Synapse("", "G_A_post = G_pre + 0.001*j_post + 0.0001*j : 1 (summed)")


def build(net: rv.Network, delays: Any = 1.0) -> None:
    """Neurons, synapses that seven astrocytes cover, and both directions between synapses and astrocytes."""
    source, cells = net.create(30, SOURCE, "source"), net.create(20, CELL, "cells")
    astro = net.create(7, ASTRO, "astro")
    base = net.connect(source, cells, "exc", BASE, "base").fixed_probability(0.4, weights=0.01)
    base.delay = delays
    base.cover = np.arange(base.nb_synapses) % 7
    net.connect(base, astro, "", TO_ASTRO, "to_astro").where("cover_pre == j")
    net.connect(astro, base, "", TO_SYNAPSE, "to_synapse").where("cover_post == i")


def oracle(base: Any, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """The same equations with arrays in the order of ``proj.w``; what spikes add is taken from the network."""
    i, j, n = base.i, base.j, base.nb_synapses
    cover, late = np.arange(n) % 7, np.rint(base.delay).astype(int)
    x = np.zeros(30)
    y_s, g_a, q, y, g = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(7), np.zeros(7)
    spiked = np.zeros((steps, 30), bool)
    for k in range(steps):
        sent = np.array([k >= d and spiked[k - d, a] for a, d in zip(i, late, strict=True)])
        new_y = np.zeros(7)
        np.add.at(new_y, cover, y_s*(1 + 0.01*np.arange(n))/np.bincount(cover)[cover] + 0.001*0.5*y_s*i)
        new_g = g[cover] + 0.001*j + 0.0001*np.arange(n)
        y_s = y_s + sent*(1.0 + 0.1*g_a)
        y, g_a = new_y, new_g
        g = g + (y - g)/20.0
        x = x + 0.125 + np.arange(30)/128
        spiked[k] = x > 1
        x[spiked[k]] = 0.0
        y_s, q = y_s - y_s/5.0, q + (g_a - q)/3.0
    return g, q


@pytest.mark.parametrize("delays", [1.0, rv.Uniform(1.0, 6.0)], ids=["one delay", "delays"])
@pytest.mark.parametrize("precision", ["double", "single"])
def test_both_engines_agree_with_each_other_and_with_arrays(delays: Any, precision: str) -> None:
    net, _ = run_both(lambda net: build(net, delays), 60, precision)
    g, q = oracle(net.get_projection("base"), 60)
    many = 300 * np.finfo(net.get_population("astro").G.dtype).eps
    np.testing.assert_allclose(net.get_population("astro").G, g, rtol=many)
    np.testing.assert_allclose(net.get_projection("base").q, q, rtol=many)
    assert g.min() > 0.01


@pytest.mark.parametrize("count", [2, 5])
def test_any_number_of_threads(count: int) -> None:
    found = []
    for threads in (1, count):
        net = rv.Network(dt=1.0, seed=5)
        net._context.threads = Threads(threads, always=True)
        build(net, rv.Uniform(1.0, 6.0))
        net.simulate(50.0)
        found.append(values(net))
    assert all(value.tobytes() == found[1][name].tobytes() for name, value in found[0].items())


def test_new_delays_change_the_storage_and_nothing_else() -> None:
    """What belongs to a synapse follows it: only the order in which a sum is added up changes."""
    nets = []
    for moved in (False, True):
        net = rv.Network(dt=1.0, seed=5)
        build(net)
        net.simulate(20.0)
        base = net.get_projection("base")
        if moved:
            base.delay = 1.0 + np.arange(base.nb_synapses) * 5 % 4
            net.get_population("source").disable()
            net.simulate(0.0)
            base.delay = np.where(np.arange(base.nb_synapses) % 2, 2.0, 1.0)
        net.get_population("source").disable()
        net.simulate(30.0)
        nets.append(net)
    for name in ("G_A", "q", "Y_S", "cover"):
        one, other = (net.get_projection("base").get(name) for net in nets)
        np.testing.assert_allclose(one, other, rtol=1e-12)
    assert not np.array_equal(*(net.get_projection("base").connectivity.public for net in nets))


def test_values_may_change_between_runs_and_nothing_is_compiled_again(fresh_cache: Any) -> None:
    net = rv.Network(dt=1.0, seed=5)
    build(net)
    base, astro = net.get_projection("base"), net.get_population("astro")
    net.simulate(10.0)
    compiled = rv.cache.stats()["compiled"]
    base.G_A = 3.0
    base.Y_S = 2.0
    before = np.bincount(base.cover, 2.0*(1 + 0.01*np.arange(base.nb_synapses)), 7)/np.bincount(base.cover)
    before += np.bincount(base.cover, 0.001*base.i, 7)
    net.step()
    np.testing.assert_allclose(astro.Y, before, rtol=1e-13)
    base.delay = rv.Uniform(1.0, 4.0)
    net.simulate(10.0)
    assert rv.cache.stats()["compiled"] == compiled


def test_store_restore_reset_copy_and_files(tmp_path: Path) -> None:
    net = rv.Network(dt=1.0, seed=5)
    build(net, rv.Uniform(1.0, 5.0))
    net.simulate(20.0)
    net.store()
    net.simulate(25.0)
    expected = values(net)
    net.restore()
    net.save(tmp_path / "state.npz")
    for one in (net, net.copy(), rv.Network.from_file(tmp_path / "state.npz")):
        one.simulate(25.0)
        assert all(value.tobytes() == expected[name].tobytes() for name, value in values(one).items())
    net.reset(populations=True, projections=True, synapses=True)
    assert not net.get_projection("base").G_A.any()
    net.simulate(45.0)
    assert all(value.tobytes() == expected[name].tobytes() for name, value in values(net).items())


def test_events_act_on_synapses() -> None:
    """A spike of dopamine is added to the variables of some synapses, later ones see what earlier ones wrote."""
    learning = rv.Synapse("", "dd/dt = -d/50.0\nn = n + 0 : int\nw += 0.1*d", pre_spike="g_target += w")
    dose = rv.Synapse("amount = 0.5", pre_spike="d_post += amount*(1 + 0.1*i_post)\nn_post = n_post + 1")

    def make(net: rv.Network) -> None:
        cells = net.create(4, CELL, "cells")
        vta = net.create(population=rv.SpikeSourceArray([[2.0, 9.0], [9.0]]), name="vta")
        base = net.connect(cells, cells, "exc", learning, "base").all_to_all(weights=0.0, delays=rv.Uniform(1.0, 5.0))
        net.connect(vta, base, "", dose, "dose").explicit_edges([0, 0, 1, 1], [0, 5, 5, 11], delays=1.0)

    net, _ = run_both(make, 20)
    base = net.get_projection("base")
    d = np.zeros(12)
    for k in range(20):
        for step, synapses in ((3, [0, 5]), (10, [0, 5, 5, 11])):
            for synapse in synapses if k == step else ():
                d[synapse] += 0.5*(1 + 0.1*base.i[synapse])
        d = d - d/50.0
    np.testing.assert_allclose(base.d, d, rtol=1e-13)
    assert list(base.n) == [2, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 1]


def test_events_add_to_what_all_synapses_share() -> None:
    """A reward that is one value of a projection: each connection adds to it."""

    def make(net: rv.Network) -> None:
        cells = net.create(4, CELL, "cells")
        vta = net.create(population=rv.SpikeSourceArray([[2.0, 9.0]]), name="vta")
        base = net.connect(cells, cells, "exc", rv.models.RewardSTDP(tau_d=50.0), "base").all_to_all(0.1)
        net.connect(vta, base, "", rv.Synapse(pre_spike="d_post += 0.5"), "dose").explicit_edges([0, 0], [0, 3])

    net, _ = run_both(make, 20)
    assert net.get_projection("base").d == pytest.approx(np.exp(-17/50) + np.exp(-10/50), rel=1e-12)


def test_equations_between_synapses() -> None:
    """Synapses onto synapses have equations, weights and random numbers of their own."""
    plain = rv.Synapse("", "y : init=1\nz : init=0", pre_spike="g_target += 0.0*w")
    between = rv.Synapse("", "ds/dt = (y_pre - s)/4.0\nz_post = w*s : 1 (summed)\nu = rand() + 0.0*y_post")

    def make(net: rv.Network) -> None:
        cells = net.create(5, CELL, "cells")
        one = net.connect(cells, cells, "exc", plain, "one").all_to_all(delays=rv.Uniform(1.0, 4.0))
        two = net.connect(cells, cells, "exc", plain, "two").all_to_all(delays=rv.Uniform(1.0, 4.0))
        one.y = np.arange(20.0)
        net.connect(one, two, "", between, "across").one_to_one(weights=2.0)
        net.connect(one, one, "", rv.Synapse("", "z_pre = 3*y_post : 1 (summed)"), "self").where("j == 19 - i")

    net, _ = run_both(make, 11)
    s = np.arange(20.0) * (1 - np.exp(-10/4))  # a model with units is integrated exactly
    np.testing.assert_allclose(net.get_projection("two").z, 2.0 * s, rtol=1e-13)
    assert list(net.get_projection("one").z) == list(3.0 * np.arange(19.0, -1.0, -1.0))
    u = net.get_projection("across").u
    assert len(set(u)) == 20


RATE = rv.Neuron("", "dr/dt = (1 + 0.1*i + z - r)/5.0\nz : init=0")
REGULAR = rv.Neuron("", "dx/dt = 0.125 + i/64", spike="x > 1", reset="x = 0")


def of_rates(net: rv.Network) -> None:
    """Synapses that are stored without indices, functions over synapses, synapses onto themselves."""
    a, b, c = (net.create(size, RATE, name) for size, name in ((6, "a"), (4, "b"), (3, "c")))
    plain = rv.Synapse("", "dy/dt = (pre.r*post.r - y)/7.0\nk : init=0", pre_spike="# nothing")
    one = net.connect(a, b, "", plain, "one").all_to_all()
    two = net.connect(one, c, "", rv.Synapse("", "z_post = 0.1*y_pre*w : 1 (summed)"), "two")
    two.all_to_all(weights=rv.Uniform(0.0, 1.0))
    net.connect(c, one, "", rv.Synapse("", "k_post = r_pre + i : 1 (summed)"), "three").fixed_probability(0.5)
    net.connect(one, one, "", rv.Synapse("", "dq/dt = (y_pre*y_post - q)/3.0"), "four").fixed_number_pre(3)
    taken = rv.Synapse("", "u = mean(pre.y) + max(pre.k) : projection\nv = u*y_pre")
    net.connect(one, c, "", taken, "five").fixed_probability(0.6)


def of_changing_synapses(net: rv.Network) -> None:
    """Synapses onto synapses that come and go."""
    cells = net.create(8, REGULAR, "cells")
    one = net.connect(cells, cells, "", rv.Synapse("", "m = 0.9*m", pre_spike="m += 0.1"), "one")
    one.fixed_probability(0.5, delays=rv.Uniform(1.0, 5.0))
    onto = rv.Synapse(
        "", "age = age + 1", pre_spike="m_post += w", pruning="age > 20 and m_post < 0.5 : proba=0.5",
        creating="j_post == i and m_post > 0.05 : proba=0.2, w=0.3, d=2",
    )  # fmt: skip
    two = net.connect(cells, one, "", onto, "two").fixed_probability(0.1, weights=0.2)
    two.start_pruning(2.0)
    two.start_creating(3.0)


def of_chains(net: rv.Network) -> None:
    """Synapses onto synapses onto synapses, all with delays; random numbers."""
    cells = net.create(5, REGULAR, "cells")
    late = {"delays": rv.Uniform(1.0, 4.0)}
    one = rv.Synapse("", "m = 0.9*m\ng : init=0", pre_spike="m += 0.1*(1 + g)")
    two = rv.Synapse("", "n = 0.8*n\nh : init=0", pre_spike="m_post += 0.05*(1 + h)\nn += 1")
    first = net.connect(cells, cells, "", one, "one").all_to_all(**late)
    second = net.connect(cells, first, "", two, "two").fixed_probability(0.4, **late)
    net.connect(second, first, "", rv.Synapse("", "g_post = n_pre : 1 (summed)"), "three").fixed_probability(0.3)
    four = rv.Synapse("", pre_spike="h_post = 0.5*h_post + 0.1")
    net.connect(cells, second, "", four, "four").fixed_probability(0.3, **late)
    drawn = rv.Synapse("", "s = Normal(0.0, 1.0) + m_pre\nc : init=0", post_spike="s += 1\nc = c + m_pre")
    net.connect(first, cells, "", drawn, "five").fixed_probability(0.5)


@pytest.mark.parametrize(
    ("make", "moved"),
    [
        (of_rates, ["c.z", "one.k", "four.q", "five.v"]),
        (of_changing_synapses, ["one.m", "two.age"]),
        (of_chains, ["one.g", "two.h", "five.c"]),
    ],
)
def test_combinations_on_both_engines_and_in_parts(make: Any, moved: list[str], precision: str) -> None:
    net, _ = run_both(make, 42, precision)
    parts = rv.Network(dt=1.0, seed=5, precision=precision)  # type: ignore[arg-type]
    parts._context.threads = Threads(3, always=True)
    make(parts)
    parts.simulate(42.0)
    assert all(value.tobytes() == values(parts)[name].tobytes() for name, value in values(net).items())
    assert all(np.any(values(net)[name]) for name in moved)


def test_texts_matrices_and_monitors_count_synapses_as_users_do() -> None:
    net = rv.Network(dt=1.0, seed=5)
    build(net, rv.Uniform(1.0, 6.0))
    base, to_astro = net.get_projection("base"), net.get_projection("to_astro")
    n = base.nb_synapses
    assert list(to_astro.i) == [k for a in range(7) for k in range(n) if k % 7 == a]
    assert to_astro.pre_ranks[3] == list(range(3, n, 7))
    near = net.connect(base, base, "", rv.Synapse("", "v = 0.0*w"), "near")
    near.where("i != j and j_pre == j_post and abs(i_pre - i_post) < 3", weights="i_pre + 0.01*j_pre")
    assert (base.j[near.i] == base.j[near.j]).all()
    np.testing.assert_allclose(near.w, base.i[near.i] + 0.01*base.j[near.i])
    assert near.nb_synapses > 10
    assert near.connectivity_matrix().shape == (n, n)
    vta = net.create(population=rv.SpikeSourceArray([[3.0]]), name="vta")
    dose = net.connect(vta, base, "", rv.Synapse("", "c : init=0", pre_spike="c = j\nY_S_post += 1"), "dose")
    dose.all_to_all()
    taken = net.monitor(dose, "c", at="pre")
    net.simulate(8.0)
    events = taken.get("c")
    assert list(events.post) == list(range(n))
    assert list(events.value) == list(range(n))
    assert list(dose.c) == list(range(n))


def test_refusals() -> None:
    net = rv.Network(dt=1.0, seed=5)
    build(net)
    base, astro, cells = net.get_projection("base"), net.get_population("astro"), net.get_population("cells")
    with pytest.raises(rv.RanvierError, match="is an end, but has no synapses yet"):
        net.connect(net.connect(cells, cells, "exc"), astro, "", TO_ASTRO)
    with pytest.raises(rv.RanvierError, match="has no synapses, so it cannot be an end"):
        net.connect(net.connect(cells, cells, "exc").fixed_probability(0.0), astro, "", TO_ASTRO)
    with pytest.raises(rv.RanvierError, match="belongs to another network"):
        rv.Network().connect(base, base)
    with pytest.raises(rv.RanvierError, match="the presynaptic end are the synapses of 'base': no spikes"):
        net.connect(base, astro, "", rv.Synapse(pre_spike="Y_post += 1"))
    with pytest.raises(rv.RanvierError, match="the postsynaptic end are the synapses of 'base': no spikes"):
        net.connect(cells, base, "", rv.Synapse(pre_spike="G_A_post += 1", post_spike="w += 1"))
    with pytest.raises(rv.RanvierError, match="'t_pre': the presynaptic end are the synapses of 'base'"):
        net.connect(base, astro, "", rv.Synapse("", "Y_post = t_pre : 1 (summed)"))
    with pytest.raises(rv.RanvierError, match="the postsynaptic projection 'base' defines no 'Z'"):
        net.connect(astro, base, "", rv.Synapse("", "Z_post = G_pre : 1 (summed)"))
    with pytest.raises(rv.RanvierError, match="'w' is a parameter of the postsynaptic projection and read-only"):
        net.connect(cells, base, "", rv.Synapse(pre_spike="w_post += 1"))
    with pytest.raises(rv.RanvierError, match="'unless_post' has a meaning where both ends are neurons"):
        net.connect(cells, base, "", rv.Synapse(pre_spike="G_A_post += 1 : unless_post"))
    with pytest.raises(rv.RanvierError, match="'s' has one value per postsynaptic neuron, but that end are synapses"):
        net.connect(cells, base, "", rv.Synapse("", "s = 0.0 : postsynaptic", pre_spike="G_A_post += s"))
    twice = rv.Network(dt=1.0, seed=5)
    build(twice)
    again = twice.connect(twice.get_population("astro"), twice.get_projection("base"), "", TO_SYNAPSE, "again")
    again.where("cover_post == i")
    with pytest.raises(rv.RanvierError, match=r"of projection 'base' already receives .* from projection 'to_synapse'"):
        twice.step()


def test_refusals_of_delays_and_changes() -> None:
    net = rv.Network(dt=1.0, seed=5)
    build(net)
    base, astro = net.get_projection("base"), net.get_population("astro")
    late = net.connect(base, astro, "", rv.Synapse("", "x = Y_S_pre"), "late")
    with pytest.raises(rv.RanvierError, match="what comes from the synapses of 'base' arrives in the next step"):
        late.all_to_all(delays=3.0)
    late.explicit_edges([0], [0])
    with pytest.raises(rv.RanvierError, match="leave out the delays"):
        late.delay = 2.0
    with pytest.raises(rv.RanvierError, match="its synapses are an end of projection 'to_astro', so none come or go"):
        base.dendrite(0).prune_synapses(base.dendrite(0).pre_ranks)
    with pytest.raises(rv.RanvierError, match="so there is no 'dist'"):
        net.connect(base, astro, "", rv.Synapse("", "x = 0.0")).where("dist < 1")


def test_synapses_that_became_an_end_after_they_had_changed() -> None:
    net = rv.Network(dt=1.0, seed=5)
    cells = net.create(4, CELL, "cells")
    base = net.connect(cells, cells, "exc", rv.Synapse("", "y : init=0", pre_spike="y += 1"), "base").all_to_all()
    net.simulate(3.0)
    base.dendrite(0).prune_synapse(2)
    onto = net.connect(cells, base, "", rv.Synapse(pre_spike="y_post += 1"), "onto").all_to_all()
    net.simulate(3.0)
    with pytest.raises(rv.RanvierError, match="had 12 synapses at the compile; the 11 of now are an end of projection"):
        net.reset(synapses=True, projections=True)
    net.reset(projections=True)
    net.simulate(3.0)
    assert onto.nb_synapses == 44


def test_what_synapses_do_not_show() -> None:
    net = rv.Network(dt=1.0, seed=5)
    cells = net.create(4, CELL)
    hidden = rv.Synapse("", "dx/dt = -x/5 : event-driven\ns = 0.0 : postsynaptic", pre_spike="x += 1\ng_target += w")
    base = net.connect(cells, cells, "exc", hidden, "base").all_to_all()
    for name, help in (("x", "'x' is event-driven there: mark it"), ("s", "has one value per postsynaptic neuron")):
        with pytest.raises(rv.RanvierError, match=f"'base' defines no '{name}'(.|\n)*{help}"):
            net.connect(base, cells, "", rv.Synapse("", f"v_post = {name}_pre : 1 (summed)"))
