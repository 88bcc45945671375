"""Connectors of projections: texts against brute force, random rules against their laws, files and functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

import ranvier as rv

CELL = dict(parameters="a = 1.0\nkind = 0", equations="dv/dt = -v + g_exc", spike="v > 1e9", reset="v = 0")


def network(**options: Any) -> tuple[rv.Network, rv.Population, rv.Population]:
    net = rv.Network(dt=0.5, seed=12, **options)
    cell = rv.Neuron(**CELL)  # type: ignore[arg-type]
    first, second = net.create((6, 7), cell, name="first"), net.create(31, cell, name="second")
    first.a, second.a = np.arange(42.0).reshape(6, 7) / 10, np.arange(31.0) ** 2 / 50
    return net, first, second


def pairs(proj: rv.Projection) -> list[tuple[int, int]]:
    """(pre, post) of every synapse, sorted."""
    built = proj.connectivity
    return sorted(zip(built.source.tolist(), built.target.tolist(), strict=True))


def storage(proj: rv.Projection) -> tuple[bytes, ...]:
    built = proj.connectivity
    return built.indptr.tobytes(), built.target.tobytes(), proj.w.tobytes(), proj.delay.tobytes()


#: text, and the same in Python over (i, j, first, second).
CONDITIONS: list[tuple[str, Callable[..., bool]]] = [
    ("i != j and abs(i - j) < 5", lambda i, j, a, b: i != j and abs(i - j) < 5),
    ("a_pre > post.a or i % 4 == j // 3", lambda i, j, a, b: a.a.flat[i] > b.a[j] or i % 4 == j // 3),
    ("(a_pre - a_post)**2 < 1.5 and N_pre == 42", lambda i, j, a, b: (a.a.flat[i] - b.a[j]) ** 2 < 1.5),
    ("not (i < 3) and j < N_post - 4", lambda i, j, a, b: not i < 3 and j < 27),
    ("x_pre >= 2 and y_pre < 3 and x_post > 5.5", lambda i, j, a, b: i // 7 >= 2 and i % 7 < 3 and j > 5.5),
    ("dist < half", lambda i, j, a, b: abs(i // 7 - j) < 2.5),
    ("True", lambda i, j, a, b: True),
    ("False", lambda i, j, a, b: False),
]


@pytest.mark.parametrize(("text", "rule"), CONDITIONS, ids=[c[0] for c in CONDITIONS])
def test_conditions_against_brute_force(text: str, rule: Callable[..., bool]) -> None:
    found = []
    for engine in ("compiled", "reference"):
        net, a, b = network(engine=engine)
        net.constant("half", 2.5)
        proj = net.connect(a, b, "exc").where(text)
        assert pairs(proj) == [(i, j) for i in range(42) for j in range(31) if rule(i, j, a, b)]
        found.append(storage(proj))
    assert found[0] == found[1]


GENERATORS: list[tuple[dict[str, Any], Callable[[int], list[int]], bool]] = [
    (dict(j="k for k in range(i - 3, i + 4) if i != k"), lambda i: [k for k in range(i - 3, i + 4) if k != i], False),
    (dict(j="i//2"), lambda i: [i // 2], False),
    (dict(j="2*k + 1 for k in range(i, 0, -5)"), lambda i: [2 * k + 1 for k in range(i, 0, -5)], False),
    (
        dict(j="k for k in range(N_post) if (i + k) % 7 == 0"),
        lambda i: [k for k in range(31) if (i + k) % 7 == 0],
        False,
    ),
    (dict(j="k for k in range(4) if a_post > 0.1"), lambda i: [3], False),
    (dict(i="k for k in range(j, j + 3) if k != j"), lambda j: [j + 1, j + 2], True),
]


@pytest.mark.parametrize(("arguments", "rule", "of_post"), GENERATORS, ids=[str(g[0]) for g in GENERATORS])
def test_generators_against_brute_force(arguments: dict[str, str], rule: Any, of_post: bool) -> None:
    found = []
    for engine in ("compiled", "reference"):
        net, a, b = network(engine=engine)
        proj = net.connect(a, b, "exc").where(**arguments, skip_if_invalid=True)
        if of_post:
            expected = [(i, j) for j in range(31) for i in rule(j) if 0 <= i < 42]
        else:
            expected = [(i, j) for i in range(42) for j in rule(i) if 0 <= j < 31]
        assert pairs(proj) == sorted(expected)
        found.append(storage(proj))
    assert found[0] == found[1]


def test_a_generator_that_leaves_the_group_is_an_error() -> None:
    net, a, b = network()
    with pytest.raises(rv.RanvierError, match=r"neuron 0 leads to postsynaptic neuron -1.*"):
        net.connect(a, b, "exc").where(j="k for k in range(i - 1, i)")
    with pytest.raises(rv.RanvierError, match="step"):
        net.connect(a, b, "exc").where(j="k for k in range(0, 3, i - i)")
    with pytest.raises(rv.RanvierError, match="not both"):
        net.connect(a, b, "exc").where("i < 3", j="i")
    with pytest.raises(rv.RanvierError, match="'range' or 'sample'"):
        net.connect(a, b, "exc").where(j="k for k in list(3)")
    filtered = net.connect(a, b, "exc").where(j="k for k in range(i - 1, i) if k >= 0 and k < N_post")
    assert filtered.nb_synapses == 31


def test_samples() -> None:
    net, a, b = network()
    some = net.connect(a, b, "exc").where(j="k for k in sample(2, 22, 2, size=4)")
    assert np.all(np.diff(some.connectivity.indptr) == 4)
    assert set(some.connectivity.target.tolist()) == set(range(2, 22, 2))
    assert len(set(pairs(some))) == some.nb_synapses
    counts = np.bincount(some.connectivity.target, minlength=31)[2:22:2]
    assert stats.chisquare(counts).pvalue > 1e-3
    chance = net.connect(a, b, "exc").where(j="k for k in sample(N_post, p=0.25) if k > 10")
    assert min(chance.connectivity.target) == 11
    assert abs(chance.nb_synapses - 42 * 20 * 0.25) < 4 * math.sqrt(42 * 20 * 0.25 * 0.75)
    with pytest.raises(rv.RanvierError, match="size"):
        net.connect(a, b, "exc").where(j="k for k in sample(3, size=4)")


def test_probability_and_number_of_synapses() -> None:
    """Counts follow their laws; a text and a number, and both engines, make the same synapses."""
    results = []
    for engine in ("compiled", "reference"):
        net, a, b = network(engine=engine)
        number = net.connect(a, a, "exc", name="n").where("i != j", probability=0.3, n=2)
        assert number.nb_synapses % 2 == 0
        assert abs(number.nb_synapses / 2 - 42 * 41 * 0.3) < 4 * math.sqrt(42 * 41 * 0.3 * 0.7)
        assert np.array_equal(np.unique(number.connectivity.multapse()), [0, 1])
        text = net.connect(a, b, "exc", name="t").where(probability="(i + 1)/42", n="1 + (j > 20)")
        assert {p for p in pairs(text) if p[0] == 41} == {(41, j) for j in range(31)}
        assert pairs(text).count((41, 25)) == 2
        assert pairs(text).count((41, 20)) == 1
        results.append((storage(number), storage(text)))
    assert results[0] == results[1]


def test_draws_belong_to_pairs() -> None:
    """A pair is connected or not whatever else is connected: draws are keyed by both ranks."""
    net, a, _ = network()
    whole = set(pairs(net.connect(a, a, "exc", name="x").where(probability=0.4)))
    other, c, _ = network()
    part = set(pairs(other.connect(c[5:30], c[[1, 9, 33]], "exc", name="x").where(probability=0.4)))
    assert part == {(i, j) for i, j in whole if 5 <= i < 30 and j in (1, 9, 33)}


def test_both_directions_are_independent() -> None:
    net = rv.Network(seed=4)
    pop = net.create(150, rv.Neuron(**CELL))  # type: ignore[arg-type]
    matrix = np.zeros((150, 150), bool)
    built = net.connect(pop, pop, "exc").where("i != j", probability=0.2).connectivity
    matrix[built.source, built.target] = True
    upper = np.triu_indices(150, 1)
    table = np.histogram2d(matrix[upper], matrix.T[upper], bins=2)[0]
    assert stats.chi2_contingency(table).pvalue > 1e-3
    assert stats.binomtest(int(matrix.sum()), 150 * 149, 0.2).pvalue > 1e-3


@pytest.mark.parametrize("same", [True, False])
def test_self_connections_and_multapses(same: bool) -> None:
    """Autapses are left out only where both sides are one population, by rank; multapses only where allowed."""
    net, a, b = network()
    post = a if same else b
    rules: dict[str, Callable[..., rv.Projection]] = {
        "total": lambda p, **o: p.fixed_total_number(900, **o),
        "total different": lambda p, **o: p.fixed_total_number(700, allow_multapses=False, **o),
        "total most": lambda p, **o: p.fixed_total_number(1200, allow_multapses=False, **o),
        "in": lambda p, **o: p.fixed_number_pre(30, **o),
        "in multiple": lambda p, **o: p.fixed_number_pre(90, allow_multapses=True, **o),
        "out": lambda p, **o: p.fixed_number_post(20, **o),
        "out multiple": lambda p, **o: p.fixed_number_post(90, allow_multapses=True, **o),
        "poisson": lambda p, **o: p.pairwise_poisson(1.2, **o),
        "all": lambda p, **o: p.all_to_all(**o),
        "probability": lambda p, **o: p.fixed_probability(0.9, **o),
    }
    for name, rule in rules.items():
        for allow in (False, True):
            found = pairs(rule(net.connect(a, post, "exc"), allow_self_connections=allow))
            assert any(i == j for i, j in found) == (allow or not same), name
            multiple = name in ("total", "in multiple", "out multiple", "poisson")
            assert (len(set(found)) < len(found)) == multiple, name
            if name.startswith("total"):
                assert len(found) == {"total": 900, "total different": 700, "total most": 1200}[name]


def test_laws_of_the_random_rules() -> None:
    net, a, b = network()
    rank = np.arange(42)
    total = net.connect(a, a, "exc").fixed_total_number(20_000)
    cells = np.zeros((42, 42))
    np.add.at(cells, (total.connectivity.source, total.connectivity.target), 1)
    assert np.all(cells[rank, rank] == 0)
    assert stats.chisquare(cells[~np.eye(42, dtype=bool)]).pvalue > 1e-3
    poisson = net.connect(a, b, "exc").pairwise_poisson(0.8)
    counts = np.zeros((42, 31), int)
    np.add.at(counts, (poisson.connectivity.source, poisson.connectivity.target), 1)
    seen = np.bincount(np.minimum(counts.reshape(-1), 4), minlength=5)
    law = stats.poisson(0.8).pmf(np.arange(4))
    assert stats.chisquare(seen, counts.size * np.append(law, 1 - law.sum())).pvalue > 1e-3
    both = net.connect(a, a, "exc").symmetric_bernoulli(0.3)
    assert {(j, i) for i, j in pairs(both)} == set(pairs(both))
    assert stats.binomtest(both.nb_synapses // 2, 42 * 41 // 2, 0.3).pvalue > 1e-3
    with pytest.raises(rv.RanvierError, match="group with itself"):
        net.connect(a, b, "exc").symmetric_bernoulli(0.3)


def gaussian_by_hand(shapes: Any, profile: Callable[[float], float], least: float, same: bool) -> dict[Any, float]:
    found = {}
    for i in range(math.prod(shapes[0])):
        for j in range(math.prod(shapes[1])):
            where = [
                [c / (s - 1) if s > 1 else 0.0 for c, s in zip(np.unravel_index(r, shape), shape, strict=True)]
                for r, shape in ((i, shapes[0]), (j, shapes[1]))
            ]
            value = profile(sum((x - y) ** 2 for x, y in zip(*where, strict=True)))
            if abs(value) > least and not (same and i == j):
                found[i, j] = value
    return found


@pytest.mark.parametrize("shapes", [((12,), (9,)), ((4, 5), (6, 3)), ((2, 3, 4), (2, 3, 4)), ((5, 1), (5, 1))])
def test_gaussian_and_dog(shapes: Any) -> None:
    net = rv.Network(seed=1)
    cell = rv.Neuron(**CELL)  # type: ignore[arg-type]
    a = net.create(shapes[0], cell)
    b = a if shapes[0] == shapes[1] else net.create(shapes[1], cell)

    def by_pair(proj: rv.Projection) -> dict[Any, float]:
        matrix = proj.connectivity_matrix(fill=np.nan)
        return {(i, j): matrix[j, i] for i, j in pairs(proj)}

    one = by_pair(net.connect(a, b, "exc").gaussian(amp=-2.0, sigma=0.2, limit=0.05))
    expected = gaussian_by_hand(shapes, lambda d: -2.0 * math.exp(-d / (2 * 0.04)), 0.05 * 2.0, a is b)
    assert one.keys() == expected.keys()
    assert all(one[key] == pytest.approx(expected[key], rel=1e-14) for key in one)
    two = by_pair(net.connect(a, b, "exc").connect_dog(3.0, 0.1, 1.0, 0.4, delays=2.0, allow_self_connections=True))
    expected = gaussian_by_hand(shapes, lambda d: 3.0 * math.exp(-d / 0.02) - math.exp(-d / 0.32), 0.01 * 2.0, False)
    assert two.keys() == expected.keys()
    assert all(two[key] == pytest.approx(expected[key], rel=1e-12, abs=1e-15) for key in two)


def test_geometries_of_a_gaussian_must_match() -> None:
    net, a, b = network()
    with pytest.raises(rv.RanvierError, match="dimensions"):
        net.connect(a, b, "exc").gaussian(1.0, 0.1)
    with pytest.raises(rv.RanvierError, match="sigma"):
        net.connect(a, a, "exc").gaussian(1.0, 0.0)


def test_positions() -> None:
    net, a, b = network()
    assert a.positions.shape == (42, 2)
    assert tuple(a.positions[9]) == a.coordinates_from_rank(9) == a.neuron(9).position
    assert np.array_equal(a[3:5].positions, a.positions[3:5])
    places = np.random.default_rng(1).uniform(0, 100, (42, 3))
    a.positions, b.positions = places, places[:31] + 1.0
    near = net.connect(a, b, "exc").where(
        "dist < 40", weights="0.5*dist + x_pre - position_z_post", delays="1 + dist/50"
    )
    distance = np.sqrt(((places[:, None] - places[None, :31] - 1.0) ** 2).sum(axis=2))
    assert pairs(near) == sorted(zip(*(x.tolist() for x in np.nonzero(distance < 40)), strict=True))
    row, column = near.connectivity.source, near.connectivity.target
    expected = 0.5 * distance[row, column] + places[row, 0] - places[column, 2] - 1.0
    assert near.connectivity_matrix()[column, row] == pytest.approx(expected, rel=1e-13)
    for wrong in (places[:5], np.zeros((42, 4)), "x", np.full((42, 2), np.nan)):
        with pytest.raises(rv.RanvierError, match="positions"):
            a.positions = wrong


WEIGHTS = [2.5, "0.1*i + j", rv.Uniform(0.5, 1.5), "pre.a*post.a"]
DELAYS = [1.5, rv.DiscreteUniform(1, 4), "0.5 + 0.5*(i % 3)"]


@pytest.mark.parametrize("delays", DELAYS, ids=str)
@pytest.mark.parametrize("weights", WEIGHTS, ids=str)
def test_weights_and_delays_of_every_kind(weights: Any, delays: Any) -> None:
    """What a text about synapses says holds whichever connector made them, also between views."""
    net, a, b = network()
    ends = a[4:30] + a[35], b[::2]
    for make in (
        lambda p: p.fixed_probability(0.4, weights=weights, delays=delays),
        lambda p: p.where("i % 2 == 0", n=2, weights=weights, delays=delays),
        lambda p: p.fixed_total_number(100, weights=weights, delays=delays),
    ):
        proj = make(net.connect(*ends, "exc"))
        built = proj.connectivity
        i, j = built.source[built.public].astype(float), built.target[built.public].astype(int)
        assert set(i) <= {*range(4, 30), 35}
        assert set(j) <= set(range(0, 31, 2))
        known: dict[Any, NDArray[Any]] = {
            2.5: np.full(i.size, 2.5),
            1.5: np.full(i.size, 1.5),
            "0.1*i + j": 0.1 * i + j,
            "0.5 + 0.5*(i % 3)": 0.5 + 0.5 * (i % 3),
            "pre.a*post.a": a.a.reshape(-1)[i.astype(int)] * b.a[j],
        }
        if not isinstance(weights, rv.Uniform):
            assert np.array_equal(np.broadcast_to(proj.w, i.shape), known[weights])
        else:
            assert 0.5 <= proj.w.min() < proj.w.max() < 1.5
        expected = known.get(delays) if isinstance(delays, (float, str)) else None
        assert expected is None or np.array_equal(proj.delay, expected)
        assert set(proj.delay / 0.5 % 1) == {0.0}


WRONG: list[tuple[dict[str, Any], str]] = [
    (dict(condition="i < unknown"), "unknown"),
    (dict(condition="i <"), "E101"),
    (dict(condition="w > 1"), "only synapses"),
    (dict(condition="mean(pre.v) > 1"), "only synapses"),
    (dict(condition="v_nothing_pre > 1"), "v_nothing"),
    (dict(probability=1.5), "probability"),
    (dict(n=-1), "n must be"),
    (dict(n=1.5), "n must be"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[str(w[0]) for w in WRONG])
def test_wrong_conditions_name_the_place(arguments: dict[str, Any], message: str) -> None:
    net, a, b = network()
    proj = net.connect(a, b, "exc")
    with pytest.raises(rv.RanvierError, match=message):
        proj.where(**arguments)
    assert not proj.connected
    assert proj.where("i == j").nb_synapses == 31


def test_units_in_conditions() -> None:
    net = rv.Network(dt=0.1, seed=2)
    cell = rv.Neuron(equations="dv/dt = -v/(10*ms) : volt\nh : metre", threshold="v > 1*volt", reset="v = 0*volt")
    pop = net.create(10, cell)
    pop.h = "i*10*um"
    proj = net.connect(pop, pop, "", rv.Synapse(pre_spike="v_post += w*mV"))
    proj.where("abs(h_pre - h_post) < 15*um and i != j")
    assert pairs(proj) == [(i, j) for i in range(10) for j in range(10) if abs(i - j) == 1]
    with pytest.raises(rv.RanvierError, match="E301"):
        net.connect(pop, pop, "", rv.Synapse(pre_spike="v_post += w*mV")).where("h_pre < 3*mV")


def test_names_from_outside() -> None:
    """The namespace of a call, and the constants of the network."""
    net, a, b = network()
    net.constant("least", 3)
    proj = net.connect(a, b, "exc").where("i + j < most and i > least", n=3, namespace=dict(most=8.5))
    assert pairs(proj) == sorted(3 * [(i, j) for i in range(4, 42) for j in range(31) if i + j < 8.5])
    made = net.connect(a, b, "exc").where(j="k for k in range(most) if i < most - k", namespace=dict(most=4))
    assert pairs(made) == [(i, k) for i in range(4) for k in range(4) if i < 4 - k]
    with pytest.raises(rv.RanvierError, match="namespace"):
        net.connect(a, b, "exc").where("i < outside")


@pytest.mark.parametrize("chunk", [1, 100, 1 << 30])
def test_how_many_pairs_are_decided_at_once_changes_nothing(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def make() -> list[Any]:
        net, a, b = network()
        return [
            storage(net.connect(a, b, "exc").where("i > 3", probability="0.1*(j % 9)", n="1 + poisson(0.3)")),
            storage(net.connect(a, b, "exc").where(j="k for k in sample(N_post, size=5)", probability=0.5)),
            storage(net.connect(a, b, "exc").where(i="k for k in sample(j, N_pre, p=0.3)")),
        ]

    expected = make()
    monkeypatch.setattr("ranvier.runtime.connect.conditions.CHUNK", chunk)
    monkeypatch.setattr("ranvier.runtime.connect.generators.CHUNK", chunk)
    assert make() == expected


def test_a_text_is_compiled_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other sizes, values and probabilities are run-time arguments of the same kernel."""
    monkeypatch.setenv("RANVIER_CACHE_DIR", str(tmp_path))
    counts = []
    for size, p in ((10, 0.1), (20, 0.9), (300, 0.5)):
        net = rv.Network(seed=size)
        pop = net.create(size, rv.Neuron(**CELL))  # type: ignore[arg-type]
        net.connect(pop, pop, "exc").where("i - j < 7919", probability=p)
        counts.append(rv.cache.stats()["compiled"])
    assert counts[0] == counts[1] == counts[2]


@pytest.mark.parametrize("precision", ["double", "single"])
def test_views_and_unions_run(precision: Any) -> None:
    """A network connected by texts runs, with equal results on both engines."""
    rates = []
    for engine in ("compiled", "reference"):
        net = rv.Network(dt=0.5, seed=6, precision=precision, engine=engine)
        cell = rv.Neuron("I = 20.0", "10*dv/dt = I - v + g_exc", spike="v > 15", reset="v = 0")
        pop = net.create((5, 8), cell)
        pop.v = "15*rand()"
        net.connect(pop[:9] + pop[20:33], pop[1, :] + pop[3, :], "exc").where(
            "v_pre > v_post", probability=0.5, weights="0.3 + 0.1*(i - j)/40", delays="1.0 + 0.5*(j % 3)"
        )
        net.simulate(50.0)
        rates.append(pop.v.tobytes())
    assert rates[0] == rates[1]
