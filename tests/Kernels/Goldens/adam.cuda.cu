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

struct mul_sum_6ee2ac975a21_integers { int n[4]; };
extern "C" __global__ void __launch_bounds__(256, 1) mul_sum_6ee2ac975a21(const float* __restrict__ buffer0, float* __restrict__ buffer1, const struct mul_sum_6ee2ac975a21_integers k)
{
  const int lid = threadIdx.x;
  __shared__ ulong shared[512];
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    const float* b0 = buffer0 + k.n[0];
    float* b1 = buffer1 + k.n[1];
    const int g = blockIdx.x;
    const int t = lid & 255;
    const int row = g;
    float q2 = (float)(0);
    for (int j = t; j < n1; j += 256) {
      const float v0 = b0[j];
      const float v1 = v0 * v0;
      const float c2 = v1;
      q2 = q2 + c2;
    }
    float* m2 = (float*)shared;
    m2[lid] = q2;
    for (int s = 128; s > 16; s >>= 1) {
      __syncthreads();
      if (t < s) {
        {
          const float c = m2[lid + s];
          m2[lid] = m2[lid] + c;
        }
      }
    }
    __syncthreads();
    q2 = m2[lid - t + (t & 31)];
    __syncthreads();
    for (int s = 16; s > 0; s >>= 1) {
      const float b = __shfl_down_sync(0xffffffffu, q2, s, 32);
      {
        const float c = b;
        q2 = q2 + c;
      }
    }
    q2 = __shfl_sync(0xffffffffu, q2, 0, 32);
    const float v2 = q2;
    if (t == 0) {
      b1[0] = v2;
    }
  }
}

struct mul_add_sub_sqrt_div_c0212476db67_integers { int n[11]; };
extern "C" __global__ void __launch_bounds__(256, 1) mul_add_sub_sqrt_div_c0212476db67(float* __restrict__ buffer0, float* __restrict__ buffer1, float* __restrict__ buffer2, float* __restrict__ buffer3, const struct mul_add_sub_sqrt_div_c0212476db67_integers k, const ulong* __restrict__ scalars)
{
  const int lid = threadIdx.x;
  {
    int n0 = k.n[10];
    float* b0 = buffer0 + k.n[0];
    float* b1 = buffer1 + k.n[1];
    float* b2 = buffer2 + k.n[2];
    float* b3 = buffer3 + k.n[3];
    double s0 = as_double(scalars[k.n[4]]);
    double s1 = as_double(scalars[k.n[5]]);
    double s2 = as_double(scalars[k.n[6]]);
    double s3 = as_double(scalars[k.n[7]]);
    double s4 = as_double(scalars[k.n[8]]);
    double s5 = as_double(scalars[k.n[9]]);
    const int g = blockIdx.x;
    const float v7 = (float)(s0);
    const float v12 = (float)(s1);
    const float v14 = (float)(s2);
    const float v15 = 0.0f * v14;
    const float v19 = (float)(s3);
    const float v21 = (float)(s4);
    const float v24 = (float)(s5);
    const int j = g * 256 + lid;
    if (j < n0) {
      const float v1 = b0[j];
      const float v2 = 0x1.0p0f * v1;
      const float v3 = v2 + v2;
      b1[j] = v3;
      const float v6 = v3 - 0.0f;
      const float v8 = v6 * v7;
      const float v9 = 0.0f + v8;
      b2[j] = v9;
      const float v11 = v3 * v3;
      const float v13 = v11 * v12;
      const float v16 = v15 + v13;
      b3[j] = v16;
      const float v18 = sqrt(v16);
      const float v20 = v18 / v19;
      const float v22 = v20 + v21;
      const float v23 = v9 / v22;
      const float v25 = v23 * v24;
      const float v26 = v1 - v25;
      b0[j] = v26;
    }
  }
}

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

struct mul_add_sub_sqrt_div_9d3ad0e8d08b_integers { int n[11]; };
extern "C" __global__ void __launch_bounds__(256, 1) mul_add_sub_sqrt_div_9d3ad0e8d08b(float* __restrict__ buffer0, float* __restrict__ buffer1, float* __restrict__ buffer2, float* __restrict__ buffer3, const struct mul_add_sub_sqrt_div_9d3ad0e8d08b_integers k, const ulong* __restrict__ scalars)
{
  const int lid = threadIdx.x;
  {
    int n0 = k.n[10];
    float* b0 = buffer0 + k.n[0];
    float* b1 = buffer1 + k.n[1];
    float* b2 = buffer2 + k.n[2];
    float* b3 = buffer3 + k.n[3];
    double s0 = as_double(scalars[k.n[4]]);
    double s1 = as_double(scalars[k.n[5]]);
    double s2 = as_double(scalars[k.n[6]]);
    double s3 = as_double(scalars[k.n[7]]);
    double s4 = as_double(scalars[k.n[8]]);
    double s5 = as_double(scalars[k.n[9]]);
    const int g = blockIdx.x;
    const float v7 = (float)(s0);
    const float v12 = (float)(s1);
    const float v15 = (float)(s2);
    const float v20 = (float)(s3);
    const float v22 = (float)(s4);
    const float v25 = (float)(s5);
    const int j = g * 256 + lid;
    if (j < n0) {
      const float v1 = b0[j];
      const float v2 = 0x1.0p0f * v1;
      const float v3 = v2 + v2;
      b1[j] = v3;
      const float v5 = b2[j];
      const float v6 = v3 - v5;
      const float v8 = v6 * v7;
      const float v9 = v5 + v8;
      b2[j] = v9;
      const float v11 = b3[j];
      const float v13 = v11 * v12;
      const float v14 = v3 * v3;
      const float v16 = v14 * v15;
      const float v17 = v13 + v16;
      b3[j] = v17;
      const float v19 = sqrt(v17);
      const float v21 = v19 / v20;
      const float v23 = v21 + v22;
      const float v24 = v9 / v23;
      const float v26 = v24 * v25;
      const float v27 = v1 - v26;
      b0[j] = v27;
    }
  }
}
