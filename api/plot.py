"""`ranvier.plot`: pictures of a simulation, as matplotlib axes."""

from ranvier.runtime.plot.pictures import connectivity, raster, rates, traces

__all__ = ["connectivity", "raster", "rates", "traces"]
