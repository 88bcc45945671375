"""Delays that change while spikes are on their way, against lists of (arrival, synapse) kept in plain Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import ranvier as rv

#: The input of the step as it arrives, and spikes one step after those of the population that drives it.
CELL = rv.Neuron(equations="v = g_exc\nd = g_drive", spike="d > 0", name="cell")
CODE = rv.Synapse(equations="c : 1", pre_spike="g_target += w", post_spike="c = 0.5*c + 1", name="both")
N_PRE, N_POST, STEPS = 5, 4, 60


@dataclass
class Oracle:
    """Every arrival is noted when its event happens; nothing is ever looked up later."""

    pre: NDArray[np.int64]
    post: NDArray[np.int64]
    same_step: bool
    w: NDArray[np.float64]
    axonal: NDArray[np.int64] = field(init=False)
    dendritic: NDArray[np.int64] = field(init=False)
    arriving: list[tuple[int, int, int]] = field(default_factory=list)  # (step, delay, synapse)
    returning: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.axonal = np.full(self.pre.size, 1 - self.same_step)
        self.dendritic = np.zeros(self.pre.size, np.int64)
        self.c = np.zeros(self.pre.size)

    def inputs(self, k: int) -> list[float]:
        """Return what arrives at each postsynaptic neuron in step k."""
        now = sorted((d, int(self.pre[q]), q) for step, d, q in self.arriving if step == k)
        sums = [0.0] * N_POST
        for post in range(N_POST):
            values = [float(self.w[q]) for _, _, q in now if self.post[q] == post]
            if values:
                total = values[0]
                for value in values[1:]:
                    total += value
                sums[post] = total
        return sums

    def step(self, k: int, sent: list[int], back: list[int]) -> list[float]:
        """Do one step in which these neurons spike; return the inputs."""
        before = self.inputs(k)
        self.arriving += [(k + int(self.axonal[q]), int(self.axonal[q]), q) for q in self.of(self.pre, sent)]
        self.returning += [(k + int(self.dendritic[q]), q) for q in self.of(self.post, back)]
        found = self.inputs(k) if self.same_step else before
        for step, q in self.returning:
            if step == k:
                self.c[q] = 0.5 * self.c[q] + 1
        return found

    @staticmethod
    def of(side: NDArray[np.int64], ranks: list[int]) -> list[int]:
        return [int(q) for q in np.flatnonzero(np.isin(side, ranks))]


def build(seed: int, engine: str, same_step: bool, duplicates: bool) -> tuple[Any, Any, Any, Any, Any]:
    rng = np.random.default_rng(seed)
    trains = [np.flatnonzero(rng.random(STEPS) < 0.3).astype(float) for _ in range(N_PRE)]
    drives = [np.flatnonzero(rng.random(STEPS) < 0.2).astype(float) for _ in range(N_POST)]
    net = rv.Network(dt=1.0, seed=1, engine=engine)
    source = net.create(rv.SpikeSourceArray([t.tolist() for t in trains]))
    drive = net.create(rv.SpikeSourceArray([t.tolist() for t in drives]))
    cells = net.create(N_POST, CELL)
    net.connect(drive, cells, "drive").one_to_one(weights=1.0)
    proj = net.connect(source, cells, "exc", CODE, name="proj", same_step=same_step)
    pairs = np.array([(i, j) for j in range(N_POST) for i in range(N_PRE) if rng.random() < 0.7])
    if duplicates:
        pairs = np.concatenate([pairs, pairs[:4]])
    proj.explicit_edges(pairs[:, 0], pairs[:, 1])
    order = np.lexsort((np.arange(len(pairs)), pairs[:, 0], pairs[:, 1]))
    pre, post = pairs[order].T
    proj.w = rng.random(proj.nb_synapses)
    oracle = Oracle(pre, post, same_step, proj.w.copy())
    return net, proj, cells, oracle, (trains, drives)


def change(rng: np.random.Generator, proj: Any, oracle: Oracle) -> None:
    """Change some delays, or the weights, in both."""
    size, least = proj.nb_synapses, 1 - oracle.same_step
    match rng.integers(6):
        case 0:
            proj.delay = (delay := int(rng.integers(least, 7)))
            oracle.axonal[:] = delay
        case 1:
            proj.delay = (delays := rng.integers(least, 9, size))
            oracle.axonal[:] = delays
        case 2:
            j = int(oracle.post[rng.integers(size)])
            proj.dendrite(j).delay = (delay := int(rng.integers(least, 9)))
            oracle.axonal[oracle.post == j] = delay
        case 3:
            proj.post_delays = (delay := int(rng.integers(0, 6)))
            oracle.dendritic[:] = delay
        case 4:
            proj.post_delays["post"] = (delays := rng.integers(0, 6, size))
            oracle.dendritic[:] = delays
        case 5:
            proj.w = (w := rng.random(size))
            oracle.w[:] = w


@pytest.mark.parametrize("engine", ["compiled", "reference"])
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**20), same_step=st.booleans(), duplicates=st.booleans(), stored=st.booleans())
def test_no_spike_is_lost_or_doubled(
    engine: str, seed: int, same_step: bool, duplicates: bool, stored: bool
) -> None:
    rng = np.random.default_rng(seed)
    net, proj, cells, oracle, (trains, drives) = build(seed, engine, same_step, duplicates)
    inputs = net.monitor(cells, "v")
    expected: list[list[float]] = []
    while len(expected) < STEPS:
        for _ in range(rng.integers(3)):
            change(rng, proj, oracle)
        length = min(int(rng.integers(1, 10)), STEPS - len(expected))
        if stored:  # what was on its way then is on its way again
            net.store()
            net.simulate(float(rng.integers(1, 9)))
            proj.delay = float(rng.integers(1, 9))
            net.restore()
        net.simulate(float(length))
        for k in range(len(expected), len(expected) + length):
            sent = [i for i, train in enumerate(trains) if k in train]
            back = [j for j, train in enumerate(drives) if k - 1 in train]
            expected.append(oracle.step(k, sent, back))
        assert np.array_equal(proj.c, oracle.c)
    values = np.array(expected)
    seen = np.concatenate([np.zeros((1, N_POST)), values[:-1]]) if same_step else values
    assert np.array_equal(inputs.get("v"), seen)


def run(engine: str, changes: Any, steps: int = 30) -> tuple[Any, Any, Any]:
    net, proj, cells, _, _ = build(3, engine, False, True)
    inputs = net.monitor(cells, "v")
    changes(net, proj)
    net.simulate(float(steps))
    return inputs.get("v"), proj.c, net


@pytest.mark.parametrize("flags", [{}, {"projections": True}, {"synapses": True, "projections": True}])
def test_a_reset_forgets_what_is_on_its_way(flags: dict[str, bool]) -> None:
    def late(net: rv.Network, proj: Any) -> None:
        net.simulate(10.0)
        proj.delay, proj.post_delays = 8.0, 4.0
        net.simulate(4.0)
        proj.delay, proj.post_delays = 2.0, 1.0
        net.reset(**flags)
        proj.c = 0.0

    def fresh(net: rv.Network, proj: Any) -> None:
        if not flags.get("synapses"):
            proj.delay, proj.post_delays = 2.0, 1.0

    after, c, _ = run("compiled", late)
    plain, d, _ = run("compiled", fresh)
    assert np.array_equal(after, plain)
    assert np.array_equal(c, d)


def test_what_is_on_its_way_survives_a_reset_of_the_clock() -> None:
    """Without the populations, histories and arrivals go on from step 0 as they would have gone on."""
    inputs = []
    for reset in (False, True):
        net = rv.Network(dt=1.0, seed=1)
        source = net.create(2, rv.Neuron(equations="x += 1", spike="x == 3 or x == 5", name="twice"))
        cells = net.create(2, CELL)
        proj = net.connect(source, cells, "exc").one_to_one(weights=[1.0, 2.0], delays=[9.0, 6.0])
        net.simulate(6.0)
        proj.delay = [1.0, 4.0]
        net.simulate(1.0)
        if reset:
            net.reset(populations=False, projections=True, synapses=True)
        record = net.monitor(cells, "v")
        net.simulate(12.0)
        inputs.append(record.get("v"))
    assert np.array_equal(*inputs)
    # x reaches 3 in step 2 and 5 in step 4: the first neuron's spikes arrive in 11 and 13, the second's in 8 and 10.
    assert np.flatnonzero(inputs[0][:, 0]).tolist() == [11 - 7, 13 - 7]
    assert np.flatnonzero(inputs[0][:, 1]).tolist() == [8 - 7, 10 - 7]


def test_a_new_projection_carries_what_is_sent_from_now_on() -> None:
    net, _, cells, _, (trains, _) = build(3, "compiled", False, False)
    net.simulate(20.0)
    late = net.connect(net.get_populations()[0], cells[:1], "exc").all_to_all(weights=100.0, delays=6.0)
    assert late.nb_synapses == N_PRE
    inputs = net.monitor(cells[:1], "v")
    net.simulate(15.0)
    counts = [sum(k - 6 in train for train in trains) if k >= 26 else 0 for k in range(20, 35)]
    assert (inputs.get("v")[:, 0] // 100).tolist() == counts


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_continuous_transmission_reads_the_values_of_the_delay_of_now(engine: str) -> None:
    """psp reads `pre.r` of the step that lies the present delay back; the past is there as far as it was needed."""
    net = rv.Network(dt=1.0, seed=1, engine=engine)
    source = net.create(1, rv.Neuron(equations="r = t", name="ramp"))
    cells = net.create(1, rv.Neuron(equations="r = sum(exc)", name="reader"))
    proj = net.connect(source, cells, "exc").all_to_all(weights=1.0, delays=6.0)
    record = net.monitor(cells, "r")
    net.simulate(10.0)
    proj.delay = 2.0
    net.simulate(4.0)
    proj.delay = 5.0
    net.simulate(4.0)
    delays = [6] * 10 + [2] * 4 + [5] * 4
    assert record.get("r")[:, 0].tolist() == [max(0.0, k - d) for k, d in enumerate(delays)]


def test_delays_of_a_pathway_that_does_not_exist() -> None:
    _, proj, *_ = build(3, "compiled", False, False)
    with pytest.raises(rv.RanvierError, match="'fast' is no presynaptic pathway of projection 'proj'"):
        proj.delays = {"fast": 2.0}
    with pytest.raises(rv.RanvierError, match="can be changed, not removed"):
        del proj.delays["pre"]
    proj.delays = "1 + i"
    assert np.array_equal(proj.delay, 1.0 + proj.connectivity.source[proj.connectivity.public])
    assert np.array_equal(proj.delays["pre"], proj.delay)
