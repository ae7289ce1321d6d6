#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline long gt_philox_i64(long key, long first, long i) {
  const ulong b = as_ulong(first) + (as_ulong(i) >> 2), low = (ulong)(0xffffffffUL);
  ulong c0 = b & low, c1 = b >> 32, c2 = (ulong)(0UL), c3 = (ulong)(0UL), k0 = as_ulong(key) & low, k1 = as_ulong(key) >> 32;
  for (int r = 0; r < 10; r++) {
    const ulong p = c0 * (ulong)(0xD2511F53UL), q = c2 * (ulong)(0xCD9E8D57UL);
    c0 = (q >> 32) ^ c1 ^ k0; c1 = q & low;
    c2 = (p >> 32) ^ c3 ^ k1; c3 = p & low;
    k0 = (k0 + (ulong)(0x9E3779B9UL)) & low; k1 = (k1 + (ulong)(0xBB67AE85UL)) & low;
  }
  const long odd = (i & 1) != 0, upper = (i & 2) != 0;
  const ulong x = odd ? c1 : c0, y = odd ? c3 : c2;
  return as_long(upper ? y : x);
}
static inline long gt_shr_i64(long x, long n) { const long w = (long)(8 * sizeof(long) - 1); return x >> ((n < (long)(0)) | (n > w) ? w : n); }

struct philox_shift_right_mul_ge_where_f4d02837bb32_integers { int n[3]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void philox_shift_right_mul_ge_where_f4d02837bb32(const __global float* restrict buffer0, __global float* restrict buffer1, const struct philox_shift_right_mul_ge_where_f4d02837bb32_integers k, const long scalar0, const long scalar1, const double scalar2, const double scalar3)
{
  const int lid = get_local_id(0);
  {
    int n0 = k.n[2];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    long s0 = scalar0;
    long s1 = scalar1;
    double s2 = scalar2;
    double s3 = scalar3;
    const int g = get_group_id(0);
    const long v0 = s0;
    const long v1 = s1;
    const float v9 = (float)(s2);
    const float v12 = (float)(s3);
    const int j = g * 256 + lid;
    if (j < n0) {
      const long v2 = (long)(j);
      const long v3 = gt_philox_i64(v0, v1, v2);
      const long v5 = gt_shr_i64(v3, (long)0x8UL);
      const float v6 = (float)(v5);
      const float v8 = v6 * 0x1.0p-24f;
      const int v10 = v8 >= v9;
      const float v11 = b0[j];
      const float v13 = v11 * v12;
      const float v15 = v10 ? v13 : 0.0f;
      b1[j] = v15;
    }
  }
}
