"""Quantities of pint and of brainunit, texts and plain numbers mean the same; results carry the unit they came with."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ranvier import builder as bp
from ranvier.runtime.quantities import number

TAU = 1.5


def run(ms: Any, mV: Any, pA: Any, pF: Any, Hz: Any) -> tuple[Any, Any]:
    sim = bp.Simulator(dt=0.1 * ms)
    cells = sim.create(bp.iaf_psc_exp, 3, params={"tau_m": 10.0 * ms, "V_th": -50.0 * mV}, C_m=250.0 * pF)
    noise = sim.create(bp.poisson_generator, rate=8000.0 * Hz)
    sim.connect(noise, cells, weight=40.0 * pA, delay=TAU * ms)
    meter = sim.create(bp.voltmeter)
    sim.connect(meter, cells)
    return sim.simulate(20.0 * ms).trace(meter), sim.get_connections().get("delay")


class Unit:
    """As a unit of brainunit: powers of ten of SI units."""

    def __init__(self, scale: int, *dimension: int) -> None:
        self.scale, self.dim = scale, SimpleNamespace(_dims=np.array(dimension))

    def __rmul__(self, value: Any) -> Quantity:
        return Quantity(value, self)

    __array_ufunc__ = None


class Quantity:
    """As a quantity of brainunit."""

    def __init__(self, mantissa: Any, unit: Unit) -> None:
        self.mantissa, self.unit, self.shape = mantissa, unit, np.shape(mantissa)


ms, mV, pA = Unit(-3, 0, 0, 1, 0, 0, 0, 0), Unit(-3, 2, 1, -3, -1, 0, 0, 0), Unit(-12, 0, 0, 0, 1, 0, 0, 0)
pF, Hz, second = Unit(-12, -2, -1, 4, 2, 0, 0, 0), Unit(0, 0, 0, -1, 0, 0, 0, 0), Unit(0, 0, 0, 1, 0, 0, 0, 0)


def test_all_kinds_of_quantities_give_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    pint = pytest.importorskip("pint")
    plain, delay = run(1.0, 1.0, 1.0, 1.0, 1.0)
    assert isinstance(plain, np.ndarray)
    u = pint.UnitRegistry()
    quantity, late = run(u.ms, u.mV, u.pA, u.pF, u.Hz)
    assert (quantity.units, late.units) == (u.mV, u.ms)
    assert np.array_equal(quantity.magnitude, plain)
    assert np.array_equal(late.magnitude, delay)
    monkeypatch.setitem(sys.modules, __name__.partition(".")[0], sys.modules[__name__])
    other, _ = run(ms, mV, pA, pF, Hz)
    assert isinstance(other, Quantity)
    assert other.unit is mV
    assert np.array_equal(other.mantissa, plain)


def test_texts() -> None:
    sim = bp.Simulator(dt="0.1 ms")
    cells = sim.create(bp.iaf_psc_exp, C_m="0.2 nF", V_m=["-60 mV"])
    population = cells.segments[0].node.population
    assert (population.C_m[0], population.V_m[0]) == (200.0, -60.0)


def test_values_of_brainunit_in_coherent_units() -> None:
    assert number(3.0 * pA, "x") == 3.0
    assert number(Quantity(np.array([2.0, 5.0]), second), "x").tolist() == [2000.0, 5000.0]
    assert number(8000.0 * Hz, "x") == 8.0
    with pytest.raises(ValueError, match="x must be in"):
        number(3.0 * pA, "x", (0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0))


def test_parameters_of_synapses_have_the_unit_of_the_weights() -> None:
    sim = bp.Simulator(dt=0.1)
    currents, conductances = sim.create(bp.iaf_psc_exp, 2), sim.create(bp.iaf_cond_exp, 2)
    spec = bp.stdp_synapse(Wmax="0.2 nA", weight="50 pA", **{"lambda": 0.5})
    made = sim.connect(currents, currents, synapse=spec)
    assert set(made.projections[0].Wmax) == {200.0}
    assert set(made.projections[0].lambda_) == {0.5}
    with pytest.raises(ValueError, match="stdp_synapse: Wmax must"):
        sim.connect(currents, conductances, synapse=bp.stdp_synapse(Wmax="0.2 nA"), weight=3.0)
    nano = bp.stdp_dopamine_synapse(Wmin="1 nS", Wmax="9 nS", A_plus="0.5 nS")
    sim.connect(currents, conductances, synapse=nano, weight=3.0, vt=sim.create(bp.volume_transmitter))


def test_lengths_of_kernels_are_quantities() -> None:
    near = bp.spatial.gaussian(std="300 nm")
    assert repr(near) == repr(bp.spatial.gaussian(std=0.3))
    assert repr(bp.spatial.exponential(beta="0.002 mm")) == repr(bp.spatial.exponential(beta=2.0))
