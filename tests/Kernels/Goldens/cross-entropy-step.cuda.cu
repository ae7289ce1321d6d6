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
__device__ __forceinline__ float gt_expk_f32(float x, int k) {
  float c = x > (float)(90.0f) ? (float)(90.0f) : x; c = c < (float)(-106.0f) ? (float)(-106.0f) : c;
  const float t = fma(c, (float)(0x1.715476p0f), (float)(12582912.0f));
  const int n = (as_int(t) - 0x4b400000) + k;
  const float f = t - (float)(12582912.0f);
  const float r = fma(f, (float)(0x1.05c61p-29f), fma(f, (float)(-0x1.62e43p-1f), c));
  const float y = fma(r * r, fma(fma(fma(fma((float)(0x1.6a1a72p-10f), r, (float)(0x1.123fc6p-7f)), r, (float)(0x1.555916p-5f)), r, (float)(0x1.55548ap-3f)), r, (float)(0x1.fffffcp-2f)), r) + (float)(1.0f);
  const int h = n >> 1;
  return y * as_float((h + 127) << 23) * as_float((n - h + 127) << 23);
}
__device__ __forceinline__ float gt_exp_f32(float x) { return gt_expk_f32(x, (int)(0)); }
__device__ __forceinline__ float gt_split_f32(float x, float* e) {
  const int low = x < (float)(0x1.0p-126f);
  const float y = low ? x * (float)(8388608.0f) : x;
  const int i = as_int(y) - 0x3f3504f3;
  *e = (float)(i >> 23) - (low ? (float)(23.0f) : (float)(0.0f));
  return as_float((i & 0x007fffff) + 0x3f3504f3) - (float)(1.0f);
}
__device__ __forceinline__ float gt_logedge_f32(float x, float r) {
  r = x > (float)(0.0f) ? (x < (float)(INFINITY) ? r : x) : (float)(NAN);
  return x == (float)(0.0f) ? (float)(-INFINITY) : r;
}
__device__ __forceinline__ float gt_logtail_f32(float f) { const float z = f * f; return fma(f * z, fma(fma(fma(fma(fma(fma(fma(fma((float)(0x1.1457b8p-4f), f, (float)(-0x1.de3c1cp-4f)), f, (float)(0x1.e6f066p-4f)), f, (float)(-0x1.fc2206p-4f)), f, (float)(0x1.233768p-3f)), f, (float)(-0x1.555c4ep-3f)), f, (float)(0x1.99a4b6p-3f)), f, (float)(-0x1.000006p-2f)), f, (float)(0x1.555548p-2f)), z * (float)(-0.5f)); }
__device__ __forceinline__ float gt_log_f32(float x) {
  float e; const float f = gt_split_f32(x, &e);
  return gt_logedge_f32(x, fma(e, (float)(0x1.62e4p-1f), f + fma(e, (float)(0x1.7f7d1cp-20f), gt_logtail_f32(f))));
}

struct amax_sub_exp_sum_log_lt_b670683ba07f_integers { int n[18]; };
extern "C" __global__ void __launch_bounds__(256, 1) amax_sub_exp_sum_log_lt_b670683ba07f(const float* __restrict__ buffer0, float* __restrict__ buffer1, float* __restrict__ buffer2, float* __restrict__ buffer3, const long long* __restrict__ buffer4, long long* __restrict__ buffer5, const struct amax_sub_exp_sum_log_lt_b670683ba07f_integers k, const ulong* __restrict__ scalars)
{
  const int lid = threadIdx.x;
  __shared__ ulong shared[512];
  const int group = blockIdx.x;
  if (group < k.n[7]) {
    int n0 = k.n[8];
    int n1 = k.n[9];
    int n2 = k.n[10];
    int n3 = k.n[11];
    int n4 = k.n[12];
    int n5 = k.n[13];
    const float* b0 = buffer0 + k.n[0];
    float* b1 = buffer1 + k.n[1];
    float* b2 = buffer3 + k.n[3];
    float* b3 = buffer2 + k.n[2];
    const int g = group - n0;
    const int t = lid & 15;
    const int wanted = g * 16 + lid / 16, row = min(wanted, n1 - 1);
    const bool here = wanted < n1;
    int i0 = row;
    const int end = here ? n2 : 0;
    float a0[1];
    float q1 = (float)(-INFINITY);
    for (int u = 0; u < 1; u++) {
      const int j = t + u * 16;
      if (j < end) {
        const float v0 = b0[i0*n3 + j];
        a0[u] = v0;
        const float c1 = v0;
        q1 = (q1 > c1) | (q1 != q1) ? q1 : c1;
      }
    }
    for (int s = 8; s > 0; s >>= 1) {
      const float b = __shfl_down_sync(0xffffffffu, q1, s, 16);
      {
        const float c = b;
        q1 = (q1 > c) | (q1 != q1) ? q1 : c;
      }
    }
    q1 = __shfl_sync(0xffffffffu, q1, 0, 16);
    const float v1 = q1;
    float q5 = (float)(0);
    for (int u = 0; u < 1; u++) {
      const int j = t + u * 16;
      if (j < end) {
        const float v0 = a0[u];
        const float v2 = v0 - v1;
        const float v3 = gt_exp_f32(v2);
        const float c5 = v3;
        q5 = q5 + c5;
        b1[i0*n4 + j] = v3;
      }
    }
    for (int s = 8; s > 0; s >>= 1) {
      const float b = __shfl_down_sync(0xffffffffu, q5, s, 16);
      {
        const float c = b;
        q5 = q5 + c;
      }
    }
    q5 = __shfl_sync(0xffffffffu, q5, 0, 16);
    const float v5 = q5;
    const float v7 = gt_log_f32(v5);
    for (int u = 0; u < 1; u++) {
      const int j = t + u * 16;
      if (j < end) {
        const float v0 = a0[u];
        const float v2 = v0 - v1;
        const float v8 = v2 - v7;
        b2[i0*n5 + j] = v8;
      }
    }
    if (t == 0 && here) {
      b3[i0] = v5;
    }
  }
  else if (group < k.n[14]) {
    int n0 = k.n[15];
    int n1 = k.n[16];
    int n2 = k.n[17];
    const long long* b0 = buffer4 + k.n[4];
    long long* b1 = buffer5 + k.n[5];
    long long s0 = as_long_long(scalars[k.n[6]]);
    const int g = group - n0;
    const int t = lid & 31;
    const int wanted = g * 8 + lid / 32, row = min(wanted, n1 - 1);
    const bool here = wanted < n1;
    const int end = here ? n2 : 0;
    const long long v6 = s0;
    long long q13 = (long long)(0x8000000000000000ULL);
    for (int j = t; j < end; j += 32) {
      const long long v0 = b0[j];
      const int v2 = v0 < (long long)0x0ULL;
      const int v4 = v0 >= (long long)0xaULL;
      const int v5 = v2 | v4;
      const int v7 = v0 != v6;
      const int v8 = v5 & v7;
      const long long v10 = v0 > (long long)0x8000000000000002ULL ? v0 : (long long)0x8000000000000002ULL;
      const long long v12 = v8 ? v10 : (long long)0x8000000000000001ULL;
      const long long c13 = v12;
      q13 = q13 > c13 ? q13 : c13;
    }
    for (int s = 16; s > 0; s >>= 1) {
      const long long b = __shfl_down_sync(0xffffffffu, q13, s, 32);
      {
        const long long c = b;
        q13 = q13 > c ? q13 : c;
      }
    }
    q13 = __shfl_sync(0xffffffffu, q13, 0, 32);
    const long long v13 = q13;
    if (t == 0 && here) {
      b1[0] = v13;
    }
  }
}

struct eq_where_sum_neg_781aaf2f424b_integers { int n[8]; };
extern "C" __global__ void __launch_bounds__(256, 1) eq_where_sum_neg_781aaf2f424b(const long long* __restrict__ buffer0, uchar* __restrict__ buffer1, const float* __restrict__ buffer2, float* __restrict__ buffer3, const struct eq_where_sum_neg_781aaf2f424b_integers k)
{
  const int lid = threadIdx.x;
  __shared__ ulong shared[512];
  {
    int n0 = k.n[4];
    int n1 = k.n[5];
    int n2 = k.n[6];
    int n3 = k.n[7];
    const long long* b0 = buffer0 + k.n[0];
    const float* b1 = buffer2 + k.n[2];
    uchar* b2 = buffer1 + k.n[1];
    float* b3 = buffer3 + k.n[3];
    const int g = blockIdx.x;
    const int t = lid & 15;
    const int wanted = g * 16 + lid / 16, row = min(wanted, n0 - 1);
    const bool here = wanted < n0;
    int i0 = row;
    const int end = here ? n1 : 0;
    const long long v1 = b0[i0];
    float q7 = (float)(0);
    for (int j = t; j < end; j += 16) {
      const long long v0 = (long long)(j);
      const int v2 = v0 == v1;
      const float v4 = b1[i0*n2 + j];
      const float v6 = v2 ? v4 : 0.0f;
      const float c7 = v6;
      q7 = q7 + c7;
      b2[i0*n3 + j] = (uchar)((v2) & 1);
    }
    for (int s = 8; s > 0; s >>= 1) {
      const float b = __shfl_down_sync(0xffffffffu, q7, s, 16);
      {
        const float c = b;
        q7 = q7 + c;
      }
    }
    q7 = __shfl_sync(0xffffffffu, q7, 0, 16);
    const float v7 = q7;
    if (t == 0 && here) {
      const float v8 = -v7;
      b3[i0] = v8;
    }
  }
}

struct ne_ge_lt_logical_and_where_sum_641a63ac8bf2_integers { int n[8]; };
extern "C" __global__ void __launch_bounds__(256, 1) ne_ge_lt_logical_and_where_sum_641a63ac8bf2(const long long* __restrict__ buffer0, const float* __restrict__ buffer1, float* __restrict__ buffer2, float* __restrict__ buffer3, const struct ne_ge_lt_logical_and_where_sum_641a63ac8bf2_integers k, const ulong* __restrict__ scalars)
{
  const int lid = threadIdx.x;
  __shared__ ulong shared[512];
  {
    int n0 = k.n[6];
    int n1 = k.n[7];
    const long long* b0 = buffer0 + k.n[0];
    const float* b1 = buffer1 + k.n[1];
    float* b2 = buffer3 + k.n[3];
    float* b3 = buffer2 + k.n[2];
    long long s0 = as_long_long(scalars[k.n[4]]);
    long long s1 = as_long_long(scalars[k.n[5]]);
    const int g = blockIdx.x;
    const int t = lid & 31;
    const int wanted = g * 8 + lid / 32, row = min(wanted, n0 - 1);
    const bool here = wanted < n0;
    const int end = here ? n1 : 0;
    long long a0[4];
    const long long v1 = s0;
    const long long v5 = s1;
    float q13 = (float)(0);
    float q15 = (float)(0);
    #pragma unroll
    for (int u = 0; u < 4; u++) {
      const int j = t + u * 32;
      if (j < end) {
        const long long v0 = b0[j];
        a0[u] = v0;
        const int v2 = v0 != v1;
        const int v4 = v0 >= (long long)0x0ULL;
        const int v6 = v0 < v5;
        const int v7 = v4 & v6;
        const float v8 = b1[j];
        const float v10 = v7 ? v8 : as_float(0xffc00000u);
        const float v12 = v2 ? v10 : 0.0f;
        const float c13 = v12;
        q13 = q13 + c13;
        const float v14 = (float)(((v2) & 1));
        const float c15 = v14;
        q15 = q15 + c15;
      }
    }
    for (int s = 16; s > 0; s >>= 1) {
      const float b = __shfl_down_sync(0xffffffffu, q13, s, 32);
      {
        const float c = b;
        q13 = q13 + c;
      }
    }
    q13 = __shfl_sync(0xffffffffu, q13, 0, 32);
    const float v13 = q13;
    for (int s = 16; s > 0; s >>= 1) {
      const float b = __shfl_down_sync(0xffffffffu, q15, s, 32);
      {
        const float c = b;
        q15 = q15 + c;
      }
    }
    q15 = __shfl_sync(0xffffffffu, q15, 0, 32);
    const float v15 = q15;
    const float v16 = v13 / v15;
    const float v19 = 0x1.0p0f / v15;
    #pragma unroll
    for (int u = 0; u < 4; u++) {
      const int j = t + u * 32;
      if (j < end) {
        const long long v0 = a0[u];
        const int v2 = v0 != v1;
        const int v4 = v0 >= (long long)0x0ULL;
        const int v6 = v0 < v5;
        const int v7 = v4 & v6;
        const float v20 = v2 ? v19 : 0.0f;
        const float v21 = v7 ? v20 : 0.0f;
        const float v22 = -v21;
        b2[j] = v22;
      }
    }
    if (t == 0 && here) {
      b3[0] = v16;
    }
  }
}

struct where_neg_sum_div_mul_add_184c16c81e2c_integers { int n[10]; };
extern "C" __global__ void __launch_bounds__(256, 1) where_neg_sum_div_mul_add_184c16c81e2c(const uchar* __restrict__ buffer0, const float* __restrict__ buffer1, const float* __restrict__ buffer2, const float* __restrict__ buffer3, float* __restrict__ buffer4, const struct where_neg_sum_div_mul_add_184c16c81e2c_integers k)
{
  const int lid = threadIdx.x;
  __shared__ ulong shared[512];
  {
    int n0 = k.n[5];
    int n1 = k.n[6];
    int n2 = k.n[7];
    int n3 = k.n[8];
    int n4 = k.n[9];
    const float* b0 = buffer1 + k.n[1];
    const float* b1 = buffer2 + k.n[2];
    const uchar* b2 = buffer0 + k.n[0];
    const float* b3 = buffer3 + k.n[3];
    float* b4 = buffer4 + k.n[4];
    const int g = blockIdx.x;
    const int t = lid & 15;
    const int wanted = g * 16 + lid / 16, row = min(wanted, n0 - 1);
    const bool here = wanted < n0;
    int i0 = row;
    const int end = here ? n1 : 0;
    int a0[1];
    const float v1 = b0[i0];
    const float v6 = b1[i0];
    float q5 = (float)(0);
    for (int u = 0; u < 1; u++) {
      const int j = t + u * 16;
      if (j < end) {
        const int v0 = (b2[i0*n2 + j]) != (uchar)(0);
        a0[u] = v0;
        const float v3 = v0 ? v1 : 0.0f;
        const float v4 = -v3;
        const float c5 = v4;
        q5 = q5 + c5;
      }
    }
    for (int s = 8; s > 0; s >>= 1) {
      const float b = __shfl_down_sync(0xffffffffu, q5, s, 16);
      {
        const float c = b;
        q5 = q5 + c;
      }
    }
    q5 = __shfl_sync(0xffffffffu, q5, 0, 16);
    const float v5 = q5;
    const float v7 = v5 / v6;
    for (int u = 0; u < 1; u++) {
      const int j = t + u * 16;
      if (j < end) {
        const int v0 = a0[u];
        const float v3 = v0 ? v1 : 0.0f;
        const float v8 = b3[i0*n3 + j];
        const float v9 = v7 * v8;
        const float v10 = v3 + v9;
        b4[i0*n4 + j] = v10;
      }
    }
    if (t == 0 && here) {
    }
  }
}
