using GpuTensor.CudaSimulator.Interpreter.Operations;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>The rows of float instructions.</summary>
internal static unsafe partial class InstructionTable
{
    private static void Floats()
    {
        Binary<AddF32>("add{1}{0}.f32 add.rn{1}{0}.f32");
        Binary<SubtractF32>("sub{1}{0}.f32 sub.rn{1}{0}.f32");
        Binary<MultiplyF32>("mul{1}{0}.f32 mul.rn{1}{0}.f32");
        Add("fma.rn.f32 mad.rn.f32", "ffff", &Drivers.Vector3<FusedF32, float>);
        Add("fma.rn.ftz.f32 mad.rn.ftz.f32", "ffff", &Drivers.Vector3<Ftz3<FusedF32>, float>);
        Add("fma.rn.sat.f32", "ffff", &Drivers.Vector3<Saturate3<FusedF32>, float>);
        Add("fma.rn.ftz.sat.f32", "ffff", &Drivers.Vector3<Saturate3<Ftz3<FusedF32>>, float>);
        Add("add.f64 add.rn.f64", "ddd", &Drivers.Vector2<Add<double>, double>);
        Add("sub.f64 sub.rn.f64", "ddd", &Drivers.Vector2<Subtract<double>, double>);
        Add("mul.f64 mul.rn.f64", "ddd", &Drivers.Vector2<Multiply<double>, double>);
        Add("fma.rn.f64 mad.rn.f64", "dddd", &Drivers.Vector3<FusedF64, double>);
        Add("div.rn.f32", "fff", &Drivers.Vector2<DivideF32, float>);
        Add("div.rn.ftz.f32", "fff", &Drivers.Vector2<Ftz2<DivideF32>, float>);
        Add("div.rn.f64", "ddd", &Drivers.Vector2<DivideF64, double>);
        Add("rcp.rn.f64", "dd", &Drivers.Vector1<ReciprocalF64, double>);
        Add("sqrt.rn.f64", "dd", &Drivers.Vector1<RootF64, double>);
        Unary<ReciprocalF32>("rcp.rn{0}.f32");
        Unary<RootF32>("sqrt.rn{0}.f32");
        Unary<NegateF32>("neg{0}.f32");
        Unary<AbsoluteF32>("abs{0}.f32");
        Add("neg.f64", "dd", &Drivers.Vector1<NegateF64, double>);
        Add("abs.f64", "dd", &Drivers.Vector1<AbsoluteF64, double>);
        Add("copysign.f32", "fff", &Drivers.Vector2<CopySignF32, uint>);
        Add("copysign.f64", "ddd", &Drivers.Vector2<CopySignF64, ulong>);
        Extreme<MinimumF32>("min{0}.f32");
        Extreme<MaximumF32>("max{0}.f32");
        Extreme<MinimumNanF32>("min{0}.NaN.f32");
        Extreme<MaximumNanF32>("max{0}.NaN.f32");
        Add("min.f64", "ddd", &Drivers.Vector2<MinimumF64, double>);
        Add("max.f64", "ddd", &Drivers.Vector2<MaximumF64, double>);
    }

    /// <summary>{0} stands for .sat, {1} for .ftz.</summary>
    private static void Binary<TOp>(string opcodes) where TOp : IVectorBinary<float>
    {
        Add(Fill(opcodes, "", ""), "fff", &Drivers.Vector2<TOp, float>);
        Add(Fill(opcodes, "", ".ftz"), "fff", &Drivers.Vector2<Ftz2<TOp>, float>);
        Add(Fill(opcodes, ".sat", ""), "fff", &Drivers.Vector2<Saturate2<TOp>, float>);
        Add(Fill(opcodes, ".sat", ".ftz"), "fff", &Drivers.Vector2<Saturate2<Ftz2<TOp>>, float>);
    }

    private static void Unary<TOp>(string opcodes) where TOp : IVectorUnary<float>
    {
        Add(Fill(opcodes, "", ""), "ff", &Drivers.Vector1<TOp, float>);
        Add(Fill(opcodes, ".ftz", ""), "ff", &Drivers.Vector1<Ftz1<TOp>, float>);
    }

    private static void Extreme<TOp>(string opcodes) where TOp : IVectorBinary<float>
    {
        Add(Fill(opcodes, "", ""), "fff", &Drivers.Vector2<TOp, float>);
        Add(Fill(opcodes, ".ftz", ""), "fff", &Drivers.Vector2<Ftz2<TOp>, float>);
    }

    private static string Fill(string opcodes, string first, string second) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, opcodes, first, second);

    private static void Directed()
    {
        Directed<TowardZero>("rz");
        Directed<Downward>("rm");
        Directed<Upward>("rp");
    }

    private static void Directed<TMode>(string mode) where TMode : IDirection
    {
        Add($"add.{mode}.f32", "fff", &Drivers.Lane2<AddDirected<TMode>, float, float, float>);
        Add($"sub.{mode}.f32", "fff", &Drivers.Lane2<SubtractDirected<TMode>, float, float, float>);
        Add($"mul.{mode}.f32", "fff", &Drivers.Lane2<MultiplyDirected<TMode>, float, float, float>);
        Add($"fma.{mode}.f32", "ffff", &Drivers.Lane3<FusedDirected<TMode>, float, float, float, float>);
        Add($"div.{mode}.f32", "fff", &Drivers.Lane2<DivideDirected<TMode>, float, float, float>);
        Add($"rcp.{mode}.f32", "ff", &Drivers.Lane1<ReciprocalDirected<TMode>, float, float>);
        Add($"sqrt.{mode}.f32", "ff", &Drivers.Lane1<RootDirected<TMode>, float, float>);
        Add($"add.{mode}.ftz.f32", "fff", &Drivers.Lane2<FtzLane2<AddDirected<TMode>>, float, float, float>);
        Add($"sub.{mode}.ftz.f32", "fff", &Drivers.Lane2<FtzLane2<SubtractDirected<TMode>>, float, float, float>);
        Add($"mul.{mode}.ftz.f32", "fff", &Drivers.Lane2<FtzLane2<MultiplyDirected<TMode>>, float, float, float>);
        Add($"fma.{mode}.ftz.f32", "ffff", &Drivers.Lane3<FtzLane3<FusedDirected<TMode>>, float, float, float, float>);
        Add($"div.{mode}.ftz.f32", "fff", &Drivers.Lane2<FtzLane2<DivideDirected<TMode>>, float, float, float>);
        Add($"rcp.{mode}.ftz.f32", "ff", &Drivers.Lane1<FtzLane1<ReciprocalDirected<TMode>>, float, float>);
        Add($"sqrt.{mode}.ftz.f32", "ff", &Drivers.Lane1<FtzLane1<RootDirected<TMode>>, float, float>);
        Add($"add.{mode}.f64", "ddd", &Drivers.Lane2<AddDirected<TMode>, double, double, double>);
        Add($"sub.{mode}.f64", "ddd", &Drivers.Lane2<SubtractDirected<TMode>, double, double, double>);
        Add($"mul.{mode}.f64", "ddd", &Drivers.Lane2<MultiplyDirected<TMode>, double, double, double>);
        Add($"fma.{mode}.f64", "dddd", &Drivers.Lane3<FusedDirected<TMode>, double, double, double, double>);
    }

    private static void Approximate()
    {
        Approximate<ReciprocalApprox>("rcp");
        Approximate<RootApprox>("sqrt");
        Approximate<ReciprocalRootApprox>("rsqrt");
        Approximate<ExponentialApprox>("ex2");
        Approximate<LogarithmApprox>("lg2");
        Approximate<SineApprox>("sin");
        Approximate<CosineApprox>("cos");
        Add("tanh.approx.f32", "ff", &ApproximateDrivers.Unary<TangentApprox>);
        Add("div.approx.f32", "fff", &ApproximateDrivers.Divide);
        Add("div.approx.ftz.f32", "fff", &ApproximateDrivers.Divide, 1);
        Add("div.full.f32", "fff", &ApproximateDrivers.Divide, 2);
        Add("div.full.ftz.f32", "fff", &ApproximateDrivers.Divide, 3);
        Add("rcp.approx.ftz.f64", "dd", &ApproximateDrivers.UpperWord);
        Add("rsqrt.approx.ftz.f64", "dd", &ApproximateDrivers.UpperWord, 1);
        Add("rsqrt.approx.f64", "dd", &ApproximateDrivers.ReciprocalRoot64);
    }

    private static void Approximate<TOp>(string name) where TOp : IApproximate
    {
        Add($"{name}.approx.f32", "ff", &ApproximateDrivers.Unary<TOp>);
        Add($"{name}.approx.ftz.f32", "ff", &ApproximateDrivers.Unary<TOp>, 1);
    }

    private static void CompareFloats()
    {
        CompareFloats<float>("f32", "f");
        CompareFloats<double>("f64", "d");
        Flushed<Equal<float>>("eq");
        Flushed<OrderedNotEqual<float>>("ne");
        Flushed<Less<float>>("lt");
        Flushed<LessOrEqual<float>>("le");
        Flushed<Greater<float>>("gt");
        Flushed<GreaterOrEqual<float>>("ge");
        Flushed<Unless<OrderedNotEqual<float>, float>>("equ");
        Flushed<NotEqual<float>>("neu");
        Flushed<Unless<GreaterOrEqual<float>, float>>("ltu");
        Flushed<Unless<Greater<float>, float>>("leu");
        Flushed<Unless<LessOrEqual<float>, float>>("gtu");
        Flushed<Unless<Less<float>, float>>("geu");
    }

    private static void Flushed<TOp>(string name) where TOp : IVectorCompare<float> => Compared<FtzCompare<TOp>,
        float>($"{name}.ftz.f32", "f");

    private static void CompareFloats<T>(string type, string letter) where T : unmanaged
    {
        Compared<Equal<T>, T>($"eq.{type}", letter);
        Compared<OrderedNotEqual<T>, T>($"ne.{type}", letter);
        Compared<Less<T>, T>($"lt.{type}", letter);
        Compared<LessOrEqual<T>, T>($"le.{type}", letter);
        Compared<Greater<T>, T>($"gt.{type}", letter);
        Compared<GreaterOrEqual<T>, T>($"ge.{type}", letter);
        Compared<Unless<OrderedNotEqual<T>, T>, T>($"equ.{type}", letter);
        Compared<NotEqual<T>, T>($"neu.{type}", letter);
        Compared<Unless<GreaterOrEqual<T>, T>, T>($"ltu.{type}", letter);
        Compared<Unless<Greater<T>, T>, T>($"leu.{type}", letter);
        Compared<Unless<LessOrEqual<T>, T>, T>($"gtu.{type}", letter);
        Compared<Unless<Less<T>, T>, T>($"geu.{type}", letter);
        Compared<Ordered<T>, T>($"num.{type}", letter);
        Compared<Unless<Ordered<T>, T>, T>($"nan.{type}", letter);
    }
}
