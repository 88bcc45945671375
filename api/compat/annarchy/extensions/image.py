"""Populations whose rates are images."""

from ranvier.runtime.compat.objects import ImagePopulation

__all__ = ["ImagePopulation"]
