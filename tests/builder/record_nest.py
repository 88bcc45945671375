"""Record the reference data of the simulator's tests with NEST. Run it where NEST is installed:

    python tests/builder/record_nest.py        # data/cells.npz, data/synapses.npz, data/devices.npz, data/brunel.npz
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from nest_cases import (
    AC,
    ASTROCYTE,
    BRUNEL,
    CELLS,
    DELAYS,
    DOPAMINE,
    DOPAMINE_SYNAPSE,
    DT,
    DURATION,
    PORTS,
    POST,
    PRE,
    SCENARIOS,
    STEP,
    STEPS,
    SYNAPSES,
    TIMES,
    statistics,
    upstrokes,
)  # fmt: skip

DATA = Path(__file__).parent / "data"


def kernel() -> Any:
    """Return NEST, empty, at the time step of the cases."""
    import nest

    nest.set_verbosity("M_ERROR")
    nest.ResetKernel()
    nest.resolution = DT
    return nest


def cell(model: str, scenario: str) -> dict[str, np.ndarray]:
    """Return the traces and the spike times of one cell."""
    nest, case = kernel(), CELLS[model]
    factor, step = SCENARIOS[scenario]
    params = {**case.get("params", {}), "I_e": factor * case["current"]}
    one = nest.Create(model, params=params)
    if "gsl_error_tol" in one.get():
        one.gsl_error_tol = 1e-10
    for times, delay, sign in zip(TIMES, DELAYS, (1.0, -1.0, 1.0), strict=True):
        source = nest.Create("spike_generator", params={"spike_times": times})
        nest.Connect(source, one, syn_spec={"weight": sign * case["weight"], "delay": delay})
    current = nest.Create("dc_generator", params=dict(amplitude=step * case["current"], start=STEP[0], stop=STEP[1]))
    nest.Connect(current, one, syn_spec={"weight": 1.0, "delay": DT})
    meter = nest.Create("multimeter", params={"record_from": case["record"], "interval": DT})
    nest.Connect(meter, one)
    spikes = nest.Create("spike_recorder")
    nest.Connect(one, spikes)
    nest.Simulate(DURATION + DT)
    events = meter.get("events")
    assert np.allclose(events["times"], DT * np.arange(1, events["times"].size + 1))
    data = {name: np.asarray(events[name]) for name in case["record"]}
    data["spikes"] = np.round(np.asarray(spikes.get("events")["times"]) / DT).astype(int)
    return data


def synapse(model: str, delay: float = 1.0) -> np.ndarray:
    """Return the weights that presynaptic spikes send; for short-term plasticity the jumps of the current."""
    nest, case = kernel(), SYNAPSES[model]
    params = {k.rstrip("_"): v for k, v in case["params"].items()}
    generators = [nest.Create("spike_generator", params={"spike_times": t}) for t in (PRE, POST)]
    pre = nest.Create("parrot_neuron")
    nest.Connect(generators[0], pre, syn_spec={"delay": DT})
    if model.startswith("tsodyks"):
        post = nest.Create("iaf_psc_exp", params={"tau_syn_ex": 2.0, "V_th": 1e9})
        meter = nest.Create("multimeter", params={"record_from": ["I_syn_ex"], "interval": DT})
        nest.Connect(meter, post)
        nest.Connect(pre, post, syn_spec={"synapse_model": model, "weight": case["weight"], "delay": delay, **params})
        nest.Simulate(100.0 + DT)
        return np.asarray(meter.get("events")["I_syn_ex"])
    post = nest.Create("parrot_neuron")
    nest.Connect(generators[1], post, syn_spec={"delay": DT})
    recorder = nest.Create("weight_recorder")
    nest.CopyModel(model, "recorded", {"weight_recorder": recorder})
    spec = {"synapse_model": "recorded", "weight": case["weight"], "delay": delay, "receptor_type": 1, **params}
    nest.Connect(pre, post, syn_spec=spec)
    nest.Simulate(100.0 + DT)
    return np.asarray(recorder.get("events")["weights"])


def dopamine(delay: float) -> np.ndarray:
    """Return the weights that presynaptic spikes of a synapse with dopamine send."""
    nest = kernel()
    sources = [nest.Create("spike_generator", params={"spike_times": t}) for t in (PRE, POST, DOPAMINE)]
    pre, post, dopa = (nest.Create("parrot_neuron") for _ in range(3))
    for source, relay in zip(sources, (pre, post, dopa), strict=True):
        nest.Connect(source, relay, syn_spec={"delay": DT})
    transmitter, recorder = nest.Create("volume_transmitter"), nest.Create("weight_recorder")
    nest.Connect(dopa, transmitter, syn_spec={"delay": DT})
    common = dict(volume_transmitter=transmitter, weight_recorder=recorder, **DOPAMINE_SYNAPSE)
    nest.CopyModel("stdp_dopamine_synapse", "recorded", common)
    nest.Connect(pre, post, syn_spec=dict(synapse_model="recorded", weight=30.0, delay=delay, receptor_type=1))
    nest.Simulate(100.0 + DT)
    return np.asarray(recorder.get("events")["weights"])


def devices() -> dict[str, np.ndarray]:
    """Return traces of cells with generators, of a cell with three receptors, of an astrocyte with its target."""
    nest, data = kernel(), {}
    sources = {
        "ac": nest.Create("ac_generator", params=AC),
        "step": nest.Create("step_current_generator", params=STEPS),
        "dc": nest.Create("dc_generator", params=dict(amplitude=100.0, start=0.0, stop=30.0, origin=5.0)),
    }
    meters = {}
    for name, source in sources.items():
        one = nest.Create("iaf_psc_exp")
        nest.Connect(source, one, syn_spec={"weight": 1.5, "delay": 0.7})
        meters[name] = nest.Create("multimeter", params={"record_from": ["V_m"], "interval": DT})
        nest.Connect(meters[name], one)
    ports = nest.Create("iaf_psc_exp_multisynapse", params={"tau_syn": PORTS})
    for k in range(len(PORTS)):
        source = nest.Create("spike_generator", params={"spike_times": TIMES[k]})
        nest.Connect(source, ports, syn_spec={"weight": 100.0 * (-1) ** k, "delay": 1.0, "receptor_type": k + 1})
    meters["ports"] = nest.Create("multimeter", params={"record_from": ["V_m"], "interval": DT})
    nest.Connect(meters["ports"], ports)
    astro = nest.Create("astrocyte_lr_1994", params=ASTROCYTE)
    post = nest.Create("aeif_cond_alpha_astro")
    source = nest.Create("spike_generator", params={"spike_times": TIMES[0]})
    nest.Connect(source, astro, syn_spec={"weight": 2.0, "delay": 1.0})
    nest.Connect(astro, post, syn_spec={"synapse_model": "sic_connection", "weight": 3.0, "delay": 1.0})
    meters["astro"] = nest.Create("multimeter", params={"record_from": ["IP3", "Ca_astro", "h_IP3R"], "interval": DT})
    meters["post"] = nest.Create("multimeter", params={"record_from": ["V_m", "I_SIC"], "interval": DT})
    nest.Connect(meters["astro"], astro)
    nest.Connect(meters["post"], post)
    nest.Simulate(DURATION + 2.0)
    for name, meter in meters.items():
        events = meter.get("events")
        data |= {f"{name}/{key}": np.asarray(events[key]) for key in events if key not in ("times", "senders")}
    return data


def brunel(seed: int) -> list[float]:
    """Return the rates of excitatory and inhibitory neurons, and the coefficient of variation of the intervals."""
    nest, b = kernel(), BRUNEL
    nest.rng_seed = seed + 1
    cells = nest.Create("iaf_psc_alpha", b["n_ex"] + b["n_in"], params=b["cell"])
    ex, inh = cells[: b["n_ex"]], cells[b["n_ex"] :]
    noise = nest.Create("poisson_generator", params={"rate": b["rate"]})
    nest.Connect(noise, cells, syn_spec={"weight": b["weight"], "delay": b["delay"]})
    for group, count, weight in ((ex, b["k_ex"], b["weight"]), (inh, b["k_in"], -b["g"] * b["weight"])):
        rule = {"rule": "fixed_indegree", "indegree": count}
        nest.Connect(group, cells, rule, {"weight": weight, "delay": b["delay"]})
    recorder = nest.Create("spike_recorder")
    nest.Connect(cells, recorder)
    nest.Simulate(b["duration"])
    events = recorder.get("events")
    return statistics(np.asarray(events["times"]), np.asarray(events["senders"]) - cells[0].global_id)


def gap() -> np.ndarray:
    """Return when the potentials of two coupled cells pass 0 on their way up (ms), one after the other."""
    nest = kernel()
    nest.resolution = 0.05
    nest.set(use_wfr=True, wfr_comm_interval=1.0, wfr_tol=1e-6, wfr_max_iterations=15)
    cells = nest.Create("hh_psc_alpha_gap", 2, params={"I_e": 100.0})
    cells[0].V_m = -10.0
    meter = nest.Create("voltmeter", params={"interval": 0.05})
    nest.Connect(meter, cells)
    rule, spec = {"rule": "one_to_one", "make_symmetric": True}, {"synapse_model": "gap_junction", "weight": 0.5}
    nest.Connect(cells[0], cells[1], rule, spec)
    nest.Simulate(350.0)
    events = meter.events
    return np.concatenate([upstrokes(events["V_m"][events["senders"] == n], 0.05) for n in (1, 2)])


def main() -> None:
    """Record everything."""
    version = np.array(kernel().__version__)
    DATA.mkdir(exist_ok=True)
    cells = {
        f"{model}/{scenario}/{name}": values
        for model in CELLS
        for scenario in SCENARIOS
        for name, values in cell(model, scenario).items()
    }
    np.savez_compressed(DATA / "cells.npz", version=version, **cells)
    synapses = {f"{model}/{delay}": synapse(model, delay) for model in SYNAPSES for delay in (0.1, 1.0, 4.0)}
    synapses |= {f"stdp_dopamine_synapse/{delay}": dopamine(delay) for delay in (0.1, 1.0, 4.0)}
    np.savez_compressed(DATA / "synapses.npz", version=version, **synapses)
    np.savez_compressed(DATA / "devices.npz", version=version, gap=gap(), **devices())
    np.savez_compressed(DATA / "brunel.npz", version=version, statistics=[brunel(seed) for seed in range(10)])


if __name__ == "__main__":
    main()
