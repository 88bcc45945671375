"""Equations as LaTeX: what published equations give, and that matplotlib's reader of mathematics accepts all of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ranvier.compiler import RanvierError, Source, latex_name, parse
from ranvier.compiler.latex import latex_lines

#: role, text -> LaTeX. The texts are from public examples of Brian2, ANNarchy and CompNeuroPy.
LINES: list[tuple[str, str, str]] = [
    ("equations", "dv/dt  = (ge+gi-(v-El))/taum : volt (unless refractory)",
     r"\frac{dv}{dt} &= \frac{\mathrm{ge} + \mathrm{gi} - \left(v - \mathrm{El}\right)}{\tau_{m}}"),
    ("equations", "beta_n = .5*exp((10*mV-v+VT)/(40*mV))/ms : Hz",
     r"\beta_{n} &= 0.5 \, \exp\left(\frac{10 \, \mathrm{mV} - v + \mathrm{VT}}{40 \, \mathrm{mV}}\right)"
     r" \, \mathrm{ms}^{-1}"),
    ("equations", "ds_NMDA / dt = - s_NMDA / tau_NMDA_decay + alpha * x * (1 - s_NMDA) : 1",
     r"\frac{ds_{\mathrm{NMDA}}}{dt} &= -\frac{s_{\mathrm{NMDA}}}{\tau_{\mathrm{NMDA},\mathrm{decay}}}"
     r" + \alpha \, x \, \left(1 - s_{\mathrm{NMDA}}\right)"),
    ("equations", "I_NMDA = gEEN * s_NMDA_tot * (V - V_E) / ( 1 + exp(-0.062 * V/mvolt) * (C/mmole / 3.57) ) : amp",
     r"I_{\mathrm{NMDA}} &= \frac{\mathrm{gEEN} \, s_{\mathrm{NMDA},\mathrm{tot}} \, \left(V - V_{E}\right)}"
     r"{1 + \exp\left(-0.062 \, V \, \mathrm{mvolt}^{-1}\right) \, \frac{C \, \mathrm{mmole}^{-1}}{3.57}}"),
    ("equations", "I_K = g_kd*(n*n*n*n)*(v-EK) : amp",
     r"I_{K} &= g_{\mathrm{kd}} \, n^{4} \, \left(v - \mathrm{EK}\right)"),
    ("equations", "Igap_post = w * (v_pre - v_post) : 1 (summed)",
     r"\mathrm{Igap}^{\mathrm{post}} &= \sum w \, \left(v_{\mathrm{pre}} - v_{\mathrm{post}}\right)"),
    ("refractory", "3", r"& \text{refractory: }3 \, \mathrm{ms}"),
    ("reset", "v = c\nu += d", r"& \text{at a spike: }v \leftarrow c"),
    ("post_spike", "w = clip(w + 0.01 * pre * post2bef, 0, 1.0)",
     r"& \text{at a postsynaptic spike: }w \leftarrow \operatorname{clip}\left(w + 0.01 \, \mathrm{pre} \,"
     r" \mathrm{post2bef}, 0, 1\right)"),
    ("spike", "rand() < rate*dt", r"& \text{spike if }\operatorname{rand}\left(\right) < \mathrm{rate} \, \Delta t"),
    ("equations", "dX/dt = (mu - 0.5*second*sigma**2)*X + X*sigma*xi*second**.5: 1",
     r"\frac{dX}{dt} &= \left(\mu - 0.5 \, \mathrm{second} \, \sigma^{2}\right) \, X"
     r" + X \, \sigma \, \xi \, \sqrt{\mathrm{second}}"),
    ("equations", "Im = gl * (El-v) + gNa * m**3 * h * (ENa-v) + gK * n**4 * (EK-v) : amp/meter**2",
     r"\mathrm{Im} &= \mathrm{gl} \, \left(\mathrm{El} - v\right) + \mathrm{gNa} \, m^{3} \, h \,"
     r" \left(\mathrm{ENa} - v\right) + \mathrm{gK} \, n^{4} \, \left(\mathrm{EK} - v\right)"),
    ("equations", "C_m * dv/dt  = -I_L - I_Na + I_app : init=-68",
     r"C_{m} \, \frac{dv}{dt} &= -I_{L} - I_{\mathrm{Na}} + I_{\mathrm{app}}"),
    ("spike", "(v > v_t) and (prev_v <= v_t)",
     r"& \text{spike if }v > v_{t} \wedge \mathrm{prev}_{v} \leq v_{t}"),
    ("equations", "tau * dtheta/dt + theta = post.r^2 : postsynaptic, exponential",
     r"\tau \, \frac{d\theta}{dt} + \theta &= \left(r^{\mathrm{post}}\right)^{2}"),
    ("functions", "transfer_function(x, t) = if x > t: if x > 2*t : (x - 2*t)^2 else: x - t else: 0.",
     r"\operatorname{transfer\_function}\left(x, t\right) &= \begin{cases} \begin{cases} \left(x - 2 \, t\right)^{2}"
     r" & \text{if } x > 2 \, t \\ x - t & \text{otherwise} \end{cases} & \text{if } x > t \\ 0 & \text{otherwise}"
     r" \end{cases}"),
    ("functions", "root_func(x,y)=((abs(x))**(1/y))/((x+1e-20)/(abs(x)+ 1e-20))",
     r"\operatorname{root\_func}\left(x, y\right) &= \frac{\left(\left|x\right|\right)^{\frac{1}{y}}}"
     r"{\frac{x + 10^{-20}}{\left|x\right| + 10^{-20}}}"),
    ("pre_spike", "g_target+=ite(unif_var_dbs<p_axon_spike_trans,w*post.dbs_on,0)",
     r"& \text{at a presynaptic spike: }g_{\mathrm{target}} \leftarrow g_{\mathrm{target}} + \begin{cases} w \,"
     r" \mathrm{dbs}_{\mathrm{on}}^{\mathrm{post}} & \text{if } \mathrm{unif}_{\mathrm{var},\mathrm{dbs}}"
     r" < p_{\mathrm{axon},\mathrm{spike},\mathrm{trans}} \\ 0 & \text{otherwise} \end{cases}"),
    ("post_spike", "w = clip(w - cApost * exp((t_post - t)/tau_post) , 0.0 , wmax)",
     r"& \text{at a postsynaptic spike: }w \leftarrow \operatorname{clip}\left(w - \mathrm{cApost} \,"
     r" \exp\left(\frac{t_{\mathrm{post}} - t}{\tau_{\mathrm{post}}}\right), 0, \mathrm{wmax}\right)"),
    ("equations", "tau * dw/dt = (pre.r - mean(pre.r) ) * (post.r - mean(post.r) )",
     r"\tau \, \frac{dw}{dt} &= \left(r^{\mathrm{pre}} - \operatorname{mean}\left(r^{\mathrm{pre}}\right)\right) \,"
     r" \left(r^{\mathrm{post}} - \operatorname{mean}\left(r^{\mathrm{post}}\right)\right)"),
]  # fmt: skip
#: More of them, of which only the form is checked.
OTHERS = [
    "dv/dt = (gl*(El-v)+ge*(Ee-v)+gi*(Ei-v)-\n g_na*(m*m*m)*h*(v-ENa)-\n g_kd*(n*n*n*n)*(v-EK))/Cm : volt",
    "alpha_m = 0.32*(mV**-1)*4*mV/exprel((13*mV-v+VT)/(4*mV))/ms : Hz",
    "rate = int(is_active)*clip(cos(direction - selectivity), 0, inf)*Fmax: Hz",
    "is_active = abs((barrel_x + 0.5 - bar_x) * cos(direction) + (barrel_y + 0.5 - bar_y) * sin(direction)) < 0.5"
    ": boolean",
    "x = (i // N4) % barrelarraysize + 0.5",
    "Igap_post = w * (v_pre - v_post) : 1 (summed)",
    "dx/dt = (sound(t-delay)-x)/tau_ear+sigma_ear*(2./tau_ear)**.5*xi : 1 (unless refractory)",
    "dPV_Ca_dt    = k_on_ca * Ca * PV - k_off_ca * PV_Ca",
    "ddecision/dt = 0 : init = -1",
    "dg_ampa/dt = ite(Uniform(0.0, 1.0) * 1000.0 / dt > rates_noise, -g_ampa/tau_ampa, -g_ampa/tau_ampa + 0.1/dt)",
    "r = if (t is 1): 1.0 else: 0.0",
    "w_minus = A_LTD_u*(v_lowpass1_post/mV - Theta_low/mV)*int(v_lowpass1_post/mV - Theta_low/mV > 0)",
    "x = -a**2 - (-b)**2 + a*-b - 2*3 + (a-b)-(c-d) + exp(-x) + (not (a > b and c))",
    "x *= a + b\nx /= 2\nx -= a - b",
]


def lines_of(role: str, text: str) -> list[str]:
    return latex_lines(parse("synapse" if role.startswith(("pre", "post")) else "neuron", "M", (Source(role, text),)))


@pytest.mark.parametrize(("role", "text", "expected"), LINES)
def test_published_equations(role: str, text: str, expected: str) -> None:
    assert lines_of(role, text)[:1] == [expected]


@pytest.mark.parametrize("text", [text for role, text, _ in LINES if role == "equations"] + OTHERS)
def test_matplotlib_reads_it(text: str) -> None:
    """An independent reader: brackets and braces match, every command exists. (It knows no cases and no text.)"""
    mathtext = pytest.importorskip("matplotlib.mathtext")
    parser = mathtext.MathTextParser("path")
    for line in lines_of("equations", text):
        pieces = re.split(r"&|\\\\|\\begin\{cases\}|\\end\{cases\}|\\text\{[^}]*\}", line)
        for piece in pieces:
            pairs = (("{", "}"), (r"\left", r"\right"))
            if piece.strip() and all(piece.count(a) == piece.count(b) for a, b in pairs):
                parser.parse(f"${piece}$")
        assert line.count("{") == line.count("}")
        assert len(re.findall(r"\\left\b", line)) == len(re.findall(r"\\right\b", line))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("v", "v"), ("tau", r"\tau"), ("tau_syn_E", r"\tau_{\mathrm{syn},E}"), ("x2", "x_{2}"), ("m_inf", r"m_{\infty}"),
     ("dt", r"\Delta t"), ("pre.g_exc", r"g_{\mathrm{exc}}^{\mathrm{pre}}"), ("Omega", r"\Omega"),
     ("lambda_", r"\lambda"),
     ("_x", "x"), ("taum", r"\tau_{m}"), ("alphabet", r"\mathrm{alphabet}")],
)  # fmt: skip
def test_names(name: str, expected: str) -> None:
    assert latex_name(name) == expected


CORPUS = sorted((Path(__file__).parents[1] / "corpus").glob("*.json"))


def texts_in(data: object) -> Iterator[str]:
    """Yield every string of a JSON value."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, (dict, list)):
        for item in data.values() if isinstance(data, dict) else data:
            yield from texts_in(item)


def test_every_equation_of_the_corpus_prints() -> None:
    """Whatever the parser reads is printed, with matching brackets."""
    texts = {text for path in CORPUS for text in texts_in(json.loads(path.read_text(encoding="utf-8"))) if "=" in text}
    count = 0
    for text in sorted(texts):
        try:
            lines = lines_of("pre_spike", text)
        except RanvierError:
            continue
        for line in lines:
            count += 1
            assert line.count("{") == line.count("}")
            assert len(re.findall(r"\\left\b", line)) == len(re.findall(r"\\right\b", line))
            assert line.count(r"\begin{cases}") == line.count(r"\end{cases}")
    assert count > 500
