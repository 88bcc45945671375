"""A projection with several targets: the same arrives at each, as with one projection per target."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import ranvier as rv

CELL = """
    dg_ampa/dt = -g_ampa/5.0
    dg_nmda/dt = -g_nmda/150.0
    dv/dt = g_ampa + g_nmda - v/10.0
"""
PLASTIC = {
    "parameters": "tau = 20.0 : projection",
    "equations": "tau*dx/dt = -x : event-driven",
    "pre_spike": "g_target += w*(1 + x)\nx += 1",
}


def run(targets: list[list[str]], synapse: Any, engine: str = "compiled") -> Any:
    net: Any = rv.Network(dt=0.5, seed=3, engine=engine)  # type: ignore[arg-type]
    pre = net.create(rv.SpikeSourceArray([[1.0, 7.5], [3.0], [3.0, 8.0]]))
    post = net.create(4, rv.Neuron(equations=CELL, spike="v > 1e9", reset="v = 0"))
    for names in targets:
        made = rv.Synapse(**synapse) if synapse else None
        net.connect(pre, post, names, made).all_to_all(weights=np.arange(1.0, 13.0) / 7.0)
    net.simulate(20.0)
    return post


@pytest.mark.parametrize("synapse", [None, PLASTIC], ids=["static", "plastic"])
def test_several_targets_equal_one_projection_each(synapse: Any) -> None:
    both = run([["ampa", "nmda"]], synapse)
    alone = run([["ampa"], ["nmda"]], synapse)
    interpreted = run([["ampa", "nmda"]], synapse, "reference")
    for name in ("g_ampa", "g_nmda", "v"):
        values = both.get(name)
        assert values.any()
        np.testing.assert_array_equal(values, alone.get(name))
        np.testing.assert_array_equal(values, interpreted.get(name))


def test_names_of_targets() -> None:
    net = rv.Network(seed=1)
    cells = net.create(2, rv.Neuron(equations=CELL, spike="v > 1e9", reset="v = 0"))
    proj = net.connect(cells, cells, ["ampa", "nmda"]).all_to_all(weights=1.0)
    assert (proj.target, proj.targets) == ("ampa", ("ampa", "nmda"))
    assert "ampa, nmda" in net.report()
    with pytest.raises(rv.RanvierError, match="defines no 'g_gaba'"):
        net.connect(cells, cells, ["ampa", "gaba"])
    for wrong in ([], ["ampa", "ampa"], ["ampa", 3]):
        with pytest.raises(rv.RanvierError, match="list of different names"):
            net.connect(cells, cells, wrong)  # type: ignore[arg-type]


def test_a_psp_goes_to_one_target() -> None:
    net = rv.Network(seed=1)
    rate = net.create(2, rv.Neuron(equations="r = sum(a) + sum(b)"))
    with pytest.raises(rv.RanvierError, match="connect once per target"):
        net.connect(rate, rate, ["a", "b"])
