"""Dense and indexed storage: equal results; values per postsynaptic neuron; what changes between runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse

import ranvier as rv

RATE = rv.Neuron("tau = 10.0", "dr/dt = (sum(exc) + 0.1*i - r)/tau")
LEARNS = rv.Synapse(
    "tau = 50.0 : projection\neta = 0.001",
    """
    dtheta/dt = (post.r^2 - theta)/tau : postsynaptic
    dw/dt = eta*pre.r*post.r*(post.r - theta) + 0.01*xi : max=4.0
    m = 0.5*m + mean(pre.r) : projection
    """,
    psp="w*(pre.r - 0.1*m)",
)


def network(dense: bool, engine: str, precision: str, operation: str = "sum", delay: float = 3.0) -> Any:
    net = rv.Network(dt=1.0, seed=4, precision=precision, engine=engine)
    a, b = net.create(45, RATE, name="a"), net.create(6, RATE, name="b")
    projection = net.connect(a, b[1:5], "exc", LEARNS, name="p")
    weights = np.linspace(-0.1, 0.2, 4 * 45)
    if dense:
        projection.all_to_all(weights=weights, delays=delay)
    else:
        projection.from_matrix(weights.reshape(4, 45), delays=np.arange(180.0).reshape(4, 45) % 3 + 1.0)
        projection.delay = delay  # once indexed, storage stays so
    return net, projection, b


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_dense_and_indexed_storage_give_equal_bits(engine: str, precision: str) -> None:
    results = []
    for dense in (True, False):
        net, projection, b = network(dense, engine, precision)
        assert (type(projection.connectivity).__name__ == "DenseConnectivity") == dense
        monitor = net.monitor(projection, ["theta", "w", "m"])
        net.simulate(20.0)
        projection.eta = 0.002
        projection.w *= 1.5
        net.simulate(10.0)
        projection.delay = np.arange(projection.nb_synapses) % 3 + 1.0  # the dense form ends here
        net.simulate(10.0)
        recorded = monitor.get()
        assert recorded["theta"].shape == (40, 6)
        assert recorded["w"].shape == (40, 180)
        assert recorded["m"].shape == (40,)
        results.append([projection.w, projection.theta, projection.delay, b.r, *recorded.values()])
    for first, second in zip(*results, strict=True):
        assert np.asarray(first).tobytes() == np.asarray(second).tobytes()


@pytest.mark.parametrize("connect", ["from_matrix", "from_sparse", "fixed_probability"])
def test_whoever_connects_all_pairs_gets_the_dense_form(connect: str) -> None:
    """A full matrix costs as much time as a call of all_to_all, and gives the same."""
    matrix = np.linspace(-1.0, 1.0, 4 * 45).reshape(4, 45)
    arguments = {
        "from_matrix": (matrix,),
        "from_sparse": (scipy.sparse.csr_matrix(matrix.T),),
        "fixed_probability": (1.0, matrix.reshape(-1)),
    }
    net = rv.Network(dt=1.0, seed=4)
    a, b = net.create(45, RATE), net.create(6, RATE)
    some, whole = net.connect(a, b[1:5], "exc"), net.connect(a, b[1:5], "exc")
    getattr(some, f"connect_{connect}")(*arguments[connect])
    whole.all_to_all(weights=matrix.reshape(-1))
    assert type(some.connectivity) is type(whole.connectivity)
    assert np.array_equal(some.w, whole.w)
    assert some.post_ranks == whole.post_ranks == [1, 2, 3, 4]
    less = net.connect(a, b, "exc").from_matrix(np.where(matrix > -1.0, matrix, None).tolist() + [[None] * 45] * 2)
    assert type(less.connectivity) is not type(whole.connectivity)


def test_dense_storage_on_both_engines_and_after_reset(precision: str) -> None:
    first, second = (network(True, engine, precision)[0] for engine in ("compiled", "reference"))
    for net in (first, second):
        net.simulate(13.0)
        net.reset(projections=True, synapses=True)
        net.simulate(25.0)
    whole = network(True, "compiled", precision)[0]
    whole.simulate(25.0)
    for other in (second, whole):
        for name in ("w", "theta", "m"):
            mine, theirs = getattr(first.get_projection("p"), name), getattr(other.get_projection("p"), name)
            assert np.asarray(mine).tobytes() == np.asarray(theirs).tobytes()


def test_values_per_postsynaptic_neuron_are_written_and_read() -> None:
    net, projection, _ = network(True, "compiled", "double")
    projection.theta = [1, 2, 3, 4, 5, 6]
    assert list(projection.theta) == [1, 2, 3, 4, 5, 6]
    assert set(projection.dendrite(2).theta) == {3.0}
    projection.theta = rv.Uniform(0.0, 1.0)
    assert np.unique(projection.theta).size == 6
    monitor = net.monitor(projection.dendrite(2), "theta")
    net.simulate(2.0)
    assert monitor.get("theta")[-1] == projection.theta[2]
    with pytest.raises(rv.RanvierError, match="shape"):
        projection.theta = np.zeros(7)
    with pytest.raises(rv.RanvierError, match="values of synapses"):
        projection.theta = "0.1*i"


def test_synapses_with_events_are_indexed() -> None:
    net = rv.Network(seed=1)
    pop = net.create(4, rv.models.LIF())
    assert type(net.connect(pop, pop, "exc").all_to_all().connectivity).__name__ == "Connectivity"
    rate = net.create(4, RATE)
    assert type(net.connect(rate, rate, "exc").all_to_all().connectivity).__name__ == "Connectivity"  # none to itself
    everyone = net.connect(rate, rate, "exc").all_to_all(allow_self_connections=True)
    assert type(everyone.connectivity).__name__ == "DenseConnectivity"


def in_order(terms: Any) -> Any:
    """Sum of one row by the documented order: blocks of 512, 16 lanes, halves of the lanes; blocks pairwise."""
    blocks = 1
    while blocks * 512 < terms.size:
        blocks *= 2
    padded = np.full(blocks * 512, -0.0, terms.dtype)
    padded[: terms.size] = terms
    lanes = np.full((blocks, 16), -0.0, terms.dtype)
    for column in range(32):
        lanes = lanes + padded.reshape(blocks, 32, 16)[:, column]
    while lanes.shape[1] > 1:
        lanes = lanes[:, : lanes.shape[1] // 2] + lanes[:, lanes.shape[1] // 2 :]
    values = lanes[:, 0]
    while values.size > 1:
        values = values[0::2] + values[1::2]
    return values[0]


@pytest.mark.parametrize("n", [1, 15, 16, 17, 63, 64, 65, 511, 512, 513, 575, 577, 1024, 1100])
def test_rows_of_any_length_are_added_in_the_documented_order(n: int, precision: str) -> None:
    check_rows(n, 3, precision)


@pytest.mark.parametrize("rows", [1, 4, 5, 79, 80, 81, 167])
@pytest.mark.parametrize("threads", [1, 3])
def test_any_number_of_rows_is_added_in_the_documented_order(rows: int, threads: int, precision: str) -> None:
    """Rows advance in groups of five, and of eighty."""
    check_rows(1100, rows, precision, threads)


def check_rows(n: int, rows: int, precision: str, threads: int = 1) -> None:
    dtype = np.dtype("f4" if precision == "single" else "f8")
    weights = np.random.default_rng(n).standard_normal((rows, n))
    net = rv.Network(dt=1.0, seed=1, precision=precision, threads=threads)
    a, b = net.create(n, rv.Neuron("x = 1.0", "r = x")), net.create(rows, rv.Neuron("", "r = sum(exc)"))
    projection = net.connect(a, b, "exc").from_matrix(weights)
    a.x = np.random.default_rng(n + 1).random(n)
    net.simulate(3.0)
    assert type(projection.connectivity).__name__ == "DenseConnectivity"
    sent = np.asarray(a.r).astype(dtype)
    expected = [in_order(row.astype(dtype) * sent) for row in weights]
    assert np.asarray(b.r).tolist() == expected


TWO = rv.Synapse(
    "w = 0.5\nk = 1.0", "dm/dt = -k*m/20.0", pre_spike="g_target += w*(pre.gain + 0.25)\nm += 1.0", name="two"
)


@pytest.mark.parametrize("kind", ["static", "two"])
@pytest.mark.parametrize("threads", [1, 3])
def test_rows_of_neighbours_with_a_weight_each(kind: str, threads: int, precision: str) -> None:
    """Weights that differ, then equal ones, then different ones again: equal bits, and no further compilation."""
    results, compiled = [], []
    for engine in ("compiled", "reference"):
        net = rv.Network(dt=1.0, seed=3, precision=precision, engine=engine, threads=threads)
        sources = net.create(90, rv.Neuron("gain = 0.5\np = 0.3", "x = Uniform(0.0, 1.0)", "x < p"), name="sources")
        sources.gain = rv.Uniform(0.0, 1.0)
        cells = net.create(700, rv.Neuron("", "v = 0.9*v + g_exc", "v > 1e9"), name="cells")
        projection = net.connect(sources, cells[40:640], "exc", TWO if kind == "two" else None, name="p")
        projection.all_to_all(weights=rv.Uniform(0.0, 1.0), delays=2.0)
        values = []
        for weights in (None, 0.25, np.linspace(-1.0, 1.0, projection.nb_synapses)):
            if weights is not None:
                projection.w = weights
            if kind == "two":
                projection.k = rv.Uniform(0.5, 1.5)
            net.simulate(6.0)
            values.append(np.asarray(cells.v).tobytes())
            compiled.append(rv.cache.stats()["compiled"])
        results.append(values)
    assert results[0] == results[1]
    assert compiled[0] == compiled[-1]


#: What is added to the neurons of a row: the same, the same for a presynaptic neuron, or something of its own.
ADDED = {
    "one": "g_target += w",
    "of the sender": "g_target += w*pre.gain",
    "two targets": "g_target += w\nu_post += 0.5*w*pre.gain",
    "of the receiver": "g_target += w*post.gain",
    "by rank": "g_target += w*(j + 0.5)",
    "drawn": "g_target += w*Uniform(0.5, 1.0)",
}


@pytest.mark.parametrize("added", ADDED)
@pytest.mark.parametrize("part", ["all", "some", "others"])
@pytest.mark.parametrize("threads", [1, 3])
def test_rows_of_the_same_neighbours(added: str, part: str, threads: int, precision: str) -> None:
    """One sum for all of a row, where the rows are the same, must be the sum that each gets; projections in turn."""
    results = []
    for engine in ("compiled", "reference"):
        net = rv.Network(dt=1.0, seed=3, precision=precision, engine=engine, threads=threads)
        neuron = rv.Neuron("gain = 0.5\np = 0.2", "x = Uniform(0.0, 1.0)\nv = 0.9*v + g_exc\nu = 0.8*u", "x < p")
        cells = net.create(190, neuron, name="cells")
        cells.gain = rv.Uniform(0.1, 1.0)
        cells.v = rv.Uniform(0.0, 1.0)
        post = {"all": cells, "some": cells[20:150], "others": cells[20:150]}[part]
        synapse = rv.Synapse("w = 0.1", pre_spike=ADDED[added])
        for name, weight in (("p", 0.1), ("q", -0.0), ("r", 0.3)):
            projection = net.connect(cells, post, "exc", synapse, name=name)
            projection.all_to_all(weights=weight, delays=2.0, allow_self_connections=part != "others")
        net.simulate(12.0)
        results.append(np.asarray(cells.v).tobytes() + np.asarray(cells.u).tobytes())
    assert results[0] == results[1]
