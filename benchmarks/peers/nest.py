"""NEST: precompiled models, weight and delay per synapse, shortest delay one step.

The Hodgkin-Huxley cells are integrated by an adaptive Runge-Kutta-Fehlberg solver inside each step instead of
exponential Euler. NEST cannot go back to an initial state, so every run builds the network again (not timed).
"""

from __future__ import annotations

import os
import time

from benchmarks.worker import DT, Settings, Workload, quiet, serve, settings

GIVEN = settings()

os.environ["PYNEST_QUIET"] = "1"
with quiet():
    import nest
    import numpy as np

IMPORTED = time.perf_counter()
HH = dict(C_m=200.0, g_L=10.0, E_L=-60.0, E_K=-90.0, E_Na=50.0, g_Na=20000.0, g_K=6000.0, V_T=-63.0, t_ref=3.0)


def cobahh(given: Settings, rng: np.random.Generator):
    n, excitatory = given.n, given.n * 4 // 5
    cells = nest.Create(
        "hh_cond_exp_traub", n, HH | dict(tau_syn_ex=5.0, tau_syn_in=10.0, E_ex=0.0, E_in=-80.0, I_e=0.0)
    )
    cells.V_m = -60.0 + rng.standard_normal(n) * 5 - 5
    # The conductances of this model cannot be set; one spike per neuron brings them to their initial values.
    kick = nest.Create("spike_generator", params={"spike_times": [DT]})
    for weight in ((rng.standard_normal(n) * 1.5 + 4) * 10, -np.abs(rng.standard_normal(n) * 12 + 20) * 10):
        nest.Connect(kick, cells, "all_to_all", {"weight": weight[:, None], "delay": DT})
    rule = {"rule": "pairwise_bernoulli", "p": 0.02}
    nest.Connect(cells[:excitatory], cells, rule, {"weight": 6.0, "delay": DT})
    nest.Connect(cells[excitatory:], cells, rule, {"weight": -67.0, "delay": DT})
    return cells


def cuba(given: Settings, rng: np.random.Generator):
    n, excitatory = given.n, given.n * 4 // 5
    capacitance, tau = 200.0, 20.0  # a jump of ge (mV) is one of the current (pA) times C/tau
    values = dict(C_m=capacitance, tau_m=tau, tau_syn_ex=5.0, tau_syn_in=10.0, t_ref=5.0)
    cells = nest.Create("iaf_psc_exp", n, values | dict(E_L=-49.0, V_th=-50.0, V_reset=-60.0, I_e=0.0))
    cells.V_m = -60.0 + 10.0 * rng.random(n)
    rule = {"rule": "pairwise_bernoulli", "p": 0.02}
    nest.Connect(cells[:excitatory], cells, rule, {"weight": 60 * 0.27 / 10 * capacitance / tau, "delay": DT})
    nest.Connect(cells[excitatory:], cells, rule, {"weight": -20 * 4.5 / 10 * capacitance / tau, "delay": DT})
    return cells


def brunel(given: Settings, rng: np.random.Generator):
    n, excitatory = given.n, given.n * 4 // 5
    from_exc, from_inh = excitatory // 10, (n - excitatory) // 10
    tau, theta, weight, g, eta, delay = 20.0, 20.0, 0.1, 5.0, 2.0, 1.5
    cells = nest.Create("iaf_psc_delta", n, dict(C_m=1.0, tau_m=tau, t_ref=2.0, E_L=0.0, V_reset=10.0, V_th=theta))
    cells.V_m = theta * rng.random(n)
    nest.CopyModel("static_synapse", "excitatory", {"weight": weight, "delay": delay})
    nest.CopyModel("static_synapse", "inhibitory", {"weight": -g * weight, "delay": delay})
    drive = nest.Create("poisson_generator", params={"rate": 1000.0 * eta * theta / (weight * tau)})
    nest.Connect(drive, cells, syn_spec="excitatory")
    nest.Connect(cells[:excitatory], cells, {"rule": "fixed_indegree", "indegree": from_exc}, "excitatory")
    nest.Connect(cells[excitatory:], cells, {"rule": "fixed_indegree", "indegree": from_inh}, "inhibitory")
    return cells


def hh(given: Settings, rng: np.random.Generator):
    cells = nest.Create("hh_cond_exp_traub", given.n, HH | dict(I_e=500.0))
    cells.V_m = -60.0 + rng.standard_normal(given.n) * 5 - 5
    return cells


def stdp(given: Settings, rng: np.random.Generator):
    """The delay of a step is dendritic here: NEST has no other."""
    leak = 20.0
    largest = 0.01 * 1000 / given.n * leak
    values = dict(C_m=200.0, g_L=leak, E_L=-74.0, V_th=-54.0, V_reset=-60.0, E_ex=0.0, tau_syn_ex=5.0, t_ref=0.0)
    cells = nest.Create("iaf_cond_exp", 100, values | dict(V_m=-60.0, tau_minus=20.0))
    drive = nest.Create("poisson_generator", params={"rate": 15.0})
    inputs = nest.Create("parrot_neuron", given.n)
    nest.Connect(drive, inputs)
    plastic = dict(tau_plus=20.0, alpha=1.05, mu_plus=0.0, mu_minus=0.0, Wmax=largest, delay=DT)
    nest.CopyModel("stdp_synapse", "plastic", plastic | {"lambda": 0.01})
    weights = nest.random.uniform(0.0, largest)
    nest.Connect(inputs, cells, "all_to_all", dict(synapse_model="plastic", weight=weights))
    return cells


def latency(given: Settings, rng: np.random.Generator):
    n, excitatory = given.n, given.n * 4 // 5
    values = given.izhikevich
    cells = nest.Create("izhikevich", n, dict(a=values["a"], b=0.2, c=-65.0, d=8.0, V_m=-65.0, U_m=-13.0))
    cells.I_e = values["drive"] * (0.5 + rng.random(n))
    rule = {"rule": "pairwise_bernoulli", "p": 0.1}
    nest.Connect(cells[:excitatory], cells, rule, {"weight": values["w"], "delay": DT})
    nest.Connect(cells[excitatory:], cells, rule, {"weight": -2 * values["w"], "delay": DT})
    return cells


def build(given: Settings) -> Workload:
    """Build the network and let it take one step, which makes NEST's delivery tables."""
    recorders = []

    def construct() -> None:
        nest.set_verbosity("M_ERROR")
        nest.ResetKernel()
        nest.set(resolution=DT, local_num_threads=1, rng_seed=given.seed)
        cells = globals()[given.workload](given, np.random.default_rng(given.seed))
        recorders[:] = [nest.Create("spike_recorder")]
        nest.Connect(cells, recorders[0])
        if given.workload != "latency":
            nest.Simulate(DT)
            recorders[0].n_events = 0

    construct()
    restart = construct if given.workload != "latency" else lambda: None
    return Workload(nest.num_connections, restart, lambda: nest.Simulate(given.t_ms), lambda: recorders[0].n_events)


if __name__ == "__main__":
    serve(GIVEN, IMPORTED, build, nest.__version__)
