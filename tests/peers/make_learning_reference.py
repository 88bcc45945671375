"""Write the reference data of `tests/peers/test_learning.py` with ANNarchy. Run it in the venv of the peer:

    ~/.cache/ranvier-peers/main/bin/python tests/peers/make_learning_reference.py      # that bin first in PATH

A rate-coded projection that learns from what arrives: weights and the delayed rate that each synapse saw, after every
step of 1 ms, as lists per postsynaptic neuron.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ANNarchy as ann  # noqa: N813
import numpy as np

OUT = Path(__file__).parent / "data" / "learning_annarchy.json"
PRE = "x = x + 1.0\nr = sin(f*x + 0.5)"
POST = "r = sum(exc) + 0.1"
SYNAPSE = "dw/dt = eta*post.r*(pre.r - 0.2*w)\nm = pre.r"


def learn(delay: Any, steps: int = 12) -> dict[str, Any]:
    """Return delays, weights and seen rates."""
    net = ann.Network(dt=1.0, seed=3)
    pre = net.create(3, ann.Neuron(parameters="f = 0.3 : population", equations=PRE))
    post = net.create(2, ann.Neuron(equations=POST))
    synapse = ann.Synapse(parameters="eta = 0.01 : projection", equations=SYNAPSE, psp="w*pre.r")
    proj = net.connect(pre, post, "exc", synapse)
    proj.all_to_all(weights=0.5, delays=delay)
    net.compile(silent=True)
    pre.x = [0.0, 1.0, 2.0]
    found: dict[str, Any] = {"delays": np.array(proj.delay).tolist(), "w": [], "m": [], "r": []}
    for _ in range(steps):
        net.simulate(1.0)
        found["w"].append(np.array(proj.w).tolist())
        found["m"].append(np.array(proj.m).tolist())
        found["r"].append(np.array(post.r).tolist())
    return found


def main() -> None:
    """Run all delays."""
    cases = {"one": learn(1.0), "three": learn(3.0), "different": learn(ann.Uniform(1.0, 5.0))}
    data = {"annarchy": ann.__version__, "pre": PRE, "post": POST, "synapse": SYNAPSE, "cases": cases}
    OUT.write_text(json.dumps(data, indent=1) + "\n")


if __name__ == "__main__":
    main()
