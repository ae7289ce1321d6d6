#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline long gt_argmax_found_f32x16(float16 v0, float16 v1, float16 v2, float16 v3, int16 i0, int16 i1, int16 i2, int16 i3, float* found) {
  float16 v01; int16 i01; { const float16 a = v0, b = v1; const int16 ia = i0, ib = i1, t = ((b > a) | ((b != b) & (a == a))) | (((a == b) | ((a != a) & (b != b))) & (ib < ia)); v01 = t ? b : a; i01 = t ? ib : ia; }
  float16 v23; int16 i23; { const float16 a = v2, b = v3; const int16 ia = i2, ib = i3, t = ((b > a) | ((b != b) & (a == a))) | (((a == b) | ((a != a) & (b != b))) & (ib < ia)); v23 = t ? b : a; i23 = t ? ib : ia; }
  float16 v_16; int16 i_16; { const float16 a = v01, b = v23; const int16 ia = i01, ib = i23, t = ((b > a) | ((b != b) & (a == a))) | (((a == b) | ((a != a) & (b != b))) & (ib < ia)); v_16 = t ? b : a; i_16 = t ? ib : ia; }
  float8 v_8; int8 i_8; { const float8 a = v_16.lo, b = v_16.hi; const int8 ia = i_16.lo, ib = i_16.hi, t = ((b > a) | ((b != b) & (a == a))) | (((a == b) | ((a != a) & (b != b))) & (ib < ia)); v_8 = t ? b : a; i_8 = t ? ib : ia; }
  float4 v_4; int4 i_4; { const float4 a = v_8.lo, b = v_8.hi; const int4 ia = i_8.lo, ib = i_8.hi, t = ((b > a) | ((b != b) & (a == a))) | (((a == b) | ((a != a) & (b != b))) & (ib < ia)); v_4 = t ? b : a; i_4 = t ? ib : ia; }
  float2 v_2; int2 i_2; { const float2 a = v_4.lo, b = v_4.hi; const int2 ia = i_4.lo, ib = i_4.hi, t = ((b > a) | ((b != b) & (a == a))) | (((a == b) | ((a != a) & (b != b))) & (ib < ia)); v_2 = t ? b : a; i_2 = t ? ib : ia; }
  float v_1; int i_1; { const float a = v_2.lo, b = v_2.hi; const int ia = i_2.lo, ib = i_2.hi, t = ((b > a) | ((b != b) & (a == a))) | (((a == b) | ((a != a) & (b != b))) & (ib < ia)); v_1 = t ? b : a; i_1 = t ? ib : ia; }
  *found = v_1;
  return i_1;
}

struct max_371411732db2_integers { int n[7]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void max_371411732db2(const __global float* restrict buffer0, __global float* restrict buffer1, __global long* restrict buffer2, const struct max_371411732db2_integers k)
{
  {
    int n0 = k.n[3];
    int n1 = k.n[4];
    int n2 = k.n[5];
    int n3 = k.n[6];
    const __global float* b0 = buffer0 + k.n[0];
    __global float* b1 = buffer1 + k.n[1];
    __global long* b2 = buffer2 + k.n[2];
    const int g = get_group_id(0);
    int row = g * n1;
    const int last = min(row + n1, n0);
    int i0 = row;
    for (; row < last; row++) {
      float16 q1_0 = (float16)((float)(-INFINITY)), q1_1 = q1_0, q1_2 = q1_0, q1_3 = q1_0;
      int16 x1_0 = (int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), x1_1 = x1_0 + (int16)(16), x1_2 = x1_0 + (int16)(32), x1_3 = x1_0 + (int16)(48);
      {
        int j = 0;
        for (; j + 16 <= n2; j += 16) {
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 c1 = v0;
          const int16 t1 = (c1 > q1_0) | ((c1 != c1) & (q1_0 == q1_0));
          const float16 y1 = t1 ? c1 : q1_0;
          q1_0 = q1_1;
          q1_1 = q1_2;
          q1_2 = q1_3;
          q1_3 = y1;
          const int16 z1 = t1 ? (int16)(j) + (int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) : x1_0;
          x1_0 = x1_1;
          x1_1 = x1_2;
          x1_2 = x1_3;
          x1_3 = z1;
        }
        if (j < n2) {
          const int m = n2 - j;
          const float16 v0 = vload16(0, b0 + (i0*n3 + j));
          const float16 c1 = v0;
          const int16 t1 = ((c1 > q1_0) | ((c1 != c1) & (q1_0 == q1_0))) & ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) < (int16)(m));
          const float16 y1 = t1 ? c1 : q1_0;
          q1_0 = q1_1;
          q1_1 = q1_2;
          q1_2 = q1_3;
          q1_3 = y1;
          const int16 z1 = t1 ? (int16)(j) + (int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) : x1_0;
          x1_0 = x1_1;
          x1_1 = x1_2;
          x1_2 = x1_3;
          x1_3 = z1;
        }
      }
      float found1 = 0;
      const long v1 = gt_argmax_found_f32x16(q1_0, q1_1, q1_2, q1_3, x1_0, x1_1, x1_2, x1_3, &found1);
      const float v2 = found1;
      const long v4 = v1;
      b1[i0] = v2;
      b2[i0] = v4;
      ++i0;
    }
  }
}
