using System.Text;

namespace GpuTensor.Bindings.Cuda;

/// <summary>What a compilation made.</summary>
public sealed class CudaCompilation
{
    internal CudaCompilation(CompilerTarget target, byte[] image, byte[] ptx, string log)
    {
        Target = target;
        Image = image;
        _ptx = ptx;
        Log = log;
    }

    private readonly byte[] _ptx;

    /// <summary>What it was compiled for.</summary>
    public CompilerTarget Target { get; }

    /// <summary>What <see cref="CudaModule.Load"/> takes: a CUBIN, or PTX with its closing NUL.</summary>
    public byte[] Image { get; }

    /// <summary>The PTX as text; a compilation to CUBIN has it too.</summary>
    public string Ptx => Encoding.UTF8.GetString(_ptx).TrimEnd('\0');

    /// <summary>Warnings and what options such as <c>--ptxas-options=-v</c> report; mostly empty.</summary>
    public string Log { get; }
}
