"""Plasticity: the order inside a step against a short oracle, pathways, statements of every step, learning switches."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import ranvier as rv


def trains(rng: np.random.Generator, n: int, steps: int, rate: float) -> list[list[int]]:
    return [[k for k in range(steps) if rng.random() < rate] for _ in range(n)]


def stdp_oracle(
    pre: list[list[int]], post: list[list[int]], w: np.ndarray, delay: np.ndarray, back: np.ndarray, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Pair STDP as written in the manual: presynaptic spikes arrive in slot 2, after max(1, delay) steps; the neurons
    spike in slot 4; the code of postsynaptic spikes runs in slot 6, after its own delay. Returns weights and inputs.
    """
    n_post, n_pre = w.shape
    w = w.copy()
    x, y, received = np.zeros_like(w), np.zeros_like(w), np.zeros((steps, n_post))
    for k in range(steps):
        arrived = [(delay[j, i], i, j) for i in range(n_pre) for j in range(n_post) if k - delay[j, i] in pre[i]]
        for _, i, j in sorted(arrived):
            received[k, j] += w[j, i]
            x[j, i] += 0.1
            w[j, i] = min(max(w[j, i] + y[j, i], 0.0), 1.0)
        done = [(back[j, i], j, i) for i in range(n_pre) for j in range(n_post) if k - back[j, i] in post[j]]
        for _, j, i in sorted(done):
            y[j, i] -= 0.12
            w[j, i] = min(max(w[j, i] + x[j, i], 0.0), 1.0)
        x *= math.exp(-1.0 / 20.0)
        y *= math.exp(-1.0 / 30.0)
    return w, received


PAIRS = """
    dx/dt = -x/20 : {0}
    dy/dt = -y/30 : {0}
"""
PRE = "g_target += w\nx += 0.1\nw = clip(w + y, 0, 1)"
POST = "y -= 0.12\nw = clip(w + x, 0, 1)"


@pytest.mark.parametrize("update", ["event-driven", "clock-driven, exponential"])
@pytest.mark.parametrize("case", ["simultaneous", "heterogeneous", "dendritic"])
def test_pair_stdp_is_the_oracle(case: str, update: str) -> None:
    rng = np.random.default_rng(3)
    steps, n_pre, n_post = 120, 6, 4
    pre, post = trains(rng, n_pre, steps, 0.15), trains(rng, n_post, steps, 0.15)
    post[0] = [k + 1 for k in pre[0] if k + 1 < steps]  # just when its spikes arrive
    start = rng.uniform(0.2, 0.8, (n_post, n_pre))
    delay = np.ones((n_post, n_pre), int) if case == "simultaneous" else rng.integers(1, 6, (n_post, n_pre))
    back = rng.integers(0, 5, (n_post, n_pre)) if case == "dendritic" else np.zeros((n_post, n_pre), int)
    net = rv.Network(dt=1.0, seed=1)
    a = net.create(rv.SpikeSourceArray(spike_times=[[float(k) for k in t] for t in pre]))
    relay = rv.Neuron("", "got = g_exc\nv = g_go", spike="v > 0.5", reset="v = 0")
    b = net.create(n_post, relay)
    go = net.create(rv.SpikeSourceArray(spike_times=[[float(k - 1) for k in t if k] for t in post]))
    post = [[k for k in t if k] for t in post]
    net.connect(go, b, "go").one_to_one(weights=1.0)
    synapse = rv.Synapse(equations=PAIRS.format(update), pre_spike=PRE, post_spike=POST)
    projection = net.connect(a, b, "exc", synapse)
    projection.all_to_all(
        weights=start.ravel(), delays=delay.ravel().astype(float), post_delays=back.ravel().astype(float)
    )
    monitor = net.monitor(b, "got")
    net.simulate(float(steps))
    weights, received = stdp_oracle(pre, post, start, delay, back, steps)
    # per event a few roundings, and the decay in one exponential or one per step
    np.testing.assert_allclose(projection.connectivity_matrix(), weights, rtol=0, atol=steps * 1e-14)
    np.testing.assert_allclose(monitor.get("got"), received, rtol=0, atol=steps * n_pre * 1e-14)


CELL = rv.Neuron("tau = 10.0", "dv/dt = (g_exc + 1.3 + 0.5*Uniform(0.0, 1.0) - v)/tau", spike="v > 1", reset="v = 0")


@pytest.mark.parametrize("same_step", [False, True])
def test_several_pathways_on_both_engines(both: Any, precision: str, same_step: bool) -> None:
    def build(net: rv.Network) -> None:
        pop = net.create(20, CELL, name="pop")
        synapse = rv.Synapse(
            "tau = 20.0",
            "dx/dt = -x/tau : event-driven\ny : init=0.0\nz = 0.9*z + 0.01*y",
            pre_spike={"a": "g_target += 0.1*w*(1 + 0.1*rand())\nx += 1\nw += 0.01*delay : unless_post", "b": "y += x"},
            post_spike={"c": "w -= 0.01*y", "d": "x -= 0.1*z\ny *= 0.9"},
        )
        delays = {"a": rv.DiscreteUniform(1, 4), "b": rv.DiscreteUniform(2, 5)}
        back = {"c": 2.0, "d": rv.DiscreteUniform(0, 3)}
        projection = net.connect(pop, pop, "exc", synapse, name="p", same_step=same_step)
        projection.fixed_probability(0.5, weights=rv.Uniform(0, 1), delays=delays, post_delays=back)

    net, _ = both(build, 60, precision)
    projection = net.get_projection("p")
    assert np.ptp(projection.y) > 0
    assert np.ptp(projection.z) > 0


def test_pathways_have_delays_of_their_own() -> None:
    net = rv.Network(dt=1.0, seed=1)
    a = net.create(rv.SpikeSourceArray(spike_times=[[2.0]]))
    b = net.create(2, rv.Neuron("", "got = g_exc\nr = got"))
    synapse = rv.Synapse(pre_spike={"first": "g_target += 1", "second": "g_target += 10", "third": "g_target += 100"})
    projection = net.connect(a, b, "exc", synapse)
    projection.all_to_all(delays={"first": 3.0, "second": np.array([5.0, 1.0]), "third": 3.0})
    monitor = net.monitor(b, "got")
    net.simulate(10.0)
    expected = np.zeros((10, 2))
    expected[5] += 101
    expected[7, 0] += 10
    expected[3, 1] += 10
    np.testing.assert_array_equal(monitor.get("got"), expected)
    with pytest.raises(rv.RanvierError, match="pathway of projection"):
        net.connect(a, b, "exc", synapse).all_to_all(delays={"fourth": 1.0})


def test_new_delays_keep_the_delays_of_other_pathways() -> None:
    net = rv.Network(dt=1.0, seed=1)
    a = net.create(rv.SpikeSourceArray(spike_times=[[0.0], [1.0]]))
    b = net.create(3, rv.Neuron("", "r = g_exc"))
    synapse = rv.Synapse(pre_spike={"first": "g_target += 1", "second": "g_target += w"})
    projection = net.connect(a, b, "exc", synapse)
    own = np.array([2.0, 7.0, 3.0, 5.0, 4.0, 6.0])
    projection.all_to_all(weights=np.arange(6) * 10.0 + 10, delays={"first": 1.0, "second": own})
    projection.delay = np.array([9.0, 2.0, 5.0, 1.0, 1.0, 8.0])
    monitor = net.monitor(b, "r")
    net.simulate(12.0)
    expected = np.zeros((12, 3))
    for n, (first, second) in enumerate(zip([9, 2, 5, 1, 1, 8], own.astype(int), strict=True)):
        post, pre = divmod(n, 2)
        expected[pre + first, post] += 1
        expected[pre + second, post] += 10 * n + 10
    np.testing.assert_array_equal(monitor.get("r"), expected)


def test_names_of_the_projection() -> None:
    net = rv.Network(dt=0.5, seed=1)
    a = net.create(rv.SpikeSourceArray(spike_times=[[0.0], [0.0], [0.0]]))
    b = net.create(2, CELL)
    names = "u : init=0.0\nv1 : init=0.0\nq : init=0.0\nij : init=0.0\nl : init=0.0"
    text = (
        "u = delay\nv1 = 100*N_pre + 10*N_post + N\nq = 10*N_incoming + N_outgoing\nij = 10*i + j\nl = t - lastupdate"
    )
    projection = net.connect(a, b, "exc", rv.Synapse(equations=names, pre_spike=f"g_target += 0*w\n{text}"))
    projection.from_matrix([[1.0, None, 1.0], [1.0, 1.0, 1.0]], delays=np.array([[2.0, 1, 1], [1, 1, 1.5]]))
    net.simulate(5.0)
    assert list(projection.u) == [2.0, 1.0, 1.0, 1.0, 1.5]
    assert set(projection.v1) == {325.0}
    assert list(projection.q) == [22.0, 22.0, 32.0, 31.0, 32.0]
    assert list(projection.ij) == [0.0, 20.0, 1.0, 11.0, 21.0]
    assert list(projection.l) == [2.0, 1.0, 1.0, 1.0, 1.5]


RATE = rv.Neuron("", "r = clip(sum(exc), 0.0, 5.0) + 1.0 + 0.1*i")


def test_consecutive_equations_see_old_values(both: Any, precision: str) -> None:
    """Also across localities: the weight sees the threshold from before the step, whichever line comes first."""
    lines = ["dtheta/dt = (post.r^2 - theta)/tau : postsynaptic", "dw/dt = 0.01*pre.r*(post.r - theta) : max=4.0"]

    def build(net: rv.Network) -> None:
        a, b = net.create(20, RATE, name="a"), net.create(3, RATE, name="b")
        for name, order in (("up", 1), ("down", -1)):
            synapse = rv.Synapse("tau = 50.0 : projection", "\n".join(lines[::order]), psp="0.01*w*pre.r")
            net.connect(a, b, "exc", synapse, name=name).all_to_all(weights=0.5)

    net, _ = both(build, 1, precision)
    up, down = net.get_projection("up"), net.get_projection("down")
    a, b = net.get_population("a"), net.get_population("b")
    assert up.w.tobytes() == down.w.tobytes()
    assert up.theta.tobytes() == down.theta.tobytes()
    assert up.theta.shape == (3,)
    expected = 0.5 + 0.01 * b.r[:, None] * a.r[None, :]  # theta was 0
    np.testing.assert_allclose(up.w, np.minimum(expected, 4.0).ravel(), rtol=8 * np.finfo(a.r.dtype).eps)
    both(build, 25, precision)


def test_statements_follow_the_text(both: Any) -> None:
    text = "s = s + 1 : projection\nx = s\np = s*10 + j : postsynaptic\ny = x + p\ns *= 2"

    def build(net: rv.Network) -> None:
        pop = net.create(4, RATE, name="pop")
        net.connect(pop, pop, "exc", rv.Synapse(equations=text, psp="0.0*w"), name="p").all_to_all()

    net, _ = both(build, 3)
    projection = net.get_projection("p")
    assert projection.s == 14.0  # ((1*2 + 1)*2 + 1)*2
    assert set(projection.x) == {7.0}
    assert list(projection.p) == [70.0, 71.0, 72.0, 73.0]
    assert list(projection.y) == [77.0 + j for j in range(4) for _ in range(3)]


@pytest.mark.parametrize("method", ["explicit", "exponential", "midpoint", "rk4", "exact"])
def test_methods_of_synaptic_equations(both: Any, precision: str, method: str) -> None:
    def build(net: rv.Network) -> None:
        pop = net.create(5, RATE, name="pop")
        synapse = rv.Synapse("tau = 7.0", f"dx/dt = (pre.r - x)/tau : {method}", psp="w*x*0.01")
        net.connect(pop, pop, "exc", synapse, name="p").all_to_all(weights=rv.Uniform(0, 1))

    both(build, 20, precision)


def test_noise_and_shared_random_numbers(both: Any, precision: str) -> None:
    text = "dx/dt = -x/10 + 0.3*xi\nu = Uniform(0.0, 1.0) : projection\nq = Normal(0.0, 1.0) : postsynaptic"

    def build(net: rv.Network) -> None:
        pop = net.create(40, RATE, name="pop")
        net.connect(pop, pop, "exc", rv.Synapse(equations=text, psp="0.0*w"), name="p").all_to_all()

    net, _ = both(build, 40, precision)
    projection = net.get_projection("p")
    n = projection.nb_synapses
    deviation = 0.3 / math.sqrt(2 / 10 - 1 / 100)  # stationary, of x(n+1) = 0.9 x + 0.3 N
    assert abs(np.std(projection.x) / deviation - 1) < 5 / math.sqrt(2 * n) + math.exp(-2 * 40 / 10)
    assert 0 <= projection.u < 1
    assert np.unique(projection.q).size == 40


def test_synapses_of_one_pair_draw_for_themselves(both: Any, precision: str) -> None:
    import scipy.sparse as sp

    pairs = sp.coo_matrix((np.ones(6), ([0, 0, 0, 1, 1, 2], [0, 0, 0, 1, 1, 0])), shape=(3, 2))

    def build(net: rv.Network) -> None:
        a = net.create(rv.SpikeSourceArray(spike_times=[[0.0, 3.0], [1.0], [1.0]]), name="a")
        b = net.create(2, CELL, name="b")
        synapse = rv.Synapse(equations="x : init=0.0\nz = randn()", pre_spike="x = w*rand()")
        net.connect(a, b, "exc", synapse, name="p").from_sparse(pairs)

    net, _ = both(build, 9, precision)
    projection = net.get_projection("p")
    assert projection.nb_synapses == 6
    assert np.unique(projection.x).size == 6
    assert np.unique(projection.z).size == 6


def test_a_synapse_keeps_its_numbers_when_delays_change() -> None:
    import scipy.sparse as sp

    pairs = sp.coo_matrix((np.ones(3), ([0, 0, 0], [0, 0, 0])), shape=(1, 1))
    drawn = []
    for delays in (None, np.array([3.0, 1.0, 2.0])):
        net = rv.Network(seed=3)
        pop = net.create(1, CELL)
        synapse = rv.Synapse(equations="z = randn()", psp="0.0*w")
        projection = net.connect(pop, pop, "exc", synapse, name="p").from_sparse(pairs)
        if delays is not None:
            projection.delay = delays
        net.step()
        drawn.append(list(projection.z))
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) == 3


def test_events_write_shared_variables(both: Any, precision: str) -> None:
    """One value for a whole population, for the projection, for each postsynaptic neuron: event after event."""
    cell = rv.Neuron("", "total : population\nv = v + 0.1*(i + 1) + 0.001*total : init=0", "v > 1", "v = 0")

    def build(net: rv.Network) -> None:
        pop = net.create(100, cell, name="pop")
        text = "c = 0.9*c : projection\ns = 0.5*s : postsynaptic"
        code = "total_post += w\nc += 1\ns = s*0.5 + c"
        net.connect(pop, pop, "", rv.Synapse(equations=text, pre_spike=code), name="p").fixed_probability(
            0.2, weights=0.01
        )

    net, _ = both(build, 25, precision)
    pop = net.get_population("pop")
    assert pop.total > 0
    assert np.unique(pop._table["total"].data).size == 1


def test_writes_to_what_the_model_takes_as_fixed(both: Any, precision: str) -> None:
    cell = rv.Neuron("", "tau : init=10.0\ndv/dt = (2 - v)/tau : exponential", "v > 1", "v = 0")

    def build(net: rv.Network) -> None:
        pop = net.create(70, cell, name="pop")
        pop.v = "0.01*i"
        net.connect(pop, pop, "", rv.Synapse(pre_spike="tau_post += 0.1*w"), name="p").fixed_probability(0.1)

    net, _ = both(build, 40, precision)
    assert np.ptp(net.get_population("pop").tau) > 0


def test_events_count_in_integers(both: Any, precision: str) -> None:
    cell = rv.Neuron("", "n : int\nodd : bool\nv = v + 0.1*(i + 1) : init=0", "v > 1", "v = 0")

    def build(net: rv.Network) -> None:
        pop = net.create(20, cell, name="pop")
        synapse = rv.Synapse(pre_spike="n_post += 2\nodd_post = not odd_post")
        net.connect(pop, pop, "", synapse, name="p").all_to_all()
        net.monitor(pop, "spike", name="spikes")

    net, _ = both(build, 6, precision)
    own = np.array([sum(k < 5 for k in steps) for steps in net.get_monitor("spikes").get("spike").values()])
    pop = net.get_population("pop")
    assert np.array_equal(pop.n, 2 * (own.sum() - own))
    assert np.array_equal(pop.odd, (own.sum() - own) % 2 == 1)


@pytest.mark.parametrize("refractory", ["2*ms", "u > 0.5"])
@pytest.mark.parametrize("same_step", [True, False])
def test_synapses_do_not_write_what_refractoriness_holds(
    both: Any, precision: str, same_step: bool, refractory: str
) -> None:
    """As in Brian2: a variable marked ``(unless refractory)`` takes no input while its neuron is refractory."""
    equations = "dv/dt = -v/(10*ms) : 1 (unless refractory)\ndu/dt = -u/(3*ms) : 1\nx : 1"
    cell = rv.Neuron(equations=equations, threshold="v > 0.5", reset="v -= 0.5; u = 1", refractory=refractory)

    def build(net: rv.Network) -> None:
        source = net.create(population=rv.SpikeSourceArray([[1.0, 1.5, 3.3], [1.0]]))
        pop = net.create(70, cell, name="pop")
        add = rv.Synapse(pre_spike="v_post += w; x_post += w")
        subtract = rv.Synapse(pre_spike="v_post = v_post + 0.0*x_post - 0.1*w")
        for synapse in (add, subtract):
            net.connect(source, pop, "", synapse, same_step=same_step).all_to_all(weights=0.4)
        net.monitor(pop, ["v", "spike"], name="m")

    net, _ = both(build, 50, precision, dt=0.1)
    pop = net.get_population("pop")
    np.testing.assert_allclose(pop.x, 1.6, rtol=1e-6)
    values, spikes = net.get_monitor("m").get("v")[:, 0], net.get_monitor("m").get("spike")[0]
    assert spikes == [11, 34]
    held = 20 if refractory == "2*ms" else 22  # steps, that of the spike included
    np.testing.assert_allclose(values[11 : 11 + held], 0.72 * np.exp(-0.01) - 0.5, rtol=1e-5)
    assert values[11 + held] != values[10 + held]


def test_learning_switches(both: Any) -> None:
    text = "dw/dt = 0.01*pre.r*post.r : max=3.0\nn = n + 1"

    def build(net: rv.Network) -> None:
        pop = net.create(4, RATE, name="pop")
        projection = net.connect(pop, pop, "exc", rv.Synapse(equations=text, psp="0.0*w"), name="p").all_to_all()
        projection.enable_learning(period=4.0, offset=1.0)

    net, _ = both(build, 12)
    projection = net.get_projection("p")
    assert set(projection.n) == {3.0}  # steps 1, 5, 9
    net.disable_learning()
    before = projection.w.copy()
    net.simulate(10.0)
    np.testing.assert_array_equal(projection.w, before)
    net.enable_learning([projection])
    net.simulate(10.0)
    assert set(projection.n) == {13.0}
    assert np.all(projection.w > before)
    with pytest.raises(rv.RanvierError, match="offset"):
        projection.enable_learning(period=4.0, offset=4.0)


def test_spiking_synapses_without_learning_keep_the_weight_alone(both: Any) -> None:
    def build(net: rv.Network) -> None:
        pop = net.create(20, CELL, name="pop")
        projection = net.connect(pop, pop, "exc", rv.models.STDP(A_plus=0.2), name="p")
        projection.all_to_all(weights=0.3)
        projection.disable_learning()

    net, _ = both(build, 60)
    projection = net.get_projection("p")
    assert set(projection.w) == {0.3}
    assert np.ptp(projection.x) > 0
    projection.enable_learning()
    net.simulate(60.0)
    assert np.all(projection.w != 0.3)


@pytest.mark.parametrize("code", [
    {"a": "z_post += w", "b": "v_post -= 0.25*w*z_pre"},  # a pathway reads what another one of this step wrote
    {"a": "z_post += w*z_pre", "b": "v_post += 1.0"},  # a synapse reads what another one wrote
    {"a": "z_post += w", "b": "z_pre *= 0.5"},
])  # fmt: skip
def test_recurrent_synapses_see_what_the_one_before_wrote(both: Any, code: dict[str, str]) -> None:
    sent = np.array([[1.0, 3.0], [1.0, 5.0], [2.0, 3.0], [5.0]], dtype=object)
    rng = np.random.default_rng(2)
    weights, delays = rng.integers(1, 4, (4, 4)) / 4.0, {p: rng.integers(1, 4, (4, 4)) for p in code}
    neuron = rv.Neuron("sent = 0.0", "v : init=0.0\nz : init=1.0", spike="floor(sent/10**t) % 10 == 1", reset="")

    def build(net: rv.Network) -> Any:
        cells = net.create(4, neuron, name="cells")
        cells.sent = [sum(10.0**t for t in train) for train in sent]  # decimal digits of a number: spike or none
        projection = net.connect(cells, cells, "", rv.Synapse(pre_spike=code), name="p")
        flat = {p: d.astype(float).ravel() for p, d in delays.items()}
        projection.all_to_all(weights.ravel(), delays=flat, allow_self_connections=True)

    net, _ = both(build, 10)

    v, z = np.zeros(4), np.ones(4)
    for k in range(10):
        for pathway, text in code.items():
            delay = delays[pathway]
            due = [(delay[j, i], i, j) for i in range(4) for j in range(4) if k - delay[j, i] in sent[i]]
            for _, i, j in sorted(due):
                w = weights[j, i]
                match text:
                    case "z_post += w":
                        z[j] += w
                    case "v_post -= 0.25*w*z_pre":
                        v[j] -= 0.25 * w * z[i]
                    case "z_post += w*z_pre":
                        z[j] += w * z[i]
                    case "v_post += 1.0":
                        v[j] += 1.0
                    case "z_pre *= 0.5":
                        z[i] *= 0.5
    cells = net.get_population("cells")
    assert np.array_equal(cells.v, v)
    assert np.array_equal(cells.z, z)


def test_delays_name_pathways_of_both_sides() -> None:
    def connected(**delays: Any) -> Any:
        net = rv.Network(dt=0.5)
        cells = net.create(3, rv.Neuron(equations="dv/dt = 1", spike="v > 5", reset="v = 0"))
        synapse = rv.Synapse("", "c : init=0", pre_spike="c += 1", post_spike="c *= 2")
        return net.connect(cells, cells, "", synapse, name="p").all_to_all(**delays)

    together, apart = connected(delays={"pre": 2.0, "post": 1.5}), connected(delays=2.0, post_delays=1.5)
    for projection in (together, apart):
        assert set(projection.delay) == {2.0}
        assert set(projection.post_delays["post"]) == {1.5}
    assert set(connected(delays={"post": rv.DiscreteUniform(1, 1)}).post_delays["post"]) == {1.0}
    for twice in ({"post_delays": 2.0}, {"post_delays": {"post": 0.5}}):
        with pytest.raises(rv.RanvierError, match="delays of 'post' are given twice, in delays and in post_delays"):
            connected(delays={"post": 1.0}, **twice)
