#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF

struct convolution_c1ef91756980_integers { int n[35]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void convolution_c1ef91756980(const __global float* restrict buffer0, const __global float* restrict buffer1, const __global float* restrict buffer2, __global float* restrict buffer3, const struct convolution_c1ef91756980_integers k)
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
  int n26 = k.n[30];
  int n27 = k.n[31];
  int n28 = k.n[32];
  int n29 = k.n[33];
  int n30 = k.n[34];
  const __global float* b0 = buffer1 + k.n[1];
  const __global float* b1 = buffer0 + k.n[0];
  const __global float* b2 = buffer2 + k.n[2];
  __global float* b3 = buffer3 + k.n[3];
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
        const int x0 = y0 * n10 - n11 + k0 * n12;
        if (x0 < 0 || x0 >= n13) continue;
        for (int k1 = 0; k1 < n14; k1++) {
          const int at = y * n15 - n17 + k1 * n18, low = at < 0 ? (-at + n15 - 1) / n15 : 0;
          const int high = at < n16 ? min(count, (n16 - at + n15 - 1) / n15) : 0, start = at + low * n15;
          const float w0 = b0[f*n19 + c*n20 + k0*n21 + k1];
          const float weight = w0;
          if (low == 0 && high == 16) {
            for (int l = 0; l < 16; l++) {
              const int x1 = start + l * n15;
              const float a0 = b1[n*n22 + channel*n23 + x0*n24 + x1];
              sum[l] = fma(a0, weight, sum[l]);
            }
          }
          else {
            for (int l = low; l < high; l++) {
              const int x1 = start + (l - low) * n15;
              const float a0 = b1[n*n25 + channel*n26 + x0*n27 + x1];
              sum[l] = fma(a0, weight, sum[l]);
            }
          }
        }
      }
    }
    for (int l = 0; l < count; l++) {
      const int y1 = y + l;
      const float v0 = sum[l];
      const float v1 = b2[f];
      const float v2 = v0 + v1;
      const float v4 = (0.0f > v2) | (0.0f != 0.0f) ? 0.0f : v2;
      b3[n*n28 + f*n29 + y0*n30 + y1] = v4;
    }
  }
}
