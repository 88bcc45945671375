"""Neurons and synapses as users write them: spellings, errors on construction, descriptions, refusals."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

import ranvier as rv


def test_errors_appear_on_construction_with_a_caret() -> None:
    with pytest.raises(rv.RanvierError) as error:
        rv.Neuron(equations="dv/dt = -x", spike="v > 1", name="cell")
    assert "^" in str(error.value)
    assert "cell" in str(error.value)
    with pytest.raises(rv.RanvierError, match="line 2"):
        rv.Synapse(pre_spike="g_target += w\nw = = 3")


def test_two_names_of_one_argument() -> None:
    a = rv.Neuron(equations="dv/dt = 1", threshold="v > 1")
    b = rv.Neuron(equations="dv/dt = 1", spike="v > 1")
    assert a.source() == b.source()
    assert (
        rv.Synapse(on_pre="w += 1", on_post="w -= 1").ir() == rv.Synapse(pre_spike="w += 1", post_spike="w -= 1").ir()
    )
    with pytest.raises(rv.RanvierError, match="threshold"):
        rv.Neuron(equations="dv/dt = 1", spike="v > 1", threshold="v > 1")
    with pytest.raises(rv.RanvierError, match="on_pre"):
        rv.Synapse(pre_spike="w += 1", on_pre="w += 1")


def test_lists_and_variables_are_text() -> None:
    text = rv.Neuron("a = 1.0", "dv/dt = a - v : exponential, min=0.0\nu = v : int", spike="v > 1")
    pieces = rv.Neuron(
        {"a": rv.Parameter(1.0, "local")},
        [rv.Variable("dv/dt = a - v", method="exponential", min=0.0), rv.Variable("u = v", type=int)],
        spike="v > 1",
    )
    assert text.ir() == pieces.ir()
    mixed = rv.Neuron(
        equations=["dv/dt = -v/ms : volt", rv.Variable("du/dt = -u/ms : volt", method="rk4")], spike="v > 1*mV"
    )
    assert "rk4" in mixed.describe()
    with pytest.raises(rv.RanvierError, match="exactly one"):
        rv.Neuron(equations=[rv.Variable("dv/dt = 1\ndu/dt = 1", min=0)], spike="v > 1")


@pytest.mark.parametrize("parameters", [{"a": rv.Parameter, "b": 1}, 3, ["a = 1"]])
def test_bad_parameters(parameters: Any) -> None:
    net = rv.Network(seed=1)
    with pytest.raises(rv.RanvierError):
        net.create(1, rv.Neuron(parameters, "dv/dt = 1", spike="v > 1"))


def test_bad_words_of_parameters_and_variables() -> None:
    with pytest.raises(rv.RanvierError, match="did you mean 'global'"):
        rv.Parameter(1.0, "globl")
    with pytest.raises(rv.RanvierError, match="float, int or bool"):
        rv.Variable("dv/dt = 1", type=str)


def test_values_are_not_part_of_the_model() -> None:
    one = rv.Neuron(dict(tau=20.0, k="5 mV"), "dv/dt = (k - v)/(tau*ms) : volt", spike="v > 1*mV")
    two = rv.Neuron(dict(tau=1.0, k="7 mV"), "dv/dt = (k - v)/(tau*ms) : volt", spike="v > 1*mV")
    assert one.model.symbols == two.model.symbols
    assert one.source() == two.source()


def test_functions() -> None:
    own = rv.Neuron("a = 1.0", "dv/dt = f(v)", spike="v > 1", functions="f(x) = a_plus(x)\na_plus(x) = x + 1")
    rv.add_function("runtime_test_plus(x) = x + 1")
    rv.add_function("runtime_test_twice(x) = runtime_test_plus(x)")
    added = rv.Neuron("a = 1.0", "dv/dt = runtime_test_twice(v)", spike="v > 1")
    assert own.ir() == added.ir()
    unused = rv.Neuron("a = 1.0", "dv/dt = a", spike="v > 1")
    assert all("runtime_test" not in source.text for source in unused.text.sources)
    with pytest.raises(rv.RanvierError):
        rv.add_function("f(x = x")


def test_descriptions() -> None:
    neuron = rv.models.LIF()
    assert "v: " in neuron.describe()
    assert "update" in neuron.ir()
    assert "rv_update" in neuron.source("c")
    assert neuron.source() == rv.models.LIF().source()
    assert "event-driven" in rv.models.STDP().describe()
    with pytest.raises(rv.RanvierError):
        neuron.source("fortran")


def test_models_can_be_pickled_and_copied() -> None:
    neuron = rv.Neuron(dict(tau="20 ms"), "dv/dt = -v/tau : volt", threshold="v > 1*mV")
    again = pickle.loads(pickle.dumps(neuron))
    assert again.ir() == neuron.ir()
    assert copy.deepcopy(neuron).text == neuron.text
    assert pickle.loads(pickle.dumps(rv.Normal(0.0, 1.0))) == rv.Normal(0.0, 1.0)


def test_options_of_connect_that_are_refused() -> None:
    net = rv.Network(seed=1)
    pop = net.create(2, rv.models.LIF())
    proj = net.connect(pop, pop, "exc")
    with pytest.raises(rv.RanvierError, match="not available yet"):
        net.connect(pop, pop, "exc", storage="single")
    with pytest.raises(rv.RanvierError, match="made by Convolution or the like"):
        net.connect(projection=proj)  # type: ignore[arg-type]


def test_names_of_the_package() -> None:
    for name in rv.__all__:
        assert getattr(rv, name) is not None
    with pytest.raises(AttributeError, match="no attribute"):
        rv.Nothing  # noqa: B018
    assert set(rv.__all__) <= set(dir(rv))


def test_a_namespace_is_a_dict() -> None:
    with pytest.raises(rv.RanvierError, match="namespace must be a dict name -> value, not int"):
        rv.Neuron(equations="dv/dt = 1", spike="v > 1", namespace=3)  # type: ignore[arg-type]
