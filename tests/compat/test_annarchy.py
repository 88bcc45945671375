"""ANNarchy's names: a current network, lists of lists, callbacks that count from each `simulate`, layout hints ignored.

The expected values are what ANNarchy 5.0 documents, or closed forms.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import ranvier as rv
import ranvier.compat.annarchy as ann


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    ann.clear()
    yield
    ann.clear()


def decay() -> Any:
    return ann.Neuron("tau = 10.0", "tau*dr/dt = 1.0 - r + sum(exc)")


def test_a_script_without_a_network() -> None:
    ann.setup(dt=0.5, seed=1, num_threads=1, sparse_matrix_format="csr")
    cell = ann.Neuron("I = 2.0", "dv/dt = I", "v >= 5", reset="v = 0")
    pop = ann.Population(geometry=(2, 3), neuron=cell, name="cells")
    monitor = ann.Monitor(pop, ["v", "spike"])
    ann.compile(directory="anywhere", clean=True)
    ann.simulate(10.0)
    assert (ann.get_time(), ann.get_current_step(), ann.dt()) == (10.0, 20, 0.5)
    data = monitor.get()
    assert data["v"].shape == (20, 2, 3)
    assert data["spike"][0] == [4, 9, 14, 19]  # v grows by 1 a step
    ann.reset()
    assert ann.get_time() == 0.0
    assert ann.get_population("cells") is pop is ann.populations()[0]
    assert isinstance(pop, ann.Population)
    assert isinstance(monitor, ann.Monitor)
    assert ann.monitors(obj=pop) == [monitor]


def test_weights_are_lists_of_lists() -> None:
    pre, post = ann.Population(3, decay()), ann.Population(2, decay())
    proj = ann.Projection(pre, post, "exc", disable_omp=False).connect_all_to_all(weights=0.5)
    assert isinstance(proj, ann.Projection)
    assert proj.w == [[0.5] * 3] * 2
    proj.w = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert proj.w == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert proj.get("w") == proj.w
    np.testing.assert_array_equal(proj.connectivity_matrix(), [[1, 2, 3], [4, 5, 6]])
    assert list(proj[1].w) == [4.0, 5.0, 6.0]
    assert proj.nb_synapses_per_dendrite == [3, 3]
    with pytest.raises(rv.RanvierError, match="one list per postsynaptic neuron"):
        proj.w = [[1.0, 2.0], [3.0]]
    assert ann.projections(post=post, target="exc") == [proj]
    with pytest.raises(rv.RanvierError, match="no such projection"):
        ann.projections(post=pre)


def test_callbacks_count_from_each_simulate() -> None:
    ann.Population(1, decay())
    told: list[tuple[int, float]] = []

    @ann.every(period=10.0, offset=-4.0, wait=5.0)
    def tell(n: int) -> None:
        told.append((n, ann.get_time()))

    ann.simulate(35.0)
    ann.simulate(15.0)
    assert told == [(0, 11.0), (1, 21.0), (2, 31.0), (0, 46.0)]
    ann.step()
    ann.disable_callbacks()
    assert not ann.callbacks_enabled()
    ann.simulate(30.0)
    ann.enable_callbacks()
    ann.simulate(30.0, callbacks=False)
    assert len(told) == 4
    ann.clear_all_callbacks()
    ann.simulate(30.0)
    assert len(told) == 4


def test_constants_and_default_method() -> None:
    ann.setup(dt=1.0, method="exponential")
    speed = ann.Constant("speed", 0.5)
    pop = ann.Population(1, ann.Neuron(equations="dr/dt = -speed*r : init=1.0"))
    ann.simulate(1.0)
    assert pop.r[0] == pytest.approx(np.exp(-0.5), rel=1e-15)
    speed.set(1.0)
    ann.simulate(1.0)
    assert pop.r[0] == pytest.approx(np.exp(-1.5), rel=1e-15)


def test_ready_made_populations_go_into_the_current_network_or_the_one_that_creates_them() -> None:
    noise = ann.PoissonPopulation(5, rates=100.0)
    assert ann.populations() == [noise]
    net = ann.Network(dt=0.5, seed=2)
    made = net.create(ann.SpikeSourceArray([[1.0], [2.0]]), name="given")
    assert net.get_populations() == [made]
    assert net.get(made) is made


def test_subclasses_are_built_without_a_call_of_their_parent() -> None:
    class Built(ann.Network):
        def __init__(self, size: int) -> None:
            self.config(dt=0.5, num_threads=1)
            self.pop = self.create(size, ann.Izhikevich)
            self.proj = self.connect(self.pop, self.pop, "exc")
            self.proj.all_to_all(1.0)

    net: Any = Built(4, dt=0.25, seed=3)  # type: ignore[call-arg]
    assert (net.dt, net.seed, net.pop.size, net.proj.w[3]) == (0.5, 3, 4, [1.0] * 3)


def test_runs_in_processes_get_their_number_and_network() -> None:
    ann.setup(seed=5)
    pop = ann.Population(4, ann.Izhikevich(noise=5.0), name="cells")
    ann.compile()

    def run(k: int, net: Any, scale: float) -> tuple[int, int, float]:
        net.simulate(20.0)
        return k, net.seed, float(net.get(pop).v.sum()) * scale

    several = ann.parallel_run(run, number=3, scale=[1.0, 1.0, 0.0])
    assert [r[:2] for r in several] == [(0, 6), (1, 7), (2, 8)]
    assert several == ann.parallel_run(run, number=3, sequential=True, scale=[1.0, 1.0, 0.0])
    assert several[0][2] != several[1][2]


def test_sparse_matrices() -> None:
    ann.setup(seed=1)
    pre, post = ann.Population(40, decay()), ann.Population(50, decay())
    weights = ann.sparse_random_matrix(pre, post, 0.25, ann.Uniform(1.0, 2.0))
    delays = ann.sparse_delays_from_weights(weights, 3.0)
    assert weights.shape == (40, 50)
    assert 1.0 <= weights.data[0][0] < 2.0
    # 2000 pairs at p = 0.25: 500 +- 19.4; five standard errors
    assert abs(weights.nnz - 500) < 5 * np.sqrt(2000 * 0.25 * 0.75)
    assert (ann.sparse_random_matrix(pre, post, 0.25, 1.0) != weights).nnz > 0
    proj = ann.Projection(pre, post, "exc").connect_from_sparse(weights, delays)
    assert proj.nb_synapses == weights.nnz
    np.testing.assert_array_equal(proj.connectivity_matrix(), weights.toarray().T)
    spread = ann.sparse_delays_from_weights(weights, ann.DiscreteUniform(1, 9))
    other = ann.Projection(pre, post, "exc").connect_from_sparse(weights, spread)
    np.testing.assert_array_equal(other.connectivity_matrix(attribute="delay"), spread.toarray().T)
    spread[0, weights.rows[0][0]] = 0.0
    with pytest.raises(rv.RanvierError, match="other entries than that of the weights"):
        ann.Projection(pre, post, "exc").connect_from_sparse(weights, spread)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: ann.setup(ddt=1.0), "did you mean 'dt'"),
        (lambda: ann.setup(precision="half"), "'float' or 'double'"),
        (lambda: (ann.Population(1, decay()), ann.setup(precision="float")), "comes too late"),
        (lambda: ann.set_time(3.0), "integer number of steps|set_time"),
        (lambda: ann.Network(everything=True), "everything=True"),
        (lambda: ann.parallel_run(print, networks=[1]), "networks"),
    ],
)
def test_what_is_not_meant_is_refused(call: Any, text: str) -> None:
    with pytest.raises(rv.RanvierError, match=text):
        call()


def test_models_take_arguments_in_the_order_of_annarchy_and_can_be_subclassed() -> None:
    class Cell(ann.Neuron):
        def __init__(self, tau: float) -> None:
            super().__init__(
                f"tau = {tau}", "tau*dv/dt = drive - v", "v > 1", None, ["v = 0", "count += 1"], None, 2.0,
                extra_values={"drive": 3.0},
            )  # fmt: skip

    # count is a variable only because the reset writes it; it has to be declared
    with pytest.raises(rv.RanvierError, match="count"):
        Cell(10.0).model  # noqa: B018
    equations = "tau*dv/dt = 3.0 - v\ncount = count"
    pop = ann.Population(2, ann.Neuron("tau = 10.0", equations, "v > 1", None, ["v = 0", "count += 1"]))
    ann.simulate(20.0)
    # v = 3 (1 - 0.9**k) exceeds 1 for k = 4: five spikes in 20 steps
    np.testing.assert_array_equal(pop.count, [5.0, 5.0])
    made = ann.Synapse(creating=ann.Creating("pre.r > 1.0", proba=0.5, w=0.1, d=2.0), pruning=ann.Pruning("w < 0.0"))
    assert made.name == "synapse"


def test_a_target_that_the_neuron_does_not_know() -> None:
    """As in ANNarchy 5.0.4, where such synapses change and transmit nothing; here it is said, too."""
    spiking = ann.Neuron("rate = 100.0", "p = Uniform(0.0, 1.0)*1000.0/dt", spike="p <= rate", reset="p = 0.0")
    first, second = ann.Population(2, spiking), ann.Population(2, spiking)
    decaying = ann.Synapse("tau = 500.0", "dw/dt = -w/tau")
    with pytest.warns(rv.RanvierWarning, match="has no input 'ampa': the synapses change, but transmit nothing"):
        proj = ann.Projection(first, second, "ampa", decaying)
    proj.connect_all_to_all(weights=2.0)
    ann.simulate(50.0)
    np.testing.assert_allclose(proj.w, 2.0 * (1.0 - 1.0 / 500.0) ** 50, rtol=1e-12)
    with pytest.raises(rv.RanvierError, match="defines no 'g_ampa'"):
        ann.Projection(first, second, "ampa", ann.Synapse(pre_spike="g_target += 2*w"))
