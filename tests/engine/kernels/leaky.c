/* v = v * exp-like decay + drive + g, spike at 1, reset to 0. Layout: v g mask drive tau decay. */
#include "rv_abi.h"
typedef REAL real;
typedef INT integer;

int rv_abi(void) { return RV_ABI; }

void rv_prepare(const rv_args *args, int64_t begin, int64_t end)
{
    const real *tau = args->a[4];
    real *decay = args->a[5];
    for (int64_t i = begin; i < end; i++)
        decay[i & args->mask[5]] = (real)1 - (real)args->dt / tau[i & args->mask[4]];
}

static void update(const rv_args *args, int64_t begin, int64_t end, int uniform)
{
    real *v = args->a[0], *g = args->a[1];
    integer *mask = args->a[2];
    const real *drive = args->a[3], *decay = args->a[5];
    int64_t n = 0;
    for (int64_t i = begin; i < end; i++) {
        real d = uniform ? drive[0] : drive[i & args->mask[3]], c = uniform ? decay[0] : decay[i & args->mask[5]];
        v[i] = v[i] * c + d;
        v[i] = v[i] + g[i];
        g[i] = 0;
        mask[i] = v[i] >= (real)1;
        if (mask[i] && i < args->n)
            args->spikes[n++] = (int32_t)i;
    }
    *args->n_spikes = n;
}

void rv_update_uniform(const rv_args *args, int64_t begin, int64_t end) { update(args, begin, end, 1); }
void rv_update_general(const rv_args *args, int64_t begin, int64_t end) { update(args, begin, end, 0); }

void rv_reset(const rv_args *args, int64_t begin, int64_t end)
{
    for (int64_t s = begin; s < end; s++)
        ((real *)args->a[0])[args->spikes[s]] = 0;
}
