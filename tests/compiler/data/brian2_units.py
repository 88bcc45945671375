"""Write `brian2_units.json`: what Brian2 says of the units of many small models.

Run with an interpreter that has Brian2 (the verdicts are of 2.9.0)::

    python tests/compiler/data/brian2_units.py

Every model is written in the common language of Brian2 and of this package. `DECLARED` is put in front of each, so that
every case is one line: an expression with the unit it is declared with, an equation, a condition, a reset, or code of
a synapse.
"""

import json
import pathlib

from brian2 import (
    DimensionMismatchError,
    Network,
    NeuronGroup,
    Synapses,
    TimedArray,
    defaultclock,
    ms,
    mV,
    pA,
    prefs,
)

prefs.codegen.target = "numpy"
DECLARED = {
    "v": "volt", "E": "volt", "I": "amp", "g": "siemens", "tau": "second", "C": "farad", "R": "ohm", "x": "1",
    "y": "1", "r": "Hz", "n": "integer", "flag": "boolean", "d": "metre", "D": "volt", "cma": "farad/meter**2",
    "gl": "siemens/meter**2", "area": "meter**2", "ca": "mmolar", "T": "kelvin",
}  # fmt: skip

EXPRESSIONS = """
v + E : volt
v - E : volt
-v + E : volt
v + I : volt
v + R*I : volt
v + g*I : volt
v - I/g : volt
v + 1 : volt
v + 0*mV : volt
v + 20*mV : volt
v + 20*ms : volt
v + x : volt
x + 1 : 1
x + n : 1
x + flag : 1
n + 1 : integer
v : 1
v : volt
v : amp
v/mV : 1
v/volt : 1
v*R : volt
v/R : amp
v*g : amp
v*g/volt : siemens
g*(v - E) : amp
g*(v - E) : volt
g*(v - I) : amp
g*x**3*(v - E) : amp
gl*(E - v) : amp/meter**2
gl*area*(E - v) : amp
gl*(E - v) : amp
cma*area : farad
cma : farad
tau*r : 1
tau : second
tau + 5*ms : second
5*ms : second
5 : second
5 : 1
0 : second
0*second : second
1/tau : Hz
1/tau : second
1/(5*ms) : Hz
1/ms : Hz
r + 5*Hz : Hz
r + 1/tau : Hz
r + tau : Hz
x**2 : 1
x**0.5 : 1
x**y : 1
v**2 : volt**2
v**2 : volt
v**2/volt : volt
v**0.5 : volt
v**0.5*v**0.5 : volt
v**x : volt
x**v : 1
(v/mV)**x : 1
v**-1 : volt**-1
v**(1/2)*mV**0.5 : volt
v**(2 - 1) : volt
2**x : 1
2**n : 1
v*v : volt**2
sqrt(v**2) : volt
sqrt(v) : volt
sqrt(x) : 1
sqrt(tau/ms) : 1
exp(x) : 1
exp(v) : 1
exp(v/mV) : 1
exp(-tau/(5*ms)) : 1
exp(-tau) : 1
exp(v/E) : 1
exp((v - E)/D)*D : volt
exp((v - E)/D) : volt
exp(1) : 1
log(x) : 1
log(v) : 1
log10(v/mV) : 1
log1p(tau) : 1
expm1(x) : 1
expm1(v) : 1
exprel(x) : 1
exprel(v) : 1
exprel((v - E)/(4*mV)) : 1
0.32*(mV**-1)*4*mV/exprel((13*mV-v+E)/(4*mV))/ms : Hz
0.32*(mV**-1)*4*mV/exprel((13*mV-v+E)/(4))/ms : Hz
0.32*(mV**-1)*4*mV/exprel((13*mV-v+E)/(4*mV)) : Hz
.5*exp((10*mV-v+E)/(40*mV))/ms : Hz
.5*exp((10-v+E)/(40*mV))/ms : Hz
4./(1+exp((40*mV-v+E)/(5*mV)))/ms : Hz
4./(mV+exp((40*mV-v+E)/(5*mV)))/ms : Hz
sin(x) : 1
sin(2*pi*5*Hz*t) : 1
sin(2*pi*t) : 1
sin(t/tau) : 1
cos(tau*r) : 1
cos(v) : 1
tan(x) : 1
tanh(x/2) : 1
tanh(v) : 1
cosh(v/mV) : 1
sinh(v) : 1
arcsin(x) : 1
arccos(v) : 1
arctan(v/E) : 1
arctan(v) : 1
abs(v) : volt
abs(v) : 1
abs(x) : 1
sign(v) : 1
sign(v)*mV : volt
sign(v) : volt
floor(x) : 1
floor(v) : volt
floor(v) : 1
ceil(v/mV) : 1
int(x) : integer
int(v > E) : integer
int(v > E)*mV : volt
int(v) : integer
int(v/mV) : integer
int(flag) : integer
int(v > I) : integer
clip(x, 0, 1) : 1
clip(v, 0*mV, 10*mV) : volt
clip(v, 0, 10) : volt
clip(v, E, D) : volt
clip(v, E, I) : volt
clip(x, 0, inf) : 1
clip(v, E, D) : 1
timestep(t, dt) : integer
timestep(tau, dt) : integer
timestep(x, dt) : integer
timestep(tau, 1) : integer
x % 2 : 1
v % E : volt
v % (10*mV) : volt
v % x : volt
t % (10*ms) : second
t % 10 : second
n // 2 : integer
x // 2 : 1
v // (10*mV) : 1
v // 2 : volt
i // 10 : integer
i + N : integer
i*mV : volt
i + v : volt
i/(N - 1.0) : 1
t : second
t/dt : 1
t + dt : second
t + 1 : second
dt*r : 1
pi*x : 1
pi*v : volt
pi + v : volt
inf : 1
inf*mV : volt
v > E : boolean
v > I : boolean
v > 1 : boolean
v > 0*mV : boolean
x > 1 : boolean
v > E and x > 1 : boolean
v > E and x : boolean
v > E or v > I : boolean
not flag : boolean
flag and v > E : boolean
x < y and y < 3 : boolean
v == E : boolean
v != tau : boolean
n == 3 : boolean
n == tau/ms : boolean
n == tau : boolean
flag : boolean
v > E : 1
ca/(1*mmolar) : 1
ca : mmolar
ca/mM : 1
ca : mole
8.314*joule/kelvin/mole*T/(96485*coulomb/mole) : volt
8.314*joule/kelvin/mole*T/(96485*coulomb) : volt
8.314*joule/kelvin/mole*T/(96485*coulomb/mole)*log(ca/mM) : volt
8.314*joule/kelvin/mole*T*log(ca) : joule/mole
d/um : 1
d + 3*um : metre
d**2 : metre**2
d**2 + area : metre**2
pi*d*gl*(E - v) : amp/metre
exp(-d**2/(2*(50*um)**2)) : 1
exp(-d/2) : 1
I/(C*volt) : Hz
I/C : volt/second
I/R : volt
I*R : volt
I*tau/C : volt
(v - E)/tau : volt/second
-g*(v - E) + I : amp
-g*(v - E) + I/C : amp
-(v - E) + I : volt
""".strip().splitlines()

EQUATIONS = """
dv_/dt = (E - v_)/tau : volt
dv_/dt = (E - v_) : volt
dv_/dt = (E - v_ + I)/tau : volt
dv_/dt = (E - v_ + R*I)/tau : volt
dv_/dt = I/C : volt
dv_/dt = I : volt
dv_/dt = I/g : volt
dv_/dt = (g*(E - v_) + I)/C : volt
dv_/dt = (g*(E - v_) + I/C)/C : volt
dv_/dt = (g*(E - v_) + I)/tau : volt
dv_/dt = -v_/(20*ms) : volt
dv_/dt = -v_/20 : volt
dv_/dt = -v_/(20*mV) : volt
dv_/dt = (E - v_ + D*exp((v_ - E)/D))/tau : volt
dv_/dt = (E - v_ + D*exp(v_ - E))/tau : volt
dv_/dt = (0.04*v_**2 + 5*v_ + 140)/ms : 1
dv_/dt = (0.04/ms/mV)*v_**2 + (5/ms)*v_ + 140*mV/ms : volt
dv_/dt = (0.04/ms)*v_**2 + (5/ms)*v_ + 140*mV/ms : volt
dv_/dt = (0.04/ms/mV)*v_**2 + (5/ms)*v_ + 140/ms : volt
dw_/dt = (g*(v - E) - w_)/tau : amp
dw_/dt = (g*(v - E) - w_)/tau : volt
dw_/dt = ((v - E) - w_)/tau : amp
dm/dt = 0.1/ms*(1 - m) - 0.2/ms*m : 1
dm/dt = 0.1*(1 - m) - 0.2/ms*m : 1
dm/dt = 0.1/ms*(mV - m) : 1
dm/dt = (x - m)/tau : 1
dm/dt = (v - m)/tau : 1
dm/dt = x : 1
dm/dt = r*x : 1
dm/dt = r : 1
dm/dt = 0*volt/second : volt
dm/dt = 0/second : 1
dx_/dt = 1/second : 1
dx_/dt = 1 : second
dx_/dt = 1 : volt
dg_/dt = -g_/(5*ms) : siemens
dg_/dt = -g_/(5*ms) + r*nS : siemens
dg_/dt = -g_/(5*ms) + r : siemens
dv_/dt = (gl*(E - v_) + I/area)/cma : volt
dv_/dt = (gl*(E - v_) + I)/cma : volt
dv_/dt = (gl*area*(E - v_) + I)/(cma*area) : volt
dv_/dt = (E - v_ + stim(t))/tau : volt
dv_/dt = (E - v_ + stim(t)*R)/tau : volt
dv_/dt = (E - v_ + stim(x))/tau : volt
dv_/dt = (E - v_ + cur(t)*R)/tau : volt
dv_/dt = (E - v_ + cur(t))/tau : volt
dv_/dt = (E - v_ + stim2(t, i))/tau : volt
dv_/dt = (E - v_)/tau + D*xi*tau**-0.5 : volt
dv_/dt = (E - v_)/tau + D*xi : volt
dv_/dt = (E - v_)/tau + D*xi*sqrt(2/tau) : volt
dv_/dt = -v_/tau + sqrt(2*D**2/tau)*xi : volt
dv_/dt = -v_/tau + sqrt(2*D/tau)*xi : volt
dX/dt = (x - 0.5*second*r**2)*X/second + X*r*xi*second**.5 : 1
""".strip().splitlines()

THRESHOLDS = """
v > E
v > -50*mV
v > -50
v > 0
v > I
v - E
x
x > 1
flag
not flag
v > E and x > 1
v > E and x
v > E + 1
v > E + 1*mV
rand() < r*dt
rand() < r
rand() < dt
True
v > E and t > 5*ms
v > E and t > 5
x > sin(v)
""".strip().splitlines()

RESETS = """
v = E
v = I
v = -60*mV
v = -60
v = 0
v = 0*mV
v += 5*mV
v += 5
v -= E
v -= I*R
v *= 2
v *= 2*mV
v *= x
v /= x
v /= E
x += 1
x += v
x *= 0.5
x = x*E/D
x = rand()
v = rand()*mV
v = rand()
v = randn()*5*mV + E
v = randn()*5 + E
v = E + rand()*(D - E)
n = poisson(3)
n = poisson(v)
n = poisson(r*tau)
n = poisson(r)
g += 1*nS
g += 1
tau = 2*tau
v = E; x += mV
v = clip(v, E, D)
v = clip(v, 0, D)
n += 1
flag = True
flag = v > E
""".strip().splitlines()

REFRACTORIES = """
5*ms
tau
tau*x
tau + 2
v > E
x > 1
flag
not flag
v
x
5*mV
tau*rand()
(1 + 2*rand())*ms
v > I
""".strip().splitlines()

# (equations of the synapse, code at a spike)
SYNAPSES = [
    ("w : 1", "v_post += w*mV"),
    ("w : 1", "v_post += w"),
    ("w : volt", "v_post += w"),
    ("w : volt", "v_post += w*x"),
    ("w : volt", "v += w"),
    ("w : siemens", "g_post += w"),
    ("w : siemens", "v_post += w"),
    ("w : siemens", "g_post += w*v_pre"),
    ("w : siemens", "I_post += w*v_pre"),
    ("w : siemens", "I_post += w*(v_pre - v_post)"),
    ("w : siemens", "I_post += w*(v_pre - I_post)"),
    ("w : 1", "v_post = v_pre"),
    ("w : 1", "v_post = I_pre"),
    ("w : 1", "v_post = w*v_pre"),
    ("w : 1\nda/dt = -a/tau_a : 1 (event-driven)\ntau_a : second", "a += 1\nw = clip(w + a, 0, 1)"),
    ("w : 1\nda/dt = -a/tau_a : 1 (event-driven)\ntau_a : second", "a += mV\nw = clip(w + a, 0, 1)"),
    ("w : 1\nda/dt = -a : 1 (event-driven)", "a += 1\nw = clip(w + a, 0, 1)"),
    ("w : siemens\nda/dt = -a/tau_a : siemens (event-driven)\ntau_a : second", "w = clip(w + a, 0*nS, 1*nS)"),
    ("w : siemens\nda/dt = -a/tau_a : siemens (event-driven)\ntau_a : second", "w = clip(w + a, 0*nS, 1)"),
    ("w : siemens\nda/dt = -a/tau_a : 1 (event-driven)\ntau_a : second", "w = clip(w + a, 0*nS, 1*nS)"),
    ("w : 1\nq : second", "v_post += w*exp(-q/tau_post)*mV"),
    ("w : 1\nq : second", "v_post += w*exp(-q)*mV"),
    ("w : 1", "v_post += w*exp(-(t - 5*ms)/tau_post)*mV"),
    ("w : 1", "v_post += w*exp(-(t - 5)/tau_post)*mV"),
    ("w : volt", "v_post += w*int(v_post > E_post)"),
    ("w : volt", "v_post += w*int(v_post > tau_post)"),
    ("w : volt", "w *= 1.1"),
    ("w : volt", "w *= 1.1*mV"),
    ("w : volt", "w -= 0.1*mV"),
    ("w : volt", "w -= 0.1"),
    ("w : volt", "v_post += w*rand()"),
    ("w : volt", "v_post += w + rand()"),
    ("w : volt", "v_post += w/(1 + i)"),
    ("w : volt", "v_post += w/(tau_pre + i)"),
    ("s = w*mV : volt\nw : 1", "v_post += s"),
    ("s = w*mV : amp\nw : 1", "v_post += w*mV"),
]


def namespace():
    return {
        "stim": TimedArray([1, 2] * mV, dt=1 * ms),
        "cur": TimedArray([1, 2] * pA, dt=1 * ms),
        "stim2": TimedArray([[1, 2], [3, 4]] * mV, dt=1 * ms),
    }


def declarations():
    return "\n".join(f"{name} : {unit}" for name, unit in DECLARED.items())


def verdict(make):
    try:
        network = Network(make())
        network.run(0 * ms, namespace={})
        return "right", ""
    except Exception as raised:
        error = raised
    while not isinstance(error, DimensionMismatchError) and error.__cause__ is not None:
        error = error.__cause__
    kind = "units" if isinstance(error, DimensionMismatchError) else type(error).__name__
    return kind, " ".join(str(error).split())[:200]


def neurons(equations, **more):
    text = f"{declarations()}\n{equations}"

    def make():
        extra = {"method": "euler"} if "xi" in text else {}
        return NeuronGroup(2, text, namespace=namespace(), **extra, **more)

    return verdict(make)


def synapses(equations, code):
    def make():
        group = NeuronGroup(2, declarations(), threshold="v > E", namespace={})
        made = Synapses(group, group, equations, on_pre=code, namespace={})
        made.connect()
        return [group, made]

    return verdict(make)


def main():
    defaultclock.dt = 0.1 * ms
    cases = []

    def add(texts, found):
        cases.append({**texts, "brian2": found[0], "message": found[1]})

    for text in EXPRESSIONS:
        add({"equations": f"z = {text}"}, neurons(f"z = {text}"))
    for text in EQUATIONS:
        add({"equations": text}, neurons(text))
    for text in THRESHOLDS:
        add({"spike": text}, neurons("", threshold=text))
    for text in RESETS:
        add({"reset": text}, neurons("", threshold="v > E", reset=text))
    for text in REFRACTORIES:
        add({"refractory": text}, neurons("", threshold="v > E", refractory=text))
    for equations, code in SYNAPSES:
        add({"synapse": equations, "pre_spike": code}, synapses(equations, code))
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps({"declared": DECLARED, "cases": cases}, indent=1) + "\n", encoding="utf-8")
    print(len(cases), "cases")


if __name__ == "__main__":
    main()
