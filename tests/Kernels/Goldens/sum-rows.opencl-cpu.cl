#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline float gt_tree_sum_f32x16(float16 v) {
  float8 r8; { const float8 a = v.lo, b = v.hi; r8 = a + b; }
  float4 r4; { const float4 a = r8.lo, b = r8.hi; r4 = a + b; }
  float2 r2; { const float2 a = r4.lo, b = r4.hi; r2 = a + b; }
  const float a = r2.lo, b = r2.hi; return a + b;
}

struct sum_3838a01cc6a1_integers { int n[6]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void sum_3838a01cc6a1(const __global float* restrict buffer0, __global float* restrict buffer1, const struct sum_3838a01cc6a1_integers k)
{
  {
    int n0 = k.n[2];
    int n1 = k.n[3];
    int n2 = k.n[4];
    int n3 = k.n[5];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    const int g = get_group_id(0);
    int row = g * n1;
    const int last = min(row + n1, n0);
    int i0 = row;
    for (; row < last; row++) {
      float16 q1_0 = (float16)((float)(0)), q1_1 = q1_0, q1_2 = q1_0, q1_3 = q1_0;
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 c1 = v0;
          const float16 y1 = q1_0 + c1;
          q1_0 = q1_1;
          q1_1 = q1_2;
          q1_2 = q1_3;
          q1_3 = y1;
        }
        if (j < n2) {
          const int m = n2 - j;
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
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
