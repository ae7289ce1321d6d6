using System.Text;
using GpuTensor.Kernels;
using Xunit;

namespace GpuTensor.Tests.Kernels;

/// <summary>The tree that kernel text is made from: how each statement is printed, when two trees are one text, and which barriers are
/// refused. No device is needed.</summary>
public sealed class StatementTests
{
    private static string Print(StatementBuilder builder, Dialect dialect)
    {
        var text = new StringBuilder();
        StatementPrinter.Run(builder.Statements, dialect, 0, text);
        return text.ToString();
    }

    [Fact]
    public void Each_statement_has_one_text()
    {
        var o = new StatementBuilder();
        o.Let("int", "n", "4").Variable("float", "a[4]").Line("a[0] = 1;");
        o.Variables("int", ("i", "0"), ("j", null));
        using (o.For("int k = 0", "k < n", "k++, j += 2", pragma: "#pragma unroll"))
        {
            o.Continue("k == 1");
            using (o.If("k < 2")) o.Line("i++;");
            using (o.ElseIf("k < 3")) o.Break("i > 9");
            using (o.Else()) o.Line("i--;");
        }
        using (o.While("i < n")) o.Line("i++;");
        using (o.For("", "", ""))
        using (o.Block()) o.Line("i = 0;");
        using (o.For("int h = n", "i < h", "")) o.Barrier();
        using (o.For("int l = 0", "", "l++")) o.Barrier(global: true);
        Assert.Equal("""
            const int n = 4;
            float a[4];
            a[0] = 1;
            int i = 0, j;
            #pragma unroll
            for (int k = 0; k < n; k++, j += 2) {
              if (k == 1) continue;
              if (k < 2) {
                i++;
              }
              else if (k < 3) {
                if (i > 9) break;
              }
              else {
                i--;
              }
            }
            while (i < n) {
              i++;
            }
            for (;;) {
              {
                i = 0;
              }
            }
            for (int h = n; i < h;) {
              barrier(CLK_LOCAL_MEM_FENCE);
            }
            for (int l = 0; ; l++) {
              barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
            }

            """.ReplaceLineEndings("\n"), Print(o, Dialect.OpenCl));
    }

    /// <summary>A scope that was never opened closes nothing, so that a writer may enclose statements under a condition of its
    /// own.</summary>
    [Fact]
    public void A_default_scope_encloses_nothing()
    {
        var o = new StatementBuilder();
        using (default(StatementBuilder.Scope)) o.Line("a();");
        o.Line("b();");
        Assert.Equal("a();\nb();\n", Print(o, Dialect.Cuda));
    }

    [Fact]
    public void Trees_are_equal_where_their_texts_are()
    {
        Assert.True(Statement.AreSame(Nest("i++", "j"), Nest("i++", "j")));
        Assert.False(Statement.AreSame(Nest("i++", "j"), Nest("i--", "j")));
        Assert.False(Statement.AreSame(Nest("i++", "j"), Nest("i++", "k")));

        static List<Statement> Nest(string step, string condition)
        {
            var o = new StatementBuilder();
            using (o.For("int i = 0", "i < 4", step))
            {
                o.Let("int", ("a", "1"), ("b", "2")).Barrier();
                using (o.If("a")) o.Break("b");
                using (o.ElseIf(condition)) o.Line("c();");
                using (o.Block()) o.Line("d();");
            }
            return o.Statements;
        }
    }

    /// <summary>A barrier must be reached by all work-items of a group or by none.</summary>
    [Fact]
    public void A_barrier_in_divergent_control_flow_is_refused()
    {
        Refused("lid < s", o => { using (o.If("lid < s")) o.Barrier(); });
        Refused("lid < s", o =>
        {
            using (o.If("lid < s")) o.Line("a();");
            using (o.Else()) o.Barrier();
        });
        Refused("lid < s", o =>
        {
            using (o.If("n < 2", uniform: true)) o.Barrier();
            using (o.ElseIf("lid < s")) o.Line("a();");
            using (o.ElseIf("n < 3", uniform: true)) o.Barrier();
        });
        Refused("j < n", o =>
        {
            using (o.For("int j = lid", "j < n", "j++"))
            using (o.Block()) o.Barrier();
        });
        Refused("j < n", o =>
        {
            using (o.While("j < n"))
            using (o.If("n < 2", uniform: true)) o.Barrier();
        });
    }

    /// <summary>Who leaves a loop is not there for the barriers of the turns that remain.</summary>
    [Fact]
    public void A_barrier_in_a_loop_that_a_work_item_may_leave_is_refused()
    {
        Refused("lid == j", o =>
        {
            using (o.For("int j = 0", "j < n", "j++", uniform: true))
            {
                o.Barrier();
                using (o.If("n < 2", uniform: true)) o.Break("lid == j");
            }
        });
        // Leaving an inner loop leaves the outer one's barriers alone.
        Accepted(o =>
        {
            using (o.For("int j = 0", "j < n", "j++", uniform: true))
            {
                using (o.For("int k = 0", "k < n", "k++")) o.Break("lid == k");
                o.Barrier();
            }
        });
    }

    [Fact]
    public void A_barrier_that_all_work_items_reach_is_accepted() => Accepted(o =>
    {
        o.Barrier();
        using (o.If("group < n", uniform: true))
        using (o.For("int s = 16", "s > 0", "s >>= 1", uniform: true))
        {
            o.Barrier();
            using (o.If("lid < s")) o.Line("a[lid] += a[lid + s];");
        }
        using (o.Else()) o.Barrier(global: true);
    });

    private static void Accepted(Action<StatementBuilder> write)
    {
        var o = new StatementBuilder();
        write(o);
        BarrierCheck.Run(o.Statements);
    }

    private static void Refused(string because, Action<StatementBuilder> write) =>
        Assert.Contains($"\"{because}\"", Assert.Throws<InvalidOperationException>(() => Accepted(write)).Message);
}
