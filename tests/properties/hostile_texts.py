"""Random model texts for the front end: valid ones, mutated ones, and hostile ones. Seeded, without hypothesis."""

from __future__ import annotations

from random import Random

WORDS = (
    "v u tau E_l g_exc g_target w x pre post pre.v post.v v_post x_pre t dt dv/dt du/dt xi pi e inf i j N mV ms volt "
    "1 2.5 1e-3 .5 1e999 0 True False exp f ite Uniform rand max sum clip lambda if else and or not is "
    "( ) ( ) , : ; = += *= == < > <= != + - * / // ** ^ % . init min unless exponential event-driven population "
    "shared summed [ ] { } ' \" @ $ && | ~ # __import__ eval __class__ os.system"
)
STRANGE = "\n \t\0\r\f\\\u03bc\u00e9\U0001f600\u00a0\u202e\ufeff\ud800"
FRAGMENTS = (*WORDS.split(), *STRANGE)
NAMES = ("v", "u", "w", "x", "tau", "E_l", "g_exc", "k", "a", "b")
CALLS = ("exp", "abs", "sqrt", "f", "cos", "int", "heaviside")
UNITS = ("1", "volt", "second", "Hz", "boolean", "integer", "amp/metre**2", "1/second")
FLAGS = ("init=0", "min=-1", "max=2*k", "exponential", "rk4", "population", "int", "stored", "unless_refractory",
         "event-driven", "exponentiel", "mV")  # fmt: skip


def expression(rng: Random, depth: int) -> str:
    """A well-formed expression."""
    if depth <= 0 or rng.random() < 0.2:
        return rng.choice((*NAMES, "1", "2.5", "10*mV", "t", "dt", "rand()", "1e-3", "True"))
    kind = rng.randrange(8)
    x, y = expression(rng, depth - 1), expression(rng, depth - 1)
    if kind == 0:
        return f"({x})"
    if kind == 1:
        return f"{rng.choice(CALLS)}({x})"
    if kind == 2:
        return rng.choice((f"-{x}", f"+{x}", f"(not {x})"))
    if kind == 3:
        return f"ite({x} > {y}, {x}, {y})"
    if kind == 4:
        return f"({x} if {y} < 2 else {x})"
    op = rng.choice(("+", "-", "*", "/", "//", "%", "**", "^", "<", ">=", "==", "and", "or", "is not"))
    return f"{x} {op} {y}"


def statement(rng: Random) -> str:
    """A well-formed statement."""
    name, value = rng.choice(NAMES), expression(rng, rng.randrange(5))
    kind = rng.randrange(8)
    if kind < 2:
        line = f"{rng.choice(('', 'tau*', '(tau + 1)*'))}d{name}/dt = {value}"
    elif kind == 2:
        return f"f({rng.choice(('x', 'x, y', ''))}) = {value}"
    elif kind == 3:
        line = f"{name} {rng.choice(('+=', '-=', '*='))} {value}"
    elif kind == 4:
        return f"{name} : {rng.choice(UNITS)}"
    else:
        line = f"{name} = {value}"
    if rng.random() < 0.5:
        flags = ", ".join(rng.sample(FLAGS, rng.randrange(1, 3)))
        line += f" : {flags}" if rng.random() < 0.5 else f" : {rng.choice(UNITS)} ({flags})"
    return line


def valid(rng: Random) -> str:
    """Some well-formed statements (their names may still be wrong)."""
    return rng.choice(("\n", "; ", "\n\n")).join(statement(rng) for _ in range(rng.randrange(1, 6)))


def mutated(rng: Random) -> str:
    """A well-formed text after a few deletions, insertions, swaps and repetitions."""
    text = list(valid(rng))
    for _ in range(rng.randrange(1, 5)):
        place = rng.randrange(len(text) + 1)
        kind = rng.randrange(4)
        if kind == 0 and text:
            del text[place : place + rng.randrange(1, 4)]
        elif kind == 1:
            text[place:place] = rng.choice(FRAGMENTS)
        elif kind == 2:
            text[place:place] = text[place : place + rng.randrange(20)]
        elif text:
            text[place - 1] = rng.choice("()=:;,+-*/ \n")
    return "".join(text)


def hostile(rng: Random) -> str:
    """A text that no model has: soup of fragments, extreme depth or length, explosive definitions."""
    kind = rng.randrange(8)
    if kind < 4:
        return "".join(rng.choice(FRAGMENTS) + rng.choice(("", " ")) for _ in range(rng.randrange(40)))
    size = rng.choice((3, 30, 300, 2000))
    if kind == 4:
        opening = rng.choice(("(", "f(", "-", "not ", "if v: ", "v**", "v<", "v+", "ite(v,v,", "v if v else ", "(v<"))
        return f"x = {opening * size}v{rng.choice((')' * size, '', ' < v)' * size))}"
    if kind == 5:
        return "a0 = v : 1\n" + "\n".join(f"a{k} = a{k - 1}*a{k - 1} : 1" for k in range(1, min(size, 300)))
    if kind == 6:
        return "f0(x) = x + x\n" + "\n".join(f"f{k}(x) = f{k - 1}(f{k - 1}(x))" for k in range(1, 30)) + "\nx = f29(v)"
    return rng.choice(FRAGMENTS) * size


def texts(seed: int) -> str:
    """Return random text number `seed`."""
    rng = Random(seed)
    return (valid, mutated, hostile)[seed % 3](rng)
