#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#endif
#include "engine.h"

#define HUGE_PAGE ((size_t)2 << 20)

void *en_alloc(size_t bytes)
{
    void *block = NULL;
    int huge = bytes > HUGE_PAGE;
    if (posix_memalign(&block, huge ? HUGE_PAGE : 64, bytes ? bytes : 64))
        return NULL;
#ifdef MADV_HUGEPAGE
    if (huge)
        madvise(block, bytes, MADV_HUGEPAGE);
#endif
    return block;
}

int en_grow(void **block, int64_t *capacity, int64_t needed, size_t size)
{
    if (needed <= *capacity)
        return 0;
    int64_t wanted = needed + needed / 2 + 64;
    void *larger = realloc(*block, (size_t)wanted * size);
    if (!larger)
        return -1;
    *block = larger;
    *capacity = wanted;
    return 0;
}

void *en_own(en_engine *e, size_t bytes)
{
    if (e->n_owned == e->cap_owned) {
        size_t wanted = 2 * e->cap_owned + 16;
        void **larger = realloc(e->owned, wanted * sizeof *larger);
        if (!larger)
            return NULL;
        e->owned = larger;
        e->cap_owned = wanted;
    }
    void *block = en_alloc(bytes);
    if (!block)
        return NULL;
    memset(block, 0, bytes ? bytes : 64);
    e->owned[e->n_owned++] = block;
    e->bytes += bytes;
    return block;
}
