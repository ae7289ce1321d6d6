using System.Runtime.InteropServices;
using GpuTensor.CudaSimulator.Blas;
using GpuTensor.CudaSimulator.Driver;

namespace GpuTensor.CudaSimulator.Exports;

/// <summary>cublasLt's entry points.</summary>
internal static unsafe class CublasLtExports
{
    private const ulong Magic = 0x4C54_5349_4D55_4C41;

    [UnmanagedCallersOnly(EntryPoint = "cublasLtCreate")]
    public static int cublasLtCreate(nint* handle) => Call.Blas(simulator => CublasExports.Create(simulator, handle, isLight: true));

    [UnmanagedCallersOnly(EntryPoint = "cublasLtDestroy")]
    public static int cublasLtDestroy(nint handle) => Call.Blas(simulator => CublasExports.Destroy(simulator, handle, "cublasLt handle"));

    [UnmanagedCallersOnly(EntryPoint = "cublasLtGetVersion")]
    public static nuint cublasLtGetVersion() => (nuint)Call.Control(simulator => (int)CublasExports.Version(simulator));

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatmulDescCreate")]
    public static int cublasLtMatmulDescCreate(nint* description, int compute, int scale) =>
        Call.Blas(simulator => *description = simulator.Handles.Add(new LtDescription(compute, scale)));

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatmulDescDestroy")]
    public static int cublasLtMatmulDescDestroy(nint description) => Destroy<LtDescription>(description, nameof(cublasLtMatmulDescDestroy));

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatmulDescSetAttribute")]
    public static int cublasLtMatmulDescSetAttribute(nint description, int attribute, void* value, nuint bytes) =>
        Call.Blas(simulator => Get<LtDescription>(simulator, description).Set(attribute, value, bytes));

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatmulDescGetAttribute")]
    public static int cublasLtMatmulDescGetAttribute(nint description, int attribute, void* value, nuint bytes, nuint* written) =>
        Call.Blas(simulator => Get<LtDescription>(simulator, description).Get(attribute, value, bytes, written));

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatrixLayoutCreate")]
    public static int cublasLtMatrixLayoutCreate(nint* layout, int type, ulong rows, ulong columns, long leadingDimension) =>
        Call.Blas(simulator => *layout = simulator.Handles.Add(new LtLayout(type, rows, columns, leadingDimension)));

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatrixLayoutDestroy")]
    public static int cublasLtMatrixLayoutDestroy(nint layout) => Destroy<LtLayout>(layout, nameof(cublasLtMatrixLayoutDestroy));

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatrixLayoutSetAttribute")]
    public static int cublasLtMatrixLayoutSetAttribute(nint layout, int attribute, void* value, nuint bytes) =>
        Call.Blas(simulator => Get<LtLayout>(simulator, layout).Set(attribute, value, bytes));

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatmulPreferenceCreate")]
    public static int cublasLtMatmulPreferenceCreate(nint* preference) =>
        Call.Blas(simulator => *preference = simulator.Handles.Add(new LtPreference()));

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatmulPreferenceDestroy")]
    public static int cublasLtMatmulPreferenceDestroy(nint preference) =>
        Destroy<LtPreference>(preference, nameof(cublasLtMatmulPreferenceDestroy));

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatmulPreferenceSetAttribute")]
    public static int cublasLtMatmulPreferenceSetAttribute(nint preference, int attribute, void* value, nuint bytes) =>
        Call.Blas(simulator => Get<LtPreference>(simulator, preference).Set(attribute, value, bytes));

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatmulAlgoGetHeuristic")]
    public static int cublasLtMatmulAlgoGetHeuristic(
        nint handle, nint description, nint a, nint b, nint c, nint d, nint preference, int wanted, HeuristicResult* results, int* found) =>
        Call.Blas(simulator =>
        {
            *found = 0;
            Light(simulator, handle);
            if (wanted < 1 || results == null) throw new BlasError(BlasError.InvalidValue, $"{wanted} algorithms are asked for");
            var problem = Problem(simulator, description, a, b, c, d);
            var limits = Get<LtPreference>(simulator, preference);
            if (problem.Unsupported() is { } reason) throw new BlasError(BlasError.NotSupported, reason);
            if (!simulator.Configuration.Epilogues && problem.Epilogue.Kind != BlasEpilogue.Default) return;
            int size = BlasTypes.Size(Get<LtLayout>(simulator, a).Type);
            ulong alignments = 0;
            for (int i = 0; i < 4; i++)
            {
                uint alignment = limits.Alignment(i);
                if (alignment == 0 || (alignment & (alignment - 1)) != 0)
                    throw new BlasError(BlasError.InvalidValue, $"an alignment of {alignment}");
                if (alignment < size)
                    throw new BlasError(BlasError.NotSupported, $"an alignment of {alignment} for elements of {size} bytes");
                alignments |= (ulong)alignment << (16 * i);
            }
            // Two algorithms: one that splits the sum and needs room for it, and one that does not.
            ulong split = 4UL * (ulong)(problem.M * problem.N * problem.Batch);
            foreach (ulong workspace in (ulong[])[split, 0])
            {
                if (workspace > limits.Workspace || *found == wanted) continue;
                results[(*found)++] = new() { Word0 = Magic, Word1 = problem.Key(), Word2 = alignments, Word3 = workspace,
                    Workspace = (nuint)workspace, Waves = 1 };
            }
        });

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatmul")]
    public static int cublasLtMatmul(
        nint handle, nint description, void* alpha, ulong a, nint aLayout, ulong b, nint bLayout, void* beta, ulong c, nint cLayout,
        ulong d,
        nint dLayout, ulong* algorithm, ulong workspace, nuint workspaceBytes, nint stream) => Call.Blas(simulator =>
        {
            var library = Light(simulator, handle);
            library.RequireUsable();
            var described = Get<LtDescription>(simulator, description);
            var problem = Problem(simulator, description, aLayout, bLayout, cLayout, dLayout);
            if (problem.Unsupported() is { } reason) throw new BlasError(BlasError.NotSupported, reason);
            if (algorithm != null)
            {
                if (algorithm[0] != Magic)
                    throw new BlasError(BlasError.InvalidValue, "the algorithm's bytes are none that a heuristic gave");
                if (algorithm[1] != problem.Key())
                    throw new BlasError(BlasError.NotSupported, "the algorithm was chosen for another product");
                if (algorithm[3] > workspaceBytes)
                    throw new BlasError(BlasError.InvalidValue,
                        $"the algorithm needs {algorithm[3]} bytes of workspace, {workspaceBytes} were given");
                ReadOnlySpan<(string, ulong)> operands = [("A", a), ("B", b), ("C", c), ("D", d)];
                for (int i = 0; i < 4; i++)
                {
                    uint alignment = (ushort)(algorithm[2] >> (16 * i));
                    if (operands[i].Item2 % alignment != 0)
                        throw new BlasError(BlasError.InvalidValue,
                            $"{operands[i].Item1} at 0x{operands[i].Item2:x} is not aligned to the {alignment} bytes "
                            + "that the preference declared");
                }
            }
            if (workspaceBytes > 0)
            {
                if (workspace % 16 != 0) throw new BlasError(BlasError.InvalidValue, $"the workspace 0x{workspace:x} is not aligned to 16");
                library.Context.Device.Blocks.RequireRange(workspace, workspaceBytes, "workspace");
            }
            if (problem.M == 0 || problem.N == 0) return;
            var work = problem.Work("cublasLtMatmul", CublasExports.Scale(alpha, described.Scale, described.DevicePointers), a, b,
                CublasExports.Scale(beta, described.Scale, described.DevicePointers), c, d, workspace, workspaceBytes);
            library.Submit(library.Resolve(stream), work);
        });

    /// <summary><c>cublasLtMatmulHeuristicResult_t</c>: 64 bytes of algorithm, then what it needs.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 96)]
    internal struct HeuristicResult
    {
        [FieldOffset(0)] public ulong Word0;
        [FieldOffset(8)] public ulong Word1;
        [FieldOffset(16)] public ulong Word2;
        [FieldOffset(24)] public ulong Word3;
        [FieldOffset(64)] public nuint Workspace;
        [FieldOffset(72)] public int State;
        [FieldOffset(76)] public float Waves;
    }

    private static LtProblem Problem(Simulator simulator, nint description, nint a, nint b, nint c, nint d) => new(
        Get<LtDescription>(simulator, description), Get<LtLayout>(simulator, a), Get<LtLayout>(simulator, b), Get<LtLayout>(simulator, c),
        Get<LtLayout>(simulator, d));

    // A cuBLAS handle holds a cublasLt one and may stand in for it, says the manual.
    private static CublasHandle Light(Simulator simulator, nint handle) => Get<CublasHandle>(simulator, handle);

    private static int Destroy<T>(nint handle, string name) where T : class, IHandled => Call.Blas(simulator =>
    {
        Get<T>(simulator, handle);
        simulator.Handles.Remove(handle);
    }, name);

    private static T Get<T>(Simulator simulator, nint handle) where T : class, IHandled
    {
        try
        {
            return simulator.Handles.Get<T>(handle, typeof(T).Name);
        }
        catch (DriverError error)
        {
            throw new BlasError(BlasError.InvalidValue, error.Message);
        }
    }
}
