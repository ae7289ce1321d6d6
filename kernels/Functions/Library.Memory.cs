using System.Globalization;
using System.Text;

namespace GpuTensor.Kernels;

/// <summary>Loads and stores of 16 lanes that are not 16 elements in a row, and what ends a reduction. CPU shape only.</summary>
internal static partial class Library
{
    private static void AddMemory()
    {
        // Writes the first m of 16 elements. (Reading them takes the others along: Generator.ReadPast.)
        Add("put_*", """
            void $N($T v, $G$E* p, int m) {
              if (m >= 16) { vstore16(v, 0, p); return; }
              $E8 a = v.lo; if ((m & 8) != 0) { vstore8(a, 0, p); p += 8; a = v.hi; }
              $E4 b = a.lo; if ((m & 4) != 0) { vstore4(b, 0, p); p += 4; b = a.hi; }
              $E2 c = b.lo; if ((m & 2) != 0) { vstore2(c, 0, p); p += 2; c = b.hi; }
              if ((m & 1) != 0) *p = c.lo;
            }
            """);
        // 16 elements s apart; those from the m-th on are the first again, so that nothing outside is read.
        Add("strided_*", "$T $N(const $G$E* p, long s, int m) { $E t[16]; " +
            "for (int k = 0; k < 16; k++) t[k] = p[k < m ? k * s : 0]; return vload16(0, t); }");
        Add("putstrided_*", "void $N($T v, $G$E* p, long s, int m) { $E t[16]; vstore16(v, 0, t); " +
            "for (int k = 0; k < m; k++) p[k * s] = t[k]; }");
        foreach (string index in (string[])["int", "long"])
        {
            string w = index == "int" ? "" : "w";
            Add($"indexed{w}_*", $"$T $N(const $G$E* p, {index}16 a) {{ {index} i[16]; vstore16(a, 0, i); $E t[16]; " +
                "for (int k = 0; k < 16; k++) t[k] = p[i[k]]; return vload16(0, t); }");
            Add($"putindexed{w}_*", $"void $N($T v, $G$E* p, {index}16 a, int m) {{ {index} i[16]; vstore16(a, 0, i); " +
                "$E t[16]; vstore16(v, 0, t); for (int k = 0; k < m; k++) p[i[k]] = t[k]; }");
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
        CompensatedTree();
        // Of equal values the first position wins; NaN beats every number.
        Positions("argmax", "i", "b > a", "a == b");
        Positions("argmin", "i", "b < a", "a == b");
        Positions("argmax", "f", "(b > a) | ((b != b) & (a == a))", "(a == b) | ((a != a) & (b != b))");
        Positions("argmin", "f", "(b < a) | ((b != b) & (a == a))", "(a == b) | ((a != a) & (b != b))");
    }

    /// <summary>Four pairs of values and positions to the one best position; a second function stores its value, too.</summary>
    private static void Positions(string name, string kinds, string better, string tie)
    {
        var text = new StringBuilder();
        void Step(string type, string index, string a, string ia, string b, string ib, string to) =>
            text.Append(CultureInfo.InvariantCulture, $"  {type} v{to}; {index} i{to}; {{ const {type} a = {a}, b = {b}; " +
            $"const {index} ia = {ia}, ib = {ib}, t = ({better}) | (({tie}) & (ib < ia)); v{to} = t ? b : a; i{to} = t ? ib : ia; }}\n");
        Step("$T", "$I", "v0", "i0", "v1", "i1", "01");
        Step("$T", "$I", "v2", "i2", "v3", "i3", "23");
        Step("$T", "$I", "v01", "i01", "v23", "i23", "_16");
        for (int w = 16; w > 2; w /= 2) Step($"$E{w / 2}", $"$M{w / 2}", $"v_{w}.lo", $"i_{w}.lo", $"v_{w}.hi", $"i_{w}.hi", $"_{w / 2}");
        Step("$E", "$M", "v_2.lo", "i_2.lo", "v_2.hi", "i_2.hi", "_1");
        const string Pairs = "$T v0, $T v1, $T v2, $T v3, $I i0, $I i1, $I i2, $I i3";
        Add($"{name}_{kinds}", $"long $N({Pairs}) {{\n{text}  return i_1;\n}}");
        Add($"{name}_found_{kinds}", $"long $N({Pairs}, $E* found) {{\n{text}  *found = v_1;\n  return i_1;\n}}");
    }

    /// <summary>The four accumulators of a sum and what their additions lost to one number: each addition, in <see cref="Tree"/>'s order,
    /// says exactly what it lost (Knuth's TwoSum).</summary>
    private static void CompensatedTree()
    {
        var text = new StringBuilder("$E $N($T v0, $T v1, $T v2, $T v3, $T lost) {\n");
        const string Lost = "lost += (a - (s - z)) + (b - z)";
        foreach (var (a, b, to) in (ReadOnlySpan<(string, string, string)>)
            [("v0", "v2", "v02"), ("v1", "v3", "v13"), ("v02", "v13", "v_16")])
            text.Append(CultureInfo.InvariantCulture,
                $"  $T {to}; {{ const $T a = {a}, b = {b}, s = a + b, z = s - a; {Lost}; {to} = s; }}\n");
        text.Append("  const $T e_16 = lost;\n");
        for (int w = 16; w > 1; w /= 2)
        {
            string type = w == 2 ? "$E" : $"$E{w / 2}";
            text.Append(CultureInfo.InvariantCulture,
                $"  {type} v_{w / 2}, e_{w / 2}; {{ const {type} a = v_{w}.lo, b = v_{w}.hi, s = a + b, z = s - a; ")
                .Append(CultureInfo.InvariantCulture,
                    $"v_{w / 2} = s; e_{w / 2} = (e_{w}.lo + e_{w}.hi) + ((a - (s - z)) + (b - z)); }}\n");
        }
        // Of an infinite sum nothing sensible was lost.
        Add("compensated_f64", text.Append("  return fabs(e_1) < ($E)(INFINITY) ? v_1 + e_1 : v_1;\n}").ToString());
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
