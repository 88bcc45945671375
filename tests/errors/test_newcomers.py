"""What newcomers from other simulators write by habit: each mistake says what to write instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import ranvier as rv


def neuron(equations: Any = "dv/dt = -v/tau", parameters: Any = "tau = 10.0", **arguments: Any) -> rv.Neuron:
    return rv.Neuron(parameters, equations, **{"spike": "v > 1", "reset": "v = 0", "name": "LIF", **arguments})


def cells(**arguments: Any) -> Any:
    return rv.Network(dt=0.1, seed=1).create(2, neuron(**arguments), name="cells")


def monitor() -> Any:
    net = rv.Network(dt=0.1, seed=1)
    made = net.monitor(net.create(2, neuron("dv/dt = 0.3")), "spike")
    net.simulate(10.0)
    return made


def where(condition: str, **arguments: Any) -> Any:
    net = rv.Network(dt=0.1, seed=1)
    group = net.create(3, neuron("dv/dt = -v/tau + g_exc"))
    return net.connect(group, group, "exc", name="p").where(condition, **arguments)


TABLE = {"stim": rv.TimedArray(np.ones((3, 3)), schedule=1.0)}
CASES: dict[str, tuple[Callable[[], object], str]] = {
    "unit of time": (lambda: neuron(refractory="5 msec"), r"'5\*ms'"),
    "unit of a value": (lambda: setattr(cells(), "v", "3 mVolts"), r"'3\*mV'"),
    "unit in a condition": (lambda: neuron(spike="v > 5 mV"), r"'5\*mV'"),
    "unit without colon": (lambda: neuron("dv/dt = -v/tau volt"), "stands behind ':', as in ': volt'"),
    "prefix": (lambda: neuron("dv/dt = np.exp(-v)"), "functions have no prefix: write 'exp'"),
    "self": (lambda: neuron("dv/dt = -self.v"), "write 'v'"),
    "timed array": (lambda: neuron("dv/dt = stim(t) - v"), r"namespace=dict\(stim=...\)"),
    "column": (lambda: neuron("dv/dt = stim(t, 0.5) - v", namespace=TABLE), "number of a column, a whole number"),
    "comparison in a reset": (lambda: neuron(reset="v == 0"), "'==' compares; to assign, write 'v = ...'"),
    "assignment in a condition": (lambda: neuron(spike="v = 1"), "to compare, write '=='"),
    "reversed comparison": (lambda: neuron(spike="v => 1"), "write '>='"),
    "method": (lambda: neuron(method="rk5"), "'rk5' is not a numerical method(.|\n)*'rkf45'(.|\n)*use one of dopri5"),
    "methods": (lambda: neuron(method=["exact", "rk5"]), "'rk5' is not a numerical method"),
    "method of a synapse": (lambda: rv.Synapse(equations="dx/dt = -x", method="rk5"), "not a numerical method"),
    "statistics": (lambda: monitor().smoothed_rate(100.0), r"'smoothed_rate\(smooth=100.0\)'"),
    "unclosed flags": (lambda: neuron("dv/dt = -v : 1 (unless refractory"), "this bracket is never closed"),
    "flags without unit": (lambda: neuron("dv/dt = -v (unless refractory)"), "': 1 \\(unless refractory\\)'"),
    "if statement": (lambda: neuron(reset="if v > 1: v = 0"), "'x = if condition: a else: b'"),
    "loop": (lambda: neuron(reset="for k in range(3): v = 0"), "there are no loops"),
    "import": (lambda: neuron("import numpy\ndv/dt = -v"), "equations are not Python"),
    "return": (lambda: neuron(reset="return v"), r"'f\(x\) = ...', given as functions="),
    "increment": (lambda: neuron(reset="v++"), r"write 'v \+= 1'"),
    "lambda": (lambda: neuron("dv/dt = lambda - v"), "use 'lambda_'"),
    "no equals sign": (lambda: neuron("dv/dt -v"), "write 'dv/dt = ...'"),
    "difference": (lambda: neuron("dv = -v/tau"), "did you mean 'dv/dt'"),
    "prime": (lambda: neuron("v' = -v/tau"), "a derivative is written 'dv/dt'"),
    "other derivative": (lambda: neuron("dv/dx = -v/tau"), "derivatives are by time"),
    "second derivative": (lambda: neuron("d2v/dt2 = -v/tau"), "derivatives are of first order"),
    "decimal comma": (lambda: neuron("dv/dt = 1,5*v"), "a number has a point"),
    "exponent": (lambda: neuron("dv/dt = -v*1e"), "'1e-3'"),
    "and": (lambda: neuron(spike="v > 1 && v < 2"), "write 'and'"),
    "absolute value": (lambda: neuron("dv/dt = |v|"), r"the absolute value is 'abs\(x\)'"),
    "conditional of C": (lambda: neuron("dv/dt = v > 1 ? 1 : 2"), "'a if condition else b'"),
    "half a conditional": (lambda: neuron("dv/dt = if v > 1: 2"), "expected 'else'"),
    "minus": (lambda: neuron("dv/dt = \u2212v"), "type - instead"),
    "micro": (lambda: neuron("dv/dt = -v*3*\u00b5V"), r"type u \(in units\) or mu instead"),
    "chained assignment": (lambda: neuron(reset="v = u = 0"), "one '=' per statement"),
    "truth": (lambda: neuron("x = true : bool\ndv/dt = -v"), "write 'True'"),
    "index": (lambda: neuron("dv/dt = w[0]*v"), "there is no indexing"),
    "number as condition": (lambda: neuron(spike=-50.0), "spike must be a string such as 'v > -50'"),
    "negative time": (lambda: neuron(refractory=-5.0), "refractory must not be negative"),
    "model of a neuron": (lambda: rv.Neuron(model="dv/dt = -v"), "here it is called 'equations'"),
    "model of a synapse": (lambda: rv.Synapse(model="w : 1"), "here it is called 'equations'"),
    "flags without brackets": (lambda: neuron("dv/dt = -v : volt unless refractory"), "flags stand in brackets behind"),
    "flags without comma": (lambda: neuron("dv/dt = -v : min=0 max=1"), "flags are separated by commas: ', max=...'"),
    "quoted name": (lambda: neuron("dv/dt = sum('exc') - v"), "write exc without quotes"),
    "quoted start": (lambda: neuron('dv/dt = -v : init="E"'), "write E without quotes"),
    "typographic quotes": (lambda: neuron("dv/dt = \u2018v\u2019"), "write v without quotes"),
    "list": (lambda: neuron("dv/dt = [1, 2]"), "there are no lists"),
    "named argument": (lambda: neuron("dv/dt = clip(v, min=0, max=1)"), "arguments have no names"),
    "assignment with floor": (lambda: neuron(reset="v //= 2"), r"there is no '//=': write 'x = x // ...'"),
    "assignment with power": (lambda: neuron(reset="v **= 2"), r"there is no '\*\*=': write"),
    "two points": (lambda: neuron(parameters="tau = 1.2.3"), "a number has one point"),
    "dict of equations": (lambda: neuron({"r": "1"}), "equations must be a string or a list, not dict"),
    "noise": (lambda: neuron("dv/dt = -v/(10*ms) + sigma*xi : 1\nsigma : 1"), r"perhaps divide by the root of a time"),
    "start from a variable": (lambda: neuron("dv/dt = -v/tau : init=v + 1"), "assign it to the population"),
    "order of arguments": (lambda: rv.Network().create(neuron(), 10), r"not <Neuron 'LIF'>(.|\n)*create\(10, neuron\)"),
    "run": (lambda: rv.Network().run(10.0), "'run' is no method or attribute of a network(.|\n)*simulate"),
    "method of a network": (lambda: rv.Network().simulat(10.0), "did you mean 'simulate'"),
    "assignment in a connection": (
        lambda: where("i = j"), r"projection 'p', condition, line 1\n 1 \| i = j\n   \|   \^\n(.|\n)*write '=='"),
    "name in a connection": (
        lambda: where("i != k"), r"condition, line 1\n 1 \| i != k\n   \|      \^\n(.|\n)*namespace=dict\(k=...\)"),
    "name in a probability": (
        lambda: where("i != j", probability="0.1*q"), r"'p', probability, line 1\n 1 \| 0.1\*q\n   \|     \^"),
    "name in a number": (lambda: where("", n="2*q"), r"'p', n, line 1\n 1 \| 2\*q\n   \|   \^"),
    "zero": (lambda: neuron("0*dv/dt = -v").describe(), "has the factor 0 before dv/dt"),
    "square": (lambda: neuron("(dv/dt)**2 = -v").describe(), "is not linear in dv/dt"),
    "argument": (lambda: rv.Synapse(on_prespike="w += 1"), "did you mean 'pre_spike'"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_help(case: str) -> None:
    make, expected = CASES[case]
    with pytest.raises(rv.RanvierError, match=expected):
        make()


def test_what_is_no_mistake() -> None:
    """Quantities as strings are bounds too; powers may be written as in mathematics; tabs are blanks."""
    net = rv.Network(dt=0.1, seed=1)
    bounded = neuron([rv.Variable("dv/dt = 1.0", max="0.5 ms")], spike="v > 9")
    power = neuron("\tdv/dt\t= 2*3^2 - 18 : init=2.0", spike="v > 9")
    one, other = net.create(1, bounded), net.create(1, power)
    net.simulate(2.0)
    assert one.v[0] == 0.5
    assert other.v[0] == 2.0
