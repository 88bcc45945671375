"""Which networks are alive, and which one is meant where none is named."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from weakref import WeakSet, ref

from .problems import RuntimeProblem, not_a_network

if TYPE_CHECKING:
    from .network import Network

_ALIVE: WeakSet[Network] = WeakSet()
_CURRENT: list[ref[Network]] = []
_OFFERED: list[Callable[[], Network]] = []


def note(net: Network) -> None:
    """Remember a network for as long as it lives."""
    _ALIVE.add(net)


def alive() -> list[Network]:
    """Return the networks that are alive."""
    return list(_ALIVE)


def make_current(net: Network | None) -> None:
    """Say which network is meant where none is named; None: the only one alive. For front ends with a current one."""
    _CURRENT[:] = [] if net is None else [ref(net)]


@contextmanager
def using(net: Network) -> Iterator[None]:
    """Let a network be the one that is meant where none is named."""
    before = list(_CURRENT)
    make_current(net)
    try:
        yield
    finally:
        _CURRENT[:] = before


def offer(make: Callable[[], Network]) -> None:
    """Say who makes a network where none is alive and one is needed. For front ends with a current one."""
    _OFFERED[:] = [make]


def the_network(net: Network | None = None, what: str = "This") -> Network:
    """Return a given network, else the current one, else the only one alive, else the one that a front end offers.

    Parameters
    ----------
    net : Network, optional
    what : str
        What needs a network, for the error.

    Raises
    ------
    RuntimeProblem
        There is none, or there are several.
    ValueProblem
        What was given is no network.
    """
    if net is not None:
        if net not in _ALIVE:
            raise not_a_network(net)
        return net
    current = _CURRENT[0]() if _CURRENT else None
    if current is not None:
        return current
    if len(_ALIVE) > 1:
        gc.collect()  # those that nobody can reach any more
    nets = alive()
    if not nets and _OFFERED:
        return _OFFERED[0]()
    if len(nets) != 1:
        names = ", ".join(sorted(map(repr, nets)))
        found = f"several are alive: {names}" if nets else "none is alive"
        raise RuntimeProblem(f"{what} needs a network, and {found}.", "say which one is meant: net=...")
    return nets[0]


def network_of(obj: object, what: str = "This") -> Network:
    """Return the network that a population or projection belongs to."""
    context = getattr(obj, "_context", None)
    for net in alive():
        if net._context is context:
            return net
    raise RuntimeProblem(f"{what}: the network of {obj!r} is gone.", "keep a reference to the network")
