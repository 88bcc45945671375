"""The exact method on decaying membranes and synapses, against closed forms to 1e-12."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from numpy.typing import NDArray

import ranvier as rv

DT = 0.1
#: Rounding: each step multiplies and adds a few times, so after n steps the error is at most about 4 n 2^-53 of the
#: range: 500 steps give 2e-13. 1e-12 leaves a factor of four and is what is promised.
STEPS = 500
TOLERANCE = 1e-12


def recorded(
    model: rv.Neuron, variables: list[str], steps: int = STEPS, **values: float
) -> dict[str, NDArray[np.float64]]:
    """Return the traces of one neuron, the value at the end of each step."""
    net = rv.Network(dt=DT, seed=1)
    population = net.create(geometry=1, neuron=model, name="one")
    for name, value in values.items():
        setattr(population, name, value)
    monitor = net.monitor(population, variables)
    net.simulate(steps * DT)
    return {name: monitor.get(name, keep=True)[:, 0] for name in variables}


def ends_of_steps(steps: int = STEPS) -> list[mpmath.mpf]:
    """Return the times at the ends of the steps, t = (k + 1) dt, with dt the double nearest to 0.1."""
    return [(k + 1) * mpmath.mpf(DT) for k in range(steps)]


def test_leak() -> None:
    model = rv.Neuron(
        parameters=dict(tau=20.0, El=-65.0),
        equations="tau*dv/dt = El - v : init=-50.0",
        spike="v > 1e9",
        method="exact",
    )
    v = recorded(model, ["v"])["v"]
    with mpmath.workdps(30):
        expected = np.array([float(-65 + 15 * mpmath.exp(-t / 20)) for t in ends_of_steps()])
    assert np.abs(v - expected).max() < TOLERANCE * 65.0  # rounding is relative to the size of v


@pytest.mark.parametrize(
    "tau_syn", [5.0, 20.0, 20.0 * (1 + 1e-9), 20.0 * (1 - 1e-5)], ids=["apart", "equal", "1e-9", "1e-5"]
)
def test_synaptic_decay_into_a_membrane(tau_syn: float) -> None:
    """v' = (g - v)/tau, g' = -g/tau_syn: also where the time constants (nearly) coincide, where the textbook formula
    divides zero by zero."""
    tau = 20.0
    model = rv.Neuron(
        parameters=dict(tau=tau, tau_syn=5.0),
        equations="""
        tau*dv/dt = g - v : init=0.0
        tau_syn*dg/dt = -g : init=1.0
        """,
        spike="v > 1e9",
        method="exact",
    )
    traces = recorded(model, ["v", "g"], tau_syn=tau_syn)
    with mpmath.workdps(50):
        a, b = 1 / mpmath.mpf(tau), 1 / mpmath.mpf(tau_syn)
        g = [mpmath.exp(-b * t) for t in ends_of_steps()]
        if tau_syn == tau:
            v = [a * t * mpmath.exp(-a * t) for t in ends_of_steps()]
        else:
            v = [a / (a - b) * (mpmath.exp(-b * t) - mpmath.exp(-a * t)) for t in ends_of_steps()]
        expected = {"g": np.array([float(x) for x in g]), "v": np.array([float(x) for x in v])}
    assert np.abs(traces["g"] - expected["g"]).max() < TOLERANCE
    assert np.abs(traces["v"] - expected["v"]).max() < TOLERANCE


def test_oscillator() -> None:
    """Complex eigenvalues: a damped oscillation of 31 cycles per second."""
    model = rv.Neuron(
        equations="""
        dx/dt = -0.02*x - 0.2*y : init=1.0
        dy/dt = 0.2*x - 0.02*y : init=0.0
        """,
        spike="x > 1e9",
        method="exact",
    )
    traces = recorded(model, ["x", "y"])
    with mpmath.workdps(30):
        decay = [mpmath.exp(-mpmath.mpf(0.02) * t) for t in ends_of_steps()]
        angle = [mpmath.mpf(0.2) * t for t in ends_of_steps()]
        x = np.array([float(d * mpmath.cos(w)) for d, w in zip(decay, angle, strict=True)])
        y = np.array([float(d * mpmath.sin(w)) for d, w in zip(decay, angle, strict=True)])
    assert np.abs(traces["x"] - x).max() < TOLERANCE
    assert np.abs(traces["y"] - y).max() < TOLERANCE


def test_integrator_without_leak() -> None:
    """A zero eigenvalue: v' = I grows by I dt, although A has no inverse."""
    model = rv.Neuron(
        parameters=dict(I=0.3),
        equations="""
        dv/dt = I - u : init=0.0
        du/dt = 0.01 : init=0.0
        """,
        spike="v > 1e9",
        method="exact",
    )
    v = recorded(model, ["v"])["v"]
    t = DT * np.arange(1, STEPS + 1)
    expected = 0.3 * t - 0.005 * t * t
    assert np.abs(v - expected).max() < TOLERANCE * np.abs(expected).max()


def test_parameters_that_differ_between_neurons() -> None:
    """Each neuron gets its own propagators, from its own time constants."""
    tau = np.linspace(2.0, 50.0, 70)
    net = rv.Network(dt=DT, seed=1)
    model = rv.Neuron(parameters="tau = 10.0", equations="tau*dv/dt = -v : init=1.0", spike="v > 1e9", method="exact")
    population = net.create(geometry=70, neuron=model, name="many")
    population.tau = tau
    net.simulate(STEPS * DT)
    expected = np.exp(-STEPS * DT / tau)
    # relative: exp(-dt/tau)^n carries n roundings of the factor, each half a unit in the last place
    np.testing.assert_allclose(population.v, expected, rtol=STEPS * 2.0**-52)
