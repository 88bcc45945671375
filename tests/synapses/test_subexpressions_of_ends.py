"""Subexpressions of neurons in the code of synapses: written out in the attributes of their end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv

NEURON = """
dv/dt = (b - v)/(10*ms) : 1
b : 1
F = scale/(1 + exp(-twice)) + int(high)*0.01 + t/second : 1
twice = 2*v + pi*i : 1
high = v > 0.5 : boolean
y : 1
"""


def run(engine: str, precision: str, synapse: rv.Synapse, delay: float = 0.0) -> dict[str, Any]:
    net = rv.Network(dt=0.1, seed=1, engine=engine, precision=precision)
    make = rv.Neuron(equations=NEURON, spike="v > 0.6", reset="v = 0", namespace={"scale": 3.0})
    a, b = net.create(5, make), net.create(4, make)
    a.b, b.b = 2.0, np.linspace(0.5, 1.5, 4)
    proj = net.connect(a, b, synapse=synapse, target="", same_step=not delay)
    proj.all_to_all(delays=delay)
    net.simulate(30.0)
    return {"w": np.array(proj.w), "v": np.array(b.v), "y": np.array(b.y), "a": np.array(a.v)}


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize(
    ("equations", "on_pre", "delay"),
    [
        ("dw/dt = (F_pre*post.F - w)/(5*ms) : 1 (clock-driven)\ny_post = w*F_pre : 1 (summed)", "", 0.0),
        ("dw/dt = -w/(5*ms) : 1 (clock-driven)\ny_post = w*F_pre : 1 (summed)", "w += 1", 0.7),
        ("w : 1", "v_post += 0.01*F_post; w = w + F_post*pre.twice", 0.0),
    ],
    ids=["every step", "delayed", "events"],
)
def test_engines(equations: str, on_pre: str, delay: float, precision: str) -> None:
    synapse = rv.Synapse(equations=equations, on_pre=on_pre or "# nothing", method="euler")
    one, other = (run(engine, precision, synapse, delay) for engine in ("compiled", "reference"))
    assert all(np.array_equal(one[k], other[k]) for k in one)
    assert np.abs(one["w"]).max() > 0


def test_value() -> None:
    synapse = rv.Synapse(equations="w : 1\ny_post = 0*w + F_pre : 1 (summed)", on_pre="# nothing")
    net = rv.Network(dt=0.1, seed=1)
    make = rv.Neuron(equations=NEURON, spike="v > 9", namespace={"scale": 3.0})
    a, b = net.create(2, make), net.create(1, make)
    a.v = a.b = [0.2, 0.4]
    net.connect(a, b, synapse=synapse, target="", same_step=True).all_to_all(delays=0.0)
    net.simulate(0.1)
    expected = sum(3 / (1 + np.exp(-2 * v - np.pi * i)) for i, v in enumerate([0.2, 0.4]))
    assert abs(float(b.y[0]) - expected) < 1e-3  # but for t/second


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("F = rand() : 1", "w = F_pre", "reading this subexpression"),
        ("F = mean(v) : 1", "w = F_pre", "reading this subexpression"),
        ("F = 2*v : 1", "w = mean(pre.F)", "reading this subexpression"),
        ("F = 2*v : 1", "F_post = w", "is a subexpression of the postsynaptic population"),
    ],
)
def test_refused(line: str, code: str, message: str) -> None:
    net = rv.Network(dt=0.1, seed=1)
    cells = net.create(2, rv.Neuron(equations=f"dv/dt = -v/(5*ms) : 1\n{line}", spike="v > 1"))
    synapse = rv.Synapse(equations="w : 1", on_pre=code)
    with pytest.raises(rv.RanvierError, match=message):
        net.connect(cells, cells, synapse=synapse, target="")
