"""Attributes of a group by name: what populations, views, projections and dendrites share for their users."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .problems import UnknownName, ValueProblem


class AttributeAccess:
    """Reading and writing the attributes of a model as attributes of a Python object.

    Names that start with an underscore, and those that the class defines, belong to Python; all others to the model.
    A class defines `_label`, `_attribute_names`, `_read` and `_write`.
    """

    @property
    def _label(self) -> str:
        """How errors call this object."""
        return type(self).__name__

    def _attribute_names(self) -> tuple[str, ...]:
        return ()

    def _read(self, name: str) -> Any:
        raise UnknownName(f"attribute of {self._label}", name, self._attribute_names())

    def _write(self, name: str, value: Any) -> None:
        raise UnknownName(f"attribute of {self._label}", name, self._attribute_names())

    def __getattr__(self, name: str) -> Any:
        """Read an attribute of the model; called by Python when the class has none of that name."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self._read(name)

    def __setattr__(self, name: str, value: Any) -> None:
        """Write an attribute of the model, or one of the object itself."""
        if name.startswith("_"):
            object.__setattr__(self, name, value)
        elif hasattr(type(self), name):
            if getattr(getattr(type(self), name), "fset", None) is None:
                raise ValueProblem(
                    f"'{name}' of {self._label} cannot be set.",
                    help=f"the model's own '{name}' is written with set({{'{name}': value}})"
                    if name in self._attribute_names()
                    else "",
                )
            object.__setattr__(self, name, value)
        else:
            self._write(name, value)

    def __dir__(self) -> list[str]:
        """List methods and attributes."""
        return sorted({*object.__dir__(self), *self._attribute_names()})

    def get(self, name: str, units: bool = False) -> Any:
        """Return an attribute by name.

        Parameters
        ----------
        name : str
        units : bool
            Return a pint quantity; not available yet.
        """
        if units:
            from .problems import not_available

            not_available("get(..., units=True)")
        return self._read(name)

    def set(self, values: Mapping[str, Any]) -> None:
        """Write several attributes; unknown names are refused before anything is written."""
        for name in values:
            if name not in self._attribute_names():
                raise UnknownName(f"attribute of {self._label}", name, self._attribute_names())
        for name, value in values.items():
            self._write(name, value)
