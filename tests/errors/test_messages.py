"""What users read: the full message of every code that the front end raises, in `tests/golden/errors`."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest

from ranvier.compiler import (
    BuildError,
    RanvierError,
    Source,
    SynapseBinding,
    ValueProblem,
    parse,
    resolve_neuron,
    resolve_synapse,
)
from ranvier.compiler.errors import Diagnostic, InternalError, MethodProblem, ModelError, NameProblem, render
from ranvier.compiler.source import Span

LIF = {"parameters": "tau = 10\nE_l = -70\nI_syn = 1", "spike": "v > 1"}
#: name of the case -> (texts by role, namespace)
NEURONS: dict[str, dict[str, str]] = {
    "E101-bracket": {"equations": "tau*dv/dt = (E_l - v + I_syn\nx = 1"},
    "E101-operator": {"equations": "tau*dv/dt = E_l - * v"},
    "E101-glued": {"equations": "tau*dv/dt = E_l - 2v"},
    "E101-unicode": {"equations": "tau*dv/dt = E_l - \u03bc"},
    "E101-minus": {"equations": "tau*dv/dt = E_l \u2212 v"},
    "E101-quotes": {"equations": "tau*dv/dt = 'E_l'"},
    "E101-index": {"equations": "tau*dv/dt = E_l[3]"},
    "E101-nothing": {"equations": "tau*dv/dt ="},
    "E101-no-statement": {"equations": "tau\ndv/dt = 1"},
    "E101-two-equals": {"equations": "x = y = 3"},
    "E101-left-side": {"equations": "tau*v = 3"},
    "E101-else": {"equations": "x = if v > 1: 2"},
    "E101-attribute": {"equations": "x = exc.v"},
    "E101-deep": {"equations": "x = " + "(" * 60 + "1" + ")" * 60},
    "E101-long-line": {"equations": "x = " + "a + " * 60 + "* 2"},
    "E102-flag": {"equations": "tau*dv/dt = -v : exponentiel"},
    "E102-flag-b": {"equations": "tau*dv/dt = -v : 1 (unles refractory)"},
    "E102-contradiction": {"equations": "tau*dv/dt = -v : explicit, exponential"},
    "E102-meaning": {"equations": "tau*dv/dt = -v : stored"},
    "E101-flag-value": {"equations": "tau*dv/dt = -v : init"},
    "E102-order": {"equations": "tau*dv/dt = -v : init=0, volt"},
    "E103": {"equations": "tau*dv/dt = -v\nx = 2*dv/dt"},
    "E104-equals": {"equations": "dv/dt = -v", "spike": "v = 1"},
    "E104-empty": {"equations": "dv/dt = -v", "spike": " "},
    "E104-rate": {"equations": "dv/dt = -v", "spike": ""},
    "E201": {"equations": "tau*dv/dt = (E_l - v) + R*I_syb"},
    "E201-known": {"equations": "tau*dv/dt = quux - v"},
    "E201-update": {"equations": "count += 1"},
    "E201-derivative": {"equations": "dvdt = -v/tau"},
    "E201-case": {"equations": "dv/dt = -V/tau"},
    "E201-function": {"equations": "tau*dv/dt = -f(v)", "functions": "f(x) = x\n  + offset"},
    "E202-declared": {"equations": "x : init=0.5\nx = 2*t\ndv/dt = x"},
    "E202-twice": {"equations": "dv/dt = -v\n\nx = 1\ndv/dt = v"},
    "E202-parameter": {"equations": "dtau/dt = -tau\ndv/dt = -v"},
    "E202-cycle": {"equations": "dv/dt = a : 1\na = b + 1 : 1\nb = a*2 : 1"},
    "E203-function": {"equations": "dv/dt = -v\nexp = 2"},
    "E203-keyword": {"equations": "dv/dt = -lambda*v"},
    "E203-unit": {"equations": "dv/dt = -v : 1\nmV = 2"},
    "E203-reserved": {"equations": "dv/dt = -v\nt = 2"},
    "E203-read-only": {"equations": "dv/dt = -v", "reset": "v = 0\ntau += 1"},
    "E204": {"equations": "dn/dt = 1 : int\ndv/dt = n"},
    "E205-count": {"equations": "dv/dt = ite(v > 1, 2)"},
    "E205-unknown": {"equations": "dv/dt = sigmoid(v)"},
    "E205-near": {"equations": "dv/dt = exprell(v)"},
    "E301-prefix": {"equations": "dv/dt = -v : mV/second"},
    "E301-value": {"equations": "dv/dt = -v\nx : 2*volt"},
    "E401-two": {"equations": "dv/dt + du/dt = 1"},
    "E403": {"equations": "tau*dv/dt = -v", "reset": "v = xi"},
    "E204-shared": {"equations": "dv/dt = -v\nx = 2*v : population\ny : population", "reset": "y = v"},
    "E404-several": {"equations": "5.0*dg_exc/dt = -g_exc\ndv/dt = sum(exc)\nx = v : proba=0.5"},
    "several": {"equations": "dv/dt = -x\ndu/dt = foo(v)\n", "reset": "y = 1"},
}
SYNAPSES = {
    "E104-rate": {"pre_spike": "w = 1"},
    "E201-bare": {"pre_spike": "g_exc_post += u"},
    "E201-post": {"pre_spike": "g_exc_post += v_post"},
    "E201-target": {"pre_spike": "g_target += w"},
    "E203-parameter": {"pre_spike": "tau_post += w"},
    "E102-pruning": {"pruning": "w < 0.1 : proba=0.5, w=1.0"},
}
END_TEXTS = (
    Source("parameters", "tau = 1"),
    Source("equations", "du/dt = g_exc"),
    Source("spike", "u > 1"),
)
ENDS = resolve_neuron(parse("neuron", "N", END_TEXTS)).symbols


def message(texts: dict[str, str]) -> ModelError:
    sources = tuple(Source(role, text) for role, text in {**LIF, **texts}.items() if text)
    with pytest.raises(ModelError) as caught:
        resolve_neuron(parse("neuron", "LIF", sources))
    return caught.value


@pytest.mark.parametrize("case", NEURONS)
def test_neurons(case: str, golden: Callable[[str, str], None]) -> None:
    error = message(NEURONS[case])
    assert "^" in str(error)
    if case[0] == "E":
        assert error.code == case[:4]
    golden(f"errors/neuron-{case}.txt", f"{error}\n")


@pytest.mark.parametrize("case", SYNAPSES)
def test_synapses(case: str, golden: Callable[[str, str], None]) -> None:
    target = "" if case == "E201-target" else "exc"
    ends = () if case == "E201-bare" else ENDS
    binding = SynapseBinding(ENDS, ends, "input", "cells", target=target, pre_spiking=case != "E104-rate")
    sources = tuple(Source(role, text) for role, text in SYNAPSES[case].items())
    with pytest.raises(ModelError) as caught:
        resolve_synapse(parse("synapse", "STDP", sources), binding)
    golden(f"errors/synapse-{case}.txt", f"{caught.value}\n")


def test_the_form_is_exact() -> None:
    """The form that the manual shows, character by character."""
    assert str(message({"equations": "tau*dv/dt = (E_l - v) + I_syb"})) == (
        "error[E201]: unknown name 'I_syb'\n"
        "  --> neuron 'LIF', equations, line 1\n"
        " 1 | tau*dv/dt = (E_l - v) + I_syb\n"
        "   |                         ^^^^^\n"
        "   = help: did you mean 'I_syn'?\n"
        "   = help: a value from outside is given with namespace=dict(I_syb=...)"
    )


def test_line_numbers_keep_the_margin_aligned() -> None:
    text = "\n" * 11 + "x = nothing_like_it"
    lines = str(message({"equations": f"dv/dt = -v{text}"})).splitlines()
    assert lines[1:4] == [
        "   --> neuron 'LIF', equations, line 12",
        " 12 | x = nothing_like_it",
        "    |     ^^^^^^^^^^^^^^^",
    ]


def test_errors_carry_code_span_and_diagnostics() -> None:
    error = message({"equations": "dv/dt = -x\ndu/dt = y"})
    assert isinstance(error, NameProblem)
    assert error.code == "E201"
    assert error.span is not None
    part = error.sources[error.span.part]
    assert part.text[error.span.start : error.span.stop] == "x"
    assert [d.code for d in error.diagnostics] == ["E201", "E201"]


def test_errors_survive_pickling() -> None:
    errors: list[RanvierError] = [
        message({"equations": "dv/dt = -x"}),
        MethodProblem("neuron", "N", (Source("equations", "a"),), (Diagnostic("E401", "no", Span(0, 0, 1), "help"),)),
        ValueProblem("pop.v: wrong shape", "E503", "give 3 values"),
        BuildError("the kernel failed", "gcc -O3", "oops", "/tmp/x.c"),
        InternalError("impossible"),
    ]
    for error in errors:
        copy = pickle.loads(pickle.dumps(error))
        assert type(copy) is type(error)
        assert (str(copy), copy.code, copy.diagnostics) == (str(error), error.code, error.diagnostics)


def test_errors_without_a_text() -> None:
    assert str(ValueProblem("no such shape")) == "error[E501]: no such shape"
    assert str(ValueProblem("no", "E502", "do this")) == "error[E502]: no\n   = help: do this"
    assert isinstance(ValueProblem("x"), ValueError)
    build = str(BuildError("the kernel failed", "gcc -O3 x.c", "x.c:1: error\n", "/tmp/x.c"))
    assert build.splitlines() == [
        "error[E601]: the kernel failed",
        "   = command: gcc -O3 x.c",
        "   = file: /tmp/x.c",
        "   = compiler said: x.c:1: error",
    ]
    assert str(InternalError("impossible")) == "error[E901]: impossible"


def test_many_mistakes_are_counted() -> None:
    lines = [f"x{k} = unknown_{k}" for k in range(50)]
    shown = str(message({"equations": "\n".join(["v = 1", *lines])}))
    assert shown.count("error[") == 20
    assert shown.endswith("... and 30 more")


def test_places_outside_the_text_do_no_harm() -> None:
    source = Source("equations", "a\n")
    for span in (Span(0, 5, 9), Span(-1, 0, 0), Span(3, 0, 1), Span(0, 2, 2)):
        assert "error[E101]: x" in render(Diagnostic("E101", "x", span), "neuron", "N", (source,))


def test_errors_travel_between_processes() -> None:
    """Every class of errors pickles, whatever arguments it takes: a pool hands them to the parent."""
    import pickle

    import ranvier as rv
    from ranvier.runtime import problems

    with pytest.raises(rv.RanvierError) as caught:
        rv.Neuron(equations="dv/dt = -x").model  # noqa: B018
    for error in (
        caught.value,
        problems.RuntimeProblem("a", "b"),
        problems.UnknownName("kind", "nam", ["name"]),
        problems.ValueProblem("a", help="b"),
    ):
        copy = pickle.loads(pickle.dumps(error))
        assert (type(copy), str(copy), copy.code) == (type(error), str(error), error.code)
