# Loading of compiled models.

cdef extern from "dlfcn.h" nogil:
    enum:
        RTLD_NOW
        RTLD_LOCAL
    void *dlopen(const char *path, int flags)
    void *dlsym(void *handle, const char *name)
    int dlclose(void *handle)
    const char *dlerror()

ctypedef int (*abi_function)() noexcept nogil


cdef class Library:
    # The dynamic loader counts references per file, so one path is loaded once however many objects there are.
    cdef void *handle
    cdef readonly str path

    def __cinit__(self, str path):
        self.path = path
        self.handle = dlopen(path.encode(), RTLD_NOW | RTLD_LOCAL)
        if self.handle == NULL:
            raise OSError(f"cannot load {path}: {dlerror().decode(errors='replace')}")
        cdef abi_function abi = <abi_function> dlsym(self.handle, "rv_abi")
        if abi == NULL:
            raise ValueError(f"{path} is not a compiled model")
        if abi() != RV_ABI:
            raise ValueError(f"{path} was built for engine interface {abi()}, this engine has {RV_ABI}")

    def __dealloc__(self):
        if self.handle != NULL:
            dlclose(self.handle)

    def has(self, str name):
        return dlsym(self.handle, name.encode()) != NULL

    cdef rv_kernel *find(self, str name) except? NULL:
        """Return the function `name`, or NULL when the model has none."""
        return <rv_kernel *> dlsym(self.handle, name.encode())

    cdef rv_kernel *need(self, str name) except NULL:
        cdef rv_kernel *function = self.find(name)
        if function == NULL:
            raise ValueError(f"{self.path} has no function {name}")
        return function
