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

struct copy_3c15d56847d9_integers { int n[26]; };
extern "C" __global__ void __launch_bounds__(256, 1) copy_3c15d56847d9(const float* __restrict__ buffer0, float* __restrict__ buffer1, const float* __restrict__ buffer2, const struct copy_3c15d56847d9_integers k)
{
  const int lid = threadIdx.x;
  __shared__ ulong shared[528];
  const int group = blockIdx.x;
  if (group < k.n[3]) {
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
    const float* b0 = buffer0 + k.n[0];
    float* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    const int tx = lid & 31, ty = lid >> 5;
    const int line = (int)(__umulhi((uint)(g), (uint)n1) >> n2), w0 = (g - line * n3) * 32;
    const int other = (int)(__umulhi((uint)(line), (uint)n4) >> n5), r0 = (line - other * n6) * 32;
    float* t0 = (float*)(shared + 0);
    for (int u = ty; u < 32; u += 8) {
      const int i0 = r0 + tx, i1 = w0 + u;
      if (i0 < n7 && i1 < n8) {
        const float v0 = b0[i0 + i1*n9];
        t0[u * 33 + tx] = v0;
      }
    }
    __syncthreads();
    for (int u = ty; u < 32; u += 8) {
      const int i0 = r0 + u, i1 = w0 + tx;
      if (i0 < n7 && i1 < n8) {
        const float v0 = t0[tx * 33 + u];
        b1[i0*n10 + i1] = v0;
      }
    }
  }
  else if (group < k.n[15]) {
    int n0 = k.n[16];
    int n1 = k.n[17];
    int n2 = k.n[18];
    int n3 = k.n[19];
    int n4 = k.n[20];
    int n5 = k.n[21];
    int n6 = k.n[22];
    int n7 = k.n[23];
    int n8 = k.n[24];
    int n9 = k.n[25];
    const float* b0 = buffer2 + k.n[2];
    float* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    const int tx = lid & 31, ty = lid >> 5;
    const int line = (int)(__umulhi((uint)(g), (uint)n1) >> n2), w0 = (g - line * n3) * 32;
    const int other = line, r0 = (line - other * n4) * 32;
    float* t0 = (float*)(shared + 0);
    for (int u = ty; u < 32; u += 8) {
      const int i0 = r0 + tx, i1 = w0 + u;
      if (i0 < n5 && i1 < n6) {
        const float v0 = b0[i0 + i1*n7];
        t0[u * 33 + tx] = v0;
      }
    }
    __syncthreads();
    for (int u = ty; u < 32; u += 8) {
      const int i0 = r0 + u, i1 = w0 + tx;
      if (i0 < n5 && i1 < n6) {
        const float v0 = t0[tx * 33 + u];
        b1[n8 + i0*n9 + i1] = v0;
      }
    }
  }
}

struct copy_d1540fc0759b_integers { int n[12]; };
extern "C" __global__ void __launch_bounds__(256, 1) copy_d1540fc0759b(const float* __restrict__ buffer0, float* __restrict__ buffer1, const struct copy_d1540fc0759b_integers k)
{
  const int lid = threadIdx.x;
  __shared__ ulong shared[528];
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    int n2 = k.n[4];
    int n3 = k.n[5];
    int n4 = k.n[6];
    int n5 = k.n[7];
    int n6 = k.n[8];
    int n7 = k.n[9];
    int n8 = k.n[10];
    int n9 = k.n[11];
    const float* b0 = buffer0 + k.n[0];
    float* b1 = buffer1 + k.n[1];
    const int g = blockIdx.x;
    const int tx = lid & 31, ty = lid >> 5;
    const int line = (int)(__umulhi((uint)(g), (uint)n0) >> n1), w0 = (g - line * n2) * 32;
    const int other = (int)(__umulhi((uint)(line), (uint)n3) >> n4), r0 = (line - other * n5) * 32;
    float* t0 = (float*)(shared + 0);
    for (int u = ty; u < 32; u += 8) {
      const int i0 = r0 + tx, i1 = w0 + u;
      if (i0 < n6 && i1 < n7) {
        const float v0 = b0[i0 + i1*n8];
        t0[u * 33 + tx] = v0;
      }
    }
    __syncthreads();
    for (int u = ty; u < 32; u += 8) {
      const int i0 = r0 + u, i1 = w0 + tx;
      if (i0 < n6 && i1 < n7) {
        const float v0 = t0[tx * 33 + u];
        b1[i0*n9 + i1] = v0;
      }
    }
  }
}
