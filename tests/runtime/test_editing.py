"""Edits of models: each gives a new model that equals the one written out, and leaves the old one alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import ranvier as rv
from ranvier.compiler.tree import canonical

LIF = rv.Neuron(
    """
    tau = 20.0   # membrane
    v_t = 1.0 : population
    """,
    """
    prev = v
    tau*dv/dt = (1.5 - v)   # leak
    ; x = if v > 0.5: 1.0 else: 0.0
    """,
    spike="v > v_t",
    reset="v = 0.0",
    refractory="2*tau",
    name="LIF",
)
STDP = rv.models.STDP()


def same(changed: rv.Neuron, written: rv.Neuron) -> None:
    """Two models are equal when their kernels are, names and all."""
    assert changed.ir() == written.ir()
    assert changed.attributes == written.attributes


def variant(**more: Any) -> rv.Neuron:
    texts = dict(
        parameters="tau = 20.0\nv_t = 1.0 : population",
        equations="prev = v\ntau*dv/dt = 1.5 - v\nx = if v > 0.5: 1.0 else: 0.0",
        spike="v > v_t",
        reset="v = 0.0",
        refractory="2*tau",
    )
    return rv.Neuron(**{**texts, **more})


EQUATIONS = "prev = v\n{}\nx = if v > 0.5: 1.0 else: 0.0"


@pytest.mark.parametrize(
    ("term", "equation"),
    [
        ("g_exc", "tau*dv/dt = 1.5 - v + g_exc"),
        ("-g_exc*2", "tau*dv/dt = 1.5 - v + -g_exc*2"),
        ("-(v + 1)", "tau*dv/dt = 1.5 - v - (v + 1)"),
        ("g_exc + g_inh", "tau*dv/dt = 1.5 - v + (g_exc + g_inh)"),
        ("2 if v > 3 else g_exc", "tau*dv/dt = 1.5 - v + (2 if v > 3 else g_exc)"),
    ],
)
def test_add_term(term: str, equation: str) -> None:
    same(LIF.edit().add_term("v", term).build(), variant(equations=EQUATIONS.format(equation)))


def test_add_term_to_a_conditional() -> None:
    changed = LIF.edit().add_term("x", "v").build()
    same(changed, variant(equations="prev = v\ntau*dv/dt = 1.5 - v\nx = (if v > 0.5: 1.0 else: 0.0) + v"))


def test_comments_and_layout_stay() -> None:
    changed = LIF.edit().add_term("v", "g_exc").add_statement("du/dt = -u", after="v").build()
    text = next(s.text for s in changed.text.sources if s.role == "equations")
    assert "tau*dv/dt = (1.5 - v + g_exc)   # leak\n    du/dt = -u\n" in text


@pytest.mark.parametrize(
    ("edit", "order"),
    [
        (lambda e: e.add_statement("y = v", after="prev"), "prev y v x"),
        (lambda e: e.add_statement("y = v", before="prev"), "y prev v x"),
        (lambda e: e.add_statement("y = v", before="x"), "prev v y x"),
        (lambda e: e.add_statement("y = v", after="x"), "prev v x y"),
        (lambda e: e.add_statement("y = v\nz = y"), "prev v x y z"),
    ],
)
def test_where_statements_go(edit: Callable[[Any], Any], order: str) -> None:
    assert edit(LIF.edit()).build().variables == tuple(order.split())


def test_code_of_events_and_conditions() -> None:
    changed = (
        LIF.edit().add_statement("x += 1", where="reset").set_code("spike", "v > 2*v_t").set_code("refractory", None)
    )
    same(changed.build(), variant(reset="v = 0.0\nx += 1", spike="v > 2*v_t", refractory=None))
    synapse = STDP.edit().add_statement("x = clip(x, 0, 1)", after="x", where="pre_spike").set_code("post_spike", None)
    assert "x = clip(x, 0, 1)" in synapse.build().describe()
    assert "postsynaptic spike" not in synapse.build().describe()
    late = rv.Synapse(pre_spike="g_target += w").edit().add_statement("w += 0.1", where="post_spike").build()
    assert late.describe().endswith("at a postsynaptic spike (post): w += 0.1\n")


def test_custom_events() -> None:
    changed = LIF.edit().set_code("event", "v > 0.3", "low").set_code("event", "v > 0.9", "high").build()
    cells = rv.Network(dt=0.1, seed=1).create(2, changed)
    cells.run_on_event("high", "v -= 0.1")
    again = changed.edit().rename("v", "V").set_code("event", None, "low").build()
    assert "event high: V > 0.9" in again.describe()
    assert "event low" not in again.describe()
    with pytest.raises(rv.RanvierError, match="unknown name 'v'"):
        rv.Network(dt=0.1, seed=1).create(2, again).run_on_event("high", "v -= 0.1")


def test_replace() -> None:
    changed = LIF.edit().replace("v", "tau*dv/dt = -v : exponential").replace("tau", "tau = 5.0").build()
    same(
        changed,
        variant(equations=EQUATIONS.format("tau*dv/dt = -v : exponential"), parameters="tau=5.\nv_t=1. : population"),
    )
    assert rv.Network(seed=1).create(1, changed).tau[0] == 5.0


def test_rename_everywhere() -> None:
    changed = LIF.edit().rename("v", "V_m").rename("tau", "tau_m").build()
    assert changed.attributes == ("tau_m", "v_t", "prev", "V_m", "x")
    assert "spike condition: V_m > v_t" in changed.describe()
    back = changed.edit().rename("V_m", "v").rename("tau_m", "tau").build()
    assert canonical(back.tree) == canonical(LIF.tree)
    assert back.text == LIF.text


def test_rename_keeps_values_from_python_and_arguments() -> None:
    neuron = rv.Neuron(
        dict(tau="5 ms", E=3.0), [rv.Variable("dv/dt = f(E - v)/tau + sum(exc) + k", init=2.0)], spike="v > 9",
        functions="f(v) = 2*v", namespace=dict(k=1.5),
    )  # fmt: skip
    changed = neuron.edit().rename("E", "E_l").rename("v", "u").rename("k", "kappa").rename("f", "double")
    changed = changed.rename("g_exc", "g_ampa").build()
    assert changed.targets == ("ampa",)
    pop = rv.Network(dt=0.1, seed=1).create(2, changed)
    assert (pop.E_l, pop.tau, pop.u.tolist(), pop.kappa) == (3.0, 5.0, [2.0, 2.0], 1.5)
    assert "double(v) = 2*v" in [s.text for s in changed.text.sources]


def test_remove() -> None:
    changed = LIF.edit().add_statement("x = 0.0", where="reset").remove("x").build()
    same(changed, variant(equations="prev = v\ntau*dv/dt = 1.5 - v"))
    with pytest.raises(rv.RanvierError, match="unknown name 'tau'") as caught:
        LIF.edit().remove("tau").build()
    assert caught.value.code == "E201"


def test_parameters_from_python() -> None:
    edited = (
        LIF.edit().add_term("v", "I*k").add_parameter("I", rv.Parameter(0.5, locality="local")).add_parameter("k", 2)
    )
    changed = edited.build(name="driven")
    assert changed.name == "driven"
    pop = rv.Network(seed=1).create(3, changed)
    assert (pop.I.tolist(), pop.k) == ([0.5, 0.5, 0.5], 2.0)
    assert rv.Network(seed=1).create(1, changed.edit().add_parameter("k", 3).build()).k == 3.0


def test_models_and_editors_never_change() -> None:
    before = LIF.ir()
    start = LIF.edit()
    first, second = start.add_term("v", "1"), start.add_term("v", "2")
    assert LIF.ir() == before
    assert start.build().ir() == before
    assert first.build().ir() != second.build().ir()
    assert LIF.name == "LIF"


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda e: e.add_term("w", "1"), "'w' is no name that 'LIF' defines in its parameters or equations"),
        (lambda e: e.add_term("v", "1 +"), "E101"),
        (lambda e: e.add_statement("y =", after="v"), "E101"),
        (lambda e: e.add_statement("y = 1", after="v", before="v"), "not both"),
        (lambda e: e.add_statement("y = 1", after="q"), "'q' is no name that 'LIF' defines in its equations"),
        (lambda e: e.replace("q", "q = 1"), "'q' is no name"),
        (lambda e: e.rename("q", "r"), "'q' is no name of LIF"),
        (lambda e: e.rename("v", "tau"), "there is a 'tau' already"),
        (lambda e: e.rename("v", "a b"), "is not a name"),
        (lambda e: e.add_term("v", "sum(exc)").rename("g_exc", "G"), "must begin with 'g_' too"),
        (lambda e: e.rename("v", "exp").build(), "'exp' is a function"),
        (lambda e: e.remove("q"), "'q' is no name"),
        (lambda e: e.set_code("equations", "x = 1"), "'equations' is no code of a model"),
        (lambda e: e.add_parameter("tau", 1), "is defined in the text"),
        (lambda e: e.add_parameter("2x", 1), "is not a name"),
        (lambda e: e.add_statement("x = 2").add_term("x", "1"), "2 statements write 'x'"),
        (lambda e: e.add_statement("y : 1").add_term("y", "1"), "only declared"),
        (lambda e: e.add_term("v", "nothing").build(), "unknown name 'nothing'"),
    ],
)
def test_mistakes_name_what_is_missing(edit: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(rv.RanvierError, match=message):
        edit(LIF.edit())
