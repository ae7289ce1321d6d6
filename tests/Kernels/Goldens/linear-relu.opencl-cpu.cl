#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL FP_CONTRACT OFF
static inline void gt_put_f32x16(float16 v, __global float* p, int m) {
  if (m >= 16) { vstore16(v, 0, p); return; }
  float8 a = v.lo; if ((m & 8) != 0) { vstore8(a, 0, p); p += 8; a = v.hi; }
  float4 b = a.lo; if ((m & 4) != 0) { vstore4(b, 0, p); p += 4; b = a.hi; }
  float2 c = b.lo; if ((m & 2) != 0) { vstore2(c, 0, p); p += 2; c = b.hi; }
  if ((m & 1) != 0) *p = c.lo;
}

struct pack_f6a2323b9fcd_integers { int n[8]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void pack_f6a2323b9fcd(const __global float* restrict buffer0, __global float* restrict buffer1, const struct pack_f6a2323b9fcd_integers k)
{
  int n0 = k.n[2];
  int n1 = k.n[3];
  int n2 = k.n[4];
  int n3 = k.n[5];
  int n4 = k.n[6];
  int n5 = k.n[7];
  __global float* b0 = buffer1 + k.n[1];
  const __global float* b1 = buffer0 + k.n[0];
  int g = get_group_id(0);
  const int chunk = g % n3;
  g /= n3;
  const int k0 = chunk * n2, k1 = min(k0 + n2, n1);
  __global float* to = (__global float*)b0 + (g * n1 + k0) * 64;
  const int panel = g % n4;
  g /= n4;
  for (int j = k0; j < k1; j += 16) {
    const int depth = (int)min(k1 - j, (int)16);
    #pragma unroll 1
    for (int s = 0; s < 64; s += 16, to += 16) {
      float16 square[16];
      for (int i = 0; i < 16; i++) {
        const int n = panel * 64 + s + i;
        square[i] = 0;
        if (n >= n0) continue;
        if (depth == 16) {
          const float16 v0 = vload16(0, b1 + (n*n5 + j));
          square[i] = v0;
        }
        else {
          const float16 v0 = vload16(0, b1 + (n*n5 + j));
          square[i] = v0;
        }
      }
      float16 r0 = square[0];
      float16 r1 = square[1];
      float16 r2 = square[2];
      float16 r3 = square[3];
      float16 r4 = square[4];
      float16 r5 = square[5];
      float16 r6 = square[6];
      float16 r7 = square[7];
      float16 r8 = square[8];
      float16 r9 = square[9];
      float16 r10 = square[10];
      float16 r11 = square[11];
      float16 r12 = square[12];
      float16 r13 = square[13];
      float16 r14 = square[14];
      float16 r15 = square[15];
      float16 x;
      x = __builtin_shufflevector(r0, r8, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23); r8 = __builtin_shufflevector(r0, r8, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31); r0 = x;
      x = __builtin_shufflevector(r1, r9, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23); r9 = __builtin_shufflevector(r1, r9, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31); r1 = x;
      x = __builtin_shufflevector(r2, r10, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23); r10 = __builtin_shufflevector(r2, r10, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31); r2 = x;
      x = __builtin_shufflevector(r3, r11, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23); r11 = __builtin_shufflevector(r3, r11, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31); r3 = x;
      x = __builtin_shufflevector(r4, r12, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23); r12 = __builtin_shufflevector(r4, r12, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31); r4 = x;
      x = __builtin_shufflevector(r5, r13, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23); r13 = __builtin_shufflevector(r5, r13, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31); r5 = x;
      x = __builtin_shufflevector(r6, r14, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23); r14 = __builtin_shufflevector(r6, r14, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31); r6 = x;
      x = __builtin_shufflevector(r7, r15, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23); r15 = __builtin_shufflevector(r7, r15, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31); r7 = x;
      x = __builtin_shufflevector(r0, r4, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27); r4 = __builtin_shufflevector(r0, r4, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31); r0 = x;
      x = __builtin_shufflevector(r1, r5, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27); r5 = __builtin_shufflevector(r1, r5, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31); r1 = x;
      x = __builtin_shufflevector(r2, r6, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27); r6 = __builtin_shufflevector(r2, r6, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31); r2 = x;
      x = __builtin_shufflevector(r3, r7, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27); r7 = __builtin_shufflevector(r3, r7, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31); r3 = x;
      x = __builtin_shufflevector(r8, r12, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27); r12 = __builtin_shufflevector(r8, r12, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31); r8 = x;
      x = __builtin_shufflevector(r9, r13, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27); r13 = __builtin_shufflevector(r9, r13, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31); r9 = x;
      x = __builtin_shufflevector(r10, r14, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27); r14 = __builtin_shufflevector(r10, r14, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31); r10 = x;
      x = __builtin_shufflevector(r11, r15, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27); r15 = __builtin_shufflevector(r11, r15, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31); r11 = x;
      x = __builtin_shufflevector(r0, r2, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29); r2 = __builtin_shufflevector(r0, r2, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31); r0 = x;
      x = __builtin_shufflevector(r1, r3, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29); r3 = __builtin_shufflevector(r1, r3, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31); r1 = x;
      x = __builtin_shufflevector(r4, r6, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29); r6 = __builtin_shufflevector(r4, r6, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31); r4 = x;
      x = __builtin_shufflevector(r5, r7, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29); r7 = __builtin_shufflevector(r5, r7, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31); r5 = x;
      x = __builtin_shufflevector(r8, r10, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29); r10 = __builtin_shufflevector(r8, r10, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31); r8 = x;
      x = __builtin_shufflevector(r9, r11, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29); r11 = __builtin_shufflevector(r9, r11, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31); r9 = x;
      x = __builtin_shufflevector(r12, r14, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29); r14 = __builtin_shufflevector(r12, r14, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31); r12 = x;
      x = __builtin_shufflevector(r13, r15, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29); r15 = __builtin_shufflevector(r13, r15, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31); r13 = x;
      x = __builtin_shufflevector(r0, r1, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30); r1 = __builtin_shufflevector(r0, r1, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31); r0 = x;
      x = __builtin_shufflevector(r2, r3, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30); r3 = __builtin_shufflevector(r2, r3, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31); r2 = x;
      x = __builtin_shufflevector(r4, r5, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30); r5 = __builtin_shufflevector(r4, r5, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31); r4 = x;
      x = __builtin_shufflevector(r6, r7, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30); r7 = __builtin_shufflevector(r6, r7, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31); r6 = x;
      x = __builtin_shufflevector(r8, r9, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30); r9 = __builtin_shufflevector(r8, r9, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31); r8 = x;
      x = __builtin_shufflevector(r10, r11, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30); r11 = __builtin_shufflevector(r10, r11, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31); r10 = x;
      x = __builtin_shufflevector(r12, r13, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30); r13 = __builtin_shufflevector(r12, r13, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31); r12 = x;
      x = __builtin_shufflevector(r14, r15, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30); r15 = __builtin_shufflevector(r14, r15, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31); r14 = x;
      if (depth == 16) {
        vstore16(r0, 0, to + 0);
        vstore16(r1, 0, to + 64);
        vstore16(r2, 0, to + 128);
        vstore16(r3, 0, to + 192);
        vstore16(r4, 0, to + 256);
        vstore16(r5, 0, to + 320);
        vstore16(r6, 0, to + 384);
        vstore16(r7, 0, to + 448);
        vstore16(r8, 0, to + 512);
        vstore16(r9, 0, to + 576);
        vstore16(r10, 0, to + 640);
        vstore16(r11, 0, to + 704);
        vstore16(r12, 0, to + 768);
        vstore16(r13, 0, to + 832);
        vstore16(r14, 0, to + 896);
        vstore16(r15, 0, to + 960);
      }
      else {
        if (0 < depth) {
          vstore16(r0, 0, to + 0);
        }
        if (1 < depth) {
          vstore16(r1, 0, to + 64);
        }
        if (2 < depth) {
          vstore16(r2, 0, to + 128);
        }
        if (3 < depth) {
          vstore16(r3, 0, to + 192);
        }
        if (4 < depth) {
          vstore16(r4, 0, to + 256);
        }
        if (5 < depth) {
          vstore16(r5, 0, to + 320);
        }
        if (6 < depth) {
          vstore16(r6, 0, to + 384);
        }
        if (7 < depth) {
          vstore16(r7, 0, to + 448);
        }
        if (8 < depth) {
          vstore16(r8, 0, to + 512);
        }
        if (9 < depth) {
          vstore16(r9, 0, to + 576);
        }
        if (10 < depth) {
          vstore16(r10, 0, to + 640);
        }
        if (11 < depth) {
          vstore16(r11, 0, to + 704);
        }
        if (12 < depth) {
          vstore16(r12, 0, to + 768);
        }
        if (13 < depth) {
          vstore16(r13, 0, to + 832);
        }
        if (14 < depth) {
          vstore16(r14, 0, to + 896);
        }
      }
    }
    to += 960;
  }
}

struct gemm_27cf95bba715_integers { int n[13]; };
__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void gemm_27cf95bba715(const __global float* restrict buffer0, __global float* restrict buffer1, const __global float* restrict buffer2, const __global float* restrict buffer3, const struct gemm_27cf95bba715_integers k)
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
  const __global float* b0 = buffer2 + k.n[2];
  const __global float* b1 = buffer3 + k.n[3];
  const __global float* b2 = buffer0 + k.n[0];
  __global float* b3 = buffer1 + k.n[1];
  int g = get_group_id(0);
  const int column = g % n5;
  g /= n5;
  const int block = g % n6;
  g /= n6;
  const int first = block * n3, last = min(first + n3, n4), from = column * 64, to = min(from + 64, n1);
  const int left = from;
  const __global float* restrict A = (const __global float*)b0 + 0;
  const __global float* restrict B = (const __global float*)b1 + 0 + column * n2 * 64;
  float16 tile[25];
  {
    const int k0 = 0, k1 = n2;
    for (int p = first; p < last; p++) {
      float16* t = tile;
      float16 c0_0 = 0;
      float16 c0_1 = 0;
      float16 c0_2 = 0;
      float16 c0_3 = 0;
      float16 c1_0 = 0;
      float16 c1_1 = 0;
      float16 c1_2 = 0;
      float16 c1_3 = 0;
      float16 c2_0 = 0;
      float16 c2_1 = 0;
      float16 c2_2 = 0;
      float16 c2_3 = 0;
      float16 c3_0 = 0;
      float16 c3_1 = 0;
      float16 c3_2 = 0;
      float16 c3_3 = 0;
      float16 c4_0 = 0;
      float16 c4_1 = 0;
      float16 c4_2 = 0;
      float16 c4_3 = 0;
      float16 c5_0 = 0;
      float16 c5_1 = 0;
      float16 c5_2 = 0;
      float16 c5_3 = 0;
      const __global float* restrict a0 = A + min(p * 6 + 0, n0 - 1) * n7 + k0 * 1;
      const __global float* restrict a1 = A + min(p * 6 + 1, n0 - 1) * n7 + k0 * 1;
      const __global float* restrict a2 = A + min(p * 6 + 2, n0 - 1) * n7 + k0 * 1;
      const __global float* restrict a3 = A + min(p * 6 + 3, n0 - 1) * n7 + k0 * 1;
      const __global float* restrict a4 = A + min(p * 6 + 4, n0 - 1) * n7 + k0 * 1;
      const __global float* restrict a5 = A + min(p * 6 + 5, n0 - 1) * n7 + k0 * 1;
      const __global float* restrict b = B + k0 * 64;
      for (int k = 0; k < k1 - k0; k++, b += 64) {
        const float16 y0 = vload16(0, b);
        const float16 y1 = vload16(1, b);
        const float16 y2 = vload16(2, b);
        const float16 y3 = vload16(3, b);
        const float16 x0 = (float16)(a0[k]);
        c0_0 = fma(x0, y0, c0_0);
        c0_1 = fma(x0, y1, c0_1);
        c0_2 = fma(x0, y2, c0_2);
        c0_3 = fma(x0, y3, c0_3);
        const float16 x1 = (float16)(a1[k]);
        c1_0 = fma(x1, y0, c1_0);
        c1_1 = fma(x1, y1, c1_1);
        c1_2 = fma(x1, y2, c1_2);
        c1_3 = fma(x1, y3, c1_3);
        const float16 x2 = (float16)(a2[k]);
        c2_0 = fma(x2, y0, c2_0);
        c2_1 = fma(x2, y1, c2_1);
        c2_2 = fma(x2, y2, c2_2);
        c2_3 = fma(x2, y3, c2_3);
        const float16 x3 = (float16)(a3[k]);
        c3_0 = fma(x3, y0, c3_0);
        c3_1 = fma(x3, y1, c3_1);
        c3_2 = fma(x3, y2, c3_2);
        c3_3 = fma(x3, y3, c3_3);
        const float16 x4 = (float16)(a4[k]);
        c4_0 = fma(x4, y0, c4_0);
        c4_1 = fma(x4, y1, c4_1);
        c4_2 = fma(x4, y2, c4_2);
        c4_3 = fma(x4, y3, c4_3);
        const float16 x5 = (float16)(a5[k]);
        c5_0 = fma(x5, y0, c5_0);
        c5_1 = fma(x5, y1, c5_1);
        c5_2 = fma(x5, y2, c5_2);
        c5_3 = fma(x5, y3, c5_3);
      }
      t[0] = c0_0;
      t[1] = c0_1;
      t[2] = c0_2;
      t[3] = c0_3;
      t[4] = c1_0;
      t[5] = c1_1;
      t[6] = c1_2;
      t[7] = c1_3;
      t[8] = c2_0;
      t[9] = c2_1;
      t[10] = c2_2;
      t[11] = c2_3;
      t[12] = c3_0;
      t[13] = c3_1;
      t[14] = c3_2;
      t[15] = c3_3;
      t[16] = c4_0;
      t[17] = c4_1;
      t[18] = c4_2;
      t[19] = c4_3;
      t[20] = c5_0;
      t[21] = c5_1;
      t[22] = c5_2;
      t[23] = c5_3;
      for (int i = 0; i < min((int)6, n0 - p * 6); i++) {
        const int m = p * 6 + i;
        int j = from;
        for (; j + 16 <= to; j += 16) {
          const float16 product = vload16(0, ((const float*)(t + i * 4) + (j - left)));
          const float16 v0 = product;
          const float16 v1 = vload16(0, b2 + (j));
          const float16 v2 = v0 + v1;
          const float16 v4 = ((float16)(0.0f) > v2) | ((float16)(0.0f) != (float16)(0.0f)) ? (float16)(0.0f) : v2;
          vstore16(v4, 0, b3 + (m*n8 + j));
        }
        if (j < to) {
          const int part = (int)(to - j);
          const float16 product = vload16(0, ((const float*)(t + i * 4) + (j - left)));
          const float16 v0 = product;
          const float16 v1 = vload16(0, b2 + (j));
          const float16 v2 = v0 + v1;
          const float16 v4 = ((float16)(0.0f) > v2) | ((float16)(0.0f) != (float16)(0.0f)) ? (float16)(0.0f) : v2;
          gt_put_f32x16(v4, b3 + (m*n8 + j), part);
        }
      }
    }
  }
}
