"""Pruning and creating beside ANNarchy: synapses of every step that `make_structure_reference.py` recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ranvier as rv

DATA: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "structure_annarchy.json").read_text())


@pytest.mark.parametrize("engine", ["compiled", "reference"])
@pytest.mark.parametrize("case", DATA["cases"])
def test_synapses_come_and_go_in_the_same_steps(case: str, engine: Any) -> None:
    """Weights differ by rounding alone: fewer than eight operations per step on numbers below 2."""
    known = DATA["cases"][case]
    net = rv.Network(dt=1.0, seed=1, engine=engine)
    pre = net.create(5, rv.Neuron("q = 0.0", DATA["pre"]))
    post = net.create(3, rv.Neuron("p = 0.0", DATA["post"]))
    rules = {name: known[name] for name in ("pruning", "creating") if name in known}
    proj = net.connect(pre, post, "exc", rv.Synapse(equations=DATA["synapse"], psp="w*pre.r", **rules))
    proj.all_to_all(weights=0.5)
    pre.q, post.p = np.arange(5) * 1.1, np.array([0.5, -0.3, 0.2])
    sizes = set()
    for k, dendrites in enumerate(known["found"]):
        for step, method, period in known["switches"]:
            if step == k:
                getattr(proj, method)(*([] if period is None else [period]))
        net.step()
        for theirs in dendrites:
            ours = proj.dendrite(theirs["post"])
            at = np.argsort(theirs["pre"], kind="stable")
            assert ours.pre_ranks == np.array(theirs["pre"], int)[at].tolist(), k
            assert ours.age.tolist() == np.array(theirs["age"], float)[at].tolist(), k
            tolerance = 16 * np.finfo(float).eps * (k + 1)
            np.testing.assert_allclose(ours.w, np.array(theirs["w"], float)[at], rtol=0, atol=tolerance)
        assert proj.nb_synapses == sum(len(d["pre"]) for d in dendrites)
        sizes.add(proj.nb_synapses)
    assert len(sizes) > 1
