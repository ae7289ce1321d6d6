#pragma nv_diag_suppress 39, 177, 186, 550
typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;
typedef unsigned long long ulong;
#define INFINITY __int_as_float(0x7f800000)
#define NAN __int_as_float(0x7fc00000)
__device__ __forceinline__ float as_float(uint x) { return __uint_as_float(x); }
__device__ __forceinline__ float as_float(int x) { return __int_as_float(x); }
__device__ __forceinline__ float as_float(float x) { return x; }
__device__ __forceinline__ uint as_uint(float x) { return __float_as_uint(x); }
__device__ __forceinline__ uint as_uint(int x) { return (uint)x; }
__device__ __forceinline__ int as_int(float x) { return __float_as_int(x); }
__device__ __forceinline__ int as_int(uint x) { return (int)x; }
__device__ __forceinline__ double as_double(ulong x) { return __longlong_as_double((long long)x); }
__device__ __forceinline__ double as_double(long long x) { return __longlong_as_double(x); }
__device__ __forceinline__ ulong as_ulong(double x) { return (ulong)__double_as_longlong(x); }
__device__ __forceinline__ ulong as_ulong(long long x) { return (ulong)x; }
__device__ __forceinline__ long long as_long_long(double x) { return __double_as_longlong(x); }
__device__ __forceinline__ long long as_long_long(ulong x) { return (long long)x; }
__device__ __forceinline__ int truncate_int(float x) { return __float2int_rz(x); }
__device__ __forceinline__ int truncate_int(double x) { return x == x ? __double2int_rz(x) : 0; }
__device__ __forceinline__ long long truncate_long(float x) { return x == x ? __float2ll_rz(x) : 0; }
__device__ __forceinline__ long long truncate_long(double x) { return x == x ? __double2ll_rz(x) : 0; }
__device__ __forceinline__ long long gt_philox_i64(long long key, long long first, long long i) {
  const ulong b = as_ulong(first) + (as_ulong(i) >> 2), low = (ulong)(0xffffffffUL);
  ulong c0 = b & low, c1 = b >> 32, c2 = (ulong)(0UL), c3 = (ulong)(0UL), k0 = as_ulong(key) & low, k1 = as_ulong(key) >> 32;
  for (int r = 0; r < 10; r++) {
    const ulong p = c0 * (ulong)(0xD2511F53UL), q = c2 * (ulong)(0xCD9E8D57UL);
    c0 = (q >> 32) ^ c1 ^ k0; c1 = q & low;
    c2 = (p >> 32) ^ c3 ^ k1; c3 = p & low;
    k0 = (k0 + (ulong)(0x9E3779B9UL)) & low; k1 = (k1 + (ulong)(0xBB67AE85UL)) & low;
  }
  const long long odd = (i & 1) != 0, upper = (i & 2) != 0;
  const ulong x = odd ? c1 : c0, y = odd ? c3 : c2;
  return as_long_long(upper ? y : x);
}
__device__ __forceinline__ long long gt_shr_i64(long long x, long long n) { const long long w = (long long)(8 * sizeof(long long) - 1); return x >> ((n < (long long)(0)) | (n > w) ? w : n); }

struct philox_shift_right_mul_ge_where_0e6e9d824586_integers { int n[7]; };
extern "C" __global__ void __launch_bounds__(256, 1) philox_shift_right_mul_ge_where_0e6e9d824586(const float* __restrict__ buffer0, float* __restrict__ buffer1, const struct philox_shift_right_mul_ge_where_0e6e9d824586_integers k, const ulong* __restrict__ scalars)
{
  const int lid = threadIdx.x;
  {
    int n0 = k.n[6];
    const float* b0 = buffer0 + k.n[0];
    float* b1 = buffer1 + k.n[1];
    long long s0 = as_long_long(scalars[k.n[2]]);
    long long s1 = as_long_long(scalars[k.n[3]]);
    double s2 = as_double(scalars[k.n[4]]);
    double s3 = as_double(scalars[k.n[5]]);
    const int g = blockIdx.x;
    const long long v0 = s0;
    const long long v1 = s1;
    const float v9 = (float)(s2);
    const float v12 = (float)(s3);
    const int j = g * 256 + lid;
    if (j < n0) {
      const long long v2 = (long long)(j);
      const long long v3 = gt_philox_i64(v0, v1, v2);
      const long long v5 = gt_shr_i64(v3, (long long)0x8ULL);
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
