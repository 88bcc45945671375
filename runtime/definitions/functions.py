"""Functions of the user's own, for all models built afterwards: one-line texts, and Python callables with a C body.

Each model takes in those that its texts name, when it is built; later changes do not reach it.
"""

from __future__ import annotations

import inspect
import keyword
import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranvier.compiler import RanvierError, Registered, Source, is_reserved, model, parse, parse_quantity

from ..problems import ValueProblem

_FUNCTION_NAME = re.compile(r"^\s*([A-Za-z_]\w*)\s*\(")
_WORD = re.compile(r"[A-Za-z_]\w*")
_C_WORDS = frozenset(
    "auto break case char const continue default do double else enum extern float for goto if inline int long register "
    "restrict return short signed sizeof static struct switch typedef union unsigned void volatile while".split()
)


class FunctionTable:
    """User functions known to every model built after they were added; each model takes in only those it names."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._registered: dict[str, Registered] = {}

    def add(self, text: str) -> None:
        """Add the definition of one function, ``f(x) = ...``; the same name again replaces it."""
        parse("neuron", "function", (Source("functions", text),))
        match = _FUNCTION_NAME.match(text)
        if match is None:
            raise ValueProblem(f"A function is defined as in 'f(x) = x*x', got {text!r}.")
        self._free(match.group(1), self._registered)
        self._texts[match.group(1)] = text.strip()

    def register(self, function: Registered) -> None:
        """Add a function registered from Python; the same name again replaces it for models built later."""
        self._free(function.name, self._texts)
        self._registered[function.name] = function

    def _free(self, name: str, others: Iterable[str]) -> None:
        meaning = is_reserved(name)
        if meaning:
            raise ValueProblem(f"'{name}' {meaning} and cannot name a function of your own.")
        if name in others:
            raise ValueProblem(
                f"There is a function '{name}' already, defined by the other of add_function and register_function."
            )

    def used_by(self, texts: Iterable[str], own: str = "") -> str:
        """Return the text of all functions named, directly or through others, that `own` does not define."""
        defined = {m.group(1) for line in own.splitlines() if (m := _FUNCTION_NAME.match(line))}
        wanted: list[str] = []
        queue = [word for text in (*texts, own) for word in _WORD.findall(text)]
        while queue:
            word = queue.pop()
            if word in self._texts and word not in wanted and word not in defined:
                wanted.append(word)
                queue += _WORD.findall(self._texts[word])
        return "\n".join(self._texts[word] for word in sorted(wanted))

    def registered_in(self, texts: Iterable[str]) -> tuple[Registered, ...]:
        """Return the registered functions that texts name."""
        words = {word for text in texts for word in _WORD.findall(text)}
        return tuple(self._registered[name] for name in sorted(words & self._registered.keys()))


#: Library code that later models may call, as an import would be.
FUNCTIONS = FunctionTable()


def add_function(text: str) -> None:
    """Define a function that every model built afterwards may call.

    Parameters
    ----------
    text : str
        For example ``"sigmoid(x) = 1/(1 + exp(-x))"``.
    """
    FUNCTIONS.add(text)


def register_function(name: str, python: Callable[..., Any], c: str | None = None, unit: str | None = None) -> None:
    """Register a Python function, with its translation to C, for every model built afterwards.

    The function must be pure: its result depends on its arguments alone.

    Parameters
    ----------
    name : str
        How equations call it.
    python : callable
        Takes numbers or arrays of equal shape, returns the same, as numpy's functions do. The reference interpreter,
        values given as text and ``ranvier check`` call it.
    c : str, optional
        Body of a C function whose arguments, all ``double``, have the names of those of `python`: an expression, or
        statements with ``return``. The functions of ``<math.h>`` may be called, and those of the language as
        ``rv_exp``, ``rv_log``... Without it a network with such a model runs on the slow reference
        interpreter (with a warning).
    unit : str, optional
        Unit of the result in unit-checked models, as in a declaration (``"volt"``, ``"1"``). Numbers are in the
        coherent units (mV, ms, pA...). Not given: the result fits everywhere. Arguments are not checked.

    Raises
    ------
    ValueProblem
        The name is taken or not a name, or `python` has no fixed number of arguments.

    Examples
    --------
    >>> import numpy as np, ranvier as rv
    >>> rv.register_function("softplus", lambda x: np.log1p(np.exp(x)), c="log1p(exp(x))")
    >>> smooth = rv.Neuron(equations="dv/dt = softplus(1.0 - v)", spike="v > 2", reset="v = 0")
    """
    if not isinstance(name, str) or not name.isidentifier() or not name.isascii() or keyword.iskeyword(name):
        raise ValueProblem(f"register_function: {name!r} is not a name.")
    if not callable(python):
        raise ValueProblem(f"register_function('{name}'): python must be callable, not a {type(python).__name__}.")
    if c is not None and (not isinstance(c, str) or not c.strip()):
        raise ValueProblem(f"register_function('{name}'): c must be the text of a C function body, not {c!r}.")
    dimension = None if unit is None else _dimension(name, unit)
    FUNCTIONS.register(Registered(name, _params(name, python), c, dimension, python))


def _dimension(name: str, unit: str) -> model.Dimension:
    """Return the dimension of a unit given as text."""
    try:
        found = parse_quantity(unit if unit.strip() == "1" else f"1 {unit}")[1]
    except RanvierError:
        raise ValueProblem(
            f"register_function('{name}'): '{unit}' is not a unit.", help='as in "volt" or "1"'
        ) from None
    return found or (0.0,) * 7


def _params(name: str, python: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of the arguments of a callable."""
    if isinstance(python, np.ufunc):
        return tuple("xyzuvw"[: python.nin])
    try:
        params = inspect.signature(python).parameters.values()
    except (TypeError, ValueError):
        params = None
    if params is None or any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD, p.KEYWORD_ONLY) for p in params):
        raise ValueProblem(
            f"register_function('{name}'): the number of arguments of this function is not fixed.",
            help="wrap it: lambda x, y: ...",
        )
    names = tuple(p.name for p in params)
    for param in names:
        if param in _C_WORDS:
            raise ValueProblem(f"register_function('{name}'): the argument '{param}' is a keyword of C; rename it.")
    return names


class LibraryWithFunctions:
    """The engine's mathematics, and registered functions by the names of their operations."""

    def __init__(self, library: Any, functions: Iterable[Registered]) -> None:
        self._library = library
        self._functions = {f.op: f for f in functions}

    def call(self, name: str, *arrays: NDArray[Any]) -> NDArray[Any]:
        """Return the values of a function, element by element; registered ones compute in double precision."""
        function = self._functions.get(name)
        if function is None:
            result: NDArray[Any] = self._library.call(name, *arrays)
            return result
        shape = arrays[0].shape if arrays else (1,)
        found = np.asarray(function.python(*(a.astype(np.float64) for a in arrays)), np.float64)
        if found.shape not in ((), shape):
            raise ValueProblem(
                f"The function '{function.name}' was given arrays of shape {shape} and returned shape {found.shape}.",
                help="it must work element by element, as numpy's functions do",
            )
        return np.broadcast_to(found, shape)

    def draw(self, kind: str, key: int, c0: Any, c1: Any, step: int, *args: Any, precision: str) -> NDArray[Any]:
        """Return draws of the engine."""
        drawn: NDArray[Any] = self._library.draw(kind, key, c0, c1, step, *args, precision=precision)
        return drawn

    def propagator(self, a: NDArray[Any], dt: float) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the propagator of the engine."""
        pair: tuple[NDArray[Any], NDArray[Any]] = self._library.propagator(a, dt)
        return pair
