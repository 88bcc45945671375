"""Functions of the user's own: one-line texts and registered Python callables, wherever a text may call them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import ranvier as rv
from ranvier.runtime.checks.networks import check
from ranvier.runtime.definitions.functions import FUNCTIONS


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Functions are known to all models built later; a test leaves none behind."""
    tables = FUNCTIONS._texts, FUNCTIONS._registered
    before = [dict(table) for table in tables]
    yield
    for table, old in zip(tables, before, strict=True):
        table.clear()
        table.update(old)


def square(a: float, b: float) -> float:
    return a * a + b


def neuron(equation: str, **more: str) -> rv.Neuron:
    return rv.Neuron("tau = 10.0", equation, spike="v > 5", reset="v = 0", **more)


@pytest.mark.parametrize("c", ["a*a + b", "return a*a + b;", "double s = a*a;\nreturn s + b;"])
@pytest.mark.parametrize("precision", ["double", "single"])
def test_registered_in_a_neuron(c: str, precision: str) -> None:
    rv.register_function("square", square, c=c)
    model = neuron("tau*dv/dt = square(2.0, 0.5*w) - v\nw = square(v, 1.0) - v")
    assert "static inline double rv_user_square_" in model.source()
    net = rv.Network(dt=0.1, seed=1, precision=precision)  # type: ignore[arg-type]
    pop = net.create(3, model)
    net.simulate(10.0)
    v, w = 0.0, 0.0
    for _ in range(100):
        v, w = v + 0.1 * (4.0 + 0.5 * w - v) / 10.0, 0.0
        w = v * v + 1.0 - v
    np.testing.assert_allclose(pop.v, v, rtol=1e-13 if precision == "double" else 1e-5)


def test_compiled_and_interpreted_agree() -> None:
    rv.register_function("square", square, c="a*a + b")
    rv.add_function("half(x) = 0.5*square(x, 1.0)")
    assert check(neuron("tau*dv/dt = half(v) + square(rand(), g_exc) - v"), 50) is None
    synapse = rv.Synapse("", "dx/dt = -x/20.0 : event-driven", pre_spike="g_target += half(w) + x\nx += square(w, 0)")
    assert check(synapse, 50) is None


def test_check_tells_when_python_and_c_differ() -> None:
    rv.register_function("square", square, c="a*a - b")
    difference = check(neuron("tau*dv/dt = square(1.0, 0.5) - v"), 5)
    assert difference is not None
    assert difference.variable == "v"
    assert difference.step == 0


def test_the_language_in_c() -> None:
    """The functions of the language are there as in any kernel, and so is math.h."""
    rv.register_function("grow", lambda x: np.exp(x) + np.cbrt(x), c="rv_exp(x) + cbrt(x)")
    net = rv.Network(dt=0.1, seed=1)
    pop = net.create(1, neuron("dv/dt = grow(0.1*v)"))
    net.simulate(0.3)
    v = 0.0
    for _ in range(3):
        v += 0.1 * (np.exp(0.1 * v) + np.cbrt(0.1 * v))
    np.testing.assert_allclose(pop.v, v, rtol=1e-14)


def test_another_body_is_another_kernel() -> None:
    values = []
    for body in ("a*a + b", "a*a + 2*b"):
        rv.register_function("square", square, c=body)
        net = rv.Network(dt=1.0, seed=1)
        pop = net.create(1, neuron("dv/dt = square(1.0, 0.25)"))
        net.simulate(1.0)
        values.append(float(pop.v[0]))
    assert values == [1.25, 1.5]


def test_without_c_the_interpreter_runs_and_says_so_once() -> None:
    rv.register_function("cube", lambda x: x**3)
    model = neuron("dv/dt = cube(0.5)")
    net = rv.Network(dt=1.0, seed=1)
    pop = net.create(2, model)
    with pytest.warns(rv.RanvierWarning, match=r"'cube' .* registered without a C body") as caught:
        net.simulate(2.0)
    net.simulate(2.0)
    assert len([w for w in caught if "W202" not in str(w.message)]) == 1
    assert pop.v.tolist() == [0.5, 0.5]
    with pytest.raises(rv.RanvierError, match="calls 'cube', registered without a C body"):
        model.source()
    assert "user:cube" in model.ir()


@pytest.mark.parametrize("kind", ["text", "registered"])
def test_attribute_strings_weights_and_stop_conditions(kind: str) -> None:
    if kind == "text":
        rv.add_function("square(a, b) = a*a + b")
    else:
        rv.register_function("square", square, c="a*a + b")
    net = rv.Network(dt=0.1, seed=1)
    pop = net.create(4, rv.Neuron("", "dv/dt = 1.0 + 0.0*g_exc", spike="v > 1e9"), stop_condition="v > 20.0 : any")
    pop.v = "square(i, 1)"
    assert pop.v.tolist() == [1.0, 2.0, 5.0, 10.0]
    proj = net.connect(pop, pop, "exc").all_to_all(weights="square(i, j)")
    assert proj.w.tolist() == [i * i + j for j in range(4) for i in range(4) if i != j]
    proj.w = "square(w, w)"
    assert proj.w.tolist() == [(i * i + j) ** 2 + i * i + j for j in range(4) for i in range(4) if i != j]
    if kind == "registered":
        other = net.create(1, rv.Neuron("", "dv/dt = 1.0", spike="v > 1e9"), stop_condition="square(v, 0.0) >= 3.9")
        assert net.simulate_until(10.0, other) == pytest.approx(2.0)


def test_texts_inside_neurons_and_synapses() -> None:
    rv.add_function("twice(x) = 2*x")
    net = rv.Network(dt=1.0, seed=1)
    pop = net.create(2, neuron("dv/dt = twice(0.25)"))
    cells = net.create(1, rv.Neuron("", "v = v + g_exc", spike="v > 1e9"))
    source = net.create(population=rv.SpikeSourceArray([[1.0]]))
    net.connect(source, cells, "exc", rv.Synapse(pre_spike="g_target += twice(w)")).all_to_all(weights=1.5)
    net.simulate(4.0)
    assert pop.v.tolist() == [2.0, 2.0]
    assert cells.v.tolist() == [3.0]
    own = neuron("dv/dt = twice(0.25)", functions="twice(x) = 3*x")
    assert "0.75" in own.ir(), "the model's own definition wins"


def test_units() -> None:
    rv.register_function("boosted", lambda x: 2 * x, c="2*x", unit="volt")
    model = "dv/dt = (boosted(v) - v)/(10*ms) : volt"
    rv.Neuron("", model, spike="v > 5*mV", reset="v = 0*mV")
    with pytest.raises(rv.RanvierError, match="E301"):
        rv.Neuron("", "dv/dt = boosted(v) : volt", spike="v > 5*mV", reset="v = 0*mV")
    rv.register_function("free", lambda x: x, c="x")
    rv.Neuron("", "dv/dt = free(v) : volt", spike="v > 5*mV", reset="v = 0*mV")


def test_the_wrong_number_of_arguments() -> None:
    rv.register_function("square", square, c="a*a + b")
    with pytest.raises(rv.RanvierError, match=r"'square' takes 2 arguments \(a, b\), got 1") as caught:
        neuron("dv/dt = square(v)")
    assert caught.value.code == "E205"
    with pytest.raises(rv.RanvierError, match="needs its arguments"):
        neuron("dv/dt = square - v")
    with pytest.raises(rv.RanvierError, match="a registered function and a variable"):
        neuron("dv/dt = square(v, 1)\nsquare = 2.0")


@pytest.mark.parametrize("name", ["exp", "mV", "pi", "t", "pre", "xi", "no name", "lambda", "mean"])
def test_names_that_are_taken(name: str) -> None:
    with pytest.raises(rv.RanvierError):
        rv.register_function(name, square)


def test_clashes_between_the_two_kinds() -> None:
    rv.add_function("f(x) = x")
    with pytest.raises(rv.RanvierError, match="There is a function 'f' already"):
        rv.register_function("f", abs)
    rv.register_function("g", lambda x: x)
    with pytest.raises(rv.RanvierError, match="There is a function 'g' already"):
        rv.add_function("g(x) = x")


def test_callables_that_do_not_fit() -> None:
    for python in (lambda *x: x, lambda **x: x, 3):
        with pytest.raises(rv.RanvierError):
            rv.register_function("f", python)  # type: ignore[arg-type]
    with pytest.raises(rv.RanvierError, match="keyword of C"):
        rv.register_function("f", lambda double: double)
    with pytest.raises(rv.RanvierError, match="is not a unit"):
        rv.register_function("f", square, unit="volts per mile")
    with pytest.raises(rv.RanvierError, match="C function body"):
        rv.register_function("f", square, c=" ")
    rv.register_function("total", lambda x: x[:1, None])
    net = rv.Network(dt=1.0, seed=1, engine="reference")
    net.create(3, neuron("dv/dt = total(v + i)"))
    with pytest.raises(rv.RanvierError, match=r"returned shape \(1, 1\)"):
        net.simulate(1.0)


def test_ufuncs() -> None:
    rv.register_function("angle", np.arctan2, c="atan2(x, y)")
    assert check(neuron("tau*dv/dt = angle(0.0, 1.0) + angle(1.0, 0.0) - v"), 5) is None


def test_a_mistake_in_the_c_is_shown() -> None:
    rv.register_function("square", square, c="a*a + nothing")
    net = rv.Network(dt=1.0, seed=1)
    net.create(1, neuron("dv/dt = square(v, 1.0)"))
    with pytest.raises(rv.RanvierError, match=r"the C body of the function .square.") as caught:
        net.simulate(1.0)
    assert caught.value.code == "E601"
