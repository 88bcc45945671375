"""Coupled equations of one synapse, solved exactly: against the exponential of their matrix, and bit for bit."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

import ranvier as rv

DT, STEPS = 0.1, 200
#: Five numbers, four synapses each: time constants that differ, nearly and wholly agree.
TAU_G = np.array([5.0, 5.0, 2.0, 30.0])
TAU_H = np.array([5.0, 5.0 * (1 + 1e-9), 8.0, 0.01])
CODE = """
dg/dt = (h - g)/tau_g + c : 1 (clock-driven)
dh/dt = -h/tau_h : 1 (clock-driven)
tau_g : second
tau_h : second
c : Hz
"""


def run(engine: str, precision: str = "double", tau_g: Any = TAU_G, tau_h: Any = TAU_H, **how: Any) -> dict[str, Any]:
    net = rv.Network(dt=DT, seed=1, engine=engine, precision=precision)
    pre = net.create(population=rv.SpikeSourceArray([[1.0, 4.0, 4.1]] * 4))
    post = net.create(4, rv.Neuron(equations="v : 1"))
    proj = net.connect(pre, post, synapse=rv.Synapse(equations=CODE, on_pre="h += 1", **how), target="")
    proj.one_to_one(delays=DT)
    proj.tau_g, proj.tau_h, proj.c = tau_g, tau_h, 0.003
    proj.g, proj.h = 0.3, 0.7
    net.simulate(50 * DT)
    mid = np.array([proj.g, proj.h])
    net.simulate(STEPS * DT)
    return {"mid": mid, "end": np.array([proj.g, proj.h])}


@pytest.mark.parametrize("same", [False, True], ids=["one per synapse", "equal"])
def test_matrix_exponential(same: bool) -> None:
    tau_g, tau_h = (6.0, 6.0) if same else (TAU_G, TAU_H)
    found = run("compiled", tau_g=tau_g, tau_h=tau_h, method="exact")
    for k, (a, b) in enumerate(zip(np.resize(tau_g, 4), np.resize(tau_h, 4), strict=True)):
        with mpmath.workdps(50):  # scipy loses half the digits where eigenvalues nearly agree
            a, b = mpmath.mpf(a), mpmath.mpf(b)
            matrix = mpmath.matrix([[-1 / a, 1 / a, 0.003], [0, -1 / b, 0], [0, 0, 0]]) * (mpmath.mpf(DT) * STEPS)
            after = mpmath.expm(matrix) * mpmath.matrix([*found["mid"][:, k], 1])
        expected = np.array([float(after[0]), float(after[1])])
        # rounding: at most about 6 operations of 2^-53 in each of 200 steps
        assert np.abs(found["end"][:, k] - expected).max() < 1e-12


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("same", [False, True], ids=["one per synapse", "equal"])
def test_engines(precision: str, same: bool) -> None:
    how = {"tau_g": 6.0, "tau_h": 6.0} if same else {}
    compiled, reference = (run(engine, precision, **how) for engine in ("compiled", "reference"))
    assert np.array_equal(compiled["end"], reference["end"])


def test_automatic_choice_is_exact() -> None:
    assert np.array_equal(run("compiled")["end"], run("compiled", method="exact")["end"])


@pytest.mark.parametrize(
    ("equations", "why"),
    [
        ("da/dt = b/tau : 1 (clock-driven)\ndb/dt = -a/tau : 1 (clock-driven)", "depends on 'b', which depends on 'a'"),
        ("da/dt = (b - a)/tau : 1 (clock-driven)\ndb/dt = (1 - b)/tau : 1 (clock-driven)", "has a constant term"),
    ],
)
def test_what_is_no_cascade(equations: str, why: str) -> None:
    def connect(**how: Any) -> None:
        net = rv.Network(dt=DT, seed=1)
        one = net.create(2, rv.Neuron(equations="v : 1", spike="v > 1"))
        text = equations + "\ntau = 5*ms : second"
        synapse = rv.Synapse(equations=text, on_pre="a += 1", **how)
        net.connect(one, one, synapse=synapse, target="").all_to_all(delays=DT)
        net.simulate(1.0)

    connect()
    with pytest.raises(rv.RanvierError, match=why):
        connect(method="exact")


def test_reason_names_what_is_held() -> None:
    held = rv.Neuron(equations="dv/dt = (1 - v*exp(v))/(10*ms) : 1", spike="v > 1")
    assert "exponential (linear in v, with functions of v held for a step)" in str(held.describe())


def test_exact_beside_an_equation_that_is_not() -> None:
    text = "da/dt = (b - a)/tau : 1{}\ndb/dt = -b/tau : 1{}\ntau = 5*ms : second\ndc/dt = -c*c/tau : 1"
    found = []
    for flag, rest in ((" (exact)", text), ("", text.rpartition("\n")[0])):
        net = rv.Network(dt=DT, seed=1)
        pop = net.create(1, rv.Neuron(equations=rest.format(flag, flag), spike="a > 9"))
        pop.a, pop.b = 0.2, 0.9
        net.simulate(5.0)
        found.append((float(pop.a[0]), float(pop.b[0])))
    assert found[0] == found[1]
