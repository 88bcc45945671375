"""Rate-coded learning beside ANNarchy: a synapse learns from the rate that arrives, a delay after it was computed.

`make_learning_reference.py` recorded the values. Both compute the same formulas in double precision in the same order,
but for the order of the sum over three synapses: a relative 1e-15 in each of twelve steps.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ranvier as rv

DATA: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "learning_annarchy.json").read_text())


@pytest.mark.parametrize("engine", ["compiled", "reference"])
@pytest.mark.parametrize("case", DATA["cases"])
@pytest.mark.parametrize("sparse", [False, True])
def test_learning(case: str, engine: str, sparse: bool) -> None:
    expected = DATA["cases"][case]
    net = rv.Network(dt=1.0, seed=1, engine=engine)
    pre = net.create(3, rv.Neuron("f = 0.3 : population", DATA["pre"]))
    post = net.create(2, rv.Neuron("", DATA["post"]))
    synapse = rv.Synapse("eta = 0.01 : projection", DATA["synapse"], psp="w*pre.r")
    delays = np.ravel(expected["delays"])
    made = net.connect(pre, post, "exc", synapse)
    delay = float(delays[0]) if delays.size == 1 else delays
    proj = made.where("True", weights=0.5, delays=delay) if sparse else made.all_to_all(weights=0.5, delays=delay)
    pre.x = [0.0, 1.0, 2.0]
    for step in range(12):
        net.simulate(1.0)
        for name, values in (("w", proj.w), ("m", proj.m), ("r", post.r)):
            assert np.max(np.abs(values - np.ravel(expected[name][step]))) < 12 * 1e-15, (step, name)


def test_delays_that_grow() -> None:
    """What was computed before the delay grew is still known: with 5 ms in place of 3, rates of 5 ms ago arrive."""
    seen = []
    for changed in (False, True):
        net = rv.Network(dt=1.0, seed=1)
        pre = net.create(3, rv.Neuron("f = 0.3 : population", DATA["pre"]))
        post = net.create(2, rv.Neuron("", DATA["post"]))
        synapse = rv.Synapse("eta = 0.01 : projection", DATA["synapse"], psp="w*pre.r")
        other = net.connect(pre, post, "exc", synapse).all_to_all(weights=0.5, delays=8.0)
        proj = net.connect(pre, post, "exc", synapse).all_to_all(weights=0.5, delays=3.0 if changed else 5.0)
        pre.x = [0.0, 1.0, 2.0]
        net.simulate(20.0)
        proj.delay = 5.0
        net.simulate(1.0)
        seen.append((np.array(proj.m), np.array(other.m)))
    assert np.array_equal(seen[0][0], seen[1][0])
    assert np.array_equal(seen[0][1], seen[1][1])
