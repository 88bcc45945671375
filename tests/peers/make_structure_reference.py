"""Write the reference data of `tests/peers/test_come_and_go.py` with ANNarchy. Run it in the venv of the peer:

    ~/.cache/ranvier-peers/main/bin/python tests/peers/make_structure_reference.py      # that bin first in PATH

Rules without chance that prune and create synapses, switched on and off at different steps: after every step of 1 ms,
the presynaptic ranks, weights and ages per postsynaptic neuron. ANNarchy takes the phase of a period from the clock of
its first network, here 0, so periods start at multiples of themselves.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ANNarchy as ann  # noqa: N813
import numpy as np

OUT = Path(__file__).parent / "data" / "structure_annarchy.json"
STEPS = 40
PRE = "x = x + 1.0\nr = sin(0.4*x + q)"
POST = "r = 0.5*sum(exc)/4.0 + p"
SYNAPSE = "age = age + 1.0\ndw/dt = 0.05*pre.r*post.r"
#: Condition of each change, and what is switched in which step: (step, method, period).
CASES: dict[str, dict[str, Any]] = {
    "prune": {"pruning": "w < 0.4 : proba=1.0", "switches": [(0, "start_pruning", 1.0)]},
    "by age": {"pruning": "age > 6.0 : proba=1.0", "switches": [(4, "start_pruning", 4.0)]},
    "create": {"creating": "pre.r*post.r > 0.3 : proba=1.0, w=0.45",
               "pruning": "w < 0.4 : proba=1.0",
               "switches": [(0, "start_pruning", 1.0), (9, "stop_pruning", None), (15, "start_creating", 5.0)]},
    "both": {"creating": "pre.r > 0.5 : proba=1.0, w=0.41", "pruning": "w < 0.42 : proba=1.0",
             "switches": [(2, "start_creating", 2.0), (3, "start_pruning", 3.0), (30, "stop_creating", None)]},
}  # fmt: skip


def run(case: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the dendrites after every step."""
    net = ann.Network(dt=1.0, seed=3)
    net.config(structural_plasticity=True)
    pre = net.create(5, ann.Neuron(parameters="q = 0.0", equations=PRE))
    post = net.create(3, ann.Neuron(parameters="p = 0.0", equations=POST))
    rules = {name: case[name] for name in ("pruning", "creating") if name in case}
    proj = net.connect(pre, post, "exc", ann.Synapse(equations=SYNAPSE, psp="w*pre.r", **rules))
    proj.all_to_all(weights=0.5)
    net.compile(silent=True)
    pre.q, post.p = np.arange(5) * 1.1, np.array([0.5, -0.3, 0.2])
    found = []
    for k in range(STEPS):
        for step, method, period in case["switches"]:
            if step == k:
                getattr(proj, method)(*([] if period is None else [period]))
        net.simulate(1.0)
        found.append([
            {"post": int(d.post_rank), "pre": [int(i) for i in d.pre_ranks], "w": [float(w) for w in d.w],
             "age": [float(a) for a in d.age]}
            for d in proj.dendrites
        ])  # fmt: skip
    return found


def main() -> None:
    """Run all cases."""
    data = {"annarchy": ann.__version__, "steps": STEPS, "pre": PRE, "post": POST, "synapse": SYNAPSE}
    cases = {name: case | {"found": run(case)} for name, case in CASES.items()}
    OUT.write_text(json.dumps(data | {"cases": cases}) + "\n")


if __name__ == "__main__":
    main()
