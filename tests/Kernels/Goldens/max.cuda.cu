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

struct max_7be958492eb0_integers { int n[6]; };
extern "C" __global__ void __launch_bounds__(256, 1) max_7be958492eb0(const float* __restrict__ buffer0, float* __restrict__ buffer1, long long* __restrict__ buffer2, const struct max_7be958492eb0_integers k)
{
  const int lid = threadIdx.x;
  __shared__ ulong shared[512];
  {
    int n0 = k.n[3];
    int n1 = k.n[4];
    int n2 = k.n[5];
    const float* b0 = buffer0 + k.n[0];
    float* b1 = buffer1 + k.n[1];
    long long* b2 = buffer2 + k.n[2];
    const int g = blockIdx.x;
    const int t = lid & 31;
    const int wanted = g * 8 + lid / 32, row = min(wanted, n0 - 1);
    const bool here = wanted < n0;
    int i0 = row;
    const int end = here ? n1 : 0;
    float q1 = (float)(-INFINITY);
    int x1 = t;
    for (int j = t; j < end; j += 32) {
      const float v0 = b0[i0*n2 + j];
      const float c1 = v0;
      if ((c1 > q1) | ((c1 != c1) & (q1 == q1))) {
        q1 = c1;
        x1 = j;
      }
    }
    for (int s = 16; s > 0; s >>= 1) {
      const float b = __shfl_down_sync(0xffffffffu, q1, s, 32);
      const int pb = __shfl_down_sync(0xffffffffu, x1, s, 32);
      {
        const float c = b;
        const int p = pb;
        if (((c > q1) | ((c != c) & (q1 == q1))) || (((q1 == c) | ((q1 != q1) & (c != c))) && p < x1)) {
          q1 = c;
          x1 = p;
        }
      }
    }
    q1 = __shfl_sync(0xffffffffu, q1, 0, 32);
    x1 = __shfl_sync(0xffffffffu, x1, 0, 32);
    const long long v1 = (long long)x1;
    if (t == 0 && here) {
      const float v2 = q1;
      const long long v4 = v1;
      b1[i0] = v2;
      b2[i0] = v4;
    }
  }
}
