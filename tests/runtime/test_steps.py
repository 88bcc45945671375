"""What happens once per step: shared variables, functions over a population, events, attached code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv
from ranvier.runtime.reference.ops import reduced


def cells(n: int, equations: str, dt: float = 0.1, **more: Any) -> tuple[Any, Any]:
    net = rv.Network(dt=dt, seed=1)
    return net, net.create(n, rv.Neuron(equations=equations, **more))


def test_shared_values_are_taken_where_the_statement_stands() -> None:
    net, pop = cells(3, "a = s\ns = s + 1 : population\nb = s\ns += 10\nr = s")
    net.step()
    net.step()
    assert (pop.a.tolist(), pop.b.tolist(), pop.r.tolist(), pop.s) == ([11.0] * 3, [12.0] * 3, [22.0] * 3, 22.0)
    pop.s = 100.0
    net.step()
    assert pop.a.tolist() == [100.0] * 3
    net.reset()
    assert pop.s == 0.0


def test_equations_of_one_block_use_old_values() -> None:
    net, pop = cells(2, "ds/dt = 1.0 : population\ndr/dt = s")
    for _ in range(3):
        net.step()
    assert pop.s == pytest.approx(0.3)
    assert pop.r[0] == pytest.approx(0.1 * (0.0 + 0.1 + 0.2))


def test_one_draw_per_step_for_a_shared_variable() -> None:
    net, pop = cells(100, "s = rand() : population\nnoise = rand() : 1 (shared)\nr = rand()\nq = noise - noise")
    seen = []
    for _ in range(5):
        net.step()
        seen.append(pop.s)
    assert len(set(seen)) == 5
    assert len(np.unique(pop.r)) == 100
    assert not pop.q.any()


def test_functions_over_a_population_see_the_start_of_the_step() -> None:
    net, pop = cells(5, "v = v + 1 : init=0\nm = mean(v)\nr = sum(v) + max(-v)")
    pop.v = [1.0, 2.0, 3.0, 4.0, 5.0]
    net.step()
    assert pop.m.tolist() == [3.0] * 5
    assert pop.r.tolist() == [14.0] * 5
    assert pop.v[0] == 2.0


@pytest.mark.parametrize("n", [1, 2, 63, 64, 65, 511, 512, 513, 1025, 5000])
def test_their_values(n: int) -> None:
    net, pop = cells(n, "v : init=0\nr = mean(v)\na = min(v)\nb = max(v)\nc = sum(v)\nd = norm1(v)\ne2 = norm2(v)")
    pop.set({"v": values} if (values := np.random.default_rng(n).normal(size=n)) is not None else {})
    net.step()
    # The rounding error of a sum in blocks is below (number of roundings in a row) * eps * sum of |v|.
    bound = (512 / 16 + 4 + np.ceil(np.log2(n / 512 + 1)) + 2) * 2.0**-53 * np.abs(values).sum()
    assert (pop.a[0], pop.b[0]) == (values.min(), values.max())
    assert abs(pop.c[0] - values.sum()) <= 2 * bound
    assert abs(pop.r[0] - values.mean()) <= 2 * bound / n + 2.0**-53
    assert abs(pop.d[0] - np.abs(values).sum()) <= 2 * bound
    assert pop.e2[0] == pytest.approx(np.sqrt((values**2).sum()), rel=1e-14)


def test_the_order_of_a_sum_is_the_one_that_is_written_down() -> None:
    values = np.random.default_rng(1).normal(size=1300) * 10.0 ** np.random.default_rng(2).integers(-8, 8, 1300)
    parts = []
    for block in range(0, 1300, 512):
        lanes = [0.0] * 16
        for lane in range(16):
            for k, x in enumerate(values[block : block + 512][lane::16]):
                lanes[lane] = x if k == 0 else lanes[lane] + x
        while len(lanes) > 1:
            half = len(lanes) // 2
            lanes = [a + b for a, b in zip(lanes[:half], lanes[half:], strict=True)]
        parts.append(lanes[0])
    expected = (parts[0] + parts[1]) + parts[2]
    net, pop = cells(1300, "v : init=0\nr = sum(v)")
    pop.v = values
    net.step()
    assert pop.r[0] == expected == reduced("sum", values)[0]


def test_nested_functions_give_a_variance() -> None:
    net, pop = cells(1000, "v = randn()\nr = mean((v - mean(v))**2)")
    net.step()
    net.step()
    assert 0.8 < pop.r[0] < 1.2


def test_nan_and_infinity_reach_the_result() -> None:
    net = rv.Network(dt=0.1, nan_check=False)
    pop = net.create(600, rv.Neuron(equations="v : init=0\nr = min(v)\na = max(v)\nb = sum(v)"))
    pop.v[555] = np.nan
    net.step()
    assert np.isnan([pop.r[0], pop.a[0], pop.b[0]]).all()
    pop.v[555] = np.inf
    net.step()
    assert (pop.r[0], pop.a[0], pop.b[0]) == (0.0, np.inf, np.inf)


def test_bounds_types_and_initial_values() -> None:
    text = "n = n + 2 : int, population, max=5\nf = n > 3 : bool, population\nr = f : init=Uniform(1.0, 2.0)"
    net, pop = cells(4, text)
    assert (pop.n, pop.f) == (0, False)
    assert (pop.r >= 1).all()
    for _ in range(3):
        net.step()
    assert (pop.n, pop.f, pop.r.tolist()) == (5, True, [1.0] * 4)


def test_code_at_spikes_counts_into_a_shared_variable() -> None:
    net, pop = cells(50, "count : int, population\ndv/dt = 0.01*(i % 3)", spike="v > 0.05", reset="v = 0\ncount += 1")
    monitor = net.monitor(pop, "spike")
    net.simulate(30.0)
    assert pop.count == sum(map(len, monitor.get("spike").values())) > 0


def test_constant_over_dt_is_taken_at_the_start_of_the_step() -> None:
    net, pop = cells(2, "v = v + 1\nr = w2\nw2 = 10*v : 1 (constant over dt)")
    net.step()
    net.step()
    assert pop.r.tolist() == [10.0, 10.0]


# -- events ------------------------------------------------------------------------------------------------


def test_a_custom_event_and_its_code() -> None:
    net, pop = cells(3, "was = v\nv = v + 1", spike="v > 1e9", events={"third": "v % 3 == 0"})
    pop.run_on_event("third", "v += 0.5")
    monitor = net.monitor(pop, ["third", "v"])
    net.simulate(0.4)
    data = monitor.get()
    assert data["third"] == {0: [2], 1: [2], 2: [2]}
    assert data["v"][:, 0].tolist() == [1.0, 2.0, 3.5, 4.5]


def test_an_axonal_spike_ignores_refractoriness() -> None:
    net, pop = cells(
        1, "dv/dt = 1.0", spike="v > 0.25", reset="v = 0", refractory=100.0,
        axon_spike="t > 0.55", axon_reset="v += 1\nv -= 1 : unless_refractory",
    )  # fmt: skip
    monitor = net.monitor(pop, ["spike", "axon_spike"])
    net.simulate(1.0)
    assert monitor.get() == {"spike": {0: [2]}, "axon_spike": {0: [6, 7, 8, 9]}}
    assert pop.v[0] == 4.0


def test_synapses_listen_to_events() -> None:
    net, pop = cells(2, "v : init=0\nx : init=0", spike="False", events={"go": "t < 0.05"})
    synapse = rv.Synapse(pre_spike={"pre": "x_post += w"}, on_event={"pre": "go"})
    net.connect(pop, pop, "", synapse).one_to_one(weights=2.0, delays=0.3)
    monitor = net.monitor(pop, "x")
    net.simulate(0.6)
    assert monitor.get("x")[:, 0].tolist() == [0.0, 0.0, 0.0, 2.0, 2.0, 2.0]


def test_events_on_their_way_survive_store_and_restore() -> None:
    net, pop = cells(2, "x : init=0\nv = 0", spike="False", axon_spike="t < 0.05")
    net.connect(pop, pop, "", rv.Synapse(pre_axon_spike="x_post += w")).one_to_one(weights=1.0, delays=0.5)
    net.simulate(0.2)
    net.store()
    for _ in range(2):
        net.simulate(0.5)
        assert pop.x.tolist() == [1.0, 1.0]
        net.restore()
        assert pop.x.tolist() == [0.0, 0.0]
    net.reset()
    net.simulate(0.6)
    assert pop.x.tolist() == [1.0, 1.0]


def test_mistakes_about_events() -> None:
    net, pop = cells(2, "dv/dt = 1.0", spike="v > 1", events={"up": "v > 0.5"})
    with pytest.raises(rv.RanvierError, match="event of population"):
        pop.run_on_event("down", "v = 0")
    with pytest.raises(rv.RanvierError, match="unknown name 'u'"):
        pop.run_on_event("up", "u = 0")
    with pytest.raises(rv.RanvierError, match="event of population"):
        net.connect(pop, pop, "", rv.Synapse(pre_spike="w += 1", on_event={"pre": "down"}))
    with pytest.raises(rv.RanvierError, match="pathway"):
        rv.Synapse(pre_spike="w += 1", on_event={"other": "up"})
    with pytest.raises(rv.RanvierError, match="name of an event"):
        rv.Neuron(equations="dv/dt = 1.0", spike="v > 1", events={"spike": "v > 2"})


# -- regular code and conditions ---------------------------------------------------------------------------


def test_regular_code_runs_on_the_clock_of_the_network() -> None:
    net, pop = cells(2, "seen : init=-1\nI : init=0\nr = I")
    pop.run_regularly("seen = t\nI = I + 1", period=0.3, offset=0.1)
    monitor = net.monitor(pop, "I")
    for _ in range(4):
        net.simulate(0.2)
    assert monitor.get("I")[:, 0].tolist() == [0, 1, 1, 1, 2, 2, 2, 3]
    assert pop.seen[0] == pytest.approx(0.7)


def test_pieces_of_code_run_in_the_order_of_their_declaration() -> None:
    net = rv.Network(dt=0.1)
    one, two = (net.create(1, rv.Neuron(equations="x : init=1\nr = x")) for _ in range(2))
    two.run_regularly("x = 2*x")
    one.run_regularly("x = x + 10")
    two.run_regularly("x = x + 1")
    net.step()
    assert (one.x[0], two.x[0]) == (11.0, 3.0)


def test_code_may_write_what_the_model_takes_as_fixed() -> None:
    """A quantity that the model only reads is hoisted out of its steps; code that writes it is seen all the same."""
    net, pop = cells(3, "rate : init=1\ndr/dt = exp(rate) + rate**2/7")
    monitor = net.monitor(pop, "r")
    pop.run_regularly("rate = 1 + i + t", period=0.2)
    net.simulate(1.0)
    expected = np.zeros(3)
    for k, row in enumerate(monitor.get("r")):
        rate = 1 + np.arange(3) + 0.1 * (k - k % 2)
        expected += 0.1 * (np.exp(rate) + rate**2 / 7)
        np.testing.assert_allclose(row, expected, rtol=1e-13)


def test_code_is_compiled_once_per_text() -> None:
    neuron = rv.Neuron(equations="v : init=0\nr = v")
    net = rv.Network(dt=0.1)
    before = rv.cache.stats()["compiled"]
    for _ in range(3):
        net.create(2, neuron).run_regularly("v = 0.25*t + 17", period=1.0)
    net.compile()
    assert rv.cache.stats()["compiled"] <= before + 2


def test_mistakes_in_regular_code() -> None:
    _, pop = cells(2, "s : population\nr = s", parameters="k = 1.0")
    for text, message in (("k = 2", "read-only"), ("s = r", "one value per neuron"), ("x = 1", "unknown name")):
        with pytest.raises(rv.RanvierError, match=message):
            pop.run_regularly(text)
    with pytest.raises(rv.RanvierError, match="at least dt"):
        pop.run_regularly("r = 0", period=0.0)


@pytest.mark.parametrize(
    ("first", "second", "operator", "steps"),
    [("any", "any", "and", 8), ("any", "any", "or", 4), ("all", "any", "or", 6), ("all", "all", "and", 12)],
)
def test_stop_conditions(first: str, second: str, operator: str, steps: int) -> None:
    """Neuron i of the first population passes 1 in step 4 or 6, of the second in step 8 or 12 (counted from 1)."""
    net = rv.Network(dt=1.0)
    make = rv.Neuron(equations="k : init=0\nx = 2*k : 1\ndr/dt = k")
    one = net.create(2, make, stop_condition=f"r + x/1e6 >= 1 - 1e-6 : {first}")
    two = net.create(2, make, stop_condition=f"2*r >= 2 - 1e-6 : {second}")
    one.k, two.k = [1 / 4, 1 / 6], [1 / 8, 1 / 12]
    assert net.simulate_until(50.0, [one, two], operator) == float(steps)


def test_a_stop_condition_over_the_population() -> None:
    net = rv.Network(dt=1.0)
    pop = net.create(3, rv.Neuron(equations="dr/dt = i"), stop_condition="mean(r) > 4.5")
    assert net.simulate_until(50.0, pop) == 5.0


# -- types, bounds, tables ---------------------------------------------------------------------------------


def test_bounds_hold_in_all_code() -> None:
    text = "v = v : min=-1, max=1, init=0\nn : int, min=0, max=3, init=1\nr = v"
    net, pop = cells(3, text, spike="t < 0.05", reset="v -= 5\nn -= 4", events={"go": "True"})
    net.step()
    assert (pop.v.tolist(), pop.n.tolist()) == ([-1.0] * 3, [0] * 3)
    pop.run_on_event("go", "v += 0.25 : max=0.1\nn += 2.7")
    net.step()
    net.step()
    assert (pop.v.tolist(), pop.n.tolist()) == ([-0.5] * 3, [3] * 3)
    pop.run_regularly("v = 10.0*(i - 1)\nn = -i")
    net.step()
    assert (pop.v.tolist(), pop.n.tolist()) == ([-0.75, 0.1, 0.1], [2] * 3)


def test_integers_and_booleans_keep_their_types() -> None:
    text = "n = n + 1.9 : int\nf = n % 2 : bool\nflips : int, init=DiscreteUniform(0, 5)\nr = ite(f, 10, 20)"
    net, pop = cells(200, text)
    assert set(pop.flips.tolist()) == set(range(6))
    pop.run_regularly("f = not f\nflips += f")
    before = pop.flips.copy()
    for _ in range(3):
        net.step()
    assert (pop.n.dtype, pop.f.dtype) == (np.dtype(np.int64), np.dtype(np.bool_))
    assert (pop.n[0], pop.r[0]) == (3, 10.0)
    assert (pop.flips - before).tolist() == [2] * 200
    pop.f = np.arange(200) % 2 == 0
    assert pop.f.sum() == 100


def test_initial_values_may_be_random_and_use_parameters() -> None:
    text = "v : init=low + Uniform(0.0, 1.0)\ns = s : population, init=2*low\nr = v"
    _, pop = cells(500, text, parameters="low = 3.0")
    assert (pop.v.min() > 3.0, pop.v.max() < 4.0, len(np.unique(pop.v)), pop.s) == (True, True, 500, 6.0)


def test_tables_in_shared_statements_and_in_code() -> None:
    drive = rv.TimedArray(np.array([1.0, 2.0, 4.0]), schedule=0.2)
    rows = rv.TimedArray(np.arange(6.0).reshape(3, 2), schedule=0.2)
    net, pop = cells(2, "s = drive(t) : population\nx : init=0\nr = x + s", namespace=dict(drive=drive, rows=rows))
    pop.run_regularly("x = rows(t, i)")
    monitor = net.monitor(pop, ["s", "r"])
    net.simulate(0.6)
    data = monitor.get()
    assert data["s"].tolist() == [1.0, 1.0, 2.0, 2.0, 4.0, 4.0]
    assert data["r"].tolist() == [[1, 2], [1, 2], [4, 5], [4, 5], [8, 9], [8, 9]]
