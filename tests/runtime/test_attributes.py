"""Attributes of populations, views and neurons: reading, writing, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv


@pytest.fixture
def pop() -> Any:
    neuron = rv.Neuron(
        """
        tau = 20.0
        I = 1.5 : population
        n = 3 : int
        flag = True : bool
        """,
        "tau*dv/dt = I - v + g_exc : init=-60.0\ncount = count + 1 : int",
        "v > 1",
        "v = 0",
    )
    return rv.Network(dt=0.1, seed=5).create((3, 4), neuron, name="grid")


def test_live_array_in_the_geometry(pop: Any) -> None:
    assert pop.v.shape == (3, 4)
    assert pop.v.dtype == np.float64
    assert np.all(pop.v == -60.0)
    pop.v[1, 2] = 7.0
    assert pop.neuron(1, 2).v == 7.0
    assert pop.neuron((1, 2)).v == pop.neuron(6).v
    live = pop.v
    pop.v = 3.0
    assert np.all(live == 3.0), "the array is the same one"
    pop.v += 1.0
    assert np.all(live == 4.0)


def test_shared_value_is_a_number(pop: Any) -> None:
    assert isinstance(pop.I, float)
    assert pop.I == 1.5
    pop.I = 2.5
    pop.I += 1
    assert pop.I == 3.5
    assert pop[2:5].I == 3.5
    with pytest.raises(rv.RanvierError, match="one value for the whole population"):
        pop[2:5].I = 1.0


@pytest.mark.parametrize("value", [np.arange(12.0), np.arange(12.0).reshape(3, 4), list(range(12))])
def test_arrays_of_either_shape(pop: Any, value: Any) -> None:
    pop.v = value
    assert np.array_equal(pop.v.reshape(-1), np.arange(12.0))


@pytest.mark.parametrize("value", [np.zeros(11), np.zeros((4, 3)), np.zeros((2, 6)), [[1.0], [2.0]]])
def test_wrong_shapes_are_refused_before_anything_is_written(pop: Any, value: Any) -> None:
    with pytest.raises(rv.RanvierError, match="shape") as error:
        pop.v = value
    assert error.value.code.startswith("E5")
    assert np.all(pop.v == -60.0)


@pytest.mark.parametrize("value", ["abc", object(), None, "3 apples", 1 + 2j])
def test_what_is_no_number_is_refused(pop: Any, value: Any) -> None:
    with pytest.raises(rv.RanvierError):
        pop.v = value
    assert np.all(pop.v == -60.0)


def test_an_unknown_name_is_an_error_with_the_nearest(pop: Any) -> None:
    with pytest.raises(rv.RanvierError, match="tau"):
        pop.tua = 3.0
    with pytest.raises(AttributeError, match="tau"):
        pop.tua  # noqa: B018
    with pytest.raises(rv.RanvierError, match="tau"):
        pop.set({"v": 1.0, "tua": 2.0})
    assert np.all(pop.v == -60.0)
    assert not hasattr(pop, "nothing")


def test_python_attributes_cannot_be_overwritten(pop: Any) -> None:
    with pytest.raises(rv.RanvierError, match="size"):
        pop.size = 3


def test_ints_and_bools_are_copies(pop: Any) -> None:
    assert pop.n.dtype == np.int64
    assert pop.flag.dtype == np.bool_
    with pytest.raises(rv.RanvierError, match="copy"):
        pop.n[0, 0] = 4
    pop.flag ^= True
    assert not pop.flag.any()
    pop.n *= 2
    assert np.all(pop.n == 6)
    pop.n = rv.DiscreteUniform(1, 4)
    assert set(np.unique(pop.n)) <= {1, 2, 3, 4}
    with pytest.raises(rv.RanvierError, match="whole numbers"):
        pop.n = 0.5


def test_results_of_copies_are_ordinary_arrays(pop: Any) -> None:
    doubled = pop.n * 2
    doubled[0, 0] = 99
    assert doubled[0, 0] == 99
    assert np.array(pop.n).flags.writeable


def test_text_values(pop: Any) -> None:
    pop.v = "I*2.0 + i"
    assert np.array_equal(pop.v.reshape(-1), 3.0 + np.arange(12))
    pop.v = "v + 1"
    assert np.array_equal(pop.v.reshape(-1), 4.0 + np.arange(12))
    pop.tau = "10.0 + 5.0*rand()"
    first = pop.tau.copy()
    assert np.unique(first).size == 12
    assert first.min() >= 10.0
    assert first.max() < 15.0
    pop.tau = "10.0 + 5.0*rand()"
    assert not np.array_equal(pop.tau, first), "the number of assignments is part of the stream"
    with pytest.raises(rv.RanvierError, match="tua") as error:
        pop.v = "tua + 1"
    assert "^" in str(error.value)


def test_quantities() -> None:
    neuron = rv.Neuron(dict(tau="20 ms", El="-60 mV"), "dv/dt = (El - v)/tau : volt", threshold="v > 0*mV")
    net = rv.Network(seed=1)
    pop = net.create(4, neuron)
    assert pop.tau == 20.0
    assert pop.El == -60.0
    pop.v = "-0.07 volt"
    np.testing.assert_allclose(pop.v, -70.0, rtol=1e-15)
    pop.v = "El + 5*mV"
    assert np.all(pop.v == -55.0)
    pop.tau = "0.01 second"
    np.testing.assert_allclose(pop.tau, 10.0, rtol=1e-15)
    with pytest.raises(rv.RanvierError, match=r"tau must be in second, but .* is in volt"):
        pop.tau = "3 mV"


def test_pint_quantities() -> None:
    pint = pytest.importorskip("pint")
    u = pint.UnitRegistry()
    neuron = rv.Neuron(dict(tau=20 * u.ms, g="3 nS"), "dv/dt = -v/tau : volt", spike="v > 0*mV")
    pop = rv.Network(dt=0.1 * u.ms, seed=1).create(4, neuron)
    assert pop.tau == 20.0
    pop.v = [1, 2, 3, 4] * u.mV
    np.testing.assert_allclose(pop.v, [1, 2, 3, 4], rtol=1e-12)
    pop.g = 2e-9 * u.siemens
    np.testing.assert_allclose(pop.g, 2.0, rtol=1e-12)
    with pytest.raises(rv.RanvierError, match=r"tau must be in second, but .* is in volt"):
        pop.tau = 3 * u.mV


def test_views_read_and_write(pop: Any) -> None:
    pop.v = np.arange(12.0)
    part = pop[3:6]
    assert part.size == 3
    assert list(part.ranks) == [3, 4, 5]
    part.v[0] = 50.0
    assert pop.v[0, 3] == 50.0, "a slice is live"
    chosen = pop[[7, 2]]
    assert list(chosen.v) == [7.0, 2.0]
    with pytest.raises(rv.RanvierError, match="copy"):
        chosen.v[0] = 1.0
    chosen.v = [70.0, 20.0]
    assert pop.neuron(7).v == 70.0
    assert pop.neuron(2).v == 20.0
    chosen.v += 1.0
    assert pop.neuron(7).v == 71.0
    pop[pop.v > 60].v = 0.0
    assert pop.neuron(7).v == 0.0
    assert list(pop[1, :].ranks) == [4, 5, 6, 7]
    assert list(pop[0:2, 3].ranks) == [3, 7]
    assert list((pop[0:2] + pop[[1, 5]]).ranks) == [0, 1, 5]
    assert list(pop[2:8][1:3].ranks) == [3, 4]
    assert list(pop[-1].ranks) == [11]


@pytest.mark.parametrize("index", [12, [0, 12], [1, 1], "a", np.zeros(5, bool), (0, 9), (0, 0, 0), 1.5])
def test_bad_indices(pop: Any, index: Any) -> None:
    with pytest.raises(rv.RanvierError):
        pop[index]


def test_views_draw_by_ranks_of_their_population() -> None:
    def make() -> Any:
        return rv.Network(seed=2).create(100, rv.models.LIF(), name="p")

    whole, part = make(), make()
    whole.v = rv.Uniform(0.0, 1.0)
    part[20:30].v = rv.Uniform(0.0, 1.0)
    assert np.array_equal(whole.v[20:30], part.v[20:30])
    assert np.all(part.v[:20] == 0.0)


def test_coordinates(pop: Any) -> None:
    assert pop.rank_from_coordinates((1, 2)) == 6
    assert pop.coordinates_from_rank(6) == (1, 2)
    assert pop.normalized_coordinates_from_rank(11) == (1.0, 1.0)
    with pytest.raises(rv.RanvierError):
        pop.rank_from_coordinates((3, 0))
    with pytest.raises(rv.RanvierError):
        pop.neuron(12)


def test_assignments_act_in_the_next_step() -> None:
    net = rv.Network(dt=1.0, seed=1)
    pop = net.create(3, rv.Neuron("a = 0.0", "v = v + a", "v > 100"))
    net.simulate(2.0)
    assert np.all(pop.v == 0.0)
    pop.a = [1.0, 2.0, 3.0]
    net.simulate(2.0)
    assert list(pop.v) == [2.0, 4.0, 6.0]
    pop.a = 1.0
    net.step()
    assert list(pop.v) == [3.0, 5.0, 7.0]


def test_parameters_of_dictionaries() -> None:
    neuron = rv.Neuron(
        dict(
            a=1.0,
            b=rv.Parameter(2.0, "local"),
            c=rv.Parameter(rv.Uniform(0, 1), "local"),
            d="a + 1",
            k=rv.Parameter(2, type=int),
        ),
        [rv.Variable("dv/dt = a + b + c + d + k", init=rv.Normal(5.0, 1.0)), rv.Variable("u = v", min=0, max="a")],
        spike="v > 1e6",
    )
    net = rv.Network(dt=1.0, seed=1)
    pop = net.create(50, neuron)
    assert pop.a == 1.0
    assert pop.b.shape == (50,)
    assert np.unique(pop.c).size == 50
    assert pop.d == 2.0
    assert pop.k == 2
    assert np.unique(pop.v).size == 50
    net.step()
    assert np.all(pop.u == 1.0)


def test_initial_values_of_texts() -> None:
    neuron = rv.Neuron(
        "El = -60.0\nVt = El + 10.0", "dv/dt = El - v : init=El\ndu/dt = -u : init=Uniform(0.0, 1.0)", "v > Vt"
    )
    pop = rv.Network(seed=1).create(10, neuron)
    assert np.all(pop.v == -60.0)
    assert np.all(pop.Vt == -50.0)
    assert np.unique(pop.u).size == 10


def test_refractory_is_an_attribute() -> None:
    net = rv.Network(dt=0.1, seed=1)
    pop = net.create(2, rv.Neuron(equations="dv/dt = 1", spike="v > 0.95", reset="v = 0", refractory="2 ms"))
    assert np.all(pop.refractory == 2.0)
    pop.refractory = [0.0, 5.0]
    mon = net.monitor(pop, "spike")
    net.simulate(30.0)
    spikes = mon.get("spike")
    gaps = [set(np.diff(spikes[r])) for r in (0, 1)]
    assert gaps[1] == {next(iter(gaps[0])) + 50}


def test_spec_from_another_network_is_refused() -> None:
    a, b = rv.Network(seed=1), rv.Network(seed=1)
    p, q = a.create(2, rv.models.LIF()), b.create(2, rv.models.LIF())
    with pytest.raises(rv.RanvierError, match="another network"):
        a.connect(p, q, "exc")
    with pytest.raises(rv.RanvierError):
        p[:1] + q[:1]


def test_names_are_unique() -> None:
    net = rv.Network(seed=1)
    net.create(2, rv.models.LIF(), name="a")
    with pytest.raises(rv.RanvierError, match="'a'"):
        net.create(2, rv.models.LIF(), name="a")
    assert net.create(2, rv.models.LIF()).name == "population1"
    assert net.get_population("a").name == "a"
    with pytest.raises(rv.RanvierError, match="did you mean 'a'"):
        net.get_population("aa")


def test_subexpressions_cannot_be_written() -> None:
    net = rv.Network(seed=1)
    pop = net.create(2, rv.Neuron(equations="a = v*2 : 1\nb = v*2 : 1 (stored)\ndv/dt = 1*Hz : 1", spike="v > 9"))
    for use in (lambda: setattr(pop, "a", 1.0), lambda: pop.set({"a": 1.0}), lambda: setattr(pop[:1], "a", 1.0)):
        with pytest.raises(rv.RanvierError, match=r"a.* (subexpression|no attribute)"):
            use()
    assert pop.b.shape == (2,)


def test_an_array_for_what_is_shared_says_how_to_make_it_local() -> None:
    net = rv.Network(dt=1.0, seed=1)
    pop = net.create(3, rv.Neuron("tau = 10.0 : population", "tau*dv/dt = -v", spike="v > 1"))
    with pytest.raises(rv.RanvierError, match=r"one value for the whole group, got an array of shape \(3,\)") as caught:
        pop.tau = [1.0, 2.0, 3.0]
    assert "declare it without 'population'" in str(caught.value)
    assert caught.value.code == "E501"


def test_results_of_read_only_copies_are_ordinary() -> None:
    net = rv.Network(dt=1.0, seed=1)
    pop = net.create(3, rv.Neuron("", "dv/dt = -v", spike="v > 1"))
    pop.v = [1.0, 2.0, 4.0]
    copy = pop[[0, 1, 2]].v
    for scalar in (copy.mean(), copy.sum(), copy.std(), np.max(copy), copy.min(), copy @ copy):
        assert isinstance(scalar, float)
        assert round(scalar, 2) in {round(float(scalar), 2)}
    for array in (copy * 2, -copy, copy > 1, np.exp(copy), copy + copy):
        assert type(array) is np.ndarray
        assert array.shape == (3,)
    pop[[0, 1]].v += 1.0
    assert list(pop.v) == [2.0, 3.0, 4.0]


def test_a_population_is_reset_by_attribute() -> None:
    net = rv.Network(dt=1.0, seed=1)
    pop = net.create(3, rv.Neuron("tau = 10.0", "tau*dv/dt = 1.0 - v\ndu/dt = 1.0", "v > 9", "v = 0"), name="cells")
    pop.v = [0.1, 0.2, 0.3]
    net.simulate(5.0)
    pop.tau = 20.0
    pop.reset(["v"])
    np.testing.assert_array_equal(pop.v, [0.1, 0.2, 0.3])
    assert (pop.u[0], pop.tau[0], net.current_step) == (5.0, 20.0, 5)
    pop.reset()
    assert (pop.u[0], pop.tau[0], net.current_step) == (0.0, 10.0, 5)
    with pytest.raises(rv.RanvierError, match="did you mean 'tau'"):
        pop.reset(["v", "tauu"])
