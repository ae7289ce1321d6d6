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

struct convolution_d99e3ea51060_integers { int n[30]; };
extern "C" __global__ void __launch_bounds__(256, 1) convolution_d99e3ea51060(const float* __restrict__ buffer0, const float* __restrict__ buffer1, const float* __restrict__ buffer2, float* __restrict__ buffer3, const struct convolution_d99e3ea51060_integers k)
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
  int n24 = k.n[28];
  int n25 = k.n[29];
  const float* b0 = buffer0 + k.n[0];
  const float* b1 = buffer1 + k.n[1];
  const float* b2 = buffer2 + k.n[2];
  float* b3 = buffer3 + k.n[3];
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
        const int x0 = y0 * n8 - n9 + k0 * n10;
        if (x0 < 0 || x0 >= n11) continue;
        for (int k1 = 0; k1 < n12; k1++) {
          const int x1 = y1 * n13 - n14 + k1 * n15;
          if (x1 < 0 || x1 >= n16) continue;
          const float a0 = b0[n*n17 + channel*n18 + x0*n19 + x1];
          const float w0 = b1[f*n20 + c*n21 + k0*n22 + k1];
          sum = fma(a0, w0, sum);
        }
      }
    }
    const float v0 = sum;
    const float v1 = b2[f];
    const float v2 = v0 + v1;
    const float v4 = (0.0f > v2) | (0.0f != 0.0f) ? 0.0f : v2;
    b3[n*n23 + f*n24 + y0*n25 + y1] = v4;
  }
}
