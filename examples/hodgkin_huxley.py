"""Hodgkin and Huxley (1952): the squid axon's f-I curve, beside scipy's solver.

Forty patches of membrane, each with its own current, are one population: a parameter that differs between neurons is
an array. The same equations, written once more as a Python function, are solved by scipy with an adaptive step.

What to see: below about 6.2 uA/cm^2 a spike or two at the onset of the current, above it firing that starts at about
50 Hz (a type 2 neuron). Both solvers agree on every count, and on the potential to a small fraction of a line's width.

References
----------
Hodgkin and Huxley (1952), A quantitative description of membrane current and its application to conduction and
excitation in nerve, J Physiol 117:500-544. Potentials are shifted to a rest of -65 mV.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from scipy.integrate import solve_ivp

import ranvier as rv

DURATION = 400.0  # ms

neuron = rv.Neuron(
    name="HodgkinHuxley",
    # Densities per cm^2: uF, mS, uA; with mV and ms these units are coherent.
    parameters="""
        C = 1.0 : population
        g_Na = 120.0 : population
        g_K = 36.0 : population
        g_L = 0.3 : population
        E_Na = 50.0 : population
        E_K = -77.0 : population
        E_L = -54.387 : population
        I = 0.0
    """,
    # A line of the form `name = ...` is stored at every step in the order of the text, so `before` is the potential
    # of the last step; with `inline` it is substituted where it is used, also inside the stages of rk4.
    equations="""
        before = v
        alpha_m = 0.1*10.0/exprel(-(v + 40.0)/10.0) : inline
        beta_m = 4.0*exp(-(v + 65.0)/18.0) : inline
        alpha_h = 0.07*exp(-(v + 65.0)/20.0) : inline
        beta_h = 1.0/(1.0 + exp(-(v + 35.0)/10.0)) : inline
        alpha_n = 0.01*10.0/exprel(-(v + 55.0)/10.0) : inline
        beta_n = 0.125*exp(-(v + 65.0)/80.0) : inline
        C*dv/dt = I - g_Na*m^3*h*(v - E_Na) - g_K*n^4*(v - E_K) - g_L*(v - E_L) : init = -65.0
        dm/dt = alpha_m*(1.0 - m) - beta_m*m : init = 0.053
        dh/dt = alpha_h*(1.0 - h) - beta_h*h : init = 0.596
        dn/dt = alpha_n*(1.0 - n) - beta_n*n : init = 0.318
    """,
    spike="v > 0.0 and before <= 0.0",
    method="rk4",
)

currents = np.linspace(0.0, 20.0, 41)
net = rv.Network(dt=0.01)
patches = net.create(len(currents), neuron)
patches.I = currents
spikes = net.monitor(patches, "spike")
shown = int(np.searchsorted(currents, 10.0))
voltage = net.monitor(patches[shown:shown + 1], "v")
net.simulate(DURATION)
counts = np.array([len(steps) for steps in spikes.get("spike").values()])


def membrane(_, y, current):
    """The same right-hand sides, in Python."""
    v, m, h, n = y
    x, z = -(v + 40.0)/10.0, -(v + 55.0)/10.0
    alpha_m = 1.0 if x == 0.0 else x/np.expm1(x)
    alpha_n = 0.1 if z == 0.0 else 0.1*z/np.expm1(z)
    beta_m, beta_n = 4.0*np.exp(-(v + 65.0)/18.0), 0.125*np.exp(-(v + 65.0)/80.0)
    alpha_h, beta_h = 0.07*np.exp(-(v + 65.0)/20.0), 1.0/(1.0 + np.exp(-(v + 35.0)/10.0))
    ionic = 120.0*m**3*h*(v - 50.0) + 36.0*n**4*(v + 77.0) + 0.3*(v + 54.387)
    return [current - ionic, alpha_m*(1 - m) - beta_m*m, alpha_h*(1 - h) - beta_h*h, alpha_n*(1 - n) - beta_n*n]


def upward(_, y, current):
    """Zero where the potential crosses 0 mV."""
    return y[0]


upward.direction = 1.0
rest = [-65.0, 0.053, 0.596, 0.318]
reference = []
for current in currents:
    solution = solve_ivp(membrane, (0.0, DURATION), rest, method="LSODA", args=(current,), events=upward,
                         rtol=1e-8, atol=1e-8)
    reference.append(len(solution.t_events[0]))

v = voltage.get("v")[:, 0]
times = np.arange(len(v))*net.dt
first = times <= 50.0
exact = solve_ivp(membrane, (0.0, 50.01), rest, method="DOP853", args=(currents[shown],), rtol=1e-11, atol=1e-11,
                  dense_output=True)
# A monitor holds the values at the end of a step: the sample of step k belongs to the time (k + 1)*dt.
difference = v[first] - exact.sol(times[first] + net.dt)[0]
print(f"largest difference from scipy in 50 ms: {np.abs(difference).max():.1e} mV; "
      f"counts differ for {np.count_nonzero(counts != reference)} of {len(currents)} currents")

figure, (top, bottom) = plt.subplots(2, 1, figsize=(7.0, 5.6), layout="constrained")
rv.plot.traces({"v": v[first]}, times=times[first], units={"v": "mV"}, axes=[top])
top.set_title(f"I = {currents[shown]:g} uA/cm$^2$", loc="left", fontsize="medium")
bottom.plot(currents, counts/DURATION*1000.0, "o", color="#1f4e79", markersize=5, label="ranvier, rk4, 0.01 ms")
bottom.plot(currents, np.array(reference)/DURATION*1000.0, "+", color="#d55e00", markersize=9, label="scipy, LSODA")
bottom.set(xlabel="current (uA/cm$^2$)", ylabel="firing rate (Hz)")
bottom.legend(frameon=False)
bottom.spines[["top", "right"]].set_visible(False)
path = Path(__file__).parent / "figures" / "hodgkin_huxley.png"
path.parent.mkdir(exist_ok=True)
figure.savefig(path, dpi=150)
