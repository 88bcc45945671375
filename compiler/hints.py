"""What may help where a text cannot be read: habits of Python, of other languages, and of writing units."""

from __future__ import annotations

from .lexer import Token
from .units import COMMON, UNITS

#: Modules whose functions are written without them.
_MODULES = frozenset({"np", "numpy", "math", "scipy", "sympy", "torch", "jnp"})
#: Words of Python at the start of a line -> what stands for them here.
_STATEMENTS = {
    "if": "a conditional is a value: 'x = if condition: a else: b'",
    "for": "there are no loops: the line is executed for every element by itself",
    "while": "there are no loops: the line is executed for every element by itself",
    "import": "equations are not Python: functions and units are known, other values come by namespace=dict(...)",
    "from": "equations are not Python: functions and units are known, other values come by namespace=dict(...)",
    "def": "a function is one line, 'f(x) = ...', given as functions=",
    "return": "a function is one line, 'f(x) = ...', given as functions=",
    "global": "a value for the whole group is marked ': population' (with units: '(shared)')",
    "assert": "equations are not Python",
    "pass": "leave the text empty, or write a comment",
}
_ENDINGS = {"msec": "ms", "millisec": "ms", "usec": "us", "sec": "second", "secs": "second", "micros": "us"}


def python_word(word: str) -> str:
    """Return what stands here for a word of Python at the start of a line, or ""."""
    return _STATEMENTS.get(word, "")


def dotted(group: str, name: str) -> str:
    """Return the help for ``np.exp``, ``self.v``."""
    if group in _MODULES:
        return f"functions have no prefix: write '{name}'"
    if group == "self":
        return f"write '{name}'"
    return "names are written with '_'; values of the two neurons of a synapse are 'pre.v' and 'post.v'"


def unit_meant(word: str) -> str:
    """Return the unit that a misspelt word stands for, ``"ms"`` for ``"msec"``, or ""."""
    if word in UNITS:
        return word
    if word.lower() in _ENDINGS:
        return _ENDINGS[word.lower()]
    names = [word.lower().removesuffix("s"), word.lower().removesuffix("s") + "ond", word.lower()]
    if len(word) > 1 and word[0] == "m" and word[1:].lower() in ("volts", "v"):
        names.append("mV")
    found = next((UNITS[n] for n in names if n in UNITS), None)
    if found is None:
        return ""
    return min((n for n in COMMON if n in UNITS and UNITS[n] == found), key=len, default="")


def after_value(previous: Token | None, token: Token, following: Token | None) -> str:
    """Return the help where a value is followed by something that is no operator."""
    if token.text == ",":
        return "a number has a point, '1.5'; statements are separated by ';' or stand on lines of their own"
    if token.text == "=":
        return "one '=' per statement; to compare, write '=='"
    unit = unit_meant(token.text) if token.kind == "name" else ""
    if unit and previous is not None and previous.kind == "number":
        return f"a number and its unit are multiplied: '{previous.text}*{unit}'"
    if unit and (following is None or following.kind == "end" or following.text == "("):
        return f"the unit of a variable stands behind ':', as in ': {unit}'"
    if token.text == "unless":
        return "flags stand in brackets behind the unit: ': 1 (unless refractory)'"
    if token.text in ("init", "min", "max") and following is not None and following.text == "=":
        return f"flags are separated by commas: ', {token.text}=...'"
    if token.text == "(" and following is not None and following.text in ("unless", "shared", "constant", "event"):
        return "flags in brackets stand behind the unit: ': 1 (unless refractory)'"
    return "products are written with '*'"


def no_value(previous: Token | None, left_side: bool) -> str:
    """Return the help where a value is missing; `left_side`: of ``=``."""
    if left_side and previous is not None and previous.text in ("//", "**", "%", "^"):
        return f"there is no '{previous.text}=': write 'x = x {previous.text} ...'"
    return "a name, a number or a bracket belongs here"


def without_equals(tokens: list[Token]) -> str:
    """Return the help for a line that is no statement."""
    texts = [t.text for t in tokens]
    if "==" in texts:
        at = texts.index("==")
        if at == 1:
            return f"'==' compares; to assign, write '{texts[0]} = ...'"
    if len(texts) >= 3 and texts[1] == texts[2] and texts[1] in "+-" and len(texts) == 3:
        return f"write '{texts[0]} {texts[1]}= 1'"
    if len(texts) > 3 and texts[0][0] == "d" and texts[1:3] == ["/", "dt"]:
        return f"write '{texts[0]}/dt = ...'"
    return "a statement is 'name = ...', 'dname/dt = ...' or 'name : ...'"


def left_side(tokens: list[Token]) -> str:
    """Return the help for what cannot stand left of ``=``."""
    texts = [t.text for t in tokens]
    if len(texts) == 3 and texts[1] == "/" and texts[0].startswith("d") and texts[2].startswith("d"):
        if texts[0][1:2].isdigit():
            return "derivatives are of first order: give 'dv/dt' a variable and an equation of its own"
        return "derivatives are by time: 'dv/dt'"
    return "left of '=' stands a name, 'dname/dt' with factors, or 'f(x)'"
