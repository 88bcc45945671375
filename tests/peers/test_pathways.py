"""Several pathways with delays of their own beside Brian2: weights that `make_pathways_reference.py` recorded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ranvier as rv

DATA: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "pathways_brian2.json").read_text())


@pytest.mark.parametrize("engine", ["compiled", "reference"])
@pytest.mark.parametrize("case", DATA["cases"])
def test_weights_of_every_step_and_at_every_event(case: str, engine: Any) -> None:
    """An event rounds a weight below 1 and two traces below 2 a few times, and uses two exponentials of 1 ulp: less
    than 16 eps for each event of a synapse."""
    known, steps = DATA["cases"][case], DATA["steps"]
    net = rv.Network(dt=0.1, seed=1, engine=engine)
    pre, post = (net.create(rv.SpikeSourceArray([[0.1 * k for k in t] for t in known["spikes"][n]]))
                 for n in ("pre", "post"))  # fmt: skip
    synapse = rv.Synapse(equations=DATA["model"], pre_spike=known["on_pre"], post_spike=known["on_post"])
    projection = net.connect(pre, post, "", synapse, same_step=True)
    order = np.lexsort((known["i"], known["j"]))  # from Brian2's order to (post, pre)
    delays = {name: 0.1 * np.array(d)[order] for name, d in known["delays"].items()}
    projection.all_to_all(
        weights=np.array(known["first"])[order],
        delays={name: delays[name] for name in known["on_pre"]},
        post_delays={name: delays[name] for name in known["on_post"]},
    )
    samples = net.monitor(projection, "w")
    events = net.monitor(projection, "w", at=["pre", "post"])
    net.simulate(0.1 * steps)
    expected = np.array(known["w"])[order].T
    count = 2 * max(len(t) for some in known["spikes"].values() for t in some) * 2
    tolerance = 16 * np.finfo(float).eps * count
    np.testing.assert_allclose(samples.get("w"), expected, rtol=0, atol=tolerance)
    found = events.get("w")
    last = {(k, j, i): w for k, i, j, w in zip(*(c.tolist() for c in found), strict=True)}  # the last of a step
    size = len(known["spikes"]["pre"])
    for (k, j, i), w in last.items():
        assert abs(w - expected[k, j * size + i]) <= tolerance
    changed = {(k + 1, n // size, n % size) for k, n in np.argwhere(np.diff(expected, axis=0))}
    assert changed <= set(last)
    assert len(changed) > 100
