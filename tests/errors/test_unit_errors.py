"""What users read when units do not match: the full message of every kind of mistake, in `tests/golden/errors`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import ranvier as rv
from ranvier.compiler import ModelError, Source, SynapseBinding, parse, resolve_neuron, resolve_synapse
from ranvier.compiler.errors import UnitProblem

Golden = Callable[[str, str], None]
CELL = "v : volt\nE : volt\nI : amp\ng : siemens\ntau : second\nC : farad\nR : ohm\nx : 1\nr : Hz\nD : volt\n"
CELL += "flag : boolean\narea : metre**2"
#: Name of the case -> texts by role; the quantities above are declared.
NEURONS: dict[str, dict[str, str]] = {
    "ode-capacitance": {"equations": "du/dt = I : volt"},
    "ode-time": {"equations": "du/dt = E - u : volt"},
    "ode-number": {"equations": "dm/dt = 0.1*(1 - m) - 0.2/ms*m : 1"},
    "ode-term": {"equations": "du/dt = (E - u + I)/tau : volt"},
    "ode-one-term": {"equations": "du/dt = (E - u)/tau + I : volt"},
    "ode-left": {"equations": "tau*du/dt + I = E - u : volt"},
    "ode-left-factor": {"equations": "C*du/dt = g*(E - u) + x : volt"},
    "ode-missing-unit": {"equations": "du/dt = (0.04/ms/mV)*u**2 + (5/ms)*u + 140/ms : volt"},
    "continued": {"equations": "du/dt = (g*(E - u)\n         + I\n         + D)/C : volt"},
    "subexpression": {"equations": "rate = exp(v/mV) : Hz"},
    "subexpression-density": {"equations": "J = g*(E - v) : amp/metre**2"},
    "assignment": {"equations": "u = v\ndw/dt = (x - w)*I : 1"},
    "function": {"equations": "dm/dt = exp(v)*Hz : 1"},
    "function-difference": {"equations": "alpha = 0.1*exp((v - E)/4)/ms : Hz"},
    "function-time": {"equations": "s = sin(2*pi*t) : 1"},
    "clip": {"equations": "u = clip(v, E, 5) : volt"},
    "branches": {"equations": "u = if v > E: v else: I : volt"},
    "ite-condition": {"equations": "u = ite(v, E, D) : volt"},
    "sqrt": {"equations": "u = sqrt(v) : volt"},
    "power": {"equations": "u = v**x : volt"},
    "exponent": {"equations": "u = x**v : 1"},
    "remainder": {"equations": "u = t % 10 : second"},
    "user-function": {"functions": "boltzmann(a, b) = 1/(1 + exp(-a/b))", "equations": "m = boltzmann(v - E, 4) : 1"},
    "timed-array": {"equations": "u = stim(x) : volt"},
    "random": {"equations": "u = Normal(E, 5)", "spike": "u > E"},
    "integer-of-unit": {"equations": "k = int(v) : integer"},
    "spike-compare": {"spike": "v > -50"},
    "spike-units": {"spike": "v > I"},
    "spike-number": {"spike": "v - E"},
    "spike-and": {"spike": "v > E and x"},
    "reset": {"reset": "v = -60"},
    "reset-add": {"reset": "v += I"},
    "reset-multiply": {"reset": "v *= 2*mV"},
    "refractory": {"refractory": "v/mV"},
    "init": {"equations": "du/dt = -u/tau : volt (init=5*ms, min=-E, max=x)"},
    "declared-value": {"equations": "u : 1*volt"},
    "declared-prefix": {"equations": "du/dt = -u/tau : mV"},
    "parameter-number": {"parameters": "tau_m = 20 : second"},
    "parameter-unit": {"parameters": "tau_m = 20*mV", "equations": "du/dt = -u/tau_m : volt"},
    "several": {"equations": "du/dt = I : volt\ny = v + x : volt", "reset": "v = x"},
}
POST = (
    "dv/dt = (E - v + g_exc)/tau : volt\nE : volt\ntau : second\ndI/dt = -I/tau : amp\nr = v/E/tau : Hz\nF : Hz\nm : 1"
)
SYNAPSES: dict[str, dict[str, str]] = {
    "weight": {"equations": "w : siemens", "pre_spike": "g_target += w"},
    "number": {"equations": "w : 1", "pre_spike": "v_post += w"},
    "trace": {"equations": "w : 1\nda/dt = -a : 1 (event-driven)", "pre_spike": "a += 1\nI_post += w*pA"},
    "clip": {"equations": "w : siemens", "pre_spike": "w = clip(w + 0.1*nS, 0, 1)\nI_post += w*v_post"},
    "driving-force": {"equations": "w : siemens", "pre_spike": "I_post += w*(v_post - I_post)"},
    "unit-free": {"pre_spike": "v_post += F_pre"},
    "unit-free-target": {"pre_spike": "g_target += post.I"},
    "psp": {"equations": "w : siemens", "psp": "w*pre.m"},
    "unit-free-psp": {"psp": "pre.I"},
    "summed": {"equations": "w : 1\nI_post = w*(v_pre - v_post) : amp (summed)"},
    "summed-declared": {"equations": "w : siemens\nI_post = w*(v_pre - v_post) : volt (summed)"},
    "clock-driven": {"equations": "q : second\ndw/dt = pre.m*post.m - w/q : 1", "pre_spike": "v_post += w*mV"},
}
VOLT = (2.0, 1.0, -3.0, -1.0, 0.0, 0.0, 0.0)


def unit_message(texts: dict[str, str]) -> ModelError:
    sources = {"spike": "v > E", **texts, "equations": f"{texts.get('equations', '')}\n{CELL}".lstrip("\n")}
    tree = parse("neuron", "LIF", tuple(Source(role, text) for role, text in sources.items() if text))
    with pytest.raises(UnitProblem) as caught:
        resolve_neuron(tree, namespace=(("stim", VOLT, 1),))
    return caught.value


@pytest.mark.parametrize("case", NEURONS)
def test_units_in_neurons(case: str, golden: Golden) -> None:
    error = unit_message(NEURONS[case])
    assert error.code == "E301"
    assert "^" in str(error)
    golden(f"errors/units-{case}.txt", f"{error}\n")


@pytest.mark.parametrize("case", SYNAPSES)
def test_units_in_synapses(case: str, golden: Golden) -> None:
    ends = resolve_neuron(parse("neuron", "N", (Source("equations", POST), Source("spike", "v > E")))).symbols
    tree = parse("synapse", "S", tuple(Source(role, text) for role, text in SYNAPSES[case].items()))
    with pytest.raises(UnitProblem) as caught:
        resolve_synapse(tree, SynapseBinding(ends, ends, "input", "cells", target="exc"))
    golden(f"errors/units-synapse-{case}.txt", f"{caught.value}\n")


#: Name of the case -> what is given to an attribute of the population below.
VALUES: dict[str, Callable[[rv.Population], None]] = {
    "parameter": lambda pop: setattr(pop, "tau", "5 mV"),
    "variable": lambda pop: setattr(pop, "v", "5 ms"),
    "no-unit": lambda pop: setattr(pop, "x", "5 ms"),
    "inferred": lambda pop: setattr(pop, "E", "5 nS"),
    "text": lambda pop: setattr(pop, "v", "E + rand()*5*ms"),
    "text-whole": lambda pop: setattr(pop, "v", "rand()*5*ms"),
    "text-name": lambda pop: setattr(pop, "v", "tau"),
    "distribution": lambda pop: setattr(pop, "v", rv.Uniform("5 ms", "6 ms")),
    "distribution-arguments": lambda pop: setattr(pop, "v", rv.Normal("5 mV", "1 ms")),
    "set": lambda pop: pop.set({"v": "1 pA"}),
}


@pytest.mark.parametrize("case", VALUES)
def test_units_of_values(case: str, golden: Golden) -> None:
    neuron = rv.Neuron(dict(tau="20 ms", E=-70.0), "dv/dt = (E - v)/tau : volt\nx : 1", spike="v > -50*mV")
    pop = rv.Network(dt=0.1, seed=1).create(3, neuron, name="cells")
    with pytest.raises(rv.RanvierError) as caught:
        VALUES[case](pop)
    assert caught.value.code == ("E301" if case == "text" else "E501")
    assert not pop.v.any()
    golden(f"errors/units-value-{case}.txt", f"{caught.value}\n")


CONNECTIONS: dict[str, Callable[[rv.Projection], object]] = {
    "weights": lambda proj: proj.all_to_all(weights="3 nS"),
    "delays": lambda proj: proj.all_to_all(weights="3 mV", delays="2 mV"),
    "weights-text": lambda proj: proj.all_to_all(weights="rand()*3*nS"),
    "delays-text": lambda proj: proj.all_to_all(weights="3 mV", delays="(1 + rand())*mV"),
}


@pytest.mark.parametrize("case", CONNECTIONS)
def test_units_of_connections(case: str, golden: Golden) -> None:
    """The weights of the default synapse are in the unit of the input that they are added to."""
    neuron = rv.Neuron(dict(tau="20 ms"), "dv/dt = (g_exc - v)/tau : volt", spike="v > 5*mV")
    net = rv.Network(dt=0.1, seed=1)
    pop = net.create(3, neuron, name="cells")
    with pytest.raises(rv.RanvierError) as caught:
        CONNECTIONS[case](net.connect(pop, pop, target="exc", name="recurrent"))
    golden(f"errors/units-connect-{case}.txt", f"{caught.value}\n")


def test_units_of_arguments(golden: Golden) -> None:
    arguments: list[Callable[[], object]] = [
        lambda: rv.Neuron(equations="dv/dt = -v/ms : volt", spike="v > 5*mV", refractory="5 mV"),
        lambda: rv.Network(dt="1 mV"),
        lambda: rv.Network(dt=0.1).simulate("5 mV"),
        lambda: rv.Network(dt=0.1).create(population=rv.PoissonPopulation(3, rates="20 mV"), name="noise"),
        lambda: rv.PoissonPopulation(3, rates="20*mV*exp(-t/(5*ms))", name="noise"),
    ]
    messages = []
    for argument in arguments:
        with pytest.raises(rv.RanvierError) as caught:
            argument()
        messages.append(f"{caught.value}\n")
    golden("errors/units-arguments.txt", "\n".join(messages))
