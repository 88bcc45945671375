/* Event code that leaves a trace of when it ran. Layout: w post.log post.sum (subtotal) pre.x.
   pre:  log = 10 * log + 1; w += pre.x;  sum += w
   post: log = 10 * log + 2; w *= 2 */
#include "rv_abi.h"
typedef REAL real;

int rv_abi(void) { return RV_ABI; }

#define FORM(SUFFIX, INDEX)                                                                                            \
    void rv_pre0_##SUFFIX(const rv_args *args, int64_t begin, int64_t end)                                             \
    {                                                                                                                  \
        real *w = args->a[0], *log = args->a[1], *sum = args->a[2];                                                    \
        const real *x = args->a[3];                                                                                    \
        const INDEX *target = args->target;                                                                            \
        for (int64_t s = begin; s < end; s++)                                                                          \
            for (int64_t q = args->seg[3 * s]; q < args->seg[3 * s + 1]; q++) {                                        \
                int64_t i = args->seg[3 * s + 2], j = target[q];                                                       \
                log[j] = 10 * log[j] + 1;                                                                              \
                w[q] += x[i & args->mask[3]];                                                                          \
                sum[j] += w[q];                                                                                        \
            }                                                                                                          \
    }                                                                                                                  \
    void rv_post0_##SUFFIX(const rv_args *args, int64_t begin, int64_t end)                                            \
    {                                                                                                                  \
        real *w = args->a[0], *log = args->a[1];                                                                       \
        for (int64_t s = begin; s < end; s++)                                                                          \
            for (int64_t q = args->seg[3 * s]; q < args->seg[3 * s + 1]; q++) {                                        \
                int64_t j = args->seg[3 * s + 2];                                                                      \
                log[j] = 10 * log[j] + 2;                                                                              \
                w[args->order[q]] *= 2;                                                                                \
            }                                                                                                          \
    }
FORM(u16, uint16_t)
FORM(u32, uint32_t)
FORM(g16, uint16_t)
FORM(g32, uint32_t)
