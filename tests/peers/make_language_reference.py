"""Write the reference data of `tests/peers/test_language.py` with Brian2. Run it in the venv of the peer:

    ~/.cache/ranvier-peers/brian2/bin/python tests/peers/make_language_reference.py       # data/language_brian2.json

Samples are those of Brian2's StateMonitor: number k is the state at the start of step k, or at its end. The texts of
the models are shared with the test, which reads them from the file.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import brian2 as b
import numpy as np
from brian2 import Hz, amp, ms, mV, mvolt, nA, nS, pA, pF, volt  # noqa: F401  (names in the equations)

OUT = Path(__file__).parent / "data" / "language_brian2.json"

CURRENTS = """
dv/dt = (I_Na + I_K + I_L + I)/(200*pF) : volt
I_Na = 20000*nS*(m*m*m)*h*(50*mV - v) : amp
I_K = 6000*nS*(n*n*n*n)*(-90*mV - v) : amp
I_L = 10*nS*(-65*mV - v) : amp
high = v > -20*mV : boolean
wave = 100*pA*sin(2*pi*t/(5*ms)) : amp
I = 2*nA + wave : amp
dm/dt = 0.32*(mV**-1)*4*mV/exprel((13*mV - v - 63*mV)/(4*mV))/ms*(1 - m)
        - 0.28*(mV**-1)*5*mV/exprel((v + 63*mV - 40*mV)/(5*mV))/ms*m : 1
dn/dt = 0.032*(mV**-1)*5*mV/exprel((15*mV - v - 63*mV)/(5*mV))/ms*(1 - n)
        - 0.5*exp((10*mV - v - 63*mV)/(40*mV))/ms*n : 1
dh/dt = 0.128*exp((17*mV - v - 63*mV)/(18*mV))/ms*(1 - h) - 4./(1 + exp((40*mV - v - 63*mV)/(5*mV)))/ms*h : 1
"""
REFRACTORY = """
dv/dt = (1.2 - v)/(10*ms) : 1 (unless refractory)
c : 1
"""
DRIVEN = """
dx/dt = -x/(10*ms) : 1 (clock-driven)
dy/dt = x/(10*ms) : 1 (clock-driven)
s_post = x : 1 (summed)
w : 1
"""


def listed(values: Any) -> list[Any]:
    """Return samples as plain lists, quantities in volt, ampere..."""
    return [float(f"{x:.17g}") for x in np.asarray(values)]


def currents() -> dict[str, Any]:
    """Subexpressions in a monitor."""
    group = b.NeuronGroup(1, CURRENTS, threshold="v > -20*mV", refractory=3 * ms, method="euler", dt=0.02 * ms)
    group.v = -65 * mV
    names = ["v", "I_Na", "I_K", "I_L", "high", "wave", "I"]
    monitor = b.StateMonitor(group, names, record=True, dt=0.02 * ms)
    b.Network(group, monitor).run(12 * ms)
    return {"equations": CURRENTS, "samples": {name: listed(getattr(monitor, name)[0]) for name in names}}


def regular() -> dict[str, Any]:
    """Code that runs regularly does not write what refractoriness holds; it runs before samples at the start."""
    group = b.NeuronGroup(1, REFRACTORY, threshold="v > 1", reset="v = 0", refractory=2 * ms, method="exact")
    group.run_regularly("v += 0.05; c = int(not_refractory)", dt=0.5 * ms)
    monitor = b.StateMonitor(group, ["v", "c"], record=True, when="end")
    b.Network(group, monitor, *group.contained_objects).run(40 * ms)
    return {"equations": REFRACTORY, "samples": {name: listed(getattr(monitor, name)[0]) for name in ("v", "c")}}


def synaptic() -> dict[str, Any]:
    """``not_refractory_post`` in the code of synapses."""
    source = b.SpikeGeneratorGroup(1, np.zeros(130, int), np.arange(1, 131) * 0.3 * ms)
    group = b.NeuronGroup(1, REFRACTORY, threshold="v > 1", reset="v = 0", refractory=3 * ms, method="exact")
    synapses = b.Synapses(
        source, group, "w : 1\nx : 1\nn : 1",
        on_pre="x = int(not_refractory_post); n += x", on_post="w = 1 + 10*int(not_refractory_post)",
    )  # fmt: skip
    synapses.connect()
    monitor = b.StateMonitor(synapses, ["x", "n", "w"], record=True)
    b.Network(source, group, synapses, monitor).run(40 * ms)
    return {"equations": REFRACTORY, "samples": {name: listed(getattr(monitor, name)[0]) for name in ("x", "n", "w")}}


def driven() -> dict[str, Any]:
    """Clock-driven equations of synapses beside events and summed variables."""
    source = b.SpikeGeneratorGroup(1, [0, 0, 0], [1, 2, 2.3] * ms)
    group = b.NeuronGroup(1, "s : 1\ndv/dt = (s - v)/(5*ms) : 1", method="euler")
    synapses = b.Synapses(source, group, DRIVEN, on_pre="x += 1; w = x", method="euler")
    synapses.connect()
    one, other = (b.StateMonitor(of, names, record=True) for of, names in ((synapses, ["x", "y", "w"]), (group, "v")))
    b.Network(source, group, synapses, one, other).run(5 * ms)
    samples = {name: listed(getattr(one, name)[0]) for name in ("x", "y", "w")}
    return {"equations": DRIVEN, "samples": {**samples, "v": listed(other.v[0])}}


def main() -> None:
    """Run all cases."""
    b.prefs.codegen.target = "numpy"
    b.defaultclock.dt = 0.1 * ms
    data = {"brian2": b.__version__}
    data |= {make.__name__: make() for make in (currents, regular, synaptic, driven)}
    OUT.write_text(json.dumps(data, indent=1) + "\n")


if __name__ == "__main__":
    main()
