"""State and files: train once, save, and go on from the file in several ways.

A neuron is driven by 400 Poisson inputs through plastic synapses. After a while the network is saved. From the file,
without the script that built it, one network goes on learning, another keeps its weights; a third, fresh one takes over
the learned weights alone. The voltages are streamed to a file of their own.

What to see: the network from the file is where the first one would be, to the last bit; most synapses have
become weak, some strong; learning goes on only where it was left on.

References
----------
Song, Miller and Abbott (2000), Competitive Hebbian learning through spike-timing-dependent synaptic plasticity,
Nat Neurosci 3:919-926 (the task; with fewer inputs here).
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

SECONDS = 20

neuron = rv.Neuron(
    name="LIF",
    parameters="tau_m = 10.0\ntau_e = 5.0\nE_l = -74.0\nv_t = -54.0\nv_r = -60.0",
    equations="""
        tau_m*dv/dt = g_exc*(0.0 - v) + E_l - v : init = -60.0
        tau_e*dg_exc/dt = -g_exc
    """,
    spike="v > v_t",
    reset="v = v_r",
)


def build(seed):
    """Return the network, untrained."""
    net = rv.Network(dt=0.1, seed=seed)
    inputs = net.create(rv.PoissonPopulation(400, rates=20.0), name="inputs")
    cell = net.create(1, neuron, name="cell")
    stdp = rv.models.STDP(w_min=0.0, w_max=0.03, A_plus=0.02, A_minus=0.021)
    net.connect(inputs, cell, "exc", stdp, name="plastic").all_to_all(weights=rv.Uniform(0.0, 0.03))
    return net


folder = Path(__file__).parent / "figures"
folder.mkdir(exist_ok=True)
for name in ("voltage.h5", "trained.h5"):  # recordings are added to files, so begin with none
    (folder / name).unlink(missing_ok=True)
net = build(seed=1)
net.monitor(net.get_population("cell"), "v", period=1.0, file=folder / "voltage.h5", dtype="float32", name="voltage")
before = net.get_projection("plastic").w.copy()
net.simulate(1000.0 * SECONDS)
net.save(folder / "trained.h5")
trained = net.get_projection("plastic").w.copy()
net.simulate(1000.0)

# Without the script: the file has equations, connections and state. Monitors come along, and add to their files.
again = rv.Network.from_file(folder / "trained.h5")
again.simulate(1000.0)
print("same bits:", np.array_equal(net.get_projection("plastic").w, again.get_projection("plastic").w))

frozen = rv.Network.from_file(folder / "trained.h5")
frozen.disable_learning()
frozen.simulate(1000.0)
print("frozen:", np.array_equal(frozen.get_projection("plastic").w, trained))

# Learned weights alone, in another network.
other = build(seed=2)
other.load(folder / "trained.h5", populations=False, projections=["w"])
print("weights taken over:", np.array_equal(other.get_projection("plastic").w, trained))

segments = rv.read_recording(folder / "voltage.h5")["voltage"]
print("segments of the recording:", [len(s["v"]["steps"]) for s in segments], "samples")

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5))
left.hist([before, trained], bins=20, label=["before", "after"])
left.set(xlabel="weight", ylabel="synapses", title=f"{SECONDS} s of learning")
left.legend()
first = segments[0]["v"]
right.plot(first["steps"][-500:] * net.dt / 1000.0, first["values"][-500:], lw=0.8)
right.set(xlabel="time (s)", ylabel="mV", title="the end, from the file")
figure.tight_layout()
figure.savefig(folder / "state_and_files.png", dpi=150)
