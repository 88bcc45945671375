"""The order inside a step, as docs/timing.md has it, in plain Python: one synapse after another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

#: Code of each pathway, as text for the network and as Python for the oracle; the operations do not commute.
CODE: dict[str, tuple[str, Callable[[dict[str, float]], None]]] = {
    "pre:a": ("x += 1\nw = clip(0.5*w + 0.25*y, 0, 2)", lambda s: s.update(
        x=s["x"] + 1, w=min(max(0.5 * s["w"] + 0.25 * s["y"], 0.0), 2.0))),
    "pre:b": ("w = clip(w - 0.125*x, 0, 2)", lambda s: s.update(w=min(max(s["w"] - 0.125 * s["x"], 0.0), 2.0))),
    "post:c": ("y += 1\nw = clip(0.75*w + 0.125*x, 0, 2)", lambda s: s.update(
        y=s["y"] + 1, w=min(max(0.75 * s["w"] + 0.125 * s["x"], 0.0), 2.0))),
    "post:d": ("y *= 0.5", lambda s: s.update(y=0.5 * s["y"])),
}  # fmt: skip
Event = tuple[str, int, int, int, float, float]


def step_oracle(
    pre: list[list[int]], post: list[list[int]], w: np.ndarray, delays: dict[str, np.ndarray], steps: int
) -> tuple[np.ndarray, list[Event]]:
    """Return the weights after so many steps, and what every event did: pathway, step, pre, post, w before and after.

    `pre` and `post` are the steps of the spikes, `w` and the delays (in steps) have the shape (post, pre).
    """
    synapses: dict[tuple[int, int], dict[str, Any]] = {
        (j, i): {"w": w[j, i], "x": 0.0, "y": 0.0} for j, i in np.ndindex(w.shape)
    }
    events: list[Event] = []
    for k in range(steps):
        for pathway, (_, code) in CODE.items():  # all pre code of a step before all post code
            delay, before = delays[pathway], pathway.startswith("pre")
            due = [(delay[j, i], i, j) if before else (delay[j, i], j, i) for j, i in synapses
                   if k - delay[j, i] in (pre[i] if before else post[j])]  # fmt: skip
            for _, own, other in sorted(due):  # delays ascending, then ranks, then the other end
                j, i = (other, own) if before else (own, other)
                was = synapses[j, i]["w"]
                code(synapses[j, i])
                events.append((pathway, k, i, j, was, synapses[j, i]["w"]))
    return np.array([synapses[j, i]["w"] for j, i in np.ndindex(w.shape)]).reshape(w.shape), events
