"""Which values parameters may have: what NEST refuses is refused here, too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..groups.distributions import is_distribution
from ..problems import ValueProblem

#: Names that start so must be above 0; those that stand or start like the second kind not negative.
_ABOVE = ("C_m", "tau", "gsl_error_tol", "atol")
_NOT_BELOW = ("t_ref", "t_clamp", "rate", "std", "g_", "Delta_T", "tau_fac")
_FRACTIONS = ("U", "u")


def check_limits(values: Mapping[str, Any], what: str) -> None:
    """Refuse values that no model has a meaning for.

    Parameters
    ----------
    values : mapping
        Parameters by NEST's names, those with their defaults included.
    what : str
        The call, for errors.

    Raises
    ------
    ValueProblem
        E501: names the call, the parameter and its limit.
    """
    known = {name: np.asarray(value, np.float64) for name, value in values.items() if _is_number(value)}
    for name, value in known.items():
        if np.isnan(value).any():
            raise ValueProblem(f"{what}: {name} must not be NaN.")
        limit, wrong = _limit(name, value)
        if np.any(wrong):
            raise ValueProblem(f"{what}: {name} must {limit}, got {value[wrong].flat[0]:g}.")
    threshold = "V_peak" if "V_peak" in known else "V_th"
    if "V_reset" in known and threshold in known and np.any(known["V_reset"] >= known[threshold]):
        raise ValueProblem(f"{what}: V_reset must be below {threshold}.")


def _limit(name: str, value: Any) -> tuple[str, Any]:
    """Return what a parameter must be, and where a value is not."""
    if name in _FRACTIONS:
        return "be between 0 and 1", (value < 0.0) | (value > 1.0)
    if name.startswith(_NOT_BELOW):
        return "not be negative", value < 0.0
    if name.startswith(_ABOVE):
        return "be above 0", value <= 0.0
    return "", np.zeros(value.shape, bool)


def _is_number(value: Any) -> bool:
    if is_distribution(value) or isinstance(value, str):
        return False
    return not (isinstance(value, (list, tuple)) and any(np.ndim(v) for v in value))
