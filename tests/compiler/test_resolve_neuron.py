"""Names of neurons: roles, types, localities, what is inlined and what becomes a number."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import pytest

from ranvier.compiler import Model, Source, model, parse, resolve_neuron, tree
from ranvier.compiler.algebra import text
from ranvier.compiler.errors import MethodProblem, ModelError, NameProblem, SyntaxProblem


def neuron(equations: str = "", spike: str = "v > 1", **more: Any) -> Model:
    options = {key: more.pop(key) for key in ("method", "namespace", "given") if key in more}
    texts = {"equations": equations, "spike": spike, **more}
    return resolve_neuron(parse("neuron", "N", tuple(Source(r, t) for r, t in texts.items() if t)), **options)


def roles(resolved: Model) -> dict[str, str]:
    return {s.name: s.role for s in resolved.symbols}


def value(resolved: Model, name: str) -> str:
    found = resolved.symbol(name).value
    assert found is not None
    return text(found)


def rhs(code: str, **more: Any) -> str:
    statement = neuron(f"v = 0\nx = {code}", **more).statements[-1]
    assert isinstance(statement, model.AssignStatement)
    return text(statement.value)


def codes(equations: str = "", **more: Any) -> list[str]:
    with pytest.raises(ModelError) as caught:
        neuron(equations, **more)
    return [d.code for d in caught.value.diagnostics]


def test_roles() -> None:
    resolved = neuron(
        """
        dv/dt = (E - v + a + b + g_exc)/tau + q : volt
        a : volt
        b : volt
        q = v/tau : volt/second
        x = v
        """,
        spike="v > 1*mV",
        reset="b = v",
        parameters="E = -70\ntau = 10",
    )
    assert roles(resolved) == {
        "E": "parameter", "tau": "parameter", "v": "variable", "a": "parameter", "b": "variable",
        "q": "subexpression", "x": "variable", "g_exc": "input",
    }  # fmt: skip


def test_order_of_the_text_does_not_matter() -> None:
    assert roles(neuron("dv/dt = q\nq = p*2\np : init=1", spike="v > p"))["q"] == "variable"


def test_annotations() -> None:
    resolved = neuron(
        "dv/dt = -v : init=-65, min=lo, max=5\nn = 3 : int\nok : boolean\nk : integer (shared)",
        parameters="lo = -90 : population",
    )
    v, n = resolved.symbol("v"), resolved.symbol("n")
    assert v.init is not None
    assert v.min is not None
    assert (text(v.init), text(v.min)) == ("-65", "lo")
    assert (resolved.symbol("ok").type, resolved.symbol("k").type, n.type) == ("bool", "int", "int")
    assert (resolved.symbol("k").locality, resolved.symbol("lo").locality, v.locality) == ("shared", "shared", "local")


def test_subexpressions_and_assignments() -> None:
    resolved = neuron("dv/dt = (a + b + c)/ms : 1\na = v : 1\nb = v\nc = v : 1 (stored)\nd = v : inline")
    assert {k: r for k, r in roles(resolved).items() if k != "v"} == {
        "a": "subexpression", "b": "variable", "c": "variable", "d": "subexpression",
    }  # fmt: skip
    assert [s.target for s in resolved.statements if isinstance(s, model.AssignStatement)] == ["b", "c"]


def test_units_become_numbers() -> None:
    assert rhs("10*mV") == "10"
    assert rhs("v/mV") == "v"
    assert rhs("0.32*(mV**-1)*4*mV/exprel((13*mV-v)/(4*mV))/ms") == "0.32*4/exprel((13 - v)/4)"
    assert rhs("100*Hz") == "0.1"
    assert rhs("v*Hz") == "v*0.001"
    assert rhs("v/Hz") == "v*1000"
    assert rhs("5e-5*siemens*cm**-2") == "0.0005"
    assert rhs("mV*ms/pA") == "1"
    assert rhs("3*volt") == "3000"
    assert rhs("volt*v") == "1000*v"


def test_own_names_hide_units_in_models_without_units() -> None:
    resolved = neuron("cm*dv/dt = -v", parameters="cm = 0.2")
    assert not resolved.unit_checked
    assert "cm" in roles(resolved)


@pytest.mark.parametrize(
    ("texts", "checked"),
    [
        ({"equations": "dv/dt = -v"}, False),
        ({"equations": "dv/dt = -v*Hz : 1"}, True),
        ({"equations": "dv/dt = -v/(10*ms)"}, True),
        ({"equations": "dv/dt = -v", "refractory": "5 ms"}, False),
        ({"equations": "dv/dt = -v", "refractory": "5*ms"}, False),
        ({"equations": "dv/dt = -v : init=3"}, False),
        ({"equations": "dv/dt = -v", "parameters": "x : boolean"}, True),
    ],
)
def test_unit_checked(texts: dict[str, str], checked: bool) -> None:
    assert neuron(**texts).unit_checked is checked


@pytest.mark.parametrize(
    ("texts", "kind", "freezes"),
    [
        ({}, "none", "A"),
        ({"refractory": "2.0"}, "number", "A"),
        ({"refractory": "5 ms"}, "number", "A"),
        ({"refractory": "p"}, "expression", "A"),
        ({"refractory": "2 + rand()"}, "expression", "A"),
        ({"refractory": "v > 0"}, "condition", "A"),
        ({"refractory": "flag"}, "condition", "A"),
        ({"refractory": "not flag and True"}, "condition", "A"),
        ({"refractory": "5*ms", "equations": "dv/dt = -v*Hz : 1"}, "number", "B"),
        ({"refractory": "5", "equations": "dv/dt = -v : unless_refractory"}, "number", "B"),
        ({"refractory": "5", "equations": "dv/dt = -v*int(not_refractory)"}, "number", "B"),
    ],
)
def test_refractory(texts: dict[str, str], kind: str, freezes: str) -> None:
    parameters = "p = 3\nflag = True : bool"
    found = neuron(**{"equations": "dv/dt = -v", "parameters": parameters, **texts}).refractory
    assert (found.kind, found.freezes) == (kind, freezes)


def test_refractory_number_has_its_value() -> None:
    assert neuron("dv/dt = -v", refractory="0.5*second").refractory.value == tree.Num(500.0, False, _span(2, 0, 10))


def _span(part: int, start: int, stop: int) -> Any:
    from ranvier.compiler import Span

    return Span(part, start, stop)


def test_inputs() -> None:
    assert roles(neuron("dv/dt = g_exc + sum(inh)")) == {"v": "variable", "g_exc": "input", "g_inh": "input"}
    assert roles(neuron("dv/dt = g_exc\ndg_exc/dt = -g_exc"))["g_exc"] == "variable"
    assert roles(neuron("dv/dt = g_na*v", parameters="g_na = 3"))["g_na"] == "parameter"
    declared = neuron("dv/dt = g_exc/ms : 1\ng_exc : 1").symbol("g_exc")
    assert declared.role == "input"
    assert declared.dimension is not None


def test_builtin_names() -> None:
    resolved = neuron("dv/dt = t + dt + i + N + t_last + lastspike + pi + e + inf")
    assert all(s.role == "builtin" for s in resolved.symbols[1:])
    assert [s.name for s in resolved.symbols] == ["v", "t", "dt", "i", "N", "t_last", "pi", "e", "inf"]
    assert roles(neuron("dv/dt = e + N\ne : 1\nN : 1"))["e"] == "parameter"


def test_functions_are_inlined() -> None:
    functions = "f(x, t) = x + t\ng(y) = f(y, 2)*k"
    resolved = neuron("dv/dt = g(v)", functions=functions, parameters="k = 3")
    statement = resolved.statements[0]
    assert isinstance(statement, model.OdeStatement)
    assert text(statement.rhs) == "(v + 2)*k"


def test_own_functions_win_over_added_ones() -> None:
    sources = (
        Source("equations", "f(x) = 2*x\ndv/dt = f(v)"),
        Source("spike", "v > 1"),
        Source("functions", "f(x) = 3*x", "added"),
    )
    statement = resolve_neuron(parse("neuron", "N", sources)).statements[0]
    assert isinstance(statement, model.OdeStatement)
    assert text(statement.rhs) == "2*v"


def test_synonyms() -> None:
    assert rhs("arcsin(v) + positive(v) + power(v, 2) + max(v, 1, 2)") == "asin(v) + pos(v) + v**2 + max(max(v, 1), 2)"


def test_namespace_and_given_names() -> None:
    resolved = neuron(
        "dv/dt = -v/tau + k + stim(t) + field(t, i)",
        namespace=(("k", None, 0), ("unused", None, 0), ("stim", None, 1), ("field", None, 2)),
        given=(("tau", (0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0), "float", "shared"), ("n", None, "int", "local")),
    )
    found = roles(resolved)
    assert "unused" not in found
    assert [found[name] for name in ("tau", "n", "k", "stim", "field")] == ["parameter"] * 5
    assert resolved.symbol("tau").dimension == (0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0)
    assert resolved.symbol("n").type == "int"


def test_given_names_may_be_declared_for_their_unit() -> None:
    resolved = neuron("dv/dt = -v/tau : 1\ntau : second", given=(("tau", None, "float", "shared"),))
    tau = resolved.symbol("tau")
    assert (tau.role, tau.locality, tau.dimension) == ("parameter", "shared", (0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0))


def test_statements_keep_their_flags() -> None:
    resolved = neuron("dv/dt = -v*Hz : 1 (unless refractory, rk4)\nx = v : unless_refractory", method="exact")
    ode, assignment = resolved.statements
    assert isinstance(ode, model.OdeStatement)
    assert (ode.method, ode.unless_refractory, assignment.unless_refractory) == ("rk4", True, True)
    assert resolved.method == "exact"


def test_the_previous_value_is_kept() -> None:
    resolved = neuron("prev_v = v\ndv/dt = -v", spike="(v > 1) and (prev_v <= 1)")
    assert [getattr(s, "target", getattr(s, "var", "")) for s in resolved.statements] == ["prev_v", "v"]


def test_bounds_in_reset_code_are_part_of_the_value() -> None:
    resolved = neuron("dv/dt = -v\nu : init=1", reset="u += 3 : max=10")
    (statement,) = resolved.reset
    assert (statement.op, text(statement.value)) == ("=", "min(u + 3, 10)")


@pytest.mark.parametrize(
    ("equations", "more", "expected"),
    [
        ("dv/dt = -x", {}, ["E201"]),
        ("dv/dt = y + dv/dt", {}, ["E201", "E103"]),
        ("dv/dt = pre.v", {}, ["E201"]),
        ("dv/dt = -v\ndv/dt = 3", {}, ["E202"]),
        ("dv/dt = a : 1\na = b : 1\nb = a : 1", {}, ["E202"]),
        ("dv/dt = a : 1\na = a + 1 : 1", {}, ["E202"]),
        ("dv/dt = f(v)", {"functions": "f(x) = g(x)\ng(x) = f(x)"}, ["E202"]),
        ("dv/dt = v", {"functions": "f(x) = x\nf(x) = 2*x"}, ["E202"]),
        ("dv/dt = v", {"parameters": "v = 2"}, ["E202"]),
        ("dv/dt = v", {"parameters": "a = b\nb = a"}, ["E202"]),
        ("dv/dt = v\nt = 3\nexp = 2\nxi_2 = 1", {}, ["E203", "E203", "E203"]),
        ("dv/dt = v : 1\nmV = 3", {}, ["E203"]),
        ("dv/dt = v", {"functions": "exp(x) = x"}, ["E203"]),
        ("dv/dt = v", {"reset": "k = 3; t = 2; q = 1; s = 1", "parameters": "k = 1"}, ["E203", "E203", "E201", "E201"]),
        ("dv/dt = v\nq = 1 : 1", {"reset": "q = 1"}, ["E203"]),
        ("dv/dt = v\nq : 1 (constant)", {"reset": "q = 1"}, ["E203"]),
        ("dv/dt = v\nk += 1", {"parameters": "k = 1"}, ["E203"]),
        ("dv/dt = g_exc", {"reset": "g_exc = 1"}, ["E203"]),
        ("dn/dt = 1 : int\ndv/dt = n", {}, ["E204"]),
        ("dv/dt = s : 1\ns = v : 1 (shared)", {}, ["E204"]),
        ("dv/dt = exp(1, 2) + foo(v) + ite(v, 1) + v(2)", {}, ["E205"] * 4),
        ("dv/dt = exp + stim + stim(1, 2)", {"namespace": (("stim", None, 1),)}, ["E205"] * 3),
        ("dv/dt = v : min=rand()", {}, ["E205"]),
        ("dv/dt = v : init=u\ndu/dt = v", {}, ["E201"]),
        ("dv/dt = v : mV", {}, ["E301"]),
        ("dv/dt = v\nx : 2*volt", {}, ["E301"]),
        ("dv/dt = v", {"reset": "v = xi"}, ["E403"]),
        ("dv/dt = max(v) + mean()", {}, ["E205"]),
        ("dv/dt = v\nds/dt = v : population", {}, ["E204"]),
        ("dv/dt = v\ns = i + g_exc : population", {}, ["E204", "E204"]),
        ("dv/dt = v\ns = 1 : population, unless_refractory", {}, ["E102"]),
        ("dv/dt = v\ns : 1 (shared)", {"reset": "s = v"}, ["E204"]),
        ("dv/dt = v : init=mean(w)\nw = v", {}, ["E201"]),
        ("dv/dt = mean(v, 2)", {}, ["E205"]),
        ("dv/dt = a : 1\na = mean(b) : 1\nb = 2*a : 1", {}, ["E202"]),
        ("dv/dt = v\nx : linked\nx += 1", {}, ["E203"]),
        ("dv/dt = v\nx : linked, min=2", {}, ["E102"]),
        ("dv/dt = v : linked", {}, ["E102"]),
        ("dv/dt = v : postsynaptic", {}, ["E102"]),
        ("dv/dt = v : event-driven", {}, ["E102"]),
        ("dv/dt = v : stored", {}, ["E102"]),
        ("dv/dt = v", {"reset": "v = 1 : init=3"}, ["E102"]),
        ("dv/dt = v", {"reset": "dv/dt = 1"}, ["E101"]),
        ("dv/dt = v", {"parameters": "da/dt = 1"}, ["E101"]),
        ("dv/dt = v", {"spike": ""}, ["E104"]),
        ("dv/dt = v", {"axon_reset": "v = 2"}, ["E104"]),
    ],
)
def test_mistakes(equations: str, more: dict[str, Any], expected: list[str]) -> None:
    assert sorted(codes(equations, **more)) == sorted(expected)


def test_the_class_follows_the_first_code() -> None:
    for equations, reset, class_ in (
        ("dv/dt = x", "", NameProblem),
        ("dv/dt = v", "v = xi", MethodProblem),
        ("dv/dt = v : stored", "", SyntaxProblem),
    ):
        with pytest.raises(class_):
            neuron(equations, reset=reset)


def test_functions_that_explode_are_refused_quickly() -> None:
    functions = "f0(x) = x + x\n" + "\n".join(f"f{k}(x) = f{k - 1}(x) + f{k - 1}(x)" for k in range(1, 60))
    start = time.process_time()
    assert "E205" in codes("dv/dt = f59(v)", functions=functions)
    assert codes("dv/dt = " + "f0(" * 30 + "v" + ")" * 30, functions="f0(x) = x + x") == ["E101"]
    assert time.process_time() - start < 1.0


def test_subexpressions_that_explode_are_refused_quickly() -> None:
    chain = "\n".join(f"a{k} = a{k - 1} + 1 : 1" for k in range(1, 1000))
    doubling = "\n".join(f"a{k} = a{k - 1}*a{k - 1} : 1" for k in range(1, 60))
    start = time.process_time()
    for equations in (chain, doubling):
        assert "E202" in codes(f"dv/dt = v : 1\na0 = v : 1\n{equations}")
    assert time.process_time() - start < 1.0


def test_front_end_is_light() -> None:
    """A warm start runs it, so it imports no numerics."""
    script = """
import sys
from ranvier.compiler import Source, parse, resolve_neuron
resolve_neuron(parse("neuron", "N", (Source("equations", "dv/dt = -v"), Source("spike", "v > 1"))))
heavy = {"numpy", "sympy", "jinja2", "unicodedata"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", script], check=True)
