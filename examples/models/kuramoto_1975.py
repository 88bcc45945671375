"""Kuramoto (1975): oscillators that differ fall into step when their coupling passes a critical strength.

Every phase is drawn to all others by the sine of the difference, a sum over synapses at every step.

What to see: the order parameter, the length of the mean of all phase vectors. Below the critical coupling
2/(pi g(0)) it stays near 1/sqrt(N), above it grows and settles.

References
----------
Kuramoto (1975), Self-entrainment of a population of coupled non-linear oscillators, 
Lecture Notes in Physics 39:420-422.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import ranvier as rv

N, WIDTH = 200, 0.5
CRITICAL = 2.0*WIDTH/np.sqrt(np.pi/2.0)  # 2/(pi g(0)) of a normal distribution of that width
oscillator = rv.Neuron(
    name="Kuramoto",
    equations="""
        dtheta/dt = (omega + K*pull)/second : 1
        omega : 1 (constant)
        pull : 1
        K : 1 (shared, constant)
    """,
    method="euler",
)
coupling = rv.Synapse(equations="pull_post = sin(theta_pre - theta_post)/N_pre : 1 (summed)")

random = np.random.default_rng(1975)
omega, theta = random.normal(0.0, WIDTH, N), random.uniform(0.0, 2.0*np.pi, N)
net = rv.Network(dt="50 ms", seed=1)
phases = net.create(N, oscillator, name="phases")
net.connect(phases, phases, synapse=coupling).all_to_all(allow_self_connections=True)
record = net.monitor(phases, "theta")
strengths = CRITICAL*np.array([0.5, 0.9, 1.2, 1.6, 2.5])

figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3.8), layout="constrained", width_ratios=(3, 2))
settled = []
for strength in strengths:
    net.reset(monitors=True)
    phases.omega, phases.theta, phases.K = omega, theta, strength
    net.simulate("40 second")
    order = np.abs(np.exp(1j*record.get("theta")).mean(axis=1))
    left.plot(np.arange(len(order))*0.05, order, label=f"{strength/CRITICAL:g}")
    settled.append(order[400:].mean())
left.set(xlabel="time (s)", ylabel="order", ylim=(0, 1))
left.legend(frameon=False, title="K / critical")
right.plot(strengths/CRITICAL, settled, "o-", color="#d55e00")
right.axvline(1.0, color="#555555", linewidth=0.8)
right.set(xlabel="K / critical", ylabel="order, last 20 s", ylim=(0, 1))
path = Path(__file__).parent / "figures" / "kuramoto_1975.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=110)
