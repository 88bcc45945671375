"""The parser: what trees the texts of models become."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from ranvier.compiler import Source, SyntaxTree, parse, parse_expression, tree
from ranvier.compiler.algebra import text
from ranvier.compiler.errors import SyntaxProblem


def equations(code: str) -> tuple[tree.Statement, ...]:
    return parse("neuron", "N", (Source("equations", code),)).parts[0].statements


def only(code: str) -> tree.Statement:
    (statement,) = equations(code)
    return statement


def expression(code: str) -> str:
    return text(parse_expression(Source("string", code)))


def assigned(code: str) -> str:
    statement = only(f"x = {code}")
    assert isinstance(statement, tree.Assign)
    return text(statement.value)


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("-a^b", "-a**b"),
        ("(-a)**b", "(-a)**b"),
        ("a**b**c", "a**b**c"),
        ("(a**b)**c", "(a**b)**c"),
        ("2**-x", "2**-x"),
        ("a - b - c", "a - b - c"),
        ("a - (b - c)", "a - (b - c)"),
        ("a/b*c", "a/b*c"),
        ("a//b % c", "a//b % c"),
        ("not a and b or c", "not a and b or c"),
        ("a < b < c", "a < b and b < c"),
        ("a is b", "a == b"),
        ("a is not b", "a != b"),
        ("--a", "--a"),
        ("a == b and not c > d", "a == b and not c > d"),
        (".5 + 1. + 2e-3", "0.5 + 1.0 + 0.002"),
        ("pre.r*post.r", "pre.r*post.r"),
    ],
)
def test_operators(code: str, printed: str) -> None:
    first = parse_expression(Source("string", code))
    again = parse_expression(Source("string", printed))
    assert tree.canonical(first) == tree.canonical(again)


@pytest.mark.parametrize(
    "code",
    [
        "if x > t: 1 else: 2",
        "1 if x > t else 2",
        "ite(x > t, 1, 2)",
        "where(x > t, 1, 2)",
        "if (x > t):\n 1\nelse:\n 2",
        "if x > t:\n 1 else: 2",
    ],
)
def test_conditionals_are_one(code: str) -> None:
    statement = only(f"y = {code}")
    assert isinstance(statement, tree.Assign)
    expected = parse_expression(Source("string", "ite(x > t, 1, 2)"))
    assert tree.canonical(statement.value) == tree.canonical(expected)


def test_colons_of_conditionals_are_not_annotations() -> None:
    statement = only("r = if x > t: if x > 2*t : (x - 2*t)^2 else: x - t else: 0. : init=0.5, min=0")
    assert isinstance(statement, tree.Assign)
    assert statement.annotation is not None
    assert [flag.word for flag in statement.annotation.flags] == ["init", "min"]
    assert isinstance(statement.value, tree.IfElse)
    assert isinstance(statement.value.then, tree.IfElse)


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("a = 1\nb = 2", 2),
        ("a = 1; b = 2;", 2),
        ("a = 1 +\n 2\nb = 2", 2),
        ("a = 1\n + 2\nb = 2", 2),
        ("a = f(1,\n 2)\nb = 2", 2),
        ("a = 1 # one = 1\n\n  # nothing = 2\nb = 2", 2),
        ("a = b\n : init=1", 1),
        ("a = b :\n volt", 1),
        ("a = b : exponential,\n init=1", 1),
        ("a =\n 2\nw : 1\nb = 2", 3),
        ("a = x\n and y\nb = 2", 2),
        ("a = 1\n (c)\nb = 2", None),
        ("dv/dt = x\n not_an_equation", None),
    ],
)
def test_lines(code: str, count: int | None) -> None:
    if count is None:
        with pytest.raises(SyntaxProblem):
            equations(code)
    else:
        assert len(equations(code)) == count


@pytest.mark.parametrize(
    ("code", "variable"),
    [
        ("dX/dt = 1", "X"),
        ("tau * dtheta/dt + theta = post.r^2", "theta"),
        ("ddecision/dt = 0", "decision"),
        ("dd/dt = 0", "d"),
        ("dPV_Ca / dt = 0", "PV_Ca"),
        ("(a + b)*dv/dt = 0", "v"),
        ("dpre/dt = -pre", "pre"),
    ],
)
def test_derivatives(code: str, variable: str) -> None:
    statement = only(code)
    assert isinstance(statement, tree.Ode)
    assert statement.var == variable


@pytest.mark.parametrize("code", ["dPV_Ca_dt = 1", "dApre = 1", "dv = 1", "dt_ = 2"])
def test_names_that_look_like_derivatives(code: str) -> None:
    assert isinstance(only(code), tree.Assign)


def test_annotations_of_both_styles() -> None:
    a = only("dv/dt = x : exponential, init=-65.0, population")
    b = only("dv/dt = x : volt (unless refractory, init=-65*mV)")
    assert isinstance(a, tree.Ode)
    assert isinstance(b, tree.Ode)
    assert a.annotation is not None
    assert b.annotation is not None
    assert a.annotation.unit is None
    assert [f.word for f in a.annotation.flags] == ["exponential", "init", "population"]
    assert isinstance(b.annotation.unit, tree.Name)
    assert [f.word for f in b.annotation.flags] == ["unless_refractory", "init"]


@pytest.mark.parametrize(
    "unit", ["1", "boolean", "integer", "volt", "amp/meter**2", "1/second", "volt*second**-.5", "second**(-1/2)", "Hz"]
)
def test_units(unit: str) -> None:
    statement = only(f"x : {unit} (constant)")
    assert isinstance(statement, tree.Decl)
    assert statement.annotation.unit is not None
    assert [f.word for f in statement.annotation.flags] == ["constant"]


def test_flag_words() -> None:
    words = [
        "population", "projection", "postsynaptic", "local", "global", "semiglobal", "shared", "constant", "linked",
        "int", "bool", "float", "explicit", "implicit", "semiimplicit", "exponential", "midpoint", "rk2", "rk4",
        "runge-kutta4", "exact", "event-driven", "clock-driven", "unless_refractory", "unless_post", "summed",
        "stored", "inline", "euler", "exponential_euler", "heun", "milstein", "unless refractory",
        "constant over dt", "point current",
    ]  # fmt: skip
    for word in words:
        for code in (f"x = y : {word}", f"x = y : 1 ({word})"):
            statement = only(code)
            assert isinstance(statement, tree.Assign)
            assert statement.annotation is not None
            assert statement.annotation.flags[0].word == word.replace("unless refractory", "unless_refractory")


def test_function_definitions() -> None:
    statement = only("f(x, t) = x + t")
    assert isinstance(statement, tree.FuncDef)
    assert (statement.name, statement.params) == ("f", ("x", "t"))
    constant = only("g() = 1")
    assert isinstance(constant, tree.FuncDef)
    assert constant.params == ()


def test_every_node_knows_its_place() -> None:
    code = "tau*dv/dt = (E_l - v) + f(x, 2) : init=-65"
    statement = only(code)
    assert isinstance(statement, tree.Ode)
    assert code[statement.span.start : statement.span.stop] == code
    assert isinstance(statement.rhs, tree.Binary)
    assert code[statement.rhs.right.span.start : statement.rhs.right.span.stop] == "f(x, 2)"
    assert isinstance(statement.rhs.right, tree.Call)
    assert code[statement.rhs.right.args[0].span.start : statement.rhs.right.args[0].span.stop] == "x"


def test_event_code_may_write_attributes() -> None:
    (part,) = parse("synapse", "S", (Source("pre_spike", "post.v += w; g_target -= 1"),)).parts
    assert [type(s.target).__name__ for s in part.statements if isinstance(s, tree.Assign)] == ["Attr", "Name"]


def test_structural_expressions_keep_their_flags() -> None:
    (part,) = parse("synapse", "S", (Source("creating", "pre.r*post.r > 0.9 : proba = 1.0, w = 1.0"),)).parts
    (declaration,) = part.statements
    assert isinstance(declaration, tree.Decl)
    assert [f.word for f in declaration.annotation.flags] == ["proba", "w"]
    assert part.expression is not None


def test_quantities_where_values_are_given() -> None:
    for role in ("refractory", "string"):
        (part,) = parse("neuron", "N", (Source(role, "-5 ms"),)).parts
        assert part.expression is not None
        assert text(part.expression) == "-5*ms"


def test_expression_roles_join_their_lines() -> None:
    (part,) = parse("neuron", "N", (Source("spike", "v > 1\n\nand u < 2 # comment\n"),)).parts
    assert part.expression is not None
    assert text(part.expression) == "v > 1 and u < 2"


def test_all_unreadable_lines_are_reported() -> None:
    with pytest.raises(SyntaxProblem) as caught:
        parse("neuron", "N", (Source("equations", "a = = 1\nb = 2\nc = (3\nd = 4)"), Source("spike", "v >")))
    assert [d.span and (d.span.part, d.span.start) for d in caught.value.diagnostics] == [
        (0, 4),
        (0, 18),
        (0, 26),
        (1, 3),
    ]


@pytest.mark.parametrize(
    "code",
    [
        "(" * 5000 + "x" + ")" * 5000,
        "x" + "**x" * 5000,
        "-" * 5000 + "x",
        "not " * 5000 + "x",
        "x" + " + x" * 5000,
        "f(" * 5000,
        "if x: " * 5000 + "x",
        "x if x else " * 5000 + "x",
        "x < " * 5000 + "x",
        "(x < " * 40 + "x" + " < x)" * 40,
    ],
)
def test_depth_is_limited_without_recursion_errors(code: str) -> None:
    for role, line in (("spike", code), ("equations", f"y = {code}"), ("equations", f"{code}*dv/dt = 1")):
        with pytest.raises(SyntaxProblem):
            parse("neuron", "N", (Source(role, line),))


def test_the_deepest_allowed_expression_needs_little_stack() -> None:
    deepest = "1 or (1 and (1 < (1 + (1*(-1**(" * 5 + "x" + ")" * 30

    def at_depth(n: int) -> SyntaxTree:
        return at_depth(n - 1) if n else parse("neuron", "N", (Source("spike", deepest),))

    frame, depth = sys._getframe(), 0
    while frame is not None:
        frame, depth = frame.f_back, depth + 1  # type: ignore[assignment]
    assert at_depth(max(0, 400 - depth)).parts[0].expression is not None


def test_time_is_linear() -> None:
    code = "\n".join(f"x{k} = a{k}*(b + {k})/exp(c) : init={k}" for k in range(2000))
    assert len(equations(code)) == 2000


FORTY = [
    ("equations", "dv/dt  = (ge+gi-(v-El))/taum : volt (unless refractory)"),
    (
        "equations",
        "dv/dt = (gl*(El-v)+ge*(Ee-v)+gi*(Ei-v)-\n    g_na*(m*m*m)*h*(v-ENa)-\n    g_kd*(n*n*n*n)*(v-EK))/Cm : volt",
    ),
    ("equations", "alpha_m = 0.32*(mV**-1)*4*mV/exprel((13*mV-v+VT)/(4*mV))/ms : Hz"),
    ("equations", "beta_n = .5*exp((10*mV-v+VT)/(40*mV))/ms : Hz"),
    ("equations", "ds_NMDA / dt = - s_NMDA / tau_NMDA_decay + alpha * x * (1 - s_NMDA) : 1"),
    (
        "equations",
        "I_NMDA = gEEN * s_NMDA_tot * (V - V_E) / ( 1 + exp(-0.062 * V/mvolt) * (C/mmole / 3.57) ) : amp",
    ),
    ("string", "label_pre != label_post and label_post < 2"),
    ("equations", "dd/dt = -d / taud : 1 (clock-driven)\ndApre/dt = -Apre / taupre : 1 (event-driven)"),
    ("pre_spike", "Apre += dApre"),
    ("pre_spike", "post2bef = post2; w = clip(w + 0.01 * pre * post2bef, 0, 1.0); post1 = 1.; post2 = 1."),
    ("equations", "dpre/dt   = -pre/(20 * ms)      : 1 (event-driven)"),
    (
        "equations",
        "is_active = abs((barrel_x + 0.5 - bar_x) * cos(direction) + (barrel_y + 0.5 - bar_y)"
        " * sin(direction)) < 0.5: boolean",
    ),
    ("equations", "rate = int(is_active)*clip(cos(direction - selectivity), 0, inf)*Fmax: Hz"),
    ("spike", "rand() < rate*dt"),
    ("string", "(i // N4) % barrelarraysize + 0.5"),
    ("equations", "Igap_post = w * (v_pre - v_post) : 1 (summed)"),
    ("equations", "dX/dt = (mu - 0.5*second*sigma**2)*X + X*sigma*xi*second**.5: 1"),
    ("equations", "dx/dt = (sound(t-delay)-x)/tau_ear+sigma_ear*(2./tau_ear)**.5*xi : 1 (unless refractory)"),
    ("equations", "Im = gl * (El-v) + gNa * m**3 * h * (ENa-v) + gK * n**4 * (EK-v) : amp/meter**2"),
    ("equations", "I : amp (point current) # applied current"),
    ("refractory", "m > 0.4"),
    ("event", "g>1 and allow_gspike"),
    ("reset", "v = 0; g = 0; allow_gspike = True;"),
    (
        "pre_spike",
        "w_minus = A_LTD_u*(v_lowpass1_post/mV - Theta_low/mV)*int(v_lowpass1_post/mV - Theta_low/mV > 0)"
        "  # synaptic depression",
    ),
    ("equations", "v_reset : volt (shared, constant)"),
    ("equations", "C_m * dv/dt  = -I_L - I_Na - I_Kv1 - I_Kv3 - I_SK - I_Ca + I_app : init=-68"),
    ("equations", "dPV_Ca_dt    = k_on_ca * Ca * PV - k_off_ca * PV_Ca\ndPV_Ca/dt    = dPV_Ca_dt"),
    ("spike", "(v > v_t) and (prev_v <= v_t)"),
    ("equations", "prev_v       = v"),
    ("parameters", "tau_ampa = 10  : population # ms"),
    ("equations", "ddecision/dt = 0 : init = -1"),
    (
        "equations",
        "dg_ampa/dt = ite(Uniform(0.0, 1.0) * 1000.0 / dt > rates_noise, -g_ampa/tau_ampa,"
        " -g_ampa/tau_ampa + increase_noise/dt)",
    ),
    ("functions", "root_func(x,y)=((abs(x))**(1/y))/((x+1e-20)/(abs(x)+ 1e-20))"),
    ("pre_spike", "g_target+=ite(unif_var_dbs<p_axon_spike_trans,w*post.dbs_on,0)"),
    ("pre_spike", "g_target += w * mod_factor : max = max_trans"),
    ("equations", "tau * dtheta/dt + theta = post.r^2 : postsynaptic, exponential"),
    ("functions", "transfer_function(x, t) = if x > t: if x > 2*t : (x - 2*t)^2 else: x - t else: 0."),
    ("equations", "r = if (t is 1): 1.0 else: 0.0"),
    ("post_spike", "w = clip(w - cApost * exp((t_post - t)/tau_post) , 0.0 , wmax)"),
    ("equations", "tau * dw/dt = (pre.r - mean(pre.r) ) * (post.r - mean(post.r) )"),
    ("creating", "pre.r * post.r > 0.9 : proba = 1.0, w = 1.0"),
    (
        "equations",
        "cm * dv/dt = gleak*(e_rev_leak -v) + gbar_K * n**4 * (e_rev_K - v)\n"
        "  + g_exc * (e_rev_E - v) + g_inh * (e_rev_I - v) + i_offset: exponential, init=-65.0",
    ),
    ("equations", "dv/dt=(0*mV-v)/tau"),
    ("string", "0.4*exp(-dist_3D/probLengthConst)"),
]  # fmt: skip


def test_forty_strings_of_public_models(golden: Callable[[str, str], None]) -> None:
    sources = tuple(Source(role, code, str(k)) for k, (role, code) in enumerate(FORTY))
    golden("syntax/public_models.txt", parse("synapse", "public", sources).dump())
