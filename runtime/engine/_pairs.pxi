# Kernels of connection texts: the result of many pairs of neurons in one call.

cdef class PairKernel:
    cdef Library library
    cdef rv_kernel *kernel
    cdef list kept
    cdef void *array[64]
    cdef int64_t mask[64]
    cdef int64_t n, step
    cdef double dt
    cdef object keys
    cdef int64_t n_post

    def __cinit__(self, Library library not None, list arrays, list shared, keys, int64_t n, int64_t n_post, int64_t step, double dt):
        if len(arrays) > 64 or len(shared) != len(arrays):
            raise ValueError(f"a text about pairs may use up to 64 values, not {len(arrays)}")
        self.library = library
        self.kernel = self.library.need("rv_connect")
        self.kept = list(arrays)
        for k, array in enumerate(arrays):
            if array is not None:
                self.array[k] = cnp.PyArray_DATA(check(array, array.dtype, f"array {k}", 1))
            self.mask[k] = 0 if shared[k] else -1
        self.keys = check(keys, np.uint64, "keys")
        self.n, self.n_post, self.step, self.dt = n, n_post, step, dt

    def run(self, dict pairs, seg, target):
        """Compute the pairs of segments; `pairs` holds the arrays with one value per pair, by number."""
        cdef int64_t n = len(check(target, np.uint32, "target")), n_seg = len(check(seg, np.int64, "seg")) // 3
        in_range(target, self.n_post, "target")
        for k in pairs:
            if not 0 <= k < len(self.kept):
                raise ValueError(f"there is no array {k}")
        for k, array in pairs.items():
            self.array[<int> k] = cnp.PyArray_DATA(check(array, array.dtype, f"array {k}", n))
        bounds = seg.reshape(-1, 3)
        if n_seg and (bounds[:, 0].min() < 0 or bounds[:, 1].max() > n):
            raise ValueError("seg: a segment lies outside the pairs")
        for k in range(len(self.kept)):
            if self.array[<int> k] == NULL:
                raise ValueError(f"array {k} is missing")
        cdef rv_args args
        args.a, args.mask, args.n, args.step, args.dt = self.array, self.mask, self.n, self.step, self.dt
        args.key = <const uint64_t *> cnp.PyArray_DATA(self.keys)
        args.spikes, args.n_spikes, args.order = NULL, NULL, NULL
        args.seg, args.target = <const int64_t *> cnp.PyArray_DATA(seg), cnp.PyArray_DATA(target)
        with nogil:
            self.kernel(&args, 0, n_seg)
        for k in pairs:
            self.array[<int> k] = NULL
