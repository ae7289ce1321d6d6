#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

struct convolution_381c5c4e9a1e_integers { int n[27]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void convolution_381c5c4e9a1e(const __global float* restrict buffer0, const __global float* restrict buffer1, __global float* restrict buffer2, const struct convolution_381c5c4e9a1e_integers k, const double scalar0)
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
  const __global float* b0 = buffer0 + k.n[0];
  const __global float* b1 = buffer1 + k.n[1];
  __global float* b2 = buffer2 + k.n[2];
  double s0 = scalar0;
  const int g = get_group_id(0);
  const int e = g * 256 + get_local_id(0);
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

struct sum_41c6f228a53e_integers { int n[6]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void sum_41c6f228a53e(const __global float* restrict buffer0, __global float* restrict buffer1, const struct sum_41c6f228a53e_integers k)
{
  const int lid = get_local_id(0);
  __local ulong shared[512];
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    int n2 = k.n[4];
    int n3 = k.n[5];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = get_group_id(0);
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
    __local float* m1 = (__local float*)shared;
    m1[lid] = q1;
    for (int s = 128; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const float c = m1[lid + s];
          m1[lid] = m1[lid] + c;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q1 = m1[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const float v1 = q1;
    if (t == 0) {
      b1[i0] = v1;
    }
  }
}

struct sum_307921684f5e_integers { int n[10]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void sum_307921684f5e(const __global float* restrict buffer0, __global float* restrict buffer1, __global float* restrict buffer2, const struct sum_307921684f5e_integers k, const double scalar0)
{
  const int lid = get_local_id(0);
  __local ulong shared[512];
  const int group = get_group_id(0);
  if (group < k.n[3]) {
    int n0 = k.n[4];
    int n1 = k.n[5];
    int n2 = k.n[6];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
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
    __local float* m1 = (__local float*)shared;
    m1[lid] = q1;
    for (int s = 16; s > 0; s >>= 1) {
      barrier(CLK_LOCAL_MEM_FENCE);
      if (t < s) {
        {
          const float c = m1[lid + s];
          m1[lid] = m1[lid] + c;
        }
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    q1 = m1[lid - t];
    barrier(CLK_LOCAL_MEM_FENCE);
    const float v1 = q1;
    if (t == 0 && here) {
      b1[0] = v1;
    }
  }
  else if (group < k.n[7]) {
    int n0 = k.n[8];
    int n1 = k.n[9];
    __global float* b0 = buffer2 + k.n[2];
    double s0 = scalar0;
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
        *(__global float4*)(b0 + (j)) = w0;
      }
    }
  }
}

struct convolution_weight_gradient_413460da31f8_integers { int n[27]; };
__kernel __attribute__((reqd_work_group_size(256, 1, 1))) void convolution_weight_gradient_413460da31f8(const __global float* restrict buffer0, const __global float* restrict buffer1, __global float* restrict buffer2, const struct convolution_weight_gradient_413460da31f8_integers k)
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
  const __global float* b0 = buffer0 + k.n[0];
  const __global float* b1 = buffer1 + k.n[1];
  __global float* b2 = buffer2 + k.n[2];
  const int g = get_group_id(0);
  __local float sums[256];
  const int id = (int)get_local_id(0), lane = id % 16;
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
  barrier(CLK_LOCAL_MEM_FENCE);
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
