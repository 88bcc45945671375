"""Continuous transmission: psp, summed variables, delays of values, functions over either end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv

RATE = rv.Neuron("tau = 10.0", "dr/dt = (sum(exc) + base - r)/tau\nbase = 1.0 + 0.1*i")
ECHO = rv.Neuron("", "r = sum(exc)")
CLOCK = rv.Neuron("", "r = t + 1000*i")


@pytest.mark.parametrize("operation", ["sum", "mean", "min", "max"])
def test_operations_equal_on_both_engines(both: Any, precision: str, operation: str) -> None:
    def build(net: rv.Network) -> None:
        a, b = net.create(30, RATE, name="a"), net.create(7, RATE, name="b")
        synapse = rv.Synapse(psp="w*log(pre.r + 2)*post.r", operation=operation)
        net.connect(a, b, "exc", synapse).all_to_all(weights=rv.Uniform(-1, 1))
        delays = rv.DiscreteUniform(1, 6)
        net.connect(a, b, "exc", synapse).fixed_probability(0.2, weights=rv.Uniform(-1, 1), delays=delays)
        net.connect(b, a, "exc", synapse).fixed_probability(0.5, weights=rv.Uniform(-0.1, 0.1), delays=3.0)

    both(build, 30, precision)


@pytest.mark.parametrize(
    ("operation", "function"), [("sum", np.sum), ("mean", np.mean), ("min", np.min), ("max", np.max)]
)
def test_operations_are_what_they_say(operation: str, function: Any) -> None:
    net = rv.Network(seed=1)
    a, b = net.create(5, CLOCK), net.create(3, ECHO)
    projection = net.connect(a, b, "exc", rv.Synapse(psp="w*pre.r", operation=operation))
    weights = np.array([[1.0, 2, None, -3, 0.5], [None] * 5, [None, None, 4, None, None]], float)
    projection.from_matrix(weights)
    a.r = np.array([3.0, 5.0, 7.0, 11.0, 13.0])
    before = a.r.copy()
    net.step()
    expected = [function((weights * before)[row][~np.isnan(weights[row])]) if row != 1 else 0.0 for row in range(3)]
    np.testing.assert_array_equal(b.r, expected)


@pytest.mark.parametrize("operation", ["sum", "mean", "min", "max"])
@pytest.mark.parametrize("weights", [2.0, rv.Uniform(-1, 1)], ids=["one", "each"])
def test_neighbours_that_hear_neighbours(both: Any, precision: str, operation: str, weights: Any) -> None:
    """Ranges joined one to one have a kernel of their own: a term alone is its sum, the sign of zero included."""

    def build(net: rv.Network) -> None:
        a, b = net.create(700, RATE, name="a"), net.create(900, RATE, name="b")
        synapse = rv.Synapse(psp="w*pre.r - post.r", operation=operation)
        net.connect(a, b[100:800], "exc", synapse).one_to_one(weights=weights, delays=3.0)
        net.connect(a[650:], b[:50], "exc", rv.Synapse(psp="-0.0*pre.r", operation=operation)).one_to_one()
        net.connect(a[5:7], b[[3, 9]], "exc", synapse).one_to_one(weights=weights)

    both(build, 12, precision)


def test_each_neighbour_hears_its_own() -> None:
    """With weights of their own and a delay, before and after a write, in one thread and in four."""
    for threads in (1, 4):
        net = rv.Network(seed=1, threads=threads)
        a, b = net.create(3000, CLOCK), net.create(4000, ECHO)
        w = np.linspace(-1.0, 1.0, 2500)
        projection = net.connect(a[200:2700], b[1000:3500], "exc").one_to_one(weights=w, delays=2.0)
        net.simulate(6.0)
        for weights in (w, np.full(2500, 3.0)):
            projection.w = weights
            sent = net.time - 2.0 + 1000.0 * np.arange(200, 2700)
            net.step()
            np.testing.assert_array_equal(b.r[1000:3500], weights * sent)
            assert not b.r[:1000].any()
            assert not b.r[3500:].any()


def sum_in_order(ranks: np.ndarray, terms: np.ndarray) -> float:
    """The order of sums in plain Python: blocks of 512, 16 lanes, halves of lanes, neighbouring blocks."""
    blocks = []
    for block in range(int(ranks.max()) // 512 + 1):
        lanes = [-0.0] * 16
        for rank, term in zip(ranks, terms, strict=True):
            if rank // 512 == block:
                lanes[rank % 16] += term
        while len(lanes) > 1:
            lanes = [lanes[k] + lanes[k + len(lanes) // 2] for k in range(len(lanes) // 2)]
        blocks.append(lanes[0])
    while len(blocks) > 1:
        blocks += [-0.0] * (len(blocks) % 2)
        blocks = [x + y for x, y in zip(blocks[0::2], blocks[1::2], strict=True)]
    return blocks[0]


@pytest.mark.parametrize("probability", [0.01, 0.3, 1.0])
def test_the_order_of_sums(both: Any, probability: float) -> None:
    def build(net: rv.Network) -> None:
        a, b = net.create(3000, rv.Neuron("", "r = Uniform(0.0, 1.0)"), name="a"), net.create(4, ECHO, name="b")
        net.connect(a, b, "exc", rv.Synapse(psp="w*pre.r"), name="p").fixed_probability(
            probability, weights=rv.Uniform(-1.0, 1.0)
        )

    net, _ = both(build, 3)
    a, b, projection = net.get_population("a"), net.get_population("b"), net.get_projection("p")
    before = a.r.copy()
    net.step()
    for j in range(4):
        dendrite = projection.dendrite(j)
        ranks = np.array(dendrite.pre_ranks)
        if ranks.size:
            assert b.r[j] == sum_in_order(ranks, np.asarray(dendrite.w) * before[ranks])


def test_a_value_arrives_after_its_delay() -> None:
    net = rv.Network(seed=1)
    a, b = net.create(1, rv.Neuron("", "r = t")), net.create(4, ECHO)
    net.connect(a, b, "exc").all_to_all(weights=1.0, delays=np.array([1.0, 2.0, 3.0, 7.0]))
    monitor = net.monitor(b, "r")
    net.simulate(12.0)
    recorded = monitor.get("r")
    for j, delay in enumerate((1, 2, 3, 7)):
        np.testing.assert_array_equal(recorded[:, j], np.maximum(np.arange(12) - delay, 0))


def test_delayed_values_survive_chunks_store_and_reset() -> None:
    def network() -> tuple[rv.Network, Any]:
        net = rv.Network(seed=1)
        a, b = net.create(3, CLOCK), net.create(2, ECHO)
        net.connect(a, b, "exc").all_to_all(weights=1.0, delays=5.0)
        return net, net.monitor(b, "r")

    whole, kept = network()
    whole.simulate(20.0)
    expected = kept.get("r")
    net, monitor = network()
    net.simulate(7.0)
    net.store()
    net.simulate(4.0)
    net.restore()
    net.simulate(13.0)
    np.testing.assert_array_equal(monitor.get("r"), expected)
    net.reset()
    net.simulate(20.0)
    np.testing.assert_array_equal(monitor.get("r"), expected)


def test_gap_junctions_conserve_current(both: Any, precision: str) -> None:
    cell = rv.Neuron("tau = 10.0", "dv/dt = (drive + Igap - v)/tau\ndrive = 0.1*i\nIgap : init=0.0", "v > 1", "v = 0")

    def build(net: rv.Network) -> None:
        pop = net.create(9, cell, name="pop")
        pop.v = rv.Uniform(0.0, 1.0)
        gap = rv.Synapse(equations="Igap_post = w*(v_pre - v_post) : 1 (summed)")
        net.connect(pop, pop, "", gap).all_to_all(weights=0.1)

    net, _ = both(build, 50, precision)
    current = net.get_population("pop").Igap
    assert np.abs(current).max() > 0.01
    assert abs(float(np.sum(current))) < 9 * 8 * np.finfo(current.dtype).eps


def test_continuous_terms_read_the_start_of_the_slot(both: Any) -> None:
    """A second projection does not see what the first one has just added."""
    cell = rv.Neuron("", "a : init=1.0\nb : init=0.0\nv = v + 1 : init=0", spike="v > 2", reset="v = 0")

    def build(net: rv.Network) -> None:
        pop = net.create(3, cell, name="pop")
        net.connect(pop, pop, "", rv.Synapse(pre_spike="a_post += w"), name="events").all_to_all()
        net.connect(pop, pop, "", rv.Synapse(equations="b_post = a_post : 1 (summed)")).one_to_one()

    net, _ = both(build, 4)  # the spike of step 2 arrives in step 3, before the sum
    pop = net.get_population("pop")
    assert list(pop.a) == [3.0, 3.0, 3.0]
    assert list(pop.b) == [1.0, 1.0, 1.0]


def test_sums_over_the_targets_of_a_neuron(both: Any, precision: str) -> None:
    """Both ends of one projection receive sums; those of presynaptic neurons know no delay."""
    first = rv.Neuron("", "x : init=0.0\nv = v + 0.5\nr = x")
    second = rv.Neuron("", "y : init=0.0\nv = v + 0.5\nr = y")
    text = "x_pre = w*v_post : 1 (summed)\ny_post = w*v_pre : 1 (summed)"

    def build(net: rv.Network) -> None:
        a, b = net.create(700, first, name="a"), net.create(90, second, name="b")
        a.v, b.v = rv.Uniform(0.0, 1.0), rv.Uniform(0.0, 1.0)
        made = net.connect(a, b, "", rv.Synapse(equations=text), name="p")
        made.fixed_probability(0.4, weights=rv.Uniform(0.0, 1.0))
        made.delay = rv.Uniform(1.0, 5.0)

    net, _ = both(build, 8, precision)
    a, b, made = net.get_population("a"), net.get_population("b"), net.get_projection("p")
    before = np.asarray(b.v, np.float64) - 0.5
    np.testing.assert_allclose(a.x, made.connectivity_matrix().T @ before, rtol=700 * np.finfo(a.x.dtype).eps)
    assert a.x.min() > 0.0
    assert b.y.min() > 0.0


def test_one_writer_of_a_summed_variable() -> None:
    net = rv.Network(seed=1)
    pop = net.create(3, rv.Neuron("", "r = I\nI : init=0.0"))
    synapse = rv.Synapse(equations="I_post = w*r_pre : 1 (summed)")
    net.connect(pop, pop, "", synapse, name="ampa").one_to_one()
    net.connect(pop, pop, "", synapse, name="nmda").one_to_one()
    with pytest.raises(rv.RanvierError, match=r"E206.*already receives a summed variable from projection 'ampa'"):
        net.step()


def test_functions_over_either_end(both: Any, precision: str) -> None:
    def build(net: rv.Network) -> None:
        a, b = net.create(700, RATE, name="a"), net.create(3, RATE, name="b")
        text = "m = mean(pre.r)\nn = norm2(r_post) + norm1(pre.r)\nlow = min(pre.r) : projection"
        text += "\ns = max(pre.r) + sum(post.r)"
        net.connect(a, b, "exc", rv.Synapse(equations=text, psp="w*(pre.r - mean(pre.r))"), name="p").all_to_all()

    net, _ = both(build, 9, precision)
    projection, a, b = net.get_projection("p"), net.get_population("a"), net.get_population("b")
    many = 700 * np.finfo(a.r.dtype).eps
    np.testing.assert_allclose(projection.m, np.mean(a.r), rtol=many)
    np.testing.assert_allclose(projection.n, np.linalg.norm(b.r) + np.sum(np.abs(a.r)), rtol=many)
    np.testing.assert_allclose(projection.s, np.max(a.r) + np.sum(b.r), rtol=many)
    assert projection.low == np.min(a.r)


def test_mistakes() -> None:
    with pytest.raises(rv.RanvierError, match="operation must be one of sum, mean, min, max"):
        rv.Synapse(psp="w*pre.r", operation="median")
    net = rv.Network(seed=1)
    pop = net.create(3, RATE)
    for synapse, message in (
        (rv.Synapse(psp="w*pre.q"), "defines no 'q'"),
        (rv.Synapse(psp="w*mean(w)"), "over all neurons of one end"),
        (rv.Synapse(equations="w_post = w : 1 (summed)"), "defines no 'w'"),
        (rv.Synapse(equations="x : 1\nx = w : 1 (summed)"), "'x' is a name of the synapse"),
        (rv.Synapse(equations="r_pre = w : 1 (summed)\nr_post = w : 1 (summed)"), "receives two summed variables"),
        (rv.Synapse(equations="dx/dt = pre.r : postsynaptic"), "one value for each postsynaptic neuron"),
    ):
        with pytest.raises(rv.RanvierError, match=message):
            net.connect(pop, pop, "exc", synapse)


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_sum_over_all_targets(engine: str) -> None:
    """``sum()`` is all that arrives, whatever its target, named by the neuron or not."""
    net = rv.Network(dt=1.0, seed=1, engine=engine)
    source = net.create(3, rv.Neuron("", "x : init=2.0\nr = x"))
    alone = net.create(2, rv.Neuron("", "r = sum()"))
    both = net.create(2, rv.Neuron("", "r = sum() - 2*sum(inh)"))
    for pop in (alone, both):
        for target, w in (("exc", 1.0), ("inh", 0.5), ("other", 0.25)):
            net.connect(source, pop, target).all_to_all(weights=w)
    net.simulate(2.0)
    assert np.array_equal(alone.r, [10.5, 10.5])
    assert np.array_equal(both.r, [4.5, 4.5])
