"""Python objects around the C engine and the C connectors: they check and hand over arrays, nothing else."""

from cpython.exc cimport PyErr_CheckSignals
from cpython.pycapsule cimport PyCapsule_GetPointer, PyCapsule_New
from libc.stdint cimport int32_t, int64_t, intptr_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free

cimport numpy as cnp

import numpy as np

cnp.import_array()

cdef extern from *:
    const char *RV_SOURCES

#: Identifies the source files that this was built from.
SOURCES = RV_SOURCES.decode()

include "_engine.pxi"
include "_connect.pxi"
include "_memory.pxi"
include "_library.pxi"
include "_continuous.pxi"
include "_binding.pxi"
include "_run.pxi"
include "_connectors.pxi"
include "_pairs.pxi"
