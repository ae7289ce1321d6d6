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

struct lt_ge_logical_or_maximum_where_amax_4efc7936c776_integers { int n[17]; };
extern "C" __global__ void __launch_bounds__(256, 1) lt_ge_logical_or_maximum_where_amax_4efc7936c776(const long long* __restrict__ buffer0, long long* __restrict__ buffer1, const float* __restrict__ buffer2, float* __restrict__ buffer3, const struct lt_ge_logical_or_maximum_where_amax_4efc7936c776_integers k, const ulong* __restrict__ scalars)
{
  const int lid = threadIdx.x;
  __shared__ ulong shared[512];
  const int group = blockIdx.x;
  if (group < k.n[5]) {
    int n0 = k.n[6];
    int n1 = k.n[7];
    int n2 = k.n[8];
    const long long* b0 = buffer0 + k.n[0];
    long long* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    const int t = lid & 31;
    const int wanted = g * 8 + lid / 32, row = min(wanted, n1 - 1);
    const bool here = wanted < n1;
    const int end = here ? n2 : 0;
    long long q10 = (long long)(0x8000000000000000ULL);
    for (int j = t; j < end; j += 32) {
      const long long v0 = b0[j];
      const int v2 = v0 < (long long)0x0ULL;
      const int v4 = v0 >= (long long)0x3e8ULL;
      const int v5 = v2 | v4;
      const long long v7 = v0 > (long long)0x8000000000000002ULL ? v0 : (long long)0x8000000000000002ULL;
      const long long v9 = v5 ? v7 : (long long)0x8000000000000001ULL;
      const long long c10 = v9;
      q10 = q10 > c10 ? q10 : c10;
    }
    for (int s = 16; s > 0; s >>= 1) {
      const long long b = __shfl_down_sync(0xffffffffu, q10, s, 32);
      {
        const long long c = b;
        q10 = q10 > c ? q10 : c;
      }
    }
    q10 = __shfl_sync(0xffffffffu, q10, 0, 32);
    const long long v10 = q10;
    if (t == 0 && here) {
      b1[0] = v10;
    }
  }
  else if (group < k.n[9]) {
    int n0 = k.n[10];
    int n1 = k.n[11];
    int n2 = k.n[12];
    int n3 = k.n[13];
    int n4 = k.n[14];
    int n5 = k.n[15];
    int n6 = k.n[16];
    const long long* b0 = buffer0 + k.n[0];
    const float* b1 = buffer2 + k.n[2];
    float* b2 = buffer3 + k.n[3];
    double s0 = as_double(scalars[k.n[4]]);
    const int g = group - n0;
    const float v2 = (float)(s0);
    const int j = g * 256 + lid;
    if (j < n1) {
      const int d0 = (int)(__umulhi((uint)(j), (uint)n2) >> n3), d1 = j - d0 * n4;
      const long long v0 = b0[d0];
      const long long kv1 = (long long)v0 + (v0 < 0 ? n6 : 0);
      const float v1 = kv1 >= 0 && kv1 < n6 ? b1[d1 + kv1*n5] : (float)(0);
      const float v3 = v1 * v2;
      b2[j] = v3;
    }
  }
}

struct sum_56b630ce07cf_integers { int n[6]; };
extern "C" __global__ void __launch_bounds__(256, 1) sum_56b630ce07cf(const float* __restrict__ buffer0, float* __restrict__ buffer1, const struct sum_56b630ce07cf_integers k)
{
  const int lid = threadIdx.x;
  __shared__ ulong shared[512];
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    int n2 = k.n[4];
    int n3 = k.n[5];
    const float* b0 = buffer0 + k.n[0];
    float* b1 = buffer1 + k.n[1];
    const int g = blockIdx.x;
    const int t = lid & 255;
    const int row = g;
    int i0 = row;
    const int len = min(n1, n2 - i0 * n1);
    float q1 = (float)(0);
    for (int j = t; j < len; j += 256) {
      const float v0 = b0[i0*n3 + j];
      const float c1 = v0;
      q1 = q1 + c1;
    }
    float* m1 = (float*)shared;
    m1[lid] = q1;
    for (int s = 128; s > 16; s >>= 1) {
      __syncthreads();
      if (t < s) {
        {
          const float c = m1[lid + s];
          m1[lid] = m1[lid] + c;
        }
      }
    }
    __syncthreads();
    q1 = m1[lid - t + (t & 31)];
    __syncthreads();
    for (int s = 16; s > 0; s >>= 1) {
      const float b = __shfl_down_sync(0xffffffffu, q1, s, 32);
      {
        const float c = b;
        q1 = q1 + c;
      }
    }
    q1 = __shfl_sync(0xffffffffu, q1, 0, 32);
    const float v1 = q1;
    if (t == 0) {
      b1[i0] = v1;
    }
  }
}

struct sum_lt_add_where_5332abcc089a_integers { int n[12]; };
extern "C" __global__ void __launch_bounds__(256, 1) sum_lt_add_where_5332abcc089a(const float* __restrict__ buffer0, float* __restrict__ buffer1, const long long* __restrict__ buffer2, long long* __restrict__ buffer3, long long* __restrict__ buffer4, const struct sum_lt_add_where_5332abcc089a_integers k)
{
  const int lid = threadIdx.x;
  __shared__ ulong shared[512];
  const int group = blockIdx.x;
  if (group < k.n[5]) {
    int n0 = k.n[6];
    int n1 = k.n[7];
    int n2 = k.n[8];
    const float* b0 = buffer0 + k.n[0];
    float* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    const int t = lid & 3;
    const int wanted = g * 64 + lid / 4, row = min(wanted, n1 - 1);
    const bool here = wanted < n1;
    const int end = here ? n2 : 0;
    float q1 = (float)(0);
    for (int j = t; j < end; j += 4) {
      const float v0 = b0[j];
      const float c1 = v0;
      q1 = q1 + c1;
    }
    for (int s = 2; s > 0; s >>= 1) {
      const float b = __shfl_down_sync(0xffffffffu, q1, s, 4);
      {
        const float c = b;
        q1 = q1 + c;
      }
    }
    q1 = __shfl_sync(0xffffffffu, q1, 0, 4);
    const float v1 = q1;
    if (t == 0 && here) {
      b1[0] = v1;
    }
  }
  else if (group < k.n[9]) {
    int n0 = k.n[10];
    int n1 = k.n[11];
    const long long* b0 = buffer2 + k.n[2];
    long long* b1 = buffer3 + k.n[3];
    long long* b2 = buffer4 + k.n[4];
    const int g = group - n0;
    const int j = g * 256 + lid;
    if (j < n1) {
      const long long v0 = b0[j];
      const int v2 = v0 < (long long)0x0ULL;
      const long long v4 = (long long)((ulong)(v0) + (ulong)((long long)0x3e8ULL));
      const long long v5 = v2 ? v4 : v0;
      b1[j] = v5;
      b2[j] = v5;
    }
  }
}

struct lt_eq_logical_and_logical_or_sum_5d956186609a_integers { int n[10]; };
extern "C" __global__ void __launch_bounds__(256, 1) lt_eq_logical_and_logical_or_sum_5d956186609a(const long long* __restrict__ buffer0, long long* __restrict__ buffer1, const struct lt_eq_logical_and_logical_or_sum_5d956186609a_integers k)
{
  const int lid = threadIdx.x;
  __shared__ ulong shared[512];
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    int n2 = k.n[4];
    int n3 = k.n[5];
    int n4 = k.n[6];
    int n5 = k.n[7];
    int n6 = k.n[8];
    int n7 = k.n[9];
    const long long* b0 = buffer0 + k.n[0];
    long long* b1 = buffer1 + k.n[1];
    const int g = blockIdx.x;
    const int t = lid & 31;
    const int wanted = g * 8 + lid / 32, row = min(wanted, n0 - 1);
    const bool here = wanted < n0;
    const int r1 = (int)(__umulhi((uint)(row), (uint)n2) >> n3);
    int i1 = row - r1 * n4;
    int i0 = r1;
    const int end = here ? n1 : 0;
    const long long v1 = b0[i0*n5 + i1];
    const long long v5 = (long long)(i1);
    long long q10 = (long long)(0);
    for (int j = t; j < end; j += 32) {
      const long long v0 = b0[i0*n6 + j];
      const int v2 = v0 < v1;
      const int v3 = v0 == v1;
      const long long v4 = (long long)(j);
      const int v6 = v4 < v5;
      const int v7 = v3 & v6;
      const int v8 = v2 | v7;
      const long long v9 = (long long)(((v8) & 1));
      const long long c10 = v9;
      q10 = (long long)((ulong)(q10) + (ulong)(c10));
    }
    for (int s = 16; s > 0; s >>= 1) {
      const long long b = __shfl_down_sync(0xffffffffu, q10, s, 32);
      {
        const long long c = b;
        q10 = (long long)((ulong)(q10) + (ulong)(c));
      }
    }
    q10 = __shfl_sync(0xffffffffu, q10, 0, 32);
    const long long v10 = q10;
    if (t == 0 && here) {
      b1[i0*n7 + i1] = v10;
    }
  }
}

struct eq_where_sum_gather_add_5941a8cf7e35_integers { int n[15]; };
extern "C" __global__ void __launch_bounds__(256, 1) eq_where_sum_gather_add_5941a8cf7e35(const long long* __restrict__ buffer0, const long long* __restrict__ buffer1, long long* __restrict__ buffer2, long long* __restrict__ buffer3, const struct eq_where_sum_gather_add_5941a8cf7e35_integers k)
{
  const int lid = threadIdx.x;
  __shared__ ulong shared[512];
  {
    int n0 = k.n[4];
    int n1 = k.n[5];
    int n2 = k.n[6];
    int n3 = k.n[7];
    int n4 = k.n[8];
    int n5 = k.n[9];
    int n6 = k.n[10];
    int n7 = k.n[11];
    int n8 = k.n[12];
    int n9 = k.n[13];
    int n10 = k.n[14];
    const long long* b0 = buffer0 + k.n[0];
    const long long* b1 = buffer1 + k.n[1];
    long long* b2 = buffer2 + k.n[2];
    long long* b3 = buffer3 + k.n[3];
    const int g = blockIdx.x;
    const int t = lid & 31;
    const int wanted = g * 8 + lid / 32, row = min(wanted, n0 - 1);
    const bool here = wanted < n0;
    const int r1 = (int)(__umulhi((uint)(row), (uint)n2) >> n3);
    int i1 = row - r1 * n4;
    int i0 = r1;
    const int end = here ? n1 : 0;
    const long long v1 = (long long)(i1);
    const long long v9 = (long long)(i0*n5);
    long long q6 = (long long)(0);
    for (int j = t; j < end; j += 32) {
      const long long v0 = b0[i0*n6 + j];
      const int v2 = v0 == v1;
      const long long v3 = (long long)(j);
      const long long v5 = v2 ? v3 : (long long)0x0ULL;
      const long long c6 = v5;
      q6 = (long long)((ulong)(q6) + (ulong)(c6));
    }
    for (int s = 16; s > 0; s >>= 1) {
      const long long b = __shfl_down_sync(0xffffffffu, q6, s, 32);
      {
        const long long c = b;
        q6 = (long long)((ulong)(q6) + (ulong)(c));
      }
    }
    q6 = __shfl_sync(0xffffffffu, q6, 0, 32);
    const long long v6 = q6;
    if (t == 0 && here) {
      const long long kv7 = (long long)v6 + (v6 < 0 ? n7 : 0);
      const long long v7 = kv7 >= 0 && kv7 < n7 ? b1[i0*n8 + kv7] : (long long)(0);
      const long long v10 = (long long)((ulong)(v6) + (ulong)(v9));
      b2[i0*n9 + i1] = v7;
      b3[i0*n10 + i1] = v10;
    }
  }
}

struct searchsorted_add_1cf81b7d311e_integers { int n[5]; };
extern "C" __global__ void __launch_bounds__(256, 1) searchsorted_add_1cf81b7d311e(const long long* __restrict__ buffer0, long long* __restrict__ buffer1, const struct searchsorted_add_1cf81b7d311e_integers k)
{
  const int lid = threadIdx.x;
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    int n2 = k.n[4];
    const long long* b0 = buffer0 + k.n[0];
    long long* b1 = buffer1 + k.n[1];
    const int g = blockIdx.x;
    const int j = g * 256 + lid;
    if (j < n0) {
      const long long v0 = b0[j];
      int lov1 = 0;
      for (int hi = n1; lov1 < hi;) {
        const int mid = (lov1 + hi) >> 1;
        const long long t = b0[n2 + mid];
        if (t < v0) {
          lov1 = mid + 1;
        }
        else {
          hi = mid;
        }
      }
      const long long v1 = (long long)(lov1);
      const long long v2 = (long long)(j);
      const long long v3 = (long long)((ulong)(v1) + (ulong)(v2));
      b1[j] = v3;
    }
  }
}

struct searchsorted_le_minimum_where_gather_eq_5935d9d43715_integers { int n[13]; };
extern "C" __global__ void __launch_bounds__(256, 1) searchsorted_le_minimum_where_gather_eq_5935d9d43715(const long long* __restrict__ buffer0, const long long* __restrict__ buffer1, long long* __restrict__ buffer2, const long long* __restrict__ buffer3, long long* __restrict__ buffer4, const struct searchsorted_le_minimum_where_gather_eq_5935d9d43715_integers k, const ulong* __restrict__ scalars)
{
  const int lid = threadIdx.x;
  {
    int n0 = k.n[8];
    int n1 = k.n[9];
    int n2 = k.n[10];
    int n3 = k.n[11];
    int n4 = k.n[12];
    const long long* b0 = buffer0 + k.n[0];
    const long long* b1 = buffer1 + k.n[1];
    long long* b2 = buffer2 + k.n[2];
    const long long* b3 = buffer3 + k.n[3];
    long long* b4 = buffer4 + k.n[4];
    long long s0 = as_long_long(scalars[k.n[5]]);
    long long s1 = as_long_long(scalars[k.n[6]]);
    long long s2 = as_long_long(scalars[k.n[7]]);
    const int g = blockIdx.x;
    const long long v2 = s0;
    const long long v4 = s1;
    const long long v10 = s2;
    const int j = g * 256 + lid;
    if (j < n0) {
      const long long v0 = (long long)(j);
      int lov1 = 0;
      for (int hi = n1; lov1 < hi;) {
        const int mid = (lov1 + hi) >> 1;
        const long long t = b0[0 + mid];
        if (t < v0) {
          lov1 = mid + 1;
        }
        else {
          hi = mid;
        }
      }
      const long long v1 = (long long)(lov1);
      const int v3 = v1 <= v2;
      const long long v5 = v1 < v4 ? v1 : v4;
      const long long v6 = v3 ? v1 : v5;
      const long long kv7 = (long long)v6 + (v6 < 0 ? n2 : 0);
      const long long v7 = kv7 >= 0 && kv7 < n2 ? b0[0 + kv7] : (long long)(0);
      const int v8 = v7 == v0;
      const long long v9 = (long long)((ulong)(v0) - (ulong)(v1));
      const long long v11 = (long long)((ulong)(v9) + (ulong)(v10));
      const long long v12 = v8 ? v1 : v11;
      const long long kv13 = (long long)v12 + (v12 < 0 ? n3 : 0);
      const long long v13 = kv13 >= 0 && kv13 < n3 ? b1[0 + kv13] : (long long)(0);
      b2[j] = v13;
      const long long kv15 = (long long)v13 + (v13 < 0 ? n4 : 0);
      const long long v15 = kv15 >= 0 && kv15 < n4 ? b3[0 + kv15] : (long long)(0);
      b4[j] = v15;
    }
  }
}

struct searchsorted_7d17a4411cc6_integers { int n[11]; };
extern "C" __global__ void __launch_bounds__(256, 1) searchsorted_7d17a4411cc6(const long long* __restrict__ buffer0, long long* __restrict__ buffer1, float* __restrict__ buffer2, const struct searchsorted_7d17a4411cc6_integers k, const ulong* __restrict__ scalars)
{
  const int lid = threadIdx.x;
  const int group = blockIdx.x;
  if (group < k.n[4]) {
    int n0 = k.n[5];
    int n1 = k.n[6];
    int n2 = k.n[7];
    const long long* b0 = buffer0 + k.n[0];
    long long* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    const int j = g * 256 + lid;
    if (j < n1) {
      const long long v0 = (long long)(j);
      int lov1 = 0;
      for (int hi = n2; lov1 < hi;) {
        const int mid = (lov1 + hi) >> 1;
        const long long t = b0[0 + mid];
        if (t < v0) {
          lov1 = mid + 1;
        }
        else {
          hi = mid;
        }
      }
      const long long v1 = (long long)(lov1);
      b1[j] = v1;
    }
  }
  else if (group < k.n[8]) {
    int n0 = k.n[9];
    int n1 = k.n[10];
    float* b0 = buffer2 + k.n[2];
    double s0 = as_double(scalars[k.n[3]]);
    const int g = group - n0;
    const float v1 = (float)(s0);
    const float v2 = 0x1.0p0f * v1;
    const int j = g * 256 + lid;
    if (j < n1) {
      b0[j] = v2;
    }
  }
}

struct segment_sum_0fe3c522eeb2_integers { int n[10]; };
extern "C" __global__ void __launch_bounds__(256, 1) segment_sum_0fe3c522eeb2(const long long* __restrict__ buffer0, const float* __restrict__ buffer1, const long long* __restrict__ buffer2, float* __restrict__ buffer3, const struct segment_sum_0fe3c522eeb2_integers k)
{
  const int lid = threadIdx.x;
  {
    int n0 = k.n[4];
    int n1 = k.n[5];
    int n2 = k.n[6];
    int n3 = k.n[7];
    int n4 = k.n[8];
    int n5 = k.n[9];
    const long long* b0 = buffer0 + k.n[0];
    const long long* b1 = buffer2 + k.n[2];
    const float* b2 = buffer1 + k.n[1];
    float* b3 = buffer3 + k.n[3];
    const int g = blockIdx.x;
    const int j = g * 256 + lid;
    if (j < n0) {
      const int d0 = (int)(__umulhi((uint)(j), (uint)n1) >> n2), d1 = j - d0 * n3;
      const long long v0 = b0[d0];
      const long long v1 = b0[n4 + d0];
      float qv2 = (float)(0);
      for (int at = v0; at < v1; at++) {
        const int row = b1[0 + at];
        {
          const float c = b2[d1 + row*n5];
          qv2 = qv2 + c;
        }
      }
      const float v2 = qv2;
      b3[j] = v2;
    }
  }
}
