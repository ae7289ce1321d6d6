using System.Text;

namespace GpuTensor.Kernels;

/// <summary>Loads and stores of 16 lanes that are not 16 elements in a row, and what ends a reduction. CPU shape only.</summary>
internal static partial class Library
{
    private static void AddMemory()
    {
        // The first m of 16 elements.
        Add("part_*", """
            $T $N(const $G$E* p, int m) {
              if (m >= 16) return vload16(0, p);
              $E t[16] = { 0 };
              for (int k = 0; k < m; k++) t[k] = p[k];
              return vload16(0, t);
            }
            """);
        Add("put_*", """
            void $N($T v, $G$E* p, int m) {
              if (m >= 16) { vstore16(v, 0, p); return; }
              $E t[16]; vstore16(v, 0, t);
              for (int k = 0; k < m; k++) p[k] = t[k];
            }
            """);
        // 16 elements s apart; those from the m-th on are the first again, so that nothing outside is read.
        Add("strided_*", "$T $N(const $G$E* p, long s, int m) { $E t[16]; for (int k = 0; k < 16; k++) t[k] = p[k < m ? k * s : 0]; return vload16(0, t); }");
        Add("putstrided_*", "void $N($T v, $G$E* p, long s, int m) { $E t[16]; vstore16(v, 0, t); for (int k = 0; k < m; k++) p[k * s] = t[k]; }");
        foreach (string index in (string[])["int", "long"])
        {
            string w = index == "int" ? "" : "w";
            Add($"indexed{w}_*", $"$T $N(const $G$E* p, {index}16 a) {{ {index} i[16]; vstore16(a, 0, i); $E t[16]; for (int k = 0; k < 16; k++) t[k] = p[i[k]]; return vload16(0, t); }}");
            Add($"putindexed{w}_*", $"void $N($T v, $G$E* p, {index}16 a, int m) {{ {index} i[16]; vstore16(a, 0, i); $E t[16]; vstore16(v, 0, t); " +
                "for (int k = 0; k < m; k++) p[i[k]] = t[k]; }");
        }
        // Lanes whose address is not allowed read nothing and are 0.
        Add("lookup_*", """
            $T $N(const $G$E* p, long16 a, int16 allowed) {
              long i[16]; int f[16]; $E t[16];
              vstore16(a, 0, i); vstore16(allowed, 0, f);
              for (int k = 0; k < 16; k++) t[k] = f[k] != 0 ? p[i[k]] : ($E)0;
              return vload16(0, t);
            }
            """);
    }

    private static void AddReductions()
    {
        // 16 lanes to one by halves: the fixed tree that ends every sum.
        Tree("sum_*", "a + b");
        Tree("prod_*", "a * b");
        Tree("max_f", "(a > b) | (a != a) ? a : b");
        Tree("min_f", "(a < b) | (a != a) ? a : b");
        Tree("max_i", "a > b ? a : b");
        Tree("min_i", "a < b ? a : b");
        Add("any_b", "int $N(int16 v) { return any(v) ? 1 : 0; }");
        Add("all_b", "int $N(int16 v) { return all(v) ? 1 : 0; }");
        foreach (var (name, op) in ((string, string)[])[("argmax", ">"), ("argmin", "<")])
        {
            // Of equal values the first position wins; NaN beats every number.
            Add(name + "_*", $$"""
                long $N($T v0, $T v1, $T v2, $T v3, $I i0, $I i1, $I i2, $I i3) {
                  $E v[64]; $M i[64];
                  vstore16(v0, 0, v); vstore16(v1, 1, v); vstore16(v2, 2, v); vstore16(v3, 3, v);
                  vstore16(i0, 0, i); vstore16(i1, 1, i); vstore16(i2, 2, i); vstore16(i3, 3, i);
                  int b = 0;
                  for (int k = 1; k < 64; k++) {
                    const int nan = v[k] != v[k], nanb = v[b] != v[b], tie = (v[k] == v[b]) | (nan & nanb);
                    if ((tie & (i[k] < i[b])) | (v[k] {{op}} v[b] & !nanb) | (nan & !nanb)) b = k;
                  }
                  return i[b];
                }
                """);
        }
    }

    private static void Tree(string name, string combine)
    {
        var text = new StringBuilder("$E $N($T v) {\n  $E8 r8; { const $E8 a = v.lo, b = v.hi; r8 = ").Append(combine).Append("; }\n");
        text.Append("  $E4 r4; { const $E4 a = r8.lo, b = r8.hi; r4 = ").Append(combine).Append("; }\n");
        text.Append("  $E2 r2; { const $E2 a = r4.lo, b = r4.hi; r2 = ").Append(combine).Append("; }\n");
        text.Append("  const $E a = r2.lo, b = r2.hi; return ").Append(combine).Append(";\n}");
        Add("tree_" + name, text.ToString());
    }
}
