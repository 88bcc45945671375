"""Write the reference data of `tests/models/test_neurons.py` with NEST. Run it in the venv of the peer:

    ~/.cache/ranvier-peers/main/bin/python tests/peers/make_model_reference.py       # data/models_nest.json

Spike times (ms) of single cells with constant current. Parameters are those of our models, in their units; here they
are translated into NEST's.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nest

OUT = Path(__file__).parent / "data" / "models_nest.json"
#: name -> a, b, c, d (Izhikevich 2003, figure 2).
IZHIKEVICH = {
    "regular spiking": (0.02, 0.2, -65.0, 8.0),
    "intrinsically bursting": (0.02, 0.2, -55.0, 4.0),
    "chattering": (0.02, 0.2, -50.0, 2.0),
    "fast spiking": (0.1, 0.2, -65.0, 2.0),
    "low-threshold spiking": (0.02, 0.25, -65.0, 2.0),
}
#: Of EIF_cond_*_isfa_ista: (a in nS, b in nA, tau_w, v_reset, current in nA); after Naud et al. 2008, figure 3.
ADEX = {
    "adapting": (4.0, 0.0805, 144.0, -70.6, 1.0),
    "bursting": (4.0, 0.0805, 144.0, -47.4, 0.8),
    "fast": (0.0, 0.0, 144.0, -70.6, 1.0),
}
CURRENTS_HH = (0.2, 0.5, 1.0)


def spikes(model: str, values: dict[str, Any], duration: float, dt: float) -> list[float]:
    """Return the spike times of one cell."""
    nest.ResetKernel()
    nest.resolution = dt
    cell = nest.Create(model, params=values)
    recorder = nest.Create("spike_recorder")
    nest.Connect(cell, recorder)
    nest.Simulate(duration)
    return [round(float(t), 6) for t in recorder.get("events")["times"]]


def main() -> None:
    """Run all cells."""
    nest.set_verbosity("M_ERROR")
    data: dict[str, Any] = {"nest": nest.__version__, "Izhikevich": {}, "EIF_cond_exp_isfa_ista": {}, "HH_cond_exp": {}}
    for name, (a, b, c, d) in IZHIKEVICH.items():
        values = dict(a=a, b=b, c=c, d=d, V_th=30.0, V_m=c, U_m=b * c, I_e=10.0, consistent_integration=True)
        times = spikes("izhikevich", values, 500.0, 0.1)
        data["Izhikevich"][name] = {"a": a, "b": b, "c": c, "d": d, "times": times}
    for name, (a, b, tau_w, v_reset, current) in ADEX.items():
        values = dict(
            C_m=281.0, g_L=0.281 / 9.3667 * 1000.0, E_L=-70.6, V_th=-50.4, Delta_T=2.0, V_peak=-40.0, a=a, b=b * 1000.0,
            tau_w=tau_w, V_reset=v_reset, t_ref=0.0, I_e=current * 1000.0, V_m=-70.6, gsl_error_tol=1e-10,
        )  # fmt: skip
        times = spikes("aeif_cond_exp", values, 300.0, 0.001)
        data["EIF_cond_exp_isfa_ista"][name] = {
            "a": a, "b": b, "tau_w": tau_w, "v_reset": v_reset, "i_offset": current, "times": times
        }  # fmt: skip
    for current in CURRENTS_HH:
        values = dict(V_T=-63.0, E_L=-65.0, g_Na=20000.0, g_K=6000.0, g_L=10.0, C_m=200.0, I_e=current * 1000.0)
        values |= dict(V_m=-65.0, Act_m=0.0, Inact_h=1.0, Act_n=0.0)
        data["HH_cond_exp"][str(current)] = spikes("hh_cond_exp_traub", values, 200.0, 0.01)
    OUT.write_text(json.dumps(data, indent=1) + "\n")


if __name__ == "__main__":
    main()
