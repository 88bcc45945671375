"""Write the reference data of `tests/peers/test_pathways.py` with Brian2. Run it in the venv of the peer:

    ~/.cache/ranvier-peers/brian2/bin/python tests/peers/make_pathways_reference.py       # data/pathways_brian2.json

Plastic synapses between given spikes, with delays of their own for every pathway: the weights at the end of each step
of 0.1 ms, as one list per synapse.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import brian2 as b
import numpy as np

OUT = Path(__file__).parent / "data" / "pathways_brian2.json"
STEPS, N_PRE, N_POST = 200, 4, 3
MODEL = """
w : 1
dx/dt = -x/(20*ms) : 1 (event-driven)
dy/dt = -y/(30*ms) : 1 (event-driven)
"""
ONE = {
    "on_pre": {"pre": "x += 0.1\nw = clip(w - y, 0, 1)"},
    "on_post": {"post": "y += 0.12\nw = clip(w + x, 0, 1)"},
}
SEVERAL = {
    "on_pre": {"a": "x += 0.1\nw = clip(0.9*w + 0.05, 0, 1)", "b": "w = clip(w - 2*y, 0, 1)"},
    "on_post": {"c": "y += 0.12", "d": "w = clip(w + x*(1 - w), 0, 1)\nx *= 0.5"},
}


def run(code: dict[str, dict[str, str]], seed: int) -> dict[str, Any]:
    """Return spikes (steps), delays (steps) by pathway, first weights and weights after every step."""
    b.start_scope()
    b.prefs.codegen.target = "numpy"
    b.defaultclock.dt = 0.1 * b.ms
    rng = np.random.default_rng(seed)
    trains = {n: [np.flatnonzero(rng.random(STEPS) < 0.1) for _ in range(size)]
              for n, size in (("pre", N_PRE), ("post", N_POST))}  # fmt: skip
    trains["post"][0] = trains["pre"][0]  # simultaneous
    groups = [
        b.SpikeGeneratorGroup(
            len(t), np.repeat(np.arange(len(t)), [len(x) for x in t]), np.concatenate(t) * b.defaultclock.dt
        )
        for t in trains.values()
    ]
    synapses = b.Synapses(*groups, MODEL, **code)
    synapses.connect()
    delays = {name: rng.integers(0, 12, N_PRE * N_POST) for names in code.values() for name in names}
    for name, steps in delays.items():
        getattr(synapses, name).delay = steps * b.defaultclock.dt
    first = rng.uniform(0.2, 0.8, N_PRE * N_POST)
    synapses.w = first
    monitor = b.StateMonitor(synapses, "w", record=True, when="end")
    b.Network(*groups, synapses, monitor).run(STEPS * b.defaultclock.dt)
    return {
        **code,
        "spikes": {name: [t.tolist() for t in some] for name, some in trains.items()},
        "i": np.array(synapses.i).tolist(),
        "j": np.array(synapses.j).tolist(),
        "delays": {name: steps.tolist() for name, steps in delays.items()},
        "first": first.tolist(),
        "w": np.array(monitor.w).tolist(),
    }


def main() -> None:
    """Run all cases."""
    cases = {"pre and post": run(ONE, 1), "several": run(SEVERAL, 2)}
    OUT.write_text(json.dumps({"brian2": b.__version__, "model": MODEL, "steps": STEPS, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
