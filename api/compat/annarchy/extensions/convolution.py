"""Filters, pooling, and projections that share the weights of another one."""

from ranvier.runtime.compat.objects import Convolution, Copy, Pooling, Transpose

__all__ = ["Convolution", "Copy", "Pooling", "Transpose"]
