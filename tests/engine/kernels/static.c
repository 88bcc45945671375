/* Adds w to the subtotal of g. Layout: w sum. */
#include "rv_abi.h"
typedef REAL real;

int rv_abi(void) { return RV_ABI; }

#define FORM(NAME, INDEX)                                                                                              \
    void NAME(const rv_args *args, int64_t begin, int64_t end)                                                         \
    {                                                                                                                  \
        const real *w = args->a[0];                                                                                    \
        real *sum = args->a[1];                                                                                        \
        const INDEX *target = args->target;                                                                            \
        for (int64_t s = begin; s < end; s++)                                                                          \
            for (int64_t q = args->seg[3 * s]; q < args->seg[3 * s + 1]; q++)                                          \
                sum[target[q] & args->mask[1]] += w[q & args->mask[0]];                                                \
    }
FORM(rv_pre0_u16, uint16_t)
FORM(rv_pre0_u32, uint32_t)
FORM(rv_pre0_g16, uint16_t)
FORM(rv_pre0_g32, uint32_t)
