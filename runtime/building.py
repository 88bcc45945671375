"""How a network is made: a subclass may build in its `__init__`, and what it was made with is remembered."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any


class Building(type):
    """The type of `Network`.

    A subclass that builds in ``__init__`` need not call its parent's, and is made with its own arguments and those of
    `Network` (``dt``, ``seed``, ``threads``...) together: ``Column(size=100, dt=0.1)``. The arguments are kept, so that
    another one can be made (`Network.copy`, `Network.parallel_run`).
    """

    def __call__(cls, *args: Any, **options: Any) -> Any:
        """Make a network."""
        net: Any = cls.__new__(cls)  # type: ignore[call-overload]
        own, rest = _divide(cls, options)
        net._made_with = (args, own, rest)
        if rest or builds(cls):
            _library_class(cls).__init__(net, **rest)
            net._given = rest
        cls.__init__(net, *args, **own)  # type: ignore[misc]
        return net


def _root(cls: type) -> Any:
    """Return the class whose `__init__` knows the arguments of all networks."""
    return next(c for c in reversed(cls.__mro__) if isinstance(c, Building))


def _library_class(cls: type) -> Any:
    """Return the class of the package that a class of the user derives from; itself when it is one of them."""
    return next(c for c in cls.__mro__ if not builds(c))


def builds(cls: type) -> bool:
    """Tell whether a class builds its network, so that another one can be made by calling it."""
    return not cls.__init__.__module__.startswith("ranvier.")  # type: ignore[misc]


def _divide(cls: type, options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the arguments for the class's own `__init__`, and those that only `Network` knows."""
    known = inspect.signature(_root(cls).__init__).parameters
    own = inspect.signature(cls.__init__).parameters  # type: ignore[misc]
    if any(p.kind is p.VAR_KEYWORD for p in own.values()):
        return dict(options), {}
    rest = {name: value for name, value in options.items() if name in known and name not in own}
    return {name: value for name, value in options.items() if name not in rest}, rest


def arguments_of(net: Any) -> dict[str, Any]:
    """Return the arguments a network was made with, by name: its class's own and those of `Network`."""
    args, own, rest = net._made_with
    bound = inspect.signature(type(net).__init__).bind(net, *args, **own)
    bound.apply_defaults()
    named: dict[str, Any] = {}
    for (name, value), parameter in zip(
        bound.arguments.items(), (bound.signature.parameters[n] for n in bound.arguments), strict=True
    ):
        if parameter.kind is parameter.VAR_KEYWORD:
            named |= value
        elif parameter.kind is not parameter.VAR_POSITIONAL:
            named[name] = value
    return {**dict(list(named.items())[1:]), **rest}
