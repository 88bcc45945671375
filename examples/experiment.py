"""An experiment that is run twice: a fast-spiking neuron answers to a step and to a ramp of current.

The experiment resets the model, sets the leak potential, records the answer to a step, resets all but the parameters,
and records the answer to a ramp. Run with another leak potential it gives other answers; run again with the first one,
the same to the last bit, and nothing is compiled again.

What to see: with the leak potential at -68 mV the neuron fires during the step of 50 pA and, during the ramp, from
about 30 pA on, faster and faster. With -90 mV the step is too weak, and the ramp must climb beyond 80 pA.

References
----------
Bischop, Orduz, Lambot, Schiffmann and Gall (2012), Control of neuronal excitability by calcium binding proteins: a new
mathematical model for striatal fast-spiking interneurons, Front. Mol. Neurosci. 5:78.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv
from ranvier.experiment import (
    CompNeuroExp,
    CompNeuroMonitors,
    CompNeuroSim,
    HHmodelBischop,
    PlotRecordings,
    current_ramp,
    current_step,
)


class StepAndRamp(CompNeuroExp):
    """One chunk of recordings with a step of current, one with a ramp."""

    def __init__(self, model, step, ramp, monitors):
        super().__init__(monitors)
        self.model, self.step, self.ramp = model, step, ramp

    def run(self, E_L=-68.0):
        """Record both, with some leak potential."""
        self.reset()  # the same state at the beginning of every run
        self.monitors.start()
        self.net.get_population(self.model.populations[0]).E_L = E_L
        self.step.run()
        self.reset(parameters=False)  # a new chunk from the beginning, with the same E_L
        self.ramp.run()
        self.data["sim"] = [self.step.simulation_info(), self.ramp.simulation_info()]
        return self.results()


net = rv.Network(dt=0.01, seed=1)
model = HHmodelBischop()
(name,) = model.populations
monitors = CompNeuroMonitors({f"{name};0.1": ["v", "spike"]})
step = CompNeuroSim(current_step, {"pop": name, "t1": 500, "t2": 500, "a1": 0, "a2": 50})
ramp = CompNeuroSim(current_ramp, {"pop": name, "a0": 0, "a1": 100, "dur": 1000, "n": 50})

experiment = StepAndRamp(model, step, ramp, monitors)
compiled = rv.cache.stats()["compiled"]
runs = {E_L: experiment.run(E_L) for E_L in (-68.0, -90.0)}
again = experiment.run(-68.0)
same = all(
    np.array_equal(one[f"{name};v"], other[f"{name};v"])
    for one, other in zip(runs[-68.0].recordings, again.recordings, strict=True)
)
print(f"the first run again: {'equal to the last bit' if same else 'different'}")
print(f"compiled for three runs: {rv.cache.stats()['compiled'] - compiled}")
for E_L, run in runs.items():
    counts = [len(chunk[f"{name};spike"][0]) for chunk in run.recordings]
    print(f"E_L = {E_L:g} mV: {counts[0]} spikes in the step, {counts[1]} in the ramp")

folder = Path(__file__).parent / "figures"
for chunk, what in enumerate(("step", "ramp")):
    PlotRecordings(
        figname=folder / f"experiment_{what}.png",
        recordings=runs[-68.0].recordings,
        recording_times=runs[-68.0].recording_times,
        chunk=chunk,
        shape=(2, 1),
        plan={"position": [1, 2], "compartment": [name] * 2, "variable": ["v", "spike"], "format": ["line", "raster"]},
        dpi=100,
    )

figure, axes = plt.subplots(2, 2, figsize=(9.0, 5.0), sharex=True, sharey=True, layout="constrained")
for row, (E_L, run) in zip(axes, runs.items(), strict=True):
    for chunk, ax in enumerate(row):
        times, v = run.recording_times.combine_periods(run.recordings, f"{name};v", chunk)
        ax.plot(times, v, linewidth=0.8)
        ax.set_title(f"{('step', 'ramp')[chunk]}, E_L = {E_L:g} mV", fontsize="medium")
        ax.spines[["top", "right"]].set_visible(False)
    row[0].set_ylabel("v (mV)")
for ax in axes[1]:
    ax.set_xlabel("time (ms)")
folder.mkdir(exist_ok=True)
figure.savefig(folder / "experiment.png", dpi=150)
