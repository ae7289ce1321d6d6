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

struct convolution_5deb5ff6e7c2_integers { int n[28]; };
extern "C" __global__ void __launch_bounds__(256, 1) convolution_5deb5ff6e7c2(const float* __restrict__ buffer0, const float* __restrict__ buffer1, float* __restrict__ buffer2, const struct convolution_5deb5ff6e7c2_integers k, const ulong* __restrict__ scalars)
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
  int n11 = k.n[15];
  int n12 = k.n[16];
  int n13 = k.n[17];
  int n14 = k.n[18];
  int n15 = k.n[19];
  int n16 = k.n[20];
  int n17 = k.n[21];
  int n18 = k.n[22];
  int n19 = k.n[23];
  int n20 = k.n[24];
  int n21 = k.n[25];
  int n22 = k.n[26];
  int n23 = k.n[27];
  const float* b0 = buffer0 + k.n[0];
  const float* b1 = buffer1 + k.n[1];
  float* b2 = buffer2 + k.n[2];
  double s0 = as_double(scalars[k.n[3]]);
  const int g = blockIdx.x;
  const int e = g * 256 + threadIdx.x;
  if (e < n0) {
    int rest = e;
    const int y1 = rest % n4;
    rest /= n4;
    const int y0 = rest % n3;
    rest /= n3;
    const int f = rest % n2;
    rest /= n2;
    const int n = rest;
    const int group = f / n5, first = group * n6;
    float sum = 0;
    for (int c = 0; c < n6; c++) {
      const int channel = first + c;
      for (int k0 = 0; k0 < n7; k0++) {
        const int x0 = y0 * 1 - n8 + k0 * n9;
        if (x0 < 0 || x0 >= n10) continue;
        for (int k1 = 0; k1 < n11; k1++) {
          const int x1 = y1 * 1 - n12 + k1 * n13;
          if (x1 < 0 || x1 >= n14) continue;
          const float a0 = b0[n*n15 + channel*n16 + x0*n17 + x1];
          const float w0 = b1[f*n18 + c*n19 + k0*n20 + k1];
          sum = fma(a0, w0, sum);
        }
      }
    }
    const float v0 = sum;
    const float v1 = (float)(s0);
    const float v2 = v0 * v1;
    b2[n*n21 + f*n22 + y0*n23 + y1] = v2;
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

struct sum_336e76d196f3_integers { int n[11]; };
extern "C" __global__ void __launch_bounds__(256, 1) sum_336e76d196f3(const float* __restrict__ buffer0, float* __restrict__ buffer1, float* __restrict__ buffer2, const struct sum_336e76d196f3_integers k, const ulong* __restrict__ scalars)
{
  const int lid = threadIdx.x;
  __shared__ ulong shared[512];
  const int group = blockIdx.x;
  if (group < k.n[4]) {
    int n0 = k.n[5];
    int n1 = k.n[6];
    int n2 = k.n[7];
    const float* b0 = buffer0 + k.n[0];
    float* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    const int t = lid & 31;
    const int wanted = g * 8 + lid / 32, row = min(wanted, n1 - 1);
    const bool here = wanted < n1;
    const int end = here ? n2 : 0;
    float q1 = (float)(0);
    for (int j = t; j < end; j += 32) {
      const float v0 = b0[j];
      const float c1 = v0;
      q1 = q1 + c1;
    }
    for (int s = 16; s > 0; s >>= 1) {
      const float b = __shfl_down_sync(0xffffffffu, q1, s, 32);
      {
        const float c = b;
        q1 = q1 + c;
      }
    }
    q1 = __shfl_sync(0xffffffffu, q1, 0, 32);
    const float v1 = q1;
    if (t == 0 && here) {
      b1[0] = v1;
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
    for (int u = 0; u < 2; u++) {
      const int j = g * 2048 + u * 1024 + lid * 4;
      if (j < n1) {
        float4 w0;
        w0.x = v2;
        w0.y = v2;
        w0.z = v2;
        w0.w = v2;
        *(float4*)(b0 + (j)) = w0;
      }
    }
  }
}

struct convolution_weight_gradient_a7fef6995347_integers { int n[27]; };
extern "C" __global__ void __launch_bounds__(256, 1) convolution_weight_gradient_a7fef6995347(const float* __restrict__ buffer0, const float* __restrict__ buffer1, float* __restrict__ buffer2, const struct convolution_weight_gradient_a7fef6995347_integers k)
{
  int n0 = k.n[3];
  int n1 = k.n[4];
  int n2 = k.n[5];
  int n3 = k.n[6];
  int n4 = k.n[7];
  int n5 = k.n[8];
  int n6 = k.n[9];
  int n7 = k.n[10];
  int n8 = k.n[11];
  int n9 = k.n[12];
  int n10 = k.n[13];
  int n11 = k.n[14];
  int n12 = k.n[15];
  int n13 = k.n[16];
  int n14 = k.n[17];
  int n15 = k.n[18];
  int n16 = k.n[19];
  int n17 = k.n[20];
  int n18 = k.n[21];
  int n19 = k.n[22];
  int n20 = k.n[23];
  int n21 = k.n[24];
  int n22 = k.n[25];
  int n23 = k.n[26];
  const float* b0 = buffer0 + k.n[0];
  const float* b1 = buffer1 + k.n[1];
  float* b2 = buffer2 + k.n[2];
  const int g = blockIdx.x;
  __shared__ float sums[256];
  const int id = (int)threadIdx.x, lane = id % 16;
  const int e = g * 16 + id / 16;
  float sum = 0;
  if (e < n0) {
    int rest = e;
    const int k1 = rest % n4;
    rest /= n4;
    const int k0 = rest % n3;
    rest /= n3;
    const int c = rest % n2;
    rest /= n2;
    const int f = rest;
    const int channel = f / n5 * n2 + c;
    for (int n = 0; n < n6; n++) {
      for (int y0 = 0; y0 < n7; y0++) {
        const int x0 = y0 * 1 - n8 + k0 * n9;
        if (x0 < 0 || x0 >= n10) continue;
        for (int y1 = lane; y1 < n11; y1 += 16) {
          const int x1 = y1 * 1 - n12 + k1 * n13;
          if (x1 < 0 || x1 >= n14) continue;
          const float a0 = b0[n*n15 + f*n16 + y0*n17 + y1];
          const float u0 = b1[n*n18 + channel*n19 + x0*n20 + x1];
          sum = fma(a0, u0, sum);
        }
      }
    }
  }
  sums[id] = sum;
  __syncthreads();
  if (lane == 0 && e < n0) {
    sums[id + 0] = sums[id + 0] + sums[id + 8];
    sums[id + 1] = sums[id + 1] + sums[id + 9];
    sums[id + 2] = sums[id + 2] + sums[id + 10];
    sums[id + 3] = sums[id + 3] + sums[id + 11];
    sums[id + 4] = sums[id + 4] + sums[id + 12];
    sums[id + 5] = sums[id + 5] + sums[id + 13];
    sums[id + 6] = sums[id + 6] + sums[id + 14];
    sums[id + 7] = sums[id + 7] + sums[id + 15];
    sums[id + 0] = sums[id + 0] + sums[id + 4];
    sums[id + 1] = sums[id + 1] + sums[id + 5];
    sums[id + 2] = sums[id + 2] + sums[id + 6];
    sums[id + 3] = sums[id + 3] + sums[id + 7];
    sums[id + 0] = sums[id + 0] + sums[id + 2];
    sums[id + 1] = sums[id + 1] + sums[id + 3];
    sums[id + 0] = sums[id + 0] + sums[id + 1];
    int rest = e;
    const int k1 = rest % n4;
    rest /= n4;
    const int k0 = rest % n3;
    rest /= n3;
    const int c = rest % n2;
    rest /= n2;
    const int f = rest;
    const int channel = f / n5 * n2 + c;
    const float v0 = sums[id];
    b2[f*n21 + c*n22 + k0*n23 + k1] = v0;
  }
}
