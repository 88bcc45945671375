"""Connectors, weights, delays, synaptic attributes and dendrites."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv


def network(n: int = 8, m: int = 5, seed: int = 3) -> tuple[rv.Network, Any, Any]:
    net = rv.Network(dt=0.1, seed=seed)
    return net, net.create(n, rv.models.LIF(), name="a"), net.create(m, rv.models.LIF(), name="b")


def pairs(proj: Any) -> list[tuple[int, int]]:
    """All (post, pre) in the public order."""
    return [(d.post_rank, pre) for d in proj for pre in d.pre_ranks]


def test_all_to_all() -> None:
    net, a, b = network()
    proj = net.connect(a, b, "exc").all_to_all(weights=2.0, delays=1.0)
    assert proj.nb_synapses == 40
    assert pairs(proj) == [(j, i) for j in range(5) for i in range(8)]
    assert np.all(proj.w == 2.0)
    assert np.all(proj.delay == 1.0)
    own = net.connect(a, a, "exc").connect_all_to_all()
    assert own.nb_synapses == 56
    assert net.connect(a, a, "inh").all_to_all(allow_self_connections=True).nb_synapses == 64


def test_one_to_one_follows_the_order_of_views() -> None:
    net, a, b = network()
    proj = net.connect(a[[5, 2, 7]], b[[0, 4, 1]], "exc").one_to_one(weights=1.0)
    assert sorted(pairs(proj)) == [(0, 5), (1, 7), (4, 2)]
    with pytest.raises(rv.RanvierError, match="equal size"):
        net.connect(a, b, "exc").one_to_one()


def test_fixed_numbers() -> None:
    net, a, b = network(50, 40)
    by_post = net.connect(a, b, "exc").fixed_number_pre(number=7, weights=1.0)
    assert all(len(set(d.pre_ranks)) == 7 for d in by_post)
    by_pre = net.connect(a[10:30], b, "exc").fixed_number_post(number=3)
    counts = np.bincount([pre for _, pre in pairs(by_pre)], minlength=50)
    assert list(counts) == [0] * 10 + [3] * 20 + [0] * 20
    for number in (-1, 51):
        with pytest.raises(rv.RanvierError, match="number"):
            net.connect(a, b, "exc").fixed_number_pre(number)
    own = net.connect(a, a, "exc").fixed_number_pre(49)
    assert all(d.post_rank not in d.pre_ranks for d in own)


def test_fixed_probability() -> None:
    net, a, b = network(200, 200)
    proj = net.connect(a, b, "exc").fixed_probability(0.1)
    expected, deviation = 4000.0, np.sqrt(40000 * 0.1 * 0.9)
    assert abs(proj.nb_synapses - expected) < 5 * deviation
    again, c, d = network(200, 200)
    assert pairs(again.connect(c, d, "exc").fixed_probability(0.1)) == pairs(proj)
    other, e, f = network(200, 200, seed=4)
    assert pairs(other.connect(e, f, "exc").fixed_probability(0.1)) != pairs(proj)
    with pytest.raises(rv.RanvierError, match="probability"):
        net.connect(a, b, "exc").fixed_probability(1.5)


def test_from_matrix_is_post_by_pre() -> None:
    net, a, b = network()
    matrix = np.full((5, 8), np.nan)
    matrix[1, 3], matrix[4, 0], matrix[1, 2] = 0.5, 0.0, 2.5
    delays = np.where(np.isnan(matrix), np.nan, 1.0)
    delays[1, 3] = 4.0
    proj = net.connect(a, b, "exc").from_matrix(matrix, delays=delays)
    assert pairs(proj) == [(1, 2), (1, 3), (4, 0)]
    assert list(proj.w) == [2.5, 0.5, 0.0]
    np.testing.assert_allclose(proj.delay, [1.0, 4.0, 1.0])
    np.testing.assert_array_equal(proj.connectivity_matrix(fill=np.nan), matrix)
    assert np.array_equal(proj.connectivity_matrix(), np.nan_to_num(matrix))
    turned = net.connect(a, b, "exc").from_matrix(matrix.T, pre_post=True)
    assert pairs(turned) == pairs(proj)
    with_none = net.connect(a[:2], b[:1], "exc").from_matrix([[None, 1.5]])
    assert pairs(with_none) == [(0, 1)]
    with pytest.raises(rv.RanvierError, match="shape"):
        net.connect(a, b, "exc").from_matrix(matrix.T)


@pytest.mark.parametrize("density", [0.4, 1.0])
@pytest.mark.parametrize("synapse", [None, rv.Synapse(psp="w*pre.v")])
@pytest.mark.parametrize("part", [False, True])
def test_rows_and_columns_of_a_matrix_are_positions_in_the_groups(density: float, synapse: Any, part: bool) -> None:
    """Groups in any order, of events and of continuous transmission, with delays of their own or one."""
    rng = np.random.default_rng(3)
    net, a, b = network(9, 7)
    pre, post = a[rng.permutation(9)[: 6 if part else 9]], b[rng.permutation(7)[: 4 if part else 7]]
    matrix = rng.random((post.size, pre.size))
    matrix[rng.random(matrix.shape) > density] = np.nan
    for given in (2.0, rng.integers(1, 5, matrix.shape).astype(float)):
        proj = net.connect(pre, post, "exc", synapse).from_matrix(matrix, delays=given)
        expected = {}
        for (row, column), weight in np.ndenumerate(matrix):
            if not np.isnan(weight):
                delay = np.broadcast_to(given, matrix.shape)[row, column]
                expected[int(post.ranks[row]), int(pre.ranks[column])] = (weight, delay)
        assert pairs(proj) == sorted(expected)
        found = zip(proj.w, np.broadcast_to(proj.delay, proj.nb_synapses), strict=True)
        assert list(found) == [expected[pair] for pair in sorted(expected)]
        np.testing.assert_array_equal(proj.connectivity_matrix(fill=np.nan), matrix)


@pytest.mark.parametrize("value", [rv.Normal(0.0, 1.0), "0.5*pre.i - post.j + Uniform(0.0, 1.0)"])
def test_values_made_by_and_by_are_those_made_at_once(monkeypatch: pytest.MonkeyPatch, value: Any) -> None:
    results = []
    for at_once in (7, 10**6):
        monkeypatch.setattr("ranvier.runtime.synapses.assigning.AT_ONCE", at_once)
        net = rv.Network(dt=0.1, seed=5)
        cells = net.create(30, rv.Neuron("i = 1.0\nj = 2.0", "v = g_exc", "v > 1e9"), name="cells")
        cells.i = cells.j = np.arange(30.0)
        written = []
        for multiple in (False, True):
            proj = net.connect(cells, cells, "exc", name=f"p{multiple}")
            proj.fixed_number_pre(
                number=20, weights=value, delays=rv.DiscreteUniform(1, 4), allow_multapses=multiple
            )
            written += [proj.w.tobytes(), proj.delay.tobytes()]
            proj.w = value
            proj.dendrite(3).w = value
            written.append(proj.w.tobytes())
        results.append(written)
    assert results[0] == results[1]


def test_from_sparse_is_pre_by_post_and_keeps_duplicates() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    net, a, b = network()
    matrix = sparse.coo_matrix(([1.0, 2.0, 3.0, 4.0], ([7, 0, 0, 3], [2, 4, 4, 1])), shape=(8, 5))
    proj = net.connect(a, b, "exc").from_sparse(matrix, delays=2.0)
    assert pairs(proj) == [(1, 3), (2, 7), (4, 0), (4, 0)]
    assert list(proj.w) == [4.0, 1.0, 2.0, 3.0]
    assert proj.connectivity_matrix()[4, 0] == 5.0
    proj.w = rv.Uniform(0.0, 1.0)
    assert np.unique(proj.w).size == 4, "synapses of one pair draw their own values"
    before = np.array(proj.w)
    proj.delay = [1.0, 5.0, 3.0, 2.0]
    np.testing.assert_allclose(proj.delay, [1.0, 5.0, 3.0, 2.0])
    assert np.array_equal(proj.w, before), "values stay with their synapse"
    with pytest.raises(rv.RanvierError, match="shape"):
        net.connect(a, b, "exc").from_sparse(matrix.T)
    with pytest.raises(rv.RanvierError, match="sparse"):
        net.connect(a, b, "exc").from_sparse(np.zeros((8, 5)))


def test_arrays_of_weights_and_delays_are_in_the_order_of_w() -> None:
    net, a, b = network()
    weights, delays = np.arange(40.0), 0.1 * (1 + np.arange(40) % 7)
    proj = net.connect(a, b, "exc").all_to_all(weights=weights, delays=delays)
    assert np.array_equal(proj.w, weights)
    np.testing.assert_allclose(proj.delay, delays)
    assert np.array_equal(proj.connectivity_matrix(), weights.reshape(5, 8))
    assert np.array_equal(proj.dendrite(3).w, weights[24:32])
    with pytest.raises(rv.RanvierError, match="shape"):
        net.connect(a, b, "exc").all_to_all(weights=np.zeros(39))


def test_text_weights_and_delays() -> None:
    net, a, b = network()
    proj = net.connect(a, b, "exc").all_to_all(weights="0.5*exp(-abs(i - j))", delays="1.0 + 0.1*i")
    i, j = np.arange(8), np.arange(5)[:, None]
    np.testing.assert_allclose(proj.connectivity_matrix(), 0.5 * np.exp(-np.abs(i - j)), rtol=1e-15)
    np.testing.assert_allclose(proj.delay.reshape(5, 8), 1.0 + 0.1 * np.broadcast_to(i, (5, 8)))
    drawn = net.connect(a, b, "exc").all_to_all(weights="rand()")
    assert np.unique(drawn.w).size == 40


def test_random_weights_belong_to_pairs() -> None:
    """A weight depends on the projection and the pair, not on which other synapses there are."""
    net, a, b = network()
    dense = net.connect(a, b, "exc", name="p").all_to_all(weights=rv.Uniform(0.0, 1.0))
    other, c, d = network()
    matrix = np.full((5, 8), np.nan)
    matrix[2, :] = 1.0
    row = other.connect(c, d, "exc", name="p").from_matrix(matrix)
    row.w = rv.Uniform(0.0, 1.0)
    assert np.array_equal(row.w, dense.dendrite(2).w)


def test_writing_synaptic_values() -> None:
    net, a, b = network()
    proj = net.connect(a, b, "exc").all_to_all(weights=2.0)
    with pytest.raises(rv.RanvierError, match="copy"):
        proj.w[0] = 3.0
    proj.w *= 2
    assert np.all(proj.w == 4.0)
    proj.dendrite(1).w = 7.0
    assert np.array_equal(proj.w, np.where(np.arange(40) // 8 == 1, 7.0, 4.0))
    proj.dendrite(1).w += np.arange(8.0)
    assert list(proj.dendrite(1).w) == list(7.0 + np.arange(8.0))
    proj.synapse(3, 1).w = 0.25
    assert proj.dendrite(1).synapse(3).w == 0.25
    proj.w = 1.0
    assert np.all(proj.w == 1.0)
    with pytest.raises(rv.RanvierError, match="did you mean 'w'"):
        proj.ww = 1.0
    with pytest.raises(rv.RanvierError):
        proj.w = np.zeros(3)
    assert np.all(proj.w == 1.0)
    with pytest.raises(rv.RanvierError, match="no synapse"):
        net.connect(a, a, "exc").all_to_all().synapse(1, 1)


def test_shared_and_local_synaptic_parameters() -> None:
    net, a, b = network()
    synapse = rv.Synapse(
        "tau = 10.0 : projection\nU = 0.5", "dx/dt = -x/tau : event-driven", pre_spike="x += U\ng_target += w*x"
    )
    proj = net.connect(a, b, "exc", synapse).all_to_all()
    assert proj.tau == 10.0
    assert proj.U.shape == (40,)
    proj.U = rv.Uniform(0.0, 1.0)
    proj.tau = 3.0
    assert np.unique(proj.U).size == 40
    assert proj.tau == 3.0
    with pytest.raises(rv.RanvierError, match="whole projection"):
        proj.dendrite(0).tau = 4.0


def test_delays_are_rounded_once_and_arrive_on_time() -> None:
    """ANNarchy's timing: an input at step 10 with delays 1, 2, 5 acts at steps 11, 12, 15; with same_step at 10 + d."""
    for same_step, shift in ((False, 0), (True, 0)):
        net = rv.Network(dt=1.0, seed=1)
        source = net.create(population=rv.SpikeSourceArray([[10.0]]))
        cells = net.create(4, rv.Neuron(equations="v = g_exc", spike="v > 1e9"))
        proj = net.connect(source, cells, "exc", same_step=same_step)
        proj.all_to_all(weights=1.0, delays=[0.0, 1.0, 2.0, 5.0])
        mon = net.monitor(cells, "v")
        net.simulate(20.0)
        steps = [int(np.flatnonzero(column)[0]) for column in mon.get("v").T]
        assert steps == ([11, 12, 13, 16] if same_step else [11, 11, 12, 15]), (same_step, shift)


def test_a_delay_that_is_no_multiple_warns() -> None:
    net, a, b = network()
    with pytest.warns(rv.RanvierWarning, match="multiple"):
        proj = net.connect(a, b, "exc").all_to_all(delays=0.17)
    np.testing.assert_allclose(proj.delay, 0.2)
    net.connect(a, b, "exc").all_to_all(delays=rv.Uniform(0.1, 0.5))
    for bad in (-1.0, float("nan"), float("inf")):
        with pytest.raises(rv.RanvierError):
            net.connect(a, b, "exc").all_to_all(delays=bad)


def test_a_projection_without_synapses_takes_no_part() -> None:
    net, a, b = network()
    proj = net.connect(a, b, "exc")
    with pytest.raises(rv.RanvierError, match="no synapses yet"):
        proj.w  # noqa: B018
    empty = net.connect(a, b, "exc").fixed_probability(0.0, weights=rv.Uniform(0, 1), delays=rv.Uniform(1, 2))
    assert empty.nb_synapses == 0
    assert empty.w.shape == (0,)
    with pytest.warns(rv.RanvierWarning, match="no connector"):
        net.simulate(5.0)
    with pytest.raises(rv.RanvierError, match="already"):
        proj.all_to_all().all_to_all()


def test_targets_are_checked() -> None:
    net, a, b = network()
    with pytest.raises(rv.RanvierError, match="ampa"):
        net.connect(a, b, "ampa").all_to_all()


def test_weights_that_no_synapse_reads() -> None:
    net, a, b = network()
    with pytest.warns(rv.RanvierWarning, match=r"\[W202\] projection 'projection0': its synapse does not use 'w'"):
        net.connect(a, b, "", rv.Synapse(pre_spike="v_post += 1.0")).all_to_all(weights=2.0)
    matrix = np.full((b.size, a.size), np.nan)
    matrix[1, 0] = 3.0  # says who is connected
    proj = net.connect(a, b, "", rv.Synapse(pre_spike="v_post += 1.0")).from_matrix(matrix)
    assert (proj.post_ranks, proj.pre_ranks) == ([1], [[0]])


def test_receptive_fields() -> None:
    net = rv.Network(seed=1)
    a, b = net.create((2, 3), rv.models.LIF()), net.create((2, 2), rv.models.LIF())
    proj = net.connect(a, b, "exc").all_to_all(weights=np.arange(24.0))
    image = proj.receptive_fields()
    assert image.shape == (4, 6)
    assert np.array_equal(image[:2, 3:], np.arange(6.0, 12.0).reshape(2, 3))
    assert np.array_equal(proj.dendrite(1).receptive_field(), np.arange(6.0, 12.0).reshape(2, 3))


def test_large_populations_use_wide_indices() -> None:
    net = rv.Network(dt=0.1, seed=1)
    source = net.create(population=rv.SpikeSourceArray([[0.5]]))
    cells = net.create(70_000, rv.Neuron(equations="v = v + g_exc", spike="v > 1e9"))
    proj = net.connect(source, cells, "exc").all_to_all(weights=1.0, delays=0.1)
    assert proj.connectivity.target.dtype == np.uint32
    net.simulate(1.0)
    assert np.all(cells.v == 1.0)


def test_learning_is_switched_by_name_too() -> None:
    net, a, b = network()
    first, second = (
        net.connect(a, b, "exc", rv.Synapse("", "dw/dt = 1.0"), name=name).all_to_all(0.0)
        for name in ("first", "second")
    )
    net.disable_learning("first")
    net.simulate(1.0)
    learned = second.w[0]
    assert first.w[0] == 0.0 < learned
    net.disable_learning(["first", second])
    net.enable_learning(first)
    net.simulate(1.0)
    assert first.w[0] == second.w[0] == learned
    with pytest.raises(rv.RanvierError, match="third"):
        net.enable_learning("third")
    with pytest.raises(rv.RanvierError, match="projections must be projections or their names, not 3"):
        net.enable_learning([3])
