/* Two coupled linear equations. Layout: x y p00 p01 p10 p11 a00 a01 a11 ka kb mask. */
#include "rv_abi.h"
typedef REAL real;

int rv_abi(void) { return RV_ABI; }

void rv_prepare(const rv_args *args, int64_t begin, int64_t end)
{
    const int64_t *m = args->mask;
    real *const *a = (real *const *)args->a;
    for (int64_t i = begin; i < end; i++) {
        a[6][i & m[6]] = -a[9][i & m[9]];
        a[7][i & m[7]] = a[10][i & m[10]];
        a[8][i & m[8]] = -a[10][i & m[10]];
    }
}

static void update(const rv_args *args, int64_t begin, int64_t end)
{
    const int64_t *m = args->mask;
    real *const *a = (real *const *)args->a;
    for (int64_t i = begin; i < end; i++) {
        real x = a[0][i], y = a[1][i];
        a[0][i] = a[2][i & m[2]] * x + a[3][i & m[3]] * y;
        a[1][i] = a[4][i & m[4]] * x + a[5][i & m[5]] * y;
    }
    *args->n_spikes = 0;
}

void rv_update_uniform(const rv_args *args, int64_t begin, int64_t end) { update(args, begin, end); }
void rv_update_general(const rv_args *args, int64_t begin, int64_t end) { update(args, begin, end); }
