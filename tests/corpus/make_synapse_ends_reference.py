"""Write ``data/synapse_ends.npz``: published networks in which synapses are ends of connections, simulated by Brian2.

    ~/.cache/ranvier-peers/brian2/bin/python tests/corpus/make_synapse_ends_reference.py

Texts and constants are those of `brian2.json`; the networks are smaller than in the scripts, what is random there is
drawn here and written to the file, and all groups have one time step. Pairs are made in the order (post, pre), so that
the number of a synapse is the same on both sides.

closed_loop   example_4_rsmean.py of Stimberg et al. (2019): three synapses per pair, one modulated by the astrocyte
              that it drives, one by an astrocyte that oscillates by itself, one by none
network       example_6_COBA_with_astro.py of the same paper
reward        Izhikevich_2007.py: a spike of dopamine acts on a variable of the synapses
"""

from __future__ import annotations

import json
from pathlib import Path

import brian2 as b2
import numpy as np
from brian2.units.fundamentalunits import Quantity, get_or_create_dimension

HERE = Path(__file__).resolve().parent
MODELS = json.loads((HERE / "brian2.json").read_text())["models"]
UM = b2.umolar


def entry(script, line):
    return next(m for m in MODELS if m["source"].endswith(script) and m["line"] == line)


def space(model, changed):
    found = {}
    for name, value in model["values"].items():
        dims = value.get("dims")
        if "timed_array" in value:
            found[name] = b2.TimedArray(value["timed_array"], dt=value["dt_ms"] * b2.ms)
        else:
            number = changed.get(name, value["value"])
            found[name] = Quantity(number, dim=get_or_create_dimension(dims)) if dims else number
    return found


def group(size, model, changed=None):
    return b2.NeuronGroup(
        size, model["equations"], threshold=model.get("threshold"), reset=model.get("reset"),
        refractory=model.get("refractory", False), method=model.get("method"), namespace=space(model, changed or {}),
    )  # fmt: skip


def synapses(pre, post, model, changed=None):
    return b2.Synapses(
        pre, post, model["equations"], on_pre=model.get("on_pre"), on_post=model.get("on_post"),
        method=model.get("method") or "euler", namespace=space(model, changed or {}),
    )  # fmt: skip


def run(net, objects, steps, every, dt, between=None):
    """Return the values of some variables after every so many steps, in SI units."""
    found = {key: [] for key in objects}
    for n in range(steps // every):
        if between:
            between(n)
        net.run(every * dt)
        for key, (of, name) in objects.items():
            found[key].append(np.array(getattr(of, f"{name}_")))
    return {key: np.array(values) for key, values in found.items()}


def closed_loop():
    script, n, dt = "example_4_rsmean.py", 6, 1 * b2.ms
    rng = np.random.default_rng(1)
    steps = 12_000
    trains = [np.unique(rng.integers(0, steps, count)) for count in (3, 10, 40, 100, 300, 900)]
    times, ranks = np.concatenate(trains), np.repeat(np.arange(n), [len(t) for t in trains])
    b2.defaultclock.dt = dt
    source, target = b2.SpikeGeneratorGroup(n, ranks, times * dt), b2.NeuronGroup(n, "")
    made = synapses(source, target, entry(script, 121))
    three = np.repeat(np.arange(n), 3)
    made.connect(i=three, j=three)
    made.x_S = 1.0
    astro = group(2 * n, entry(script, 176))
    astro.h, astro.x_A = 0.9, 1.0
    astro.I_bias = np.repeat([0.0, 1.0], n) * UM
    to_astro = synapses(made, astro, entry(script, 192))
    to_astro.connect(i=3 * np.arange(n), j=np.arange(n))
    to_synapse = synapses(astro, made, entry(script, 197))
    one = np.concatenate([3 * np.arange(n), 3 * np.arange(n) + 1])
    to_synapse.connect(i=np.arange(2 * n), j=one)
    spikes = b2.SpikeMonitor(astro)
    net = b2.Network(source, target, made, astro, to_astro, to_synapse, spikes)
    objects = {f"synapse.{x}": (made, x) for x in ("Y_S", "Gamma_S", "r_S", "G_A")}
    objects |= {f"astrocyte.{x}": (astro, x) for x in ("Gamma_A", "I", "C", "h", "x_A", "G_A", "Y_S")}
    samples = run(net, objects, steps, 400, dt)
    return {"times": times, "ranks": ranks, "spikes": np.array([np.rint(spikes.t / dt), spikes.i]), **samples}


def network():
    script, n, n_exc, n_astro, dt = "example_6_COBA_with_astro.py", 60, 48, 9, 0.1 * b2.ms
    rng = np.random.default_rng(2)
    changed = {"w_e": 1e-9, "w_i": 5e-9, "I_ex": 1.3e-10}
    b2.defaultclock.dt = dt
    cells = group(n, entry(script, 123), changed)
    v, g_e = -60e-3 + 10e-3 * rng.random(n), 1e-9 * rng.random(n)
    cells.v_, cells.g_e_ = v, g_e
    exc, inh = cells[:n_exc], cells[n_exc:]
    pairs = []
    made = []
    for some, line, p in ((exc, 164, 0.2), (inh, 169, 0.3)):
        post, pre = np.nonzero(rng.random((n, len(some))) < p)
        one = synapses(some, cells, entry(script, line), changed)
        one.connect(i=pre, j=post)
        one.x_S = 1.0
        pairs.append(np.array([pre, post]))
        made.append(one)
    covered = rng.integers(-1, n_astro, len(made[0]))
    made[0].astrocyte_index = covered
    astro = group(n_astro, entry(script, 222))
    calcium = rng.uniform(0.3, 0.49, n_astro) * 1e-3
    astro.C_, astro.h, astro.I, astro.x_A = calcium, 0.9, 0.4 * UM, 1.0
    to_synapse, to_astro = synapses(astro, made[0], entry(script, 242)), synapses(made[0], astro, entry(script, 245))
    to_synapse.connect("i == astrocyte_index_post")
    to_astro.connect("astrocyte_index_pre == j")
    gap = synapses(astro, astro, entry(script, 254))
    gap.connect("i != j and abs(i - j) <= 2")
    spikes, astro_spikes = b2.SpikeMonitor(cells), b2.SpikeMonitor(astro)
    net = b2.Network(cells, *made, astro, to_synapse, to_astro, gap, spikes, astro_spikes)
    objects = {f"synapse.{x}": (made[0], x) for x in ("Y_S", "Gamma_S", "r_S", "G_A")}
    objects |= {f"cell.{x}": (cells, x) for x in ("v", "g_e", "g_i")}
    objects |= {f"astrocyte.{x}": (astro, x) for x in ("Gamma_A", "I", "C", "h", "x_A", "G_A", "Y_S", "J_coupling")}
    samples = run(net, objects, 4000, 400, dt)
    return {
        "v": v, "g_e": g_e, "covered": covered, "C": calcium, "exc": pairs[0], "inh": pairs[1],
        "changed": np.array(json.dumps(changed)),
        "spikes": np.array([np.rint(spikes.t / dt), spikes.i]),
        "astro_spikes": np.array([np.rint(astro_spikes.t / dt), astro_spikes.i]), **samples,
    }  # fmt: skip


def reward():
    script, dt = "Izhikevich_2007.py", 0.1 * b2.ms
    b2.defaultclock.dt = dt
    ranks = np.array([0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0])
    times = np.array([50, 55, 100, 101, 150, 151, 350, 355, 400, 401, 450, 451])
    doses = np.array([352, 402, 452])
    source = b2.SpikeGeneratorGroup(2, ranks, times * b2.ms)
    dopamine = b2.SpikeGeneratorGroup(1, 0 * doses, doses * b2.ms)
    cells = group(2, entry(script, 55))
    cells.v = -60 * b2.mV
    drive = synapses(source, cells, entry(script, 62))
    drive.connect(i=[0, 1], j=[0, 1])
    drive.s = 100.0 * b2.mV
    learning = synapses(cells, cells, entry(script, 69))
    learning.connect(i=[0, 1], j=[1, 0])
    learning.s = learning.c = 1e-10
    dose = synapses(dopamine, learning, entry(script, 99))
    dose.connect(i=[0], j=[0])
    net = b2.Network(source, dopamine, cells, drive, learning, dose)
    objects = {f"synapse.{x}": (learning, x) for x in ("s", "c", "d")} | {f"cell.{x}": (cells, x) for x in ("v", "ge")}

    def teach(n):
        learning.mode = int(n >= 30)

    return {"ranks": ranks, "times": times, "doses": doses, **run(net, objects, 6000, 100, dt, teach)}


def main():
    b2.prefs.codegen.target = "numpy"
    b2.BrianLogger.suppress_hierarchy("brian2")
    arrays = {f"{make.__name__}.{k}": v for make in (closed_loop, network, reward) for k, v in make().items()}
    np.savez_compressed(HERE / "data" / "synapse_ends.npz", version=np.array(b2.__version__), **arrays)


if __name__ == "__main__":
    main()
