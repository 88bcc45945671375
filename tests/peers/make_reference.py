"""Write the reference data of `test_published_networks.py` with Brian2 or NEST. Run it in the venv of the peer:

    ~/.cache/ranvier-peers/brian2/bin/python tests/peers/make_reference.py spikes    # data/cuba.npz, data/cobahh.npz
    ~/.cache/ranvier-peers/brian2/bin/python tests/peers/make_reference.py brian2    # data/rates_brian2.json
    ~/.cache/ranvier-peers/main/bin/python tests/peers/make_reference.py nest        # data/rates_nest.json

``spikes`` runs 50 ms from the given state, for the comparison spike by spike; the others run ten seeds of 1 s each
(connectivity and initial state of each seed from `published_networks`), for the comparison of mean rates.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from published_networks import DT, EXCITATORY, SEED, SIZE, STEPS, Published, cobahh, cuba

DATA = Path(__file__).parent / "data"
SEEDS = tuple(range(1, 11))
DURATION_MS = 1000.0
NETWORKS: dict[str, Callable[[int], Published]] = {"cuba": cuba, "cobahh": cobahh}


def brian2_run(name: str, published: Published, steps: int, target: str) -> tuple[np.ndarray, np.ndarray]:
    """Return (steps, neurons) of all spikes of one of the networks in Brian2."""
    import brian2 as b2
    from brian2 import cm, ms, msiemens, mV, nS, siemens, ufarad, umetre

    b2.prefs.codegen.target = target
    b2.start_scope()
    b2.defaultclock.dt = DT * ms
    if name == "cuba":
        equations = """
        dv/dt = (ge+gi-(v-El))/taum : volt (unless refractory)
        dge/dt = -ge/taue : volt
        dgi/dt = -gi/taui : volt
        """
        space = dict(taum=20 * ms, taue=5 * ms, taui=10 * ms, Vt=-50 * mV, Vr=-60 * mV, El=-49 * mV)
        space |= dict(we=(60 * 0.27 / 10) * mV, wi=(-20 * 4.5 / 10) * mV)
        group = b2.NeuronGroup(
            SIZE, equations, threshold="v>Vt", reset="v = Vr", refractory=5 * ms, method="exact", namespace=space
        )
        units = {"v": mV, "ge": mV, "gi": mV}
    else:
        area = 20000 * umetre**2
        equations = """
        dv/dt = (gl*(El-v)+ge*(Ee-v)+gi*(Ei-v)-g_na*(m*m*m)*h*(v-ENa)-g_kd*(n*n*n*n)*(v-EK))/Cm : volt
        dm/dt = alpha_m*(1-m)-beta_m*m : 1
        dn/dt = alpha_n*(1-n)-beta_n*n : 1
        dh/dt = alpha_h*(1-h)-beta_h*h : 1
        dge/dt = -ge/taue : siemens
        dgi/dt = -gi/taui : siemens
        alpha_m = 0.32*4*mV**-1*mV/exprel((13*mV-v+VT)/(4*mV))/ms : Hz
        beta_m = 0.28*5*mV**-1*mV/exprel((v-VT-40*mV)/(5*mV))/ms : Hz
        alpha_h = 0.128*exp((17*mV-v+VT)/(18*mV))/ms : Hz
        beta_h = 4./(1+exp((40*mV-v+VT)/(5*mV)))/ms : Hz
        alpha_n = 0.032*5*mV**-1*mV/exprel((15*mV-v+VT)/(5*mV))/ms : Hz
        beta_n = .5*exp((10*mV-v+VT)/(40*mV))/ms : Hz
        """
        space = dict(Cm=(1 * ufarad * cm**-2) * area, gl=(5e-5 * siemens * cm**-2) * area, El=-60 * mV, EK=-90 * mV)
        space |= dict(ENa=50 * mV, VT=-63 * mV, g_na=(100 * msiemens * cm**-2) * area, Ee=0 * mV, Ei=-80 * mV)
        space |= dict(g_kd=(30 * msiemens * cm**-2) * area, taue=5 * ms, taui=10 * ms, we=6 * nS, wi=67 * nS)
        group = b2.NeuronGroup(
            SIZE, equations, threshold="v>-20*mV", refractory=3 * ms, method="exponential_euler", namespace=space
        )
        units = {"v": mV, "ge": nS, "gi": nS}
    for variable, value in published.initial.items():
        setattr(group, variable, value * units[variable])
    exc = b2.Synapses(group[:EXCITATORY], group, on_pre="ge += we", namespace=space)
    exc.connect(i=published.excitatory[0], j=published.excitatory[1])
    inh = b2.Synapses(group[EXCITATORY:], group, on_pre="gi += wi", namespace=space)
    inh.connect(i=published.inhibitory[0], j=published.inhibitory[1])
    monitor = b2.SpikeMonitor(group)
    b2.Network(group, exc, inh, monitor).run(steps * DT * ms)
    return np.rint(np.asarray(monitor.t / ms) / DT).astype(np.int64), np.asarray(monitor.i, dtype=np.int64)


def nest_run(name: str, published: Published, seed: int) -> int:
    """Return the number of spikes in 1 s of one of the networks in NEST (shortest delay: one step)."""
    import nest

    nest.set_verbosity("M_ERROR")
    nest.ResetKernel()
    nest.set(resolution=DT, rng_seed=seed)
    one = {"delay": DT}
    if name == "cuba":
        capacitance, tau = 200.0, 20.0
        values = dict(C_m=capacitance, tau_m=tau, tau_syn_ex=5.0, tau_syn_in=10.0, t_ref=5.0)
        cells = nest.Create("iaf_psc_exp", SIZE, values | dict(E_L=-49.0, V_th=-50.0, V_reset=-60.0, I_e=0.0))
        weights = 60 * 0.27 / 10 * capacitance / tau, -20 * 4.5 / 10 * capacitance / tau
    else:
        values = dict(C_m=200.0, g_L=10.0, E_L=-60.0, E_K=-90.0, E_Na=50.0, g_Na=20000.0, g_K=6000.0, V_T=-63.0)
        values |= dict(t_ref=3.0, tau_syn_ex=5.0, tau_syn_in=10.0, E_ex=0.0, E_in=-80.0, I_e=0.0)
        cells = nest.Create("hh_cond_exp_traub", SIZE, values)
        weights = 6.0, -67.0
        # The conductances of this model cannot be set; one spike per neuron brings them to their initial values.
        kick = nest.Create("spike_generator", params={"spike_times": [DT]})
        for variable, sign in (("ge", 1.0), ("gi", -1.0)):
            kicks = sign * np.maximum(published.initial[variable], 0.0)[:, None]
            nest.Connect(kick, cells, "all_to_all", one | {"weight": kicks})
    cells.V_m = published.initial["v"]
    for (pre, post), first, weight in (
        (published.excitatory, 0, weights[0]),
        (published.inhibitory, EXCITATORY, weights[1]),
    ):
        ids = np.asarray(cells.tolist())
        same = np.ones(len(pre))
        spec = {"weight": weight * same, "delay": DT * same}
        nest.Connect(ids[pre + first], ids[post], "one_to_one", spec)
    recorder = nest.Create("spike_recorder")
    nest.Connect(cells, recorder)
    nest.Simulate(DURATION_MS)
    return int(recorder.n_events)


def write_spikes() -> None:
    """Write the spikes of the first 50 ms in Brian2 (runtime, numpy target)."""
    import brian2

    for name, build in NETWORKS.items():
        published = build(SEED)
        steps, neurons = brian2_run(name, published, STEPS, "numpy")
        np.savez_compressed(
            DATA / f"{name}.npz",
            steps=steps.astype(np.int16),
            neurons=neurons.astype(np.int16),
            seed=np.int64(SEED),
            digest=np.array(published.digest()),
            versions=np.array(
                f"brian2 {brian2.__version__}, numpy {np.__version__}, python {platform.python_version()}"
            ),
        )
        print(name, len(steps), "spikes")


def write_rates(peer: str) -> None:
    """Write the mean rates (Hz) of ten seeds."""
    rates: dict[str, list[float]] = {name: [] for name in NETWORKS}
    for seed in SEEDS:
        for name, build in NETWORKS.items():
            if peer == "nest":
                count = nest_run(name, build(seed), seed)
            else:
                count = len(brian2_run(name, build(seed), round(DURATION_MS / DT), "cython")[0])
            rates[name].append(round(count / SIZE / (DURATION_MS / 1000.0), 5))
            print(peer, seed, name, rates[name][-1], flush=True)
    version = __import__(peer).__version__
    record = {"peer": peer, "version": version, "numpy": np.__version__, "seeds": SEEDS, "duration_ms": DURATION_MS}
    (DATA / f"rates_{peer}.json").write_text(json.dumps(record | {"rates_hz": rates}, indent=1) + "\n")


if __name__ == "__main__":
    DATA.mkdir(exist_ok=True)
    if sys.argv[1] == "spikes":
        write_spikes()
    else:
        write_rates(sys.argv[1])
