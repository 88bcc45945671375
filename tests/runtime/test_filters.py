"""Filters, pooling and copies: against scipy, and the engine against the interpreter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import ndimage, signal

import ranvier as rv
from ranvier.runtime.checks.networks import check_network

READ = rv.Neuron(equations="r = sum(exc)", name="read")
RNG = np.random.default_rng(7)


def image(shape: tuple[int, ...], precision: str = "double") -> tuple[rv.Network, Any]:
    net = rv.Network(dt=1.0, seed=1, precision=precision)  # type: ignore[arg-type]
    pop = net.create(rv.InputArray(shape))
    pop.r = RNG.normal(size=shape)
    return net, pop


def bound(weights: np.ndarray, r: np.ndarray, precision: str = "double") -> float:
    """Rounding of two sums of n products: each errs by at most n eps sum|w r|."""
    eps = 2.0**-52 if precision == "double" else 2.0**-23
    return 2 * (weights.size + 1) * eps * float(np.abs(weights).sum() * np.abs(r).max())


CASES = [((40,), (5,)), ((40,), (4,)), ((12, 15), (3, 5)), ((12, 15), (2, 4)), ((6, 7, 8), (3, 2, 3))]


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize(("shape", "kernel"), CASES)
@pytest.mark.parametrize(("padding", "mode"), [(0.0, "constant"), ("border", "nearest"), (-0.75, "constant")])
def test_a_filter_is_a_cross_correlation(
    shape: tuple[int, ...], kernel: tuple[int, ...], padding: Any, mode: str, precision: str
) -> None:
    net, pop = image(shape, precision)
    post = net.create(shape, READ)
    weights = RNG.normal(size=kernel)
    proj = net.connect(rv.Convolution(pop, post, "exc")).connect_filter(weights, padding=padding)
    net.simulate(1.0)
    # an even axis: our middle is the lower of two elements, scipy's the upper
    origin = [-1 if size % 2 == 0 else 0 for size in kernel]
    value = 0.0 if padding == "border" else padding
    w, r = np.asarray(proj.weights, np.float64), np.asarray(pop.r, np.float64)
    expected = ndimage.correlate(r, w, mode=mode, cval=value, origin=origin)
    np.testing.assert_allclose(post.r, expected, rtol=0, atol=bound(w, np.abs(r) + 1, precision))
    assert check_network(net, 3) is None, "equal bits on the interpreter"


def test_the_inside_of_a_filter_is_scipys_valid_part() -> None:
    net, pop = image((20, 20))
    post = net.create((20, 20), READ)
    weights = RNG.normal(size=(5, 3))
    net.connect(rv.Convolution(pop, post, "exc")).connect_filter(weights)
    net.simulate(1.0)
    np.testing.assert_allclose(
        post.r[2:-2, 1:-1], signal.correlate2d(pop.r, weights, "valid"), rtol=0, atol=bound(weights, pop.r)
    )


def test_sub_sampling_takes_every_second_place_by_geometry_or_by_list() -> None:
    net, pop = image((12, 8))
    full, half, listed = net.create((12, 8), READ), net.create((6, 4), READ), net.create((6, 4), READ)
    weights = RNG.normal(size=(3, 3))
    net.connect(rv.Convolution(pop, full, "exc")).connect_filter(weights)
    net.connect(rv.Convolution(pop, half, "exc")).connect_filter(weights)
    places = [[2 * i + 1, 2 * j + 1] for i in range(6) for j in range(4)]
    net.connect(rv.Convolution(pop, listed, "exc")).connect_filter(weights, subsampling=places)
    net.simulate(1.0)
    assert np.array_equal(half.r, full.r[::2, ::2])
    assert np.array_equal(listed.r, full.r[1::2, 1::2])


def test_filters_over_the_last_axis_and_per_map_and_banks() -> None:
    net, pop = image((9, 10, 4))
    flat, maps, bank = net.create((9, 10), READ), net.create((9, 10, 4), READ), net.create((9, 10, 3), READ)
    spanning, small, many = RNG.normal(size=(3, 3, 4)), RNG.normal(size=(3, 3)), RNG.normal(size=(3, 3, 3, 4))
    net.connect(rv.Convolution(pop, flat, "exc")).connect_filter(spanning)
    net.connect(rv.Convolution(pop, maps, "exc")).connect_filter(small, keep_last_dimension=True)
    proj = net.connect(rv.Convolution(pop, bank, "exc")).connect_filters(many)
    net.simulate(1.0)

    def whole(weights: np.ndarray) -> np.ndarray:
        layers = [ndimage.correlate(pop.r[:, :, k], weights[:, :, k], mode="constant") for k in range(4)]
        return np.sum(layers, axis=0)

    np.testing.assert_allclose(flat.r, whole(spanning), rtol=0, atol=bound(spanning, pop.r))
    each = [ndimage.correlate(pop.r[:, :, k], small, mode="constant") for k in range(4)]
    np.testing.assert_allclose(maps.r, np.stack(each, axis=2), rtol=0, atol=bound(small, pop.r))
    for f in range(3):
        np.testing.assert_allclose(bank.r[:, :, f], whole(many[f]), rtol=0, atol=bound(many[f], pop.r))
    assert proj.weights.shape == many.shape
    assert check_network(net, 2) is None


@pytest.mark.parametrize("operation", ["max", "min", "mean"])
def test_other_operations_see_the_padding(operation: str) -> None:
    net, pop = image((10, 11))
    post = net.create((10, 11), READ)
    weights = np.ones((3, 3))
    net.connect(rv.Convolution(pop, post, "exc", operation=operation)).connect_filter(weights, padding=0.25)
    net.simulate(1.0)
    filters = {"max": ndimage.maximum_filter, "min": ndimage.minimum_filter, "mean": ndimage.uniform_filter}
    expected = filters[operation](pop.r, size=3, mode="constant", cval=0.25)
    tolerance = bound(weights, pop.r) if operation == "mean" else 0.0
    np.testing.assert_allclose(post.r, expected, rtol=0, atol=tolerance)
    assert check_network(net, 2) is None


def test_weights_change_without_compiling_and_are_state() -> None:
    net, pop = image((10,))
    post = net.create(10, READ)
    proj = net.connect(rv.Convolution(pop, post, "exc")).connect_filter([1.0, 2.0, 3.0], padding=1.0)
    net.simulate(1.0)
    first, compiled = post.r.copy(), rv.cache.stats()["compiled"]
    net.store()
    proj.weights = [2.0, 4.0, 6.0]
    net.simulate(1.0)
    assert np.array_equal(post.r, 2 * first)
    proj.w = 0.5
    assert np.array_equal(proj.weights, [0.5] * 3)
    proj.weights = rv.Uniform(0.0, 1.0)
    assert len(set(proj.weights)) == 3
    assert rv.cache.stats()["compiled"] == compiled
    net.restore()
    assert np.array_equal(proj.weights, [1.0, 2.0, 3.0])
    proj.weights = 9.0
    net.reset(synapses=True, projections=True)
    net.simulate(1.0)
    assert np.array_equal(post.r, first)
    assert proj.w.size == proj.nb_synapses == 30
    assert np.array_equal(proj.dendrite(4).w, [1.0, 2.0, 3.0])
    assert np.array_equal(proj.connectivity_matrix()[4, 3:6], [1.0, 2.0, 3.0])


def test_delays_of_filters() -> None:
    net, pop = image((8,))
    now, later = net.create(8, READ), net.create(8, READ)
    net.connect(rv.Convolution(pop, now, "exc")).connect_filter([0.0, 1.0, 0.0])
    net.connect(rv.Convolution(pop, later, "exc")).connect_filter([0.0, 1.0, 0.0], delays=4.0)
    before = pop.r.copy()
    net.simulate(3.0)
    pop.r = 5.0
    net.simulate(2.0)
    assert np.all(now.r == 5.0)
    assert np.array_equal(later.r, before)
    net.simulate(3.0)
    assert np.all(later.r == 5.0)


@pytest.mark.parametrize("operation", ["max", "min", "mean", "sum"])
def test_pooling(operation: str) -> None:
    net, pop = image((12, 8))
    post, column = net.create((4, 4), READ), net.create((6,), READ)
    net.connect(rv.Pooling(pop, post, "exc", operation=operation)).pooling()
    net.connect(rv.Pooling(pop, column, "exc", operation=operation)).pooling(extent=(2, 8))
    net.simulate(1.0)
    combine = getattr(np, operation)
    tolerance = 12 * 2.0**-52 * float(np.abs(pop.r).max()) * 12 if operation in ("mean", "sum") else 0.0
    np.testing.assert_allclose(
        post.r, combine(pop.r.reshape(4, 3, 4, 2), axis=(1, 3)), rtol=0, atol=tolerance
    )
    np.testing.assert_allclose(column.r, combine(pop.r.reshape(6, 16), axis=1), rtol=0, atol=tolerance)
    assert check_network(net, 2) is None


def test_a_copy_follows_a_projection_that_learns() -> None:
    net = rv.Network(dt=1.0, seed=2)
    model = rv.Neuron(equations="r = sum(exc) + 0.1")
    a, b, c = (net.create(30, model) for _ in range(3))
    taught = net.connect(a, b, "exc", rv.models.Hebb(0.01)).fixed_probability(0.3, rv.Uniform(0, 1), delays=3.0)
    copied = net.connect(rv.Copy(a, c, "exc")).copy(taught)
    net.simulate(20.0)
    assert np.array_equal(b.r, c.r)
    assert np.array_equal(copied.w, taught.w)
    assert np.ptp(taught.w - copied.w) == 0.0
    assert check_network(net, 5) is None
    net.store()
    net.simulate(5.0)
    after = c.r.copy()
    taught.delay = 1.0
    net.simulate(5.0)
    assert np.array_equal(b.r, c.r)
    assert copied.delay[0] == 1.0
    net.restore()
    net.simulate(5.0)
    assert np.array_equal(c.r, after)
    with pytest.raises(rv.RanvierError, match=r"'w' is that of projection 'projection0'.*\n.*write it there"):
        copied.w = 1.0
    with pytest.raises(rv.RanvierError, match="'delay' is that of projection 'projection0'"):
        copied.delay = 1.0


def test_a_copy_of_equal_weights_sees_them_become_different() -> None:
    """Kernels choose a form for equal weights when a run starts; the weights of the other projection change later."""
    net = rv.Network(dt=1.0, seed=2)
    a = net.create(rv.InputArray(4))
    a.r = [1.0, 2.0, 3.0, 4.0]
    b, c = net.create(2, rv.Neuron(equations="r = sum(exc) + 0.1")), net.create(2, READ)
    taught = net.connect(a, b, "exc", rv.models.Hebb(0.01)).all_to_all(weights=0.5)
    net.connect(rv.Copy(a, c, "exc")).copy(taught)
    net.simulate(10.0)
    assert np.array_equal(b.r, c.r + 0.1)
    assert np.ptp(taught.w) > 0.1


def test_a_copy_of_spiking_synapses() -> None:
    net = rv.Network(dt=0.1, seed=2)
    noise = net.create(rv.PoissonPopulation(50, rates=100.0))
    cells = [net.create(5, rv.Neuron("", "got = g_exc\nv = 0.9*v + g_exc", "v > 100", "v = 0")) for _ in range(2)]
    first = net.connect(noise, cells[0], "exc", rv.models.STDP(A_plus=0.1, A_minus=0.1))
    first.fixed_probability(0.5, rv.Uniform(0.2, 1.0), rv.Uniform(0.1, 2.0))
    net.connect(rv.Copy(noise, cells[1], "exc")).copy(first)
    net.simulate(50.0)
    assert np.array_equal(cells[0].v, cells[1].v)
    assert check_network(net, 20) is None


SENDER = rv.Neuron("r = 0.0", "heard = sum(exc) + sum(inh)")


@pytest.mark.parametrize("delays", [1.0, 3.0, rv.DiscreteUniform(1, 6)])
@pytest.mark.parametrize("probability", [0.3, 1.0])
def test_a_transpose_sends_back_what_was_learned(delays: Any, probability: float) -> None:
    """Against sums over the synapses in numpy: weights as they are, rates of as many steps ago as the delays."""
    net = rv.Network(dt=1.0, seed=2)
    low = net.create(30, rv.Neuron("k = 1.0", "r = k*t\ngot = sum(inh)"))
    low.k = rv.Uniform(-1.0, 1.0)
    high = net.create(20, READ)
    forward = net.connect(low, high, "exc", rv.models.Hebb(1e-6))
    forward.fixed_probability(probability, rv.Uniform(-1.0, 1.0), delays)
    back = net.connect(rv.Transpose(forward, "inh")).transpose()
    assert (back.pre, back.post, back.nb_synapses) == (high, low, forward.nb_synapses)
    assert "weights" not in back.attributes
    rates = net.monitor(high, "r")
    net.simulate(12.0)
    before, history = forward.connectivity_matrix(), rates.get("r")
    np.testing.assert_array_equal(back.connectivity_matrix(), before.T)
    assert np.array_equal(np.sort(back.delay), np.sort(forward.delay))
    net.step()
    expected, terms = np.zeros(30), np.zeros(30)
    for post in forward.post_ranks:
        dendrite = forward.dendrite(post)
        ago = np.broadcast_to(np.asarray(dendrite.delay), len(dendrite.pre_ranks)).astype(int)
        for rank, steps in zip(dendrite.pre_ranks, ago, strict=True):
            expected[rank] += before[post, rank] * history[-steps, post]
            terms[rank] += abs(before[post, rank] * history[-steps, post])
    np.testing.assert_allclose(low.got, expected, rtol=0, atol=2 * 21 * 2.0**-52 * terms.max())
    assert check_network(net, 4) is None
    net.store()
    net.simulate(5.0)
    after = low.got.copy()
    forward.w = 0.5
    forward.delay = 2.0
    net.simulate(5.0)
    assert np.all(back.connectivity_matrix(fill=0.5) == 0.5) == np.all(forward.connectivity_matrix(fill=0.5) == 0.5)
    assert set(np.atleast_1d(back.delay)) == {2.0}
    net.restore()
    net.simulate(5.0)
    assert np.array_equal(low.got, after)
    with pytest.raises(rv.RanvierError, match=r"'w' is that of projection 'projection0'.*\n.*write it there"):
        back.w = 1.0


@pytest.mark.parametrize(("shape", "places"), [((12, 15), (12, 15)), ((12, 15), (6, 5)), ((40,), (40,))])
def test_the_transpose_of_a_filter(shape: tuple[int, ...], places: tuple[int, ...]) -> None:
    """scipy's convolution with the same filter, of what the neurons send from their places; others send nothing."""
    net = rv.Network(dt=1.0, seed=1)
    pop, post = net.create(shape, SENDER), net.create(places, SENDER)
    post.r = RNG.normal(size=places)
    weights = RNG.normal(size=(3,) * len(shape))
    forward = net.connect(rv.Convolution(pop, post, "exc")).connect_filter(weights)
    back = net.connect(rv.Transpose(forward, "inh")).transpose()
    net.simulate(2.0)
    spread = np.zeros(shape)
    steps = [a // b for a, b in zip(shape, places, strict=True)]
    spread[tuple(slice((step - 1) // 2, None, step) for step in steps)] = post.r
    expected = ndimage.convolve(spread, weights, mode="constant")
    np.testing.assert_allclose(pop.heard, expected, rtol=0, atol=bound(weights, post.r))
    np.testing.assert_array_equal(back.weights, weights)
    assert check_network(net, 2) is None
    forward.weights = 2.0 * weights
    net.simulate(1.0)
    np.testing.assert_allclose(pop.heard, 2.0 * expected, rtol=0, atol=2 * bound(weights, post.r))


def test_what_has_no_transpose() -> None:
    net = rv.Network(dt=1.0, seed=1)
    pop, post = net.create(9, SENDER), net.create(9, READ)
    padded = net.connect(rv.Convolution(pop, post, "exc")).connect_filter([1.0, 1.0, 1.0], padding=2.0)
    with pytest.raises(rv.RanvierError, match=r"reads neurons that there are not.*\n.*padding 0"):
        net.connect(rv.Transpose(padded, "inh")).transpose()
    with pytest.raises(rv.RanvierError, match="Transpose takes a projection, not Population"):
        rv.Transpose(pop, "inh")
    with pytest.raises(rv.RanvierError, match=r"transpose is for projections made by Transpose.*\n.*rv.Transpose"):
        net.connect(post, pop, "inh").transpose()
    with pytest.raises(rv.RanvierError, match="has no weights to turn"):
        net.connect(rv.Transpose(net.connect(rv.Pooling(pop, post, "exc")).pooling(), "inh")).transpose()
    spiking = net.create(3, rv.Neuron("", "v = g_exc", "v > 1"))
    with pytest.raises(rv.RanvierError, match="the post of projection 'spikes' must be rate-coded"):
        rv.Transpose(net.connect(spiking, spiking, "exc", name="spikes").all_to_all(1.0), "inh")


ERRORS = [
    ((9, 9), (3, 3), "filter", dict(weights=np.ones(3)), r"a filter of shape \(3,\) does not lead from \(9, 9\) to"),
    ((9, 9), (3, 3), "filter", dict(weights=np.ones((2, 3, 3))), "a bank of filters is connected by connect_filters"),
    ((9, 9), (4, 4), "filter", dict(weights=np.ones((3, 3))), "each axis must be divisible by that of the result"),
    ((9, 9), (9, 9), "filter", dict(weights=np.ones((3, 3)), padding="zero"), "number or 'border', not 'zero'"),
    ((9, 9), (9, 9), "filter", dict(weights=np.ones((3, 3)), delays=[1.0, 2.0]), "have one delay"),
    ((9, 9), (9, 9), "filter", dict(weights=[[np.nan]]), "an array of finite numbers"),
    ((9, 9), (9, 9), "filter", dict(weights=np.ones((3, 3)), subsampling=[[0, 0]]), "81 lists of 2 coordinates"),
    ((9, 9), (9, 9, 2), "filters", dict(weights=np.ones((3, 3, 3))), "the last axis of the result are the filters"),
    ((9, 9), (4, 4), "pool", dict(), r"\(9, 9\) cannot be divided into \(4, 4\) areas"),
    ((9, 9), (3, 3), "pool", dict(extent=(2, 2)), r"areas of \(2, 2\) do not divide \(9, 9\) into \(3, 3\)"),
]


@pytest.mark.parametrize(("pre", "post", "kind", "arguments", "message"), ERRORS)
def test_what_does_not_fit_is_said(pre: Any, post: Any, kind: str, arguments: dict[str, Any], message: str) -> None:
    net, pop = image(pre)
    target = net.create(post, READ)
    if kind == "pool":
        with pytest.raises(rv.RanvierError, match=message):
            net.connect(rv.Pooling(pop, target, "exc")).pooling(**arguments)
        return
    proj = net.connect(rv.Convolution(pop, target, "exc"))
    with pytest.raises(rv.RanvierError, match=message):
        getattr(proj, f"connect_{kind}")(**arguments)


def test_shared_weights_do_not_learn() -> None:
    net, pop = image((9,))
    post = net.create(9, READ)
    with pytest.raises(rv.RanvierError, match="only send: their synapse has a psp and nothing"):
        net.connect(pop, post, "exc", rv.models.Hebb()).connect_filter([1.0, 1.0, 1.0])
    proj = net.connect(rv.Convolution(pop, post, "exc")).connect_filter([1.0, 1.0, 1.0])
    with pytest.raises(rv.RanvierError, match=r"shared by the connections.*\n.*write the filter: projection.weights"):
        proj.dendrite(3).w = 2.0
    with pytest.raises(rv.RanvierError, match="one delay"):
        proj.delay = np.ones(27)
    with pytest.raises(rv.RanvierError, match="share theirs"):
        proj.w = "i + j"
    with pytest.raises(rv.RanvierError, match="expected one number or"):
        proj.weights = np.ones(4)
