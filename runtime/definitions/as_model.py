"""`as_model`: the model that an argument stands for."""

from __future__ import annotations

from typing import Any, TypeVar

from ..problems import not_a
from .types import Neuron, Synapse

M = TypeVar("M", Neuron, Synapse)


def as_model(kind: type[M], value: Any) -> M:
    """Return a model, or what a class or function of models makes without arguments (``rv.models.LIF``)."""
    if isinstance(value, kind):
        return value
    if callable(value):
        try:
            model = value()
        except TypeError as error:
            raise not_a(kind.__name__, value) from error
        if isinstance(model, kind):
            return model
    raise not_a(kind.__name__, value)
