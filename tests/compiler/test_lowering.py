"""From model to rules, IR and C: goldens of each stage, and the properties that no golden shows."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ranvier.compiler import (
    CompileOptions,
    KernelIR,
    Model,
    RanvierError,
    Source,
    SynapseBinding,
    parse,
    resolve_neuron,
    resolve_synapse,
)
from ranvier.compiler.integrate import integrate
from ranvier.compiler.lower import lower
from ranvier.compiler.render import render
from ranvier.compiler.signature import signature
from ranvier.compiler.verify import verify

Golden = Callable[[str, str], None]

CUBA = """
    taum : second
    taue : second
    taui : second
    El : volt
    Vt : volt
    Vr : volt
    dv/dt = (ge + gi - (v - El))/taum : volt (unless refractory)
    dge/dt = -ge/taue : volt
    dgi/dt = -gi/taui : volt
"""
COBAHH = """
    Cm : farad
    gl : siemens
    dv/dt = (gl*(-60*mV - v) + ge*(0*mV - v) - (100*nS)*m**3*(v - 50*mV))/Cm : volt
    dm/dt = alpha*(1 - m) - beta*m : 1
    dge/dt = -ge/(5*ms) : siemens
    alpha = 0.32*4/exprel((13*mV - v - 63*mV)/(4*mV))/ms : Hz
    beta = 0.28*5/exprel((v + 63*mV - 40*mV)/(5*mV))/ms : Hz
"""
IZHIKEVICH = """
    noise = 5.0*Normal(0.0, 1.0)
    dv/dt = 0.04*v^2 + 5.0*v + 140.0 - u + noise + g_exc - g_inh : init=-65.0, max=30.0
    du/dt = a*(b*v - u) : init=-13.0
"""
SHARED = """
    count : int, population
    s = mean(v) + k*peak + rand() : population, max=3
    peak = max(abs(v)) : population
    tau*dv/dt = s - v + norm2(v - mean(v))
    ds2/dt = -s2/5.0 + s : population, exponential
    y = s2 + count : constant over dt
"""
STDP = """
    dApre/dt = -Apre/tau_pre : event-driven
    dApost/dt = -Apost/tau_post : event-driven
"""


def neuron(
    equations: str, spike: str = "", reset: str = "", refractory: str = "", parameters: str = "", **options: str
) -> Model:
    parts = (
        ("parameters", parameters),
        ("equations", equations),
        ("spike", spike),
        ("reset", reset),
        ("refractory", refractory),
    )
    more = [(role, options.pop(role)) for role in ("axon_spike", "axon_reset", "event", "code") if role in options]
    sources = tuple(Source(role, text, "up" * (role == "event")) for role, text in (*parts, *more) if text)
    return resolve_neuron(parse("neuron", "N", sources), **options)  # type: ignore[arg-type]


def synapse(pre_spike: str, post_spike: str = "", equations: str = "", parameters: str = "") -> Model:
    population = neuron(IZHIKEVICH, "v >= 30.0", "v = -65.0", parameters="a = 0.02\nb = 0.2")
    parts = (("parameters", parameters), ("equations", equations), ("pre_spike", pre_spike), ("post_spike", post_spike))
    sources = tuple(Source(role, text) for role, text in parts if text)
    binding = SynapseBinding(
        pre=population.symbols,
        post=population.symbols,
        pre_name="a",
        post_name="b",
        pre_is_post=False,
        target="exc",
        pre_spiking=True,
    )
    return resolve_synapse(parse("synapse", "S", sources), binding)


def kernel(model: Model) -> KernelIR:
    ir = lower(model, integrate(model))
    verify(ir)
    return ir


MODELS: dict[str, Callable[[], Model]] = {
    "cuba": lambda: neuron(CUBA, "v > Vt", "v = Vr", "5*ms"),
    "cobahh": lambda: neuron(COBAHH, "v > -20*mV", "", "3*ms"),
    "izhikevich": lambda: neuron(IZHIKEVICH, "v >= 30.0", "v = -65.0; u += 8.0", "2.0", "a = 0.02\nb = 0.2 : shared"),
    "rk4": lambda: neuron("dx/dt = -x + y\ndy/dt = -x", "x > 1", "x = 0", method="rk4"),
    "condition": lambda: neuron("dm/dt = -m/5.0", "m > 0.4", "", "m > 0.4"),
    "noise": lambda: neuron("dx/dt = (1 - x)/5 + 0.2*x*xi_1\ndy/dt = -y + xi_2", "x > 3", "x = 0", method="heun"),
    "implicit": lambda: neuron("dx/dt = -x**3 - y\ndy/dt = x - y", "x > 1", "x = 0", method="implicit"),
    "dopri5": lambda: neuron("dx/dt = -x**3 + sin(t)", "x > 1", "x = 0", "2.0", method="dopri5"),
    "shared": lambda: neuron(
        SHARED, "v > 1 + mean(v)", "v = 0; count += 1", "2.0", "tau = 20.0\nk = 0.5 : population",
        event="v > 0.5", axon_spike="v < 0", axon_reset="v += s : unless_refractory",
    ),
    "regular": lambda: neuron(
        SHARED, "v > 1", "", "2.0", "tau = 20.0\nk = 0.5 : population", code="v += s; count = 2*count; y = max(abs(v))"
    ),
    "static": lambda: synapse("g_target += w"),
    "stdp": lambda: synapse(
        "g_target += w\nApre += 0.01\nw = clip(w + Apost, 0.0, wmax)", "Apost -= 0.012\nw = clip(w + Apre, 0.0, wmax)",
        STDP, "tau_pre = 20.0 : projection\ntau_post = 20.0 : projection\nwmax = 1.0 : projection",
    ),
}  # fmt: skip


#: One model for each template; the C of the others differs in its expressions, which the goldens of the IR show.
C_GOLDENS = ("izhikevich", "static", "shared", "dopri5")


@pytest.mark.parametrize("name", MODELS)
def test_rules(name: str, golden: Golden) -> None:
    golden(f"rules/{name}.txt", integrate(MODELS[name]()).dump())


@pytest.mark.parametrize("name", MODELS)
def test_ir(name: str, golden: Golden) -> None:
    golden(f"ir/{name}.txt", kernel(MODELS[name]()).dump())


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("precision", ["double", "single"])
def test_c_is_deterministic(name: str, precision: str) -> None:
    options = CompileOptions(precision)  # type: ignore[arg-type]
    assert render(kernel(MODELS[name]()), options).text == render(kernel(MODELS[name]()), options).text


@pytest.mark.parametrize("name", C_GOLDENS)
def test_c_golden(name: str, golden: Golden) -> None:
    text = render(kernel(MODELS[name]()), CompileOptions()).text
    golden(f"c/{name}.c", text[text.index("RV_EXPORT int rv_abi") :])


@pytest.mark.parametrize(
    "variable",
    ["lambda_", "I", "E", "N2", "linux", "exp1", "C2", "beta", "restrict", "register", "t0", "m_v", "rv_exp"],
)
def test_any_legal_name_makes_valid_c(variable: str) -> None:
    from ranvier.compiler.build import build

    model = neuron(f"d{variable}/dt = -{variable} : init=1.0", f"{variable} > 1.0", f"{variable} = 0.0")
    assert build(render(kernel(model), CompileOptions()).text, CompileOptions(), name=variable).exists()


def test_signature_ignores_values_and_comments() -> None:
    one = neuron("dv/dt = -v/tau : init=1.0", "v > 1", parameters="tau = 10.0")
    two = neuron("# a comment\n   dv/dt   =  -v / tau : init=2.5  # another", "v>1", parameters="tau = 99.0")
    three = neuron("dv/dt = -2*v/tau", "v > 1", parameters="tau = 10.0")
    assert signature(one) == signature(two) != signature(three)


def test_singular_denominators_are_shared_not_repeated() -> None:
    """A sub-expression that occurs twice is computed once: the C has one call of each distinct exponential."""
    model = neuron("dv/dt = exp(-v)*(1 - v) - exp(-v)*v", "v > 1", method="explicit")
    text = render(kernel(model), CompileOptions()).text
    forms = text[text.index("RV_EXPORT int rv_abi") :]
    assert forms.count("rv_exp(") == 2  # one call in each of the two forms


@pytest.mark.parametrize(
    ("equations", "method", "code", "part"),
    [
        ("dv/dt = 0.04*v**2 + v", "exponential", "E402", "0.04*v**2"),
        ("dv/dt = -v*u\ndu/dt = -u", "exact", "E402", "'exact' does not apply"),
        ("dv/dt*v + exp(dv/dt*0) = 1.0", "explicit", "E401", "two derivatives"),
        ("dv/dt = -v", "exponentiel", "E402", "exponentiel"),
    ],
)
def test_method_errors_name_the_term(equations: str, method: str, code: str, part: str) -> None:
    with pytest.raises(RanvierError) as caught:
        integrate(neuron(equations, "v > 1", method=method))
    assert caught.value.code == code
    assert part in str(caught.value)
    assert "^" in str(caught.value)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("precision", ["double", "single"])
def test_c_compiles_without_warnings(name: str, precision: str, tmp_path: Path) -> None:
    text = render(kernel(MODELS[name]()), CompileOptions(precision)).text  # type: ignore[arg-type]
    (tmp_path / "k.c").write_text(text)
    flags = [
        "-std=gnu11",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-Wno-unknown-pragmas",
        "-Wno-unused-function",
        "-Wno-unused-parameter",
        "-fsyntax-only",
    ]
    result = subprocess.run(["cc", *flags, str(tmp_path / "k.c")], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", ["i", "j", "N", "step", "pi", "e"])
def test_a_model_may_give_built_in_names_its_own_meaning(name: str) -> None:
    ir = kernel(
        neuron(f"{name} = 3.0*v : 1\ndx/dt = ({name} - x)/ms : 1\ndv/dt = -v/ms : 1", "x > 1", method="explicit")
    ).dump()
    assert "mul(3.0, v)" in ir
