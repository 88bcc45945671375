"""Record the reference data of the simulator's tests with NEST. Run it where NEST is installed:

    python tests/builder/record_nest.py        # data/cells.npz, data/synapses.npz, data/devices.npz
    python tests/builder/record_nest.py OUT.npz < plan.json   # other experiments, for the tests that run NEST live
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from nest_cases import (
    AC,
    ASTROCYTE,
    CELLS,
    CLOPATH,
    CLOPATH_PRE,
    DOPAMINE,
    DOPAMINE_SYNAPSE,
    DT,
    DURATION,
    PORTS,
    POST,
    PRE,
    QUANTA,
    QUANTAL,
    SCENARIOS,
    STEPS,
    SYNAPSES,
    TIMES,
    experiment,
    tabulated,
    upstrokes,
)  # fmt: skip

DATA = Path(__file__).parent / "data"


def kernel(dt: float = DT) -> Any:
    """Return NEST, empty, at a time step."""
    import nest

    nest.set_verbosity("M_ERROR")
    nest.ResetKernel()
    nest.resolution = dt
    return nest


def cell(
    model: str, params: dict[str, Any], inputs: list[Any], current: Any, record: list[str], duration: float,
    dt: float = DT,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Return the traces and the spikes (steps at whose end they are) of one cell."""
    nest = kernel(dt)
    one = nest.Create(model, params=params)
    for times, weight, delay in inputs:
        source = nest.Create("spike_generator", params={"spike_times": times})
        nest.Connect(source, one, syn_spec={"weight": weight, "delay": delay})
    source = nest.Create("dc_generator", params=dict(amplitude=current[0], start=current[1], stop=current[2]))
    nest.Connect(source, one, syn_spec={"weight": 1.0, "delay": dt})
    meter = nest.Create("multimeter", params={"record_from": record, "interval": dt})
    nest.Connect(meter, one)
    spikes = nest.Create("spike_recorder")
    nest.Connect(one, spikes)
    nest.Simulate(duration + dt)
    events = meter.get("events")
    assert np.allclose(events["times"], dt * np.arange(1, events["times"].size + 1))
    data = {name: np.asarray(events[name]) for name in record}
    data["spikes"] = np.round(np.asarray(spikes.get("events")["times"]) / dt).astype(int)
    return data


def synapse(
    model: str, weight: float, params: dict[str, float], pre_times: list[float], post_times: list[float], delay: float
) -> np.ndarray:
    """Return the weights that presynaptic spikes send; for short-term plasticity the jumps of the current."""
    nest = kernel()
    params = {k.rstrip("_"): v for k, v in params.items()}
    generators = [nest.Create("spike_generator", params={"spike_times": t}) for t in (pre_times, post_times)]
    pre = nest.Create("parrot_neuron")
    nest.Connect(generators[0], pre, syn_spec={"delay": DT})
    if model.startswith("tsodyks"):
        post = nest.Create("iaf_psc_exp", params={"tau_syn_ex": 2.0, "V_th": 1e9})
        meter = nest.Create("multimeter", params={"record_from": ["I_syn_ex"], "interval": DT})
        nest.Connect(meter, post)
        nest.Connect(pre, post, syn_spec={"synapse_model": model, "weight": weight, "delay": delay, **params})
        nest.Simulate(100.0 + DT)
        return np.asarray(meter.get("events")["I_syn_ex"])
    post = nest.Create("parrot_neuron")
    nest.Connect(generators[1], post, syn_spec={"delay": DT})
    recorder = nest.Create("weight_recorder")
    nest.CopyModel(model, "recorded", {"weight_recorder": recorder})
    spec = {"synapse_model": "recorded", "weight": weight, "delay": delay, "receptor_type": 1, **params}
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


def clopath(model: str, delay: float) -> np.ndarray:
    """Return the weights that presynaptic spikes of a voltage-based synapse send."""
    nest = kernel()
    weight, params, own = CLOPATH[model]
    post = nest.Create(model, params={**params, "A_LTD_const": bool(params["A_LTD_const"])})
    if "gsl_error_tol" in post.get():
        post.gsl_error_tol = 1e-8
    source, pre = nest.Create("spike_generator", params={"spike_times": CLOPATH_PRE}), nest.Create("parrot_neuron")
    nest.Connect(source, pre, syn_spec={"delay": DT})
    recorder = nest.Create("weight_recorder")
    nest.CopyModel("clopath_synapse", "recorded", {"weight_recorder": recorder})
    nest.Connect(pre, post, syn_spec={"synapse_model": "recorded", "weight": weight, "delay": delay, **own})
    nest.Simulate(200.0)
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


def weights() -> dict[str, np.ndarray]:
    """Return what a weight recorder writes down of plastic and static synapses."""
    nest = kernel()
    recorder = nest.Create("weight_recorder")
    case = {k.rstrip("_"): v for k, v in SYNAPSES["stdp_synapse"]["params"].items()}
    nest.CopyModel("stdp_synapse", "recorded", {"weight_recorder": recorder, "Wmax": case["Wmax"]})
    nest.CopyModel("static_synapse", "still", {"weight_recorder": recorder})
    pre, post = nest.Create("parrot_neuron", 2), nest.Create("parrot_neuron", params={"tau_minus": 20.0})
    for relay, times in ((pre[0], PRE), (pre[1], POST[:5]), (post, POST)):
        source = nest.Create("spike_generator", params={"spike_times": times})
        nest.Connect(source, relay, syn_spec={"delay": DT})
    own = {"weight": 30.0, "delay": 1.5, "receptor_type": 1}
    nest.Connect(pre, post, syn_spec={"synapse_model": "recorded", **own, **case})
    nest.Connect(pre[0], post, syn_spec={"synapse_model": "still", **own, "weight": 7.0})
    nest.Simulate(100.0)
    events = recorder.events
    first = pre[0].global_id
    return {
        "times": events["times"],
        "senders": np.asarray(events["senders"]) - first,
        "weights": events["weights"],
    }


def quanta(name: str) -> np.ndarray:
    """Return how many of all synapses released 0, 1, ... quanta at each spike."""
    nest = kernel()
    recorder = nest.Create("weight_recorder")
    nest.CopyModel("quantal_stp_synapse", "recorded", {"weight_recorder": recorder})
    source = nest.Create("spike_generator", params={"spike_times": QUANTAL["times"]})
    pre, post = nest.Create("parrot_neuron"), nest.Create("parrot_neuron", QUANTAL["synapses"])
    nest.Connect(source, pre, syn_spec={"delay": DT})
    case = {**QUANTA[name], "n": int(QUANTA[name]["n"])}
    spec = {"synapse_model": "recorded", "weight": 1.0, "delay": 1.0, "receptor_type": 1, "u": case["U"]}
    nest.Connect(pre, post, syn_spec={**spec, **case, "a": case["n"]})
    nest.Simulate(100.0)
    return tabulated(recorder.events["times"], recorder.events["weights"], case["n"])


def live(plan: dict[str, Any], path: str) -> None:
    """Run the experiments of a plan, and write what they record."""
    data = {}
    for key, arguments in plan["cells"].items():
        data |= {f"{key}/{name}": values for name, values in cell(**arguments).items()}
    data |= {key: synapse(**arguments) for key, arguments in plan["synapses"].items()}
    np.savez(path, **data)


def main() -> None:
    """Record everything; with a path, what the plan on the standard input asks for."""
    if len(sys.argv) > 1:
        live(json.load(sys.stdin), sys.argv[1])
        return
    version = np.array(kernel().__version__)
    DATA.mkdir(exist_ok=True)
    cells = {
        f"{model}/{scenario}/{name}": values
        for model in CELLS
        for scenario in SCENARIOS
        for name, values in cell(**experiment(model, scenario)).items()
    }
    np.savez_compressed(DATA / "cells.npz", version=version, **cells)
    synapses = {
        f"{model}/{delay}": synapse(model, case["weight"], case["params"], PRE, POST, delay)
        for model, case in SYNAPSES.items()
        for delay in (0.1, 1.0, 4.0)
    }
    synapses |= {f"stdp_dopamine_synapse/{delay}": dopamine(delay) for delay in (0.1, 1.0, 4.0)}
    synapses |= {f"{model}/{delay}": clopath(model, delay) for model in CLOPATH for delay in (0.1, 1.0, 4.0)}
    synapses |= {f"weight_recorder/{name}": values for name, values in weights().items()}
    synapses |= {f"quantal_stp_synapse/{name}": quanta(name) for name in QUANTA}
    np.savez_compressed(DATA / "synapses.npz", version=version, **synapses)
    np.savez_compressed(DATA / "devices.npz", version=version, gap=gap(), **devices())


if __name__ == "__main__":
    main()
