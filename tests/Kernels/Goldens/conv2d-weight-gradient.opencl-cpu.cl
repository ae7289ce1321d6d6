#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline void gt_put_f32x16(float16 v, __global float* p, int m) {
  if (m >= 16) { vstore16(v, 0, p); return; }
  float8 a = v.lo; if ((m & 8) != 0) { vstore8(a, 0, p); p += 8; a = v.hi; }
  float4 b = a.lo; if ((m & 4) != 0) { vstore4(b, 0, p); p += 4; b = a.hi; }
  float2 c = b.lo; if ((m & 2) != 0) { vstore2(c, 0, p); p += 2; c = b.hi; }
  if ((m & 1) != 0) *p = c.lo;
}
static inline float gt_tree_sum_f32x16(float16 v) {
  float8 r8; { const float8 a = v.lo, b = v.hi; r8 = a + b; }
  float4 r4; { const float4 a = r8.lo, b = r8.hi; r4 = a + b; }
  float2 r2; { const float2 a = r4.lo, b = r4.hi; r2 = a + b; }
  const float a = r2.lo, b = r2.hi; return a + b;
}

struct convolution_7a0724bbf6dd_integers { int n[32]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void convolution_7a0724bbf6dd(const __global float* restrict buffer0, const __global float* restrict buffer1, __global float* restrict buffer2, const struct convolution_7a0724bbf6dd_integers k, const double scalar0)
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
  int n24 = k.n[27];
  int n25 = k.n[28];
  int n26 = k.n[29];
  int n27 = k.n[30];
  int n28 = k.n[31];
  const __global float* b0 = buffer1 + k.n[1];
  const __global float* b1 = buffer0 + k.n[0];
  __global float* b2 = buffer2 + k.n[2];
  double s0 = scalar0;
  const int g = get_group_id(0);
  for (int e = g * n0; e < min((g + 1) * n0, n1); e++) {
    int rest = e;
    const int block = rest % n5;
    rest /= n5;
    const int y0 = rest % n4;
    rest /= n4;
    const int f = rest % n3;
    rest /= n3;
    const int n = rest;
    const int group = f / n6, first = group * n7;
    const int y = block * 16, count = min((int)16, n8 - y);
    float sum[16] = { 0 };
    for (int c = 0; c < n7; c++) {
      const int channel = first + c;
      for (int k0 = 0; k0 < n9; k0++) {
        const int x0 = y0 * 1 - n10 + k0 * n11;
        if (x0 < 0 || x0 >= n12) continue;
        for (int k1 = 0; k1 < n13; k1++) {
          const int at = y * 1 - n15 + k1 * n16, low = at < 0 ? -at : 0;
          const int high = at < n14 ? min(count, n14 - at) : 0, start = at + low * 1;
          const float w0 = b0[f*n17 + c*n18 + k0*n19 + k1];
          const float weight = w0;
          if (low == 0 && high == 16) {
            for (int l = 0; l < 16; l++) {
              const int x1 = start + l;
              const float a0 = b1[n*n20 + channel*n21 + x0*n22 + x1];
              sum[l] = fma(a0, weight, sum[l]);
            }
          }
          else {
            for (int l = low; l < high; l++) {
              const int x1 = start + (l - low);
              const float a0 = b1[n*n23 + channel*n24 + x0*n25 + x1];
              sum[l] = fma(a0, weight, sum[l]);
            }
          }
        }
      }
    }
    for (int l = 0; l < count; l++) {
      const int y1 = y + l;
      const float v0 = sum[l];
      const float v1 = (float)(s0);
      const float v2 = v0 * v1;
      b2[n*n26 + f*n27 + y0*n28 + y1] = v2;
    }
  }
}

struct sum_8034333786e3_integers { int n[7]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void sum_8034333786e3(const __global float* restrict buffer0, __global float* restrict buffer1, const struct sum_8034333786e3_integers k)
{
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    int n2 = k.n[4];
    int n3 = k.n[5];
    int n4 = k.n[6];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = get_group_id(0);
    int row = g * n1;
    const int last = min(row + n1, n0);
    int i0 = row;
    for (; row < last; row++) {
      const int len = min(n2, n3 - i0 * n2);
      float16 q1_0 = (float16)((float)(0)), q1_1 = q1_0, q1_2 = q1_0, q1_3 = q1_0;
      {
        int j = 0;
        for (; j + 16 <= len; j += 16) {
          const float16 v0 = vload16(0, b0 + (i0*n4 + j));
          const float16 c1 = v0;
          const float16 y1 = q1_0 + c1;
          q1_0 = q1_1;
          q1_1 = q1_2;
          q1_2 = q1_3;
          q1_3 = y1;
        }
        if (j < len) {
          const int m = len - j;
          const float16 v0 = vload16(0, b0 + (i0*n4 + j));
          const float16 c1 = ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)) ? v0 : (float16)((float)(0));
          const float16 y1 = q1_0 + c1;
          q1_0 = q1_1;
          q1_1 = q1_2;
          q1_2 = q1_3;
          q1_3 = y1;
        }
      }
      const float16 w1_0 = q1_0 + q1_2;
      const float16 w1_1 = q1_1 + q1_3;
      const float16 w1 = w1_0 + w1_1;
      const float v1 = gt_tree_sum_f32x16(w1);
      b1[i0] = v1;
      ++i0;
    }
  }
}

struct sum_dbfd05dcd565_integers { int n[12]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void sum_dbfd05dcd565(const __global float* restrict buffer0, __global float* restrict buffer1, __global float* restrict buffer2, const struct sum_dbfd05dcd565_integers k, const double scalar0)
{
  const int group = get_group_id(0);
  if (group < k.n[3]) {
    int n0 = k.n[4];
    int n1 = k.n[5];
    int n2 = k.n[6];
    int n3 = k.n[7];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = group - n0;
    int row = g * n2;
    const int last = min(row + n2, n1);
    for (; row < last; row++) {
      float16 q1_0 = (float16)((float)(0)), q1_1 = q1_0, q1_2 = q1_0, q1_3 = q1_0;
      {
        int j = 0;
        for (; j + 16 <= n3; j += 16) {
          const float16 v0 = vload16(0, b0 + (j));
          const float16 c1 = v0;
          const float16 y1 = q1_0 + c1;
          q1_0 = q1_1;
          q1_1 = q1_2;
          q1_2 = q1_3;
          q1_3 = y1;
        }
        if (j < n3) {
          const int m = n3 - j;
          const float16 v0 = vload16(0, b0 + (j));
          const float16 c1 = ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m)) ? v0 : (float16)((float)(0));
          const float16 y1 = q1_0 + c1;
          q1_0 = q1_1;
          q1_1 = q1_2;
          q1_2 = q1_3;
          q1_3 = y1;
        }
      }
      const float16 w1_0 = q1_0 + q1_2;
      const float16 w1_1 = q1_1 + q1_3;
      const float16 w1 = w1_0 + w1_1;
      const float v1 = gt_tree_sum_f32x16(w1);
      b1[0] = v1;
    }
  }
  else if (group < k.n[8]) {
    int n0 = k.n[9];
    int n1 = k.n[10];
    int n2 = k.n[11];
    __global float* b0 = buffer2 + k.n[2];
    double s0 = scalar0;
    const int g = group - n0;
    int j = g * n2;
    const int e = min(j + n2, n1);
    const float v1 = (float)(s0);
    const float v2 = 0x1.0p0f * v1;
    for (; j + 16 <= e; j += 16) {
      vstore16((float16)(v2), 0, b0 + (j));
    }
    if (j < e) {
      const int m = e - j;
      gt_put_f32x16((float16)(v2), b0 + (j), m);
    }
  }
}

struct convolution_weight_gradient_f17f65e3ad77_integers { int n[34]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void convolution_weight_gradient_f17f65e3ad77(const __global float* restrict buffer0, const __global float* restrict buffer1, __global float* restrict buffer2, const struct convolution_weight_gradient_f17f65e3ad77_integers k)
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
  int n24 = k.n[27];
  int n25 = k.n[28];
  int n26 = k.n[29];
  int n27 = k.n[30];
  int n28 = k.n[31];
  int n29 = k.n[32];
  int n30 = k.n[33];
  const __global float* b0 = buffer0 + k.n[0];
  const __global float* b1 = buffer1 + k.n[1];
  __global float* b2 = buffer2 + k.n[2];
  const int g = get_group_id(0);
  for (int e = g * n0; e < min((g + 1) * n0, n1); e++) {
    int rest = e;
    const int k1 = rest % n5;
    rest /= n5;
    const int k0 = rest % n4;
    rest /= n4;
    const int c = rest % n3;
    rest /= n3;
    const int f = rest;
    const int channel = f / n6 * n3 + c;
    float sum[16] = { 0 };
    for (int n = 0; n < n7; n++) {
      for (int y0 = 0; y0 < n8; y0++) {
        const int x0 = y0 * 1 - n9 + k0 * n10;
        if (x0 < 0 || x0 >= n11) continue;
        for (int y = 0; y < n12; y += 16) {
          const int at = y * 1 - n14 + k1 * n15;
          const int low = at < 0 ? (-at + 1 - 1) / 1 : 0, high = at < n13 ? min(min((int)16, n12 - y), (n13 - at + 1 - 1) / 1) : 0;
          if (low == 0 && high == 16) {
            for (int l = 0; l < 16; l++) {
              const int y1 = y + l, x1 = at + l * 1;
              const float a0 = b0[n*n16 + f*n17 + y0*n18 + y1];
              const float u0 = b1[n*n19 + channel*n20 + x0*n21 + x1];
              sum[l] = fma(a0, u0, sum[l]);
            }
          }
          else {
            for (int l = low; l < high; l++) {
              const int y1 = y + l, x1 = at + l * 1;
              const float a0 = b0[n*n22 + f*n23 + y0*n24 + y1];
              const float u0 = b1[n*n25 + channel*n26 + x0*n27 + x1];
              sum[l] = fma(a0, u0, sum[l]);
            }
          }
        }
      }
    }
    sum[0] = sum[0] + sum[8];
    sum[1] = sum[1] + sum[9];
    sum[2] = sum[2] + sum[10];
    sum[3] = sum[3] + sum[11];
    sum[4] = sum[4] + sum[12];
    sum[5] = sum[5] + sum[13];
    sum[6] = sum[6] + sum[14];
    sum[7] = sum[7] + sum[15];
    sum[0] = sum[0] + sum[4];
    sum[1] = sum[1] + sum[5];
    sum[2] = sum[2] + sum[6];
    sum[3] = sum[3] + sum[7];
    sum[0] = sum[0] + sum[2];
    sum[1] = sum[1] + sum[3];
    sum[0] = sum[0] + sum[1];
    const float v0 = sum[0];
    b2[f*n28 + c*n29 + k0*n30 + k1] = v0;
  }
}
