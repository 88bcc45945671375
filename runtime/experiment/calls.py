"""Calling functions of the user that may or may not want to be told the network."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from ..network import Network


def with_network(function: Callable[..., Any], arguments: Mapping[str, Any], net: Network | None) -> dict[str, Any]:
    """Return the arguments, and the network as ``net`` if the function has such a parameter and it is not given."""
    given = dict(arguments)
    if net is not None and given.get("net") is None and "net" in inspect.signature(function).parameters:
        given["net"] = net
    return given
