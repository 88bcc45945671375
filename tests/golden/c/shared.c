RV_EXPORT int rv_abi(void) { return RV_ABI; }
static int64_t rv_scan(const rv_i *restrict spike_mask, int64_t begin, int64_t end, int64_t n, int32_t *restrict spikes)
{
    int64_t count = 0;
    for (int64_t block = begin; block < end; block += 32) {
        rv_i any = 0;
        for (int64_t q = 0; q < 32; q++)
            any |= spike_mask[block + q];
        if (any)
            for (int64_t q = block; q < block + 32 && q < n; q++)
                if (spike_mask[q])
                    spikes[count++] = (int32_t)q;
    }
    return count;
}
#define RV_BLOCK 512
#define RV_LANES 16
#define RV_ROUNDS 64
#define RV_sum(x, y) ((x) + (y))
#define RV_min(x, y) rv_fmin(x, y)
#define RV_max(x, y) rv_fmax(x, y)
static rv_f rv_fold_max(const rv_f *restrict x)
{
    rv_f lane[RV_LANES];
    for (int64_t l = 0; l < RV_LANES; l++)
        lane[l] = x[l];
    for (int64_t q = RV_LANES; q < RV_BLOCK; q += RV_LANES)
        for (int64_t l = 0; l < RV_LANES; l++)
            lane[l] = RV_max(lane[l], x[q + l]);
    for (int64_t half = RV_LANES / 2; half; half /= 2)
        for (int64_t l = 0; l < half; l++)
            lane[l] = RV_max(lane[l], lane[half + l]);
    return lane[0];
}
static rv_f rv_fold_sum(const rv_f *restrict x)
{
    rv_f lane[RV_LANES];
    for (int64_t l = 0; l < RV_LANES; l++)
        lane[l] = x[l];
    for (int64_t q = RV_LANES; q < RV_BLOCK; q += RV_LANES)
        for (int64_t l = 0; l < RV_LANES; l++)
            lane[l] = RV_sum(lane[l], x[q + l]);
    for (int64_t half = RV_LANES / 2; half; half /= 2)
        for (int64_t l = 0; l < half; l++)
            lane[l] = RV_sum(lane[l], lane[half + l]);
    return lane[0];
}

RV_INNER void rv_prepare_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, const rv_f *restrict p_m_tau, rv_f *restrict p_d0, rv_i *restrict p_d1, rv_f *restrict p_d2, rv_f *restrict p_d3, rv_f *restrict p_d4, const rv_f *restrict p_m_refractory)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_tau = p_m_tau[q];
        const rv_f m_refractory = p_m_refractory[q];
        const rv_f t0 = (1.0 / m_tau);
        const rv_i t1 = (rv_toint(__builtin_floor(((m_refractory / dt) + 0.500001))) + ((rv_i)1));
        const rv_f t2 = ((rv_f)own_n);
        const rv_f t3 = (((rv_f)-0.2) * dt);
        const rv_f t4 = rv_exp(t3);
        const rv_f t5 = (dt * rv_exprel(t3));
        p_d0[q] = t0;
        p_d1[q] = t1;
        p_d2[q] = t2;
        p_d3[q] = t4;
        p_d4[q] = t5;
    }
}

RV_EXPORT void rv_prepare(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    for (int64_t first = begin; first < end; first += 64) {
        rv_prepare_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (const rv_f *)a[0] + (first & mask[0]), (rv_f *)a[8] + (first & mask[8]), (rv_i *)a[9] + (first & mask[9]), (rv_f *)a[10] + (first & mask[10]), (rv_f *)a[11] + (first & mask[11]), (rv_f *)a[12] + (first & mask[12]), (const rv_f *)a[13] + (first & mask[13]));
    }
}

RV_INNER void rv_reduce0_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, const rv_f *restrict p_m_v, rv_f *restrict out0, rv_f *restrict out1)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step; (void)count;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_v = p_m_v[q];
        const rv_f t0 = __builtin_fabs(m_v);
        out0[q] = t0;
        out1[q] = m_v;
    }
}

RV_EXPORT void rv_reduce0(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    rv_f value[2][RV_BLOCK] __attribute__((aligned(64))), part[2][RV_ROUNDS];
    int depth = 0;
    for (int64_t block = begin; block < end; block += RV_BLOCK) {
        int64_t filled = 0;
        for (int64_t first = block; first < end && filled < RV_BLOCK; first += 64, filled += 64)
            rv_reduce0_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (const rv_f *)a[5] + first, value[0] + filled, value[1] + filled);
        for (int64_t q = args->n - block; q < RV_BLOCK; q++)
            value[0][q] = -(rv_f)__builtin_inf();
        part[0][depth] = rv_fold_max(value[0]);
        for (int64_t q = args->n - block; q < RV_BLOCK; q++)
            value[1][q] = -(rv_f)0.0;
        part[1][depth] = rv_fold_sum(value[1]);
        depth++;
        for (int64_t blocks = block / RV_BLOCK + 1; !(blocks & 1); blocks >>= 1) {
            depth--;
            part[0][depth - 1] = RV_max(part[0][depth - 1], part[0][depth]);
            part[1][depth - 1] = RV_sum(part[1][depth - 1], part[1][depth]);
        }
    }
    for (; depth > 1; depth--) {
        part[0][depth - 2] = RV_max(part[0][depth - 2], part[0][depth - 1]);
        part[1][depth - 2] = RV_sum(part[1][depth - 2], part[1][depth - 1]);
    }
    for (int64_t q = 0; q < 64; q++)
        ((rv_f *)a[14])[q] = part[0][0];
    for (int64_t q = 0; q < 64; q++)
        ((rv_f *)a[15])[q] = part[1][0];
}
RV_INNER void rv_reduce1_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, const rv_f *restrict p_m_v, const rv_f *restrict p_d2, const rv_f *restrict p_r1, rv_f *restrict out0)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step; (void)count;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_v = p_m_v[q];
        const rv_f d2 = p_d2[q];
        const rv_f r1 = p_r1[q];
        const rv_f t0 = (m_v - (r1 / d2));
        out0[q] = (t0 * t0);
    }
}

RV_EXPORT void rv_reduce1(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    rv_f value[1][RV_BLOCK] __attribute__((aligned(64))), part[1][RV_ROUNDS];
    int depth = 0;
    for (int64_t block = begin; block < end; block += RV_BLOCK) {
        int64_t filled = 0;
        for (int64_t first = block; first < end && filled < RV_BLOCK; first += 64, filled += 64)
            rv_reduce1_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (const rv_f *)a[5] + first, (const rv_f *)a[10] + (first & mask[10]), (const rv_f *)a[15] + (first & mask[15]), value[0] + filled);
        for (int64_t q = args->n - block; q < RV_BLOCK; q++)
            value[0][q] = -(rv_f)0.0;
        part[0][depth] = rv_fold_sum(value[0]);
        depth++;
        for (int64_t blocks = block / RV_BLOCK + 1; !(blocks & 1); blocks >>= 1) {
            depth--;
            part[0][depth - 1] = RV_sum(part[0][depth - 1], part[0][depth]);
        }
    }
    for (; depth > 1; depth--) {
        part[0][depth - 2] = RV_sum(part[0][depth - 2], part[0][depth - 1]);
    }
    for (int64_t q = 0; q < 64; q++)
        ((rv_f *)a[16])[q] = part[0][0];
}
RV_EXPORT void rv_shared(const rv_args *args, int64_t begin, int64_t end)
{
    const int64_t step = args->step;
    const rv_f t = (rv_f)((double)step * args->dt), dt = (rv_f)args->dt;
    const rv_i now = (rv_i)step;
    const rv_i own_n = (rv_i)args->n;
    const uint64_t *key = args->key;
    (void)begin; (void)end; (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
    const rv_f *p_m_k = args->a[1];
    const rv_i *p_m_count = args->a[2];
    rv_f *p_m_s = args->a[3];
    rv_f *p_m_peak = args->a[4];
    rv_f *p_m_s2 = args->a[6];
    const rv_f *p_d2 = args->a[10];
    const rv_f *p_d3 = args->a[11];
    const rv_f *p_d4 = args->a[12];
    const rv_f *p_r0 = args->a[14];
    const rv_f *p_r1 = args->a[15];
    const rv_f *p_r2 = args->a[16];
    rv_f *p_s0 = args->a[17];
    rv_f *p_s1 = args->a[18];
    rv_f *p_s2 = args->a[19];
    rv_f *p_s3 = args->a[20];
    const rv_f m_k = p_m_k[0];
    const rv_i m_count = p_m_count[0];
    const rv_f m_peak = p_m_peak[0];
    const rv_f m_s2 = p_m_s2[0];
    const rv_f d2 = p_d2[0];
    const rv_f d3 = p_d3[0];
    const rv_f d4 = p_d4[0];
    const rv_f r0 = p_r0[0];
    const rv_f r1 = p_r1[0];
    const rv_f r2 = p_r2[0];
    const rv_f t0 = (r1 / d2);
    const rv_f t1 = rv_u01(key[0], 0, 0, step);
    const rv_f t2 = rv_fmin(((t0 + (m_k * m_peak)) + t1), 3.0);
    const rv_f t3 = __builtin_sqrt(r2);
    const rv_f t4 = (m_s2 + ((rv_f)m_count));
    const rv_f t5 = (1.0 + t0);
    const rv_f t6 = ((m_s2 * d3) + (t2 * d4));
    const rv_f new_p_s0 = t2;
    const rv_f new_p_s1 = t3;
    const rv_f new_p_s2 = t4;
    const rv_f new_p_s3 = t5;
    const rv_f new_p_m_s = t2;
    const rv_f new_p_m_peak = r0;
    const rv_f new_p_m_s2 = t6;
    for (int64_t q = 0; q < 64; q++) {
        p_s0[q] = new_p_s0;
        p_s1[q] = new_p_s1;
        p_s2[q] = new_p_s2;
        p_s3[q] = new_p_s3;
        p_m_s[q] = new_p_m_s;
        p_m_peak[q] = new_p_m_peak;
        p_m_s2[q] = new_p_m_s2;
    }
}
RV_INNER void rv_update_uniform_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, const rv_f d0, const rv_f s0, const rv_f s1, const rv_f s2, const rv_f s3, rv_f *restrict p_m_v, rv_f *restrict p_m_y, rv_i *restrict p_spike_mask, rv_i *restrict p_mask_axon_spike, rv_i *restrict p_mask_up, const rv_i *restrict p_until_step)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < count; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_v = p_m_v[q];
        const rv_i until_step = p_until_step[q];
        const rv_i t0 = ((rv_i)(now >= until_step));
        const rv_f t1 = (t0 ? (m_v + (dt * (((s0 - m_v) + s1) * d0))) : m_v);
        const rv_i t2 = (((rv_i)(t1 > s3)) & t0);
        const rv_i t3 = ((rv_i)(t1 < 0.0));
        const rv_i t4 = ((rv_i)(t1 > 0.5));
        p_m_v[q] = t1;
        p_m_y[q] = s2;
        p_spike_mask[q] = t2;
        p_mask_axon_spike[q] = t3;
        p_mask_up[q] = t4;
    }
}

RV_EXPORT void rv_update_uniform(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    const int64_t first = begin;
    rv_update_uniform_inner(begin, end - begin, args->step, time, args->dt, (rv_i)args->n, args->key, *(const rv_f *)a[8], *(const rv_f *)a[17], *(const rv_f *)a[18], *(const rv_f *)a[19], *(const rv_f *)a[20], (rv_f *)a[5] + first, (rv_f *)a[7] + first, (rv_i *)a[21] + first, (rv_i *)a[22] + first, (rv_i *)a[23] + first, (const rv_i *)a[24] + first);
    *args->n_spikes = rv_scan(a[21], begin, end, args->n, args->spikes);
}
RV_INNER void rv_update_general_inner(int64_t first, int64_t count, int64_t step, double time, double dt_ms, rv_i own_n, const uint64_t *restrict key, rv_f *restrict p_m_v, rv_f *restrict p_m_y, const rv_f *restrict p_d0, const rv_f *restrict p_s0, const rv_f *restrict p_s1, const rv_f *restrict p_s2, const rv_f *restrict p_s3, rv_i *restrict p_spike_mask, rv_i *restrict p_mask_axon_spike, rv_i *restrict p_mask_up, const rv_i *restrict p_until_step)
{
    const rv_f t = (rv_f)time, dt = (rv_f)dt_ms;
    const rv_i now = (rv_i)step;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
#pragma GCC ivdep
    for (int64_t q = 0; q < 64; q++) {
        const int64_t own_i = first + q;
        (void)own_i;
        const rv_f m_v = p_m_v[q];
        const rv_f d0 = p_d0[q];
        const rv_f s0 = p_s0[q];
        const rv_f s1 = p_s1[q];
        const rv_f s2 = p_s2[q];
        const rv_f s3 = p_s3[q];
        const rv_i until_step = p_until_step[q];
        const rv_i t0 = ((rv_i)(now >= until_step));
        const rv_f t1 = (t0 ? (m_v + (dt * (((s0 - m_v) + s1) * d0))) : m_v);
        const rv_i t2 = (((rv_i)(t1 > s3)) & t0);
        const rv_i t3 = ((rv_i)(t1 < 0.0));
        const rv_i t4 = ((rv_i)(t1 > 0.5));
        p_m_v[q] = t1;
        p_m_y[q] = s2;
        p_spike_mask[q] = t2;
        p_mask_axon_spike[q] = t3;
        p_mask_up[q] = t4;
    }
}

RV_EXPORT void rv_update_general(const rv_args *args, int64_t begin, int64_t end)
{
    const double time = (double)args->step * args->dt;
    void *const *a = args->a;
    const int64_t *mask = args->mask;
    (void)mask;
    for (int64_t first = begin; first < end; first += 64) {
        rv_update_general_inner(first, 64, args->step, time, args->dt, (rv_i)args->n, args->key, (rv_f *)a[5] + first, (rv_f *)a[7] + first, (const rv_f *)a[8] + (first & mask[8]), (const rv_f *)a[17] + (first & mask[17]), (const rv_f *)a[18] + (first & mask[18]), (const rv_f *)a[19] + (first & mask[19]), (const rv_f *)a[20] + (first & mask[20]), (rv_i *)a[21] + first, (rv_i *)a[22] + first, (rv_i *)a[23] + first, (const rv_i *)a[24] + first);
    }
    *args->n_spikes = rv_scan(a[21], begin, end, args->n, args->spikes);
}

RV_EXPORT void rv_reset(const rv_args *args, int64_t begin, int64_t end)
{
    const int64_t step = args->step;
    const rv_f t = (rv_f)((double)step * args->dt), dt = (rv_f)args->dt;
    const rv_i now = (rv_i)step;
    const rv_i own_n = (rv_i)args->n;
    const uint64_t *key = args->key;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
    rv_i *p_m_count = args->a[2];
    const int64_t k_m_count = args->mask[2];
    rv_f *p_m_v = args->a[5];
    const rv_i *p_d1 = args->a[9];
    const int64_t k_d1 = args->mask[9];
    rv_i *p_until_step = args->a[24];
    for (int64_t s = begin; s < end; s++) {
        const int64_t own_i = args->spikes[s];
        const rv_i m_count = p_m_count[own_i & k_m_count];
        const rv_i d1 = p_d1[own_i & k_d1];
        const rv_i t0 = (m_count + ((rv_i)1));
        const rv_i t1 = (now + d1);
        p_m_count[own_i & k_m_count] = t0;
        p_m_v[own_i] = 0.0;
        p_until_step[own_i] = t1;
    }
    for (int64_t q = 1; q < 64; q++)
        p_m_count[q] = p_m_count[0];
}
RV_EXPORT void rv_event0(const rv_args *args, int64_t begin, int64_t end)
{
    const int64_t step = args->step;
    const rv_f t = (rv_f)((double)step * args->dt), dt = (rv_f)args->dt;
    const rv_i now = (rv_i)step;
    const rv_i own_n = (rv_i)args->n;
    const uint64_t *key = args->key;
    (void)t; (void)dt; (void)now; (void)own_n; (void)key; (void)step;
    const rv_f *p_m_s = args->a[3];
    const int64_t k_m_s = args->mask[3];
    rv_f *p_m_v = args->a[5];
    const rv_i *p_until_step = args->a[24];
    for (int64_t s = begin; s < end; s++) {
        const int64_t own_i = args->spikes[s];
        const rv_f m_s = p_m_s[own_i & k_m_s];
        const rv_f m_v = p_m_v[own_i];
        const rv_i until_step = p_until_step[own_i];
        p_m_v[own_i] = (((rv_i)(now >= until_step)) ? (m_v + m_s) : m_v);
    }
}
