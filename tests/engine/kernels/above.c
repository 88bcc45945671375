/* Stop condition: v >= level. Layout: v level mask. */
#include "rv_abi.h"
typedef REAL real;
typedef INT integer;

int rv_abi(void) { return RV_ABI; }

void rv_condition(const rv_args *args, int64_t begin, int64_t end)
{
    const real *v = args->a[0], *level = args->a[1];
    integer *mask = args->a[2];
    for (int64_t i = begin; i < end; i++)
        mask[i] = v[i] >= level[i & args->mask[1]];
}
