"""Attributes of a group by name: what populations, views, projections and dendrites share for their users."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np

from ranvier.compiler import model

from ..problems import UnknownName, ValueProblem
from ..quantities import TIME, with_unit
from ..state.uncopied import Uncopied


class AttributeAccess(Uncopied):
    """Reading and writing the attributes of a model as attributes of a Python object.

    Names that start with an underscore, and those that the class defines, belong to Python; all others to the model.
    A class defines `_label`, `_table`, `_attribute_names`, `_read` and `_write`.
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
            Return a pint quantity in the unit in which values are kept.
        """
        value = self._read(name)
        return with_unit(value, *self._unit(name)) if units else value

    def _unit(self, name: str) -> tuple[model.Dimension | None, str, float]:
        """Return the dimension of an attribute, what errors call it, and its scale."""
        what = f"'{name}' of {self._label}"
        if name in self._table:
            attribute = self._table[name]
            return attribute.dimension, what, attribute.scale
        return (TIME if name in ("delay", "spike_times") else None), what, 1.0

    def set(self, values: Mapping[str, Any]) -> None:
        """Write several attributes; unknown names are refused before anything is written."""
        for name in values:
            if name not in self._attribute_names():
                raise UnknownName(f"attribute of {self._label}", name, self._attribute_names())
        for name, value in values.items():
            self._write(name, value)


class WholeGroup(AttributeAccess):
    """What only whole populations and projections can do: be saved."""

    def _states(self, parameters: bool, variables: bool, units: bool) -> dict[str, Any]:
        """Return copies of all attributes of some roles; see `Network.get_states`."""
        roles = ["parameter"] * parameters + ["variable"] * variables
        found = {}
        for attribute in self._table:
            if attribute.role in roles:
                known = units and attribute.dimension is not None
                value = self.get(attribute.name, units=known)
                found[attribute.name] = np.array(value) if isinstance(value, np.ndarray) else value
        return found

    def save(self, path: Any) -> None:
        """Write all attributes (of a projection: and who is connected) to a file: HDF5, or ``.npz`` without pickle."""
        from ..state.partial import save_group

        save_group(path, cast(Any, self))

    def load(self, path: Any) -> None:
        """Set all attributes as in a file that `save`, or the network's `save`, wrote; the clock stays as it is.

        Raises
        ------
        FileProblem
            E505, the file is damaged, or of another size or other synapses; nothing has been changed then.
        """
        from ..state.partial import load_group

        load_group(path, cast(Any, self))
