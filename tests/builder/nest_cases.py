"""Experiments on single cells and synapses, for NEST and for the simulator: values in NEST's names and units."""

from __future__ import annotations

from typing import Any

import numpy as np

DT = 0.1
#: Delays (ms) of the three inputs: one step, 1.5 and 10 ms.
DELAYS = (0.1, 1.5, 10.0)
#: Times of input spikes (ms): two close together, and while the cell is refractory.
TIMES = ([5.0, 12.3, 12.4, 40.0, 61.7], [7.0, 30.0, 55.5], [2.0, 20.0, 33.3])

#: Model -> parameters, weight, constant current that makes it spike, what is recorded.
CELLS: dict[str, dict[str, Any]] = {
    "iaf_psc_delta": dict(weight=3.0, current=450.0, record=["V_m"]),
    "iaf_psc_exp": dict(weight=300.0, current=450.0, record=["V_m", "I_syn_ex", "I_syn_in"]),
    "iaf_psc_alpha": dict(
        weight=300.0, current=450.0, record=["V_m", "I_syn_ex", "I_syn_in"], params=dict(tau_syn_ex=1.0, t_ref=1.5)
    ),
    "mat2_psc_exp": dict(weight=300.0, current=500.0, record=["V_m", "V_th"]),
    "iaf_cond_exp": dict(weight=15.0, current=450.0, record=["V_m", "g_ex", "g_in"]),
    "iaf_cond_alpha": dict(weight=15.0, current=450.0, record=["V_m", "g_ex", "g_in"]),
    "aeif_cond_exp": dict(weight=15.0, current=700.0, record=["V_m", "g_ex", "g_in", "w"], params=dict(t_ref=2.0)),
    "aeif_cond_alpha": dict(weight=15.0, current=900.0, record=["V_m", "g_ex", "g_in", "w"]),  # t_ref is 0
    "aeif_cond_alpha_astro": dict(weight=15.0, current=700.0, record=["V_m", "w"], params=dict(t_ref=2.0)),
    "izhikevich": dict(weight=2.0, current=8.0, record=["V_m", "U_m"]),
    "hh_psc_alpha": dict(weight=200.0, current=650.0, record=["V_m", "Act_m", "Inact_h", "Act_n"]),
    "hh_cond_exp_traub": dict(weight=5.0, current=300.0, record=["V_m", "Act_m", "Inact_h", "Act_n", "g_ex", "g_in"]),
}
#: Scenario -> factor of the constant current, amplitude of the generator as a fraction of it.
SCENARIOS = {"below": (0.0, 0.3), "spiking": (1.0, 0.2)}
#: The generator of currents is on from 15 to 45 ms.
STEP = (15.0, 45.0)
DURATION = 80.0


def experiment(model: str, scenario: str) -> dict[str, Any]:
    """Return the arguments of `cell` for a recorded experiment."""
    case = CELLS[model]
    factor, step = SCENARIOS[scenario]
    signs = (1.0, -1.0, 1.0)
    return dict(
        model=model,
        params={**case.get("params", {}), "I_e": factor * case["current"]},
        inputs=[(t, sign * case["weight"], delay) for t, delay, sign in zip(TIMES, DELAYS, signs, strict=True)],
        current=(step * case["current"], *STEP),
        record=case["record"],
        duration=DURATION,
    )


def live_experiments(model: str) -> dict[str, dict[str, Any]]:
    """Return other experiments, of one thing each: a current step, one spike, refractoriness; at another time step."""
    case = CELLS[model]
    base = dict(model=model, params=case.get("params", {}), inputs=[], current=(0.0, 5.0, 30.0), record=case["record"])
    base |= dict(duration=50.0, dt=0.05)
    spikes = [round(x, 2) for x in np.arange(1.0, 48.0, 0.7)]
    refractory = {**base["params"], "I_e": 2.0 * case["current"]}
    if "psc" in model or "cond" in model:
        refractory["t_ref"] = 4.0
    return {
        "current step": {**base, "current": (0.45 * case["current"], 5.0, 30.0)},
        "one spike": {**base, "inputs": [([4.0], case["weight"], 1.2)]},
        "refractoriness": {**base, "params": refractory, "inputs": [(spikes, 0.2 * case["weight"], 0.5)]},
    }

#: Spike trains (ms) of a plastic synapse: pre and post, with coincidences at the synapse for a delay of 1 ms.
PRE = [3.0, 10.0, 14.0, 14.5, 25.0, 26.0, 40.0, 41.3, 60.0, 75.0, 90.1]
POST = [4.0, 9.0, 13.0, 20.0, 24.0, 26.0, 39.0, 44.0, 61.0, 62.0, 63.0, 89.1]
SYNAPSES: dict[str, dict[str, Any]] = {
    "tsodyks_synapse": dict(weight=100.0, params=dict(U=0.3, tau_rec=50.0, tau_fac=30.0, tau_psc=3.0)),
    "tsodyks2_synapse": dict(weight=100.0, params=dict(U=0.3, u=0.3, tau_rec=50.0, tau_fac=30.0)),
    "stdp_synapse": dict(weight=30.0, params=dict(lambda_=0.1, alpha=1.1, mu_plus=0.7, mu_minus=0.4, Wmax=60.0)),
    "stdp_triplet_synapse": dict(weight=30.0, params=dict(Aplus=0.5, Aplus_triplet=0.9, Aminus=0.7, Wmax=60.0)),
    "vogels_sprekeler_synapse": dict(weight=-0.5, params=dict(eta=0.05, Wmax=-1.0)),
}

#: Dopamine spikes (ms), and the parameters of synapses with dopamine.
DOPAMINE = [8.0, 21.5, 22.0, 50.0, 70.0]
DOPAMINE_SYNAPSE = dict(A_plus=0.5, A_minus=0.4, tau_c=50.0, tau_n=30.0, b=0.01, Wmax=200.0)
#: Presynaptic spikes (ms) of a voltage-based synapse onto a neuron that fires on its own; where the neuron takes
#: input at once, none comes during an upstroke, which NEST integrates in parts of a step. Weight, parameters of both.
CLOPATH_PRE = [14.0, 14.5, 25.0, 26.0, 40.0, 41.3, 60.0, 75.0, 90.1, 120.0, 121.5, 140.0, 180.0]
CLOPATH: dict[str, Any] = {
    "aeif_psc_delta_clopath": (
        0.8, dict(I_e=1100.0, A_LTP=8e-4, A_LTD=3e-5, t_ref=1.0, theta_minus=-66.0, A_LTD_const=0), dict(Wmax=3.0)
    ),
    "hh_psc_alpha_clopath": (
        20.0, dict(I_e=650.0, A_LTP=8e-3, A_LTD=14e-4, theta_minus=-66.0, A_LTD_const=1), dict(tau_x=12.0)
    ),
}  # fmt: skip
#: Quantal release: number of synapses, the train (ms), parameters. The last two leave nothing to chance.
QUANTAL = dict(synapses=4000, times=[5.0, 9.0, 30.0, 33.0, 36.0, 39.0, 80.0])
QUANTA: dict[str, dict[str, float]] = {
    "random": dict(n=5, U=0.4, tau_rec=50.0, tau_fac=20.0),
    "all recover": dict(n=3, U=1.0, tau_rec=1e-3, tau_fac=0.0),
    "none recovers": dict(n=3, U=1.0, tau_rec=1e12, tau_fac=0.0),
}
AC = dict(amplitude=80.0, offset=30.0, frequency=70.0, phase=40.0, start=5.0, stop=60.0)
STEPS = dict(amplitude_times=[1.0, 7.5, 20.3, 50.0], amplitude_values=[50.0, -100.0, 150.0, 0.0])
#: Time constants of the receptor ports (ms).
PORTS = [1.0, 4.0, 9.0]
#: An astrocyte that reaches the threshold of its slow inward current.
ASTROCYTE = dict(delta_IP3=0.4, IP3=1.0, SIC_th=0.08)


def upstrokes(v: np.ndarray, dt: float) -> np.ndarray:
    """Return when a trace of ends of steps passes 0 on its way up (ms), after the first 50 ms."""
    k = np.flatnonzero((v[:-1] <= 0) & (v[1:] > 0))
    times = (k + 1 - v[k] / (v[k + 1] - v[k])) * dt
    return times[times > 50.0]


def tabulated(times: np.ndarray, released: np.ndarray, n: float) -> np.ndarray:
    """Return how many synapses released 0 to n quanta at each spike; those that wrote nothing released none."""
    counts = np.zeros((len(QUANTAL["times"]), int(n) + 1))
    for k, time in enumerate(QUANTAL["times"]):
        own = np.asarray(released)[np.abs(np.asarray(times) - time - DT) < 0.5 * DT]
        counts[k] = np.bincount(np.round(own).astype(int), minlength=int(n) + 1)
        counts[k, 0] = QUANTAL["synapses"] - counts[k, 1:].sum()
    return counts
