"""Write ``data/cells.npz``: 100 ms of every deterministic neuron model of ``brian2.json``, simulated by Brian2.

    ~/.cache/ranvier-peers/brian2/bin/python tests/corpus/make_model_reference.py

Five neurons each, in the state in which the script starts; all spikes, and one variable of the last neuron. Where a
script does not name its method, Brian2's choice (exact if it can, else Euler) is named here, and used on both sides.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import brian2 as b2
import numpy as np
from brian2.units.fundamentalunits import Quantity, get_or_create_dimension

HERE = Path(__file__).resolve().parent
SIZE, DURATION_MS, MOST_STEPS = 5, 100.0, 1000
RANDOM = re.compile(r"\b(xi\w*|randn?|poisson)\b|linked|constant over dt")


def quantity(value, dims):
    return Quantity(value, dim=get_or_create_dimension(dims)) if dims else value


def run(model, method):
    values = model["values"]
    space = {}
    for name, entry in values.items():
        if "value" in entry and entry["value"] != []:
            value = entry["value"]
            space[name] = quantity(value[0] if isinstance(value, list) else value, entry.get("dims"))
    b2.start_scope()
    b2.defaultclock.dt = model["dt_ms"] * b2.ms
    group = b2.NeuronGroup(
        SIZE, model["equations"], threshold=model.get("threshold"), reset=model.get("reset"),
        refractory=model.get("refractory", False), method=method, namespace=space,
    )  # fmt: skip
    for name, entry in model["initial"].items():
        if name not in ("lastspike", "not_refractory") and np.any(entry["value"]):
            old = np.asarray(getattr(group, name))
            value = np.resize(entry["value"], old.shape) if old.ndim else np.ravel(entry["value"])[0]
            setattr(group, name, quantity(value, entry.get("dims")))
    variable = sorted(group.equations.diff_eq_names, key=lambda n: (n.lower() not in ("v", "vm"), n))[0]
    monitor = b2.StateMonitor(group, variable, record=[SIZE - 1])
    spikes = b2.SpikeMonitor(group) if "threshold" in model else None
    steps = min(MOST_STEPS, round(DURATION_MS / model["dt_ms"]))
    net = b2.Network(group, monitor, *([] if spikes is None else [spikes]))
    net.run(steps * model["dt_ms"] * b2.ms)
    times = np.rint(np.asarray(spikes.t / b2.ms) / model["dt_ms"]) if spikes is not None else np.zeros(0)
    who = np.asarray(spikes.i) if spikes is not None else np.zeros(0)
    factor = 10.0 ** sum(
        p * e for p, e in zip(group.variables[variable].dim._dims, (6, 12, 3, 12, 0, 18, 0), strict=True)
    )
    trace = np.asarray(getattr(monitor, variable))[0] * factor
    return variable, trace, np.stack([times, who]).astype(np.int32)


def main():
    b2.prefs.codegen.target = "numpy"
    b2.BrianLogger.suppress_hierarchy("brian2")
    arrays, seen, about = {}, set(), {}
    for number, model in enumerate(json.loads((HERE / "brian2.json").read_text())["models"]):
        texts = json.dumps(
            [model.get(k) for k in ("equations", "threshold", "reset", "refractory", "values", "initial")]
        )
        code = " ".join(str(model.get(k)) for k in ("equations", "threshold", "reset"))
        if model["kind"] != "neuron" or texts in seen or RANDOM.search(code) or "run_regularly" in model:
            continue
        if any("function" in v or "timed_array" in v for v in model["values"].values()) or "/dt" not in code:
            continue
        if set(model.get("events", {})) - {"spike"}:
            continue
        seen.add(texts)
        methods = [model["method"]] if model.get("method") else ["exact", "euler"]
        for method in methods:
            try:
                variable, trace, spikes = run(model, method)
            except Exception as error:
                problem = f"{type(error).__name__}: {str(error)[:100]}"
                continue
            if not np.isfinite(trace).all():
                problem = "not finite"
                continue
            arrays[f"{number}.trace"], arrays[f"{number}.spikes"] = trace, spikes
            about[number] = {"variable": variable, "method": method}
            print(model["source"].rsplit("/", 1)[-1], model["line"], method, variable, spikes.shape[1])
            break
        else:
            print("not run:", model["source"].rsplit("/", 1)[-1], model["line"], problem)
    (HERE / "data").mkdir(exist_ok=True)
    np.savez_compressed(
        HERE / "data" / "cells.npz", about=np.array(json.dumps(about)), version=np.array(b2.__version__), **arrays
    )
    print(len(about), "models")


if __name__ == "__main__":
    main()
