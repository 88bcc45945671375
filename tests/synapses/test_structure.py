"""Synapses that come and go, against a dictionary of synapses in plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ranvier as rv

CELL = rv.Neuron(equations="v = g_exc", spike="v > 1e9", name="cell")
COUNTING = rv.Synapse(
    "most = 2.0 : projection\nx = 3.0",
    "c : init=0.0\nu : init=0.25",
    pre_spike="g_target += w; c += 1",
    pruning="c > most",
    creating="modulo(i + 2*j + t, 7) == 0 : w = 1.0 + i + 0.1*j, d = 1 + modulo(j, 3)",
    name="counting",
)
N_PRE, N_POST, STEPS = 5, 4, 40


@dataclass
class One:
    """A synapse."""

    w: float
    delay: int
    c: float = 0.0


class Oracle:
    """Synapses by (post, pre); every arrival is noted with its synapse when it is sent."""

    def __init__(self) -> None:
        self.synapses: dict[tuple[int, int], One] = {}
        self.arriving: list[tuple[int, int, int, int, One]] = []
        self.pruning: tuple[int, int] | None = None
        self.creating: tuple[int, int] | None = None

    def step(self, k: int, sent: list[int]) -> list[float]:
        sums = [0.0] * N_POST
        for post in range(N_POST):
            due = sorted((d, pre, n) for n, (a, d, pre, j, _) in enumerate(self.arriving) if a == k and j == post)
            values = []
            for _, pre, n in due:
                synapse = self.arriving[n][4]
                if self.synapses.get((post, pre)) is synapse:
                    values.append(synapse.w)
                    synapse.c += 1
            for n, value in enumerate(values):
                sums[post] = value if n == 0 else sums[post] + value
        for (post, pre), synapse in self.synapses.items():
            if pre in sent:
                self.arriving.append((k + synapse.delay, synapse.delay, pre, post, synapse))
        if self.due(self.creating, k):
            for post in range(N_POST):
                for pre in range(N_PRE):
                    if (post, pre) not in self.synapses and (pre + 2 * post + k) % 7 == 0:
                        self.synapses[post, pre] = One(1.0 + pre + 0.1 * post, 1 + post % 3)
        if self.due(self.pruning, k):
            self.synapses = {pair: one for pair, one in self.synapses.items() if not one.c > 2.0}
        return sums

    @staticmethod
    def due(when: tuple[int, int] | None, k: int) -> bool:
        return when is not None and k >= when[1] and (k - when[1]) % when[0] == 0

    def values(self, name: str) -> list[float]:
        return [getattr(self.synapses[pair], name) for pair in sorted(self.synapses)]


def build(seed: int, engine: str, precision: str = "double") -> tuple[Any, Any, Any, Oracle, list[Any]]:
    rng = np.random.default_rng(seed)
    trains = [np.flatnonzero(rng.random(STEPS) < 0.35) for _ in range(N_PRE)]
    net = rv.Network(dt=1.0, seed=1, engine=engine, precision=precision)
    source = net.create(rv.SpikeSourceArray([t.astype(float).tolist() for t in trains]))
    cells = net.create(N_POST, CELL)
    proj = net.connect(source, cells, "exc", COUNTING, name="proj")
    pairs = [(j, i) for j in range(N_POST) for i in range(N_PRE) if rng.random() < 0.5] or [(0, 0)]
    proj.explicit_edges([i for _, i in pairs], [j for j, _ in pairs])
    oracle = Oracle()
    weights, delays = rng.random(len(pairs)), rng.integers(1, 6, len(pairs))
    proj.w, proj.delay = weights, delays
    for pair, w, d in zip(pairs, weights, delays, strict=True):
        oracle.synapses[pair] = One(float(w), int(d))
    return net, proj, cells, oracle, trains


def change(rng: np.random.Generator, net: Any, proj: Any, oracle: Oracle) -> None:
    now, period = net.current_step, int(rng.integers(1, 4))
    match rng.integers(7):
        case 0:
            proj.start_pruning(float(period))
            oracle.pruning = (period, now)
        case 1:
            proj.start_creating(float(period))
            oracle.creating = (period, now)
        case 2:
            proj.stop_pruning()
            proj.stop_creating()
            oracle.pruning = oracle.creating = None
        case 3:
            j, wanted = int(rng.integers(N_POST)), rng.permutation(N_PRE)[:2].tolist()
            ranks = [i for i in wanted if (j, i) not in oracle.synapses]
            w, d = rng.random(len(ranks)), rng.integers(1, 6, len(ranks))
            proj.dendrite(j).create_synapses(ranks, w, d.astype(float))
            for i, value, delay in zip(ranks, w, d, strict=True):
                oracle.synapses[j, i] = One(float(value), int(delay))
        case 4 if oracle.synapses:
            j, i = sorted(oracle.synapses)[rng.integers(len(oracle.synapses))]
            proj.dendrite(j).prune_synapse(i)
            del oracle.synapses[j, i]
        case 5 if oracle.synapses:
            proj.delay = (delays := rng.integers(1, 6, proj.nb_synapses))
            for pair, d in zip(sorted(oracle.synapses), delays, strict=True):
                oracle.synapses[pair].delay = int(d)
        case 6 if oracle.synapses:
            proj.w = (weights := rng.random(proj.nb_synapses))
            for pair, w in zip(sorted(oracle.synapses), weights, strict=True):
                oracle.synapses[pair].w = float(w)


def agree(proj: Any, oracle: Oracle) -> None:
    pairs = sorted(oracle.synapses)
    assert [(j, i) for j, ranks in zip(proj.post_ranks, proj.pre_ranks, strict=True) for i in ranks] == pairs
    assert proj.w.tolist() == oracle.values("w")
    assert proj.c.tolist() == oracle.values("c")
    assert proj.delay.tolist() == oracle.values("delay")
    assert set(proj.u) <= {0.25}
    assert set(proj.x) <= {3.0}


@pytest.mark.parametrize("engine", ["compiled", "reference"])
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**20), stored=st.booleans())
def test_synapses_come_and_go_as_in_a_dictionary(engine: str, seed: int, stored: bool) -> None:
    rng = np.random.default_rng(seed)
    net, proj, cells, oracle, trains = build(seed, engine)
    inputs, weights = net.monitor(cells, "v"), net.monitor(proj, "w")
    expected: list[list[float]] = []
    samples: list[list[float]] = []
    net.compile()
    before = rv.cache.stats()["compiled"]
    while len(expected) < STEPS:
        for _ in range(rng.integers(4)):
            change(rng, net, proj, oracle)
        agree(proj, oracle)
        if stored:  # connectivity, switches and what is on its way come back
            net.store()
            net.simulate(float(rng.integers(1, 9)))
            if proj.nb_synapses:
                proj.dendrite(proj.post_ranks[0]).prune_synapse(proj.pre_ranks[0][0])
            proj.stop_creating()
            net.restore()
            agree(proj, oracle)
        length = min(int(rng.integers(1, 8)), STEPS - len(expected))
        net.simulate(float(length))
        for k in range(len(expected), len(expected) + length):
            expected.append(oracle.step(k, [i for i, train in enumerate(trains) if k in train]))
            samples.append(oracle.values("w"))
        agree(proj, oracle)
    assert inputs.get("v").tolist() == expected
    assert [row.tolist() for row in weights.get("w")] == samples
    assert rv.cache.stats()["compiled"] == before


def aged(engine: str, pieces: list[float], proba: str, seed: int = 3) -> tuple[Any, Any]:
    net = rv.Network(dt=1.0, seed=seed, engine=engine)
    a = net.create(60, rv.Neuron(equations="r = 1.0", name="one"))
    b = net.create(50, rv.Neuron(equations="r = sum(exc)", name="sum"))
    synapse = rv.Synapse(
        "p = 0.25 : projection", "age += 1 : int", pruning=f"age > 2 : proba = {proba}",
        creating=f"i >= 0 : proba = {proba}, w = 0.5", name="aged",
    )  # fmt: skip
    proj = net.connect(a, b, "exc", synapse, name="proj").fixed_probability(0.5)
    proj.start_pruning(2.0)
    proj.start_creating(3.0)
    for piece in pieces:
        net.simulate(piece)
    return net, proj


def test_draws_depend_on_pair_and_step_alone() -> None:
    _, whole = aged("compiled", [12.0], "p")
    _, parts = aged("compiled", [1.0] * 12, "p")
    _, other = aged("reference", [5.0, 7.0], "0.5*p + 0.125")
    for proj in (parts, other):
        assert whole.pre_ranks == proj.pre_ranks
        assert np.array_equal(whole.age, proj.age)
        assert np.array_equal(whole.post.r, proj.post.r)
    assert aged("compiled", [12.0], "p", seed=4)[1].pre_ranks != whole.pre_ranks


def test_the_probability_is_that_of_the_text() -> None:
    """Of 60*50 pairs, those without synapse get one in step 0: binomial, so within five standard deviations."""
    net, proj = aged("compiled", [], "p")
    free = 3000 - proj.nb_synapses
    net.simulate(1.0)
    made = proj.nb_synapses - (3000 - free)
    assert abs(made - 0.25 * free) < 5 * np.sqrt(free * 0.25 * 0.75)
    old = proj.nb_synapses
    net.simulate(2.0)  # pruning in step 2 finds all of age 3 of the start, none of those made in step 0 (age 2)
    gone = old - proj.nb_synapses
    first = old - made
    assert abs(gone - 0.25 * first) < 5 * np.sqrt(first * 0.25 * 0.75)


@pytest.mark.parametrize("synapses", [True, False])
def test_reset_brings_back_the_synapses_of_the_compile_where_asked(synapses: bool) -> None:
    def change_all(proj: Any) -> None:
        proj.dendrite(1).prune_synapses(proj.dendrite(1).pre_ranks)
        proj.dendrite(0).create_synapses(free(proj), 2.0, 3.0)

    net, proj, cells, *_ = build(7, "compiled")
    before = proj.pre_ranks, proj.w.tolist(), proj.delay.tolist()
    net.compile()
    change_all(proj)
    changed = proj.pre_ranks
    assert changed != before[0]
    net.simulate(20.0)
    net.reset(projections=True, synapses=synapses)
    assert proj.pre_ranks == (before[0] if synapses else changed)
    if synapses:
        assert (proj.w.tolist(), proj.delay.tolist()) == before[1:]
    assert proj.nb_synapses == proj.c.size
    record = net.monitor(cells, "v")
    net.simulate(20.0)
    fresh_net, fresh, fresh_cells, *_ = build(7, "compiled")
    if not synapses:
        change_all(fresh)
        # synapses made since the compile keep what they counted
        fresh.c = [c if m else 0.0 for c, m in zip(proj.c, [False] * proj.nb_synapses, strict=True)]
    fresh_record = fresh_net.monitor(fresh_cells, "v")
    fresh_net.simulate(20.0)
    assert np.array_equal(record.get("v"), fresh_record.get("v"))


def test_kept_values_need_the_synapses_they_belong_to() -> None:
    net, proj, *_ = build(7, "compiled")
    net.compile()
    proj.dendrite(proj.post_ranks[0]).prune_synapse(proj.pre_ranks[0][0])
    with pytest.raises(rv.RanvierError, match="'c' cannot be kept, because its synapses have changed"):
        net.reset(projections=True, synapses=True, keep=["c"])


def test_all_synapses_may_go_and_others_come() -> None:
    net, proj, *_ = build(7, "compiled")
    net.simulate(3.0)
    for j in list(proj.post_ranks):
        proj.dendrite(j).prune_synapses(proj.dendrite(j).pre_ranks)
    assert proj.nb_synapses == 0
    net.simulate(3.0)
    proj.dendrite(2).create_synapse(1, w=7.0, delay=2.0)
    view = proj.synapse(1, 2)
    assert (view.w, view.delay, view.c, view.x) == (7.0, 2.0, 0.0, 3.0)
    net.simulate(10.0)
    assert proj.c[0] > 0
    proj.dendrite(2).prune_synapse(1)
    with pytest.raises(rv.RanvierError, match="was pruned"):
        _ = view.w


def test_dense_rate_coded_synapses_come_and_go() -> None:
    net = rv.Network(dt=1.0, seed=1)
    a = net.create(3, rv.Neuron("b = 1.0", "r = b", name="given"))
    out = net.create(2, rv.Neuron(equations="r = sum(exc)", name="sum"))
    a.b = [1.0, 10.0, 100.0]
    proj = net.connect(a, out, "exc").all_to_all(weights=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    net.simulate(2.0)
    assert out.r.tolist() == [321.0, 654.0]
    proj.dendrite(0).prune_synapse(1)
    net.simulate(1.0)
    assert out.r.tolist() == [301.0, 654.0]
    proj.dendrite(0).create_synapse(1, w=7.0)
    net.simulate(1.0)
    assert out.r.tolist() == [371.0, 654.0]
    assert proj.w.tolist() == [1.0, 7.0, 3.0, 4.0, 5.0, 6.0]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda p: p.dendrite(0).create_synapse(p.dendrite(0).pre_ranks[0]), "has a synapse from neuron . already"),
        (lambda p: p.dendrite(0).prune_synapse(99), "'99' is no rank of the presynaptic group"),
        (lambda p: p.dendrite(0).create_synapses([1, 1]), "ranks must be different ints"),
        (lambda p: p.dendrite(0).create_synapses(free(p), delays=-1.0), "finite and not negative"),
        (lambda p: p.dendrite(0).create_synapses(free(p), weights=[1.0] * 9), "weights must be one number, or one"),
    ],
)
def test_what_cannot_be_done_is_refused(wrong: Any, message: str) -> None:
    _, proj, *_ = build(7, "compiled")
    before = proj.pre_ranks
    with pytest.raises(rv.RanvierError, match=message):
        wrong(proj)
    assert proj.pre_ranks == before


def free(proj: Any) -> list[int]:
    return [i for i in range(N_PRE) if i not in proj.dendrite(0).pre_ranks]


def test_a_period_below_a_step_is_refused() -> None:
    _, proj, *_ = build(7, "compiled")
    with pytest.warns(rv.RanvierWarning), pytest.raises(rv.RanvierError, match="must be at least dt"):
        proj.start_pruning(0.1)


def test_texts_are_checked_before_anything_runs() -> None:
    net = rv.Network(dt=1.0, seed=1)
    pop = net.create(3, CELL)
    with pytest.raises(rv.RanvierError, match="'aeg'"):
        net.connect(pop, pop, "exc", rv.Synapse(pruning="aeg > 2", pre_spike="g_target += w")).all_to_all()
    own = rv.Synapse(equations="c : 1", creating="c > 2", pre_spike="g_target += w")
    with pytest.raises(rv.RanvierError, match="'c'"):
        net.connect(pop, pop, "exc", own).all_to_all()
    with pytest.raises(rv.RanvierError, match="the flag 'w' has no meaning for 'pruning'"):
        rv.Synapse(pruning="w < 2 : w = 1.0", pre_spike="g_target += w")
    pruned = net.connect(pop, pop, "exc", rv.Synapse(pruning="w < 2", pre_spike="g_target += w")).all_to_all()
    with pytest.raises(rv.RanvierError, match="its synapse has no condition 'creating'"):
        pruned.start_creating()


@pytest.mark.parametrize("structural", [False, True])
def test_traces_of_learning_follow(structural: bool) -> None:
    """Traces that may live per neuron, beside the interpreter, where every synapse has its own."""

    def run(engine: str) -> list[Any]:
        net = rv.Network(dt=0.5, seed=5, engine=engine)
        source = net.create(population=rv.PoissonPopulation(12, rates=150.0), name="source")
        cell = rv.Neuron("tau = 10.0", "tau*dv/dt = 1.2 - v + g_exc", spike="v > 1", reset="v = 0")
        out = net.create(8, cell, name="out")
        learning = rv.Synapse(
            "tp = 12.0 : projection",
            "tp*dA/dt = -A : event-driven\ntp*dB/dt = -B : event-driven",
            pre_spike="g_target += w; A += 0.1; w = clip(w - B, 0, 1)",
            post_spike="B += 0.07; w = clip(w + A, 0, 1)",
        )
        proj = net.connect(source, out, "exc", learning, name="proj")
        proj.fixed_probability(0.6, weights=rv.Uniform(0, 0.5), delays=3.0)
        found: list[Any] = []
        for k, delay in enumerate([3.0, 1.0, 5.0, None, 2.0, 4.0]):
            proj.delay = 0.5 * (1 + np.arange(proj.nb_synapses) % 7) if delay is None else delay
            if structural and k in (1, 4):
                dendrite = proj.dendrite(proj.post_ranks[1])
                there = dendrite.pre_ranks
                dendrite.prune_synapses(there[:2])
                dendrite.create_synapses([i for i in range(12) if i not in there][:2], 0.3, 1.0)
            if k == 2:
                net.store()
            net.simulate(7.5)
            found += [proj.w.copy(), proj.A.copy(), proj.B.copy(), out.v.copy(), proj.delay.copy()]
        net.restore()
        net.simulate(7.5)
        assert all(np.array_equal(x, y) for x, y in zip(found[10:13], (proj.w, proj.A, proj.B), strict=True))
        net.reset(projections=True, synapses=True)
        net.simulate(9.0)
        return [*found, proj.w.copy(), proj.A.copy(), proj.B.copy()]

    compiled, interpreted = run("compiled"), run("reference")
    assert max(float(np.ptp(w)) for w in compiled[::5]) > 0
    assert all(np.array_equal(x, y) for x, y in zip(compiled, interpreted, strict=True))


def test_switches_of_the_network() -> None:
    """For all projections that can, or for chosen ones; the same as one by one."""

    def build() -> tuple[rv.Network, list[Any]]:
        net = rv.Network(dt=1.0, seed=1)
        pop = net.create(4, rv.Neuron("", "r = 1.0 + 0.0*sum(exc)"), name="pop")
        going = rv.Synapse(psp="w*pre.r", pruning="w < 0.5", creating="pre.r > 0 : w=0.7")
        made = [net.connect(pop, pop, "exc", going, name=name) for name in "ab"]
        made.append(net.connect(pop, pop, "exc", name="plain"))
        for projection in made:
            projection.all_to_all(weights=0.2, allow_self_connections=True)
        return net, made

    net, (a, b, plain) = build()
    net.start_pruning()
    net.simulate(2.0)
    assert [p.nb_synapses for p in (a, b, plain)] == [0, 0, 16]
    net.stop_pruning()
    net.start_creating(a)
    net.simulate(2.0)
    assert [p.nb_synapses for p in (a, b, plain)] == [16, 0, 16]
    net.stop_creating([a])
    net.start_creating([b], period=2.0)
    net.simulate(1.0)
    assert set(b.w) == {0.7}
    with pytest.raises(rv.RanvierError, match="projection 'plain': its synapse has no condition 'pruning'"):
        net.start_pruning([plain])
    other = rv.Network(seed=1)
    with pytest.raises(rv.RanvierError, match="No projection of this network has a synapse with a creating condition"):
        other.stop_creating()
