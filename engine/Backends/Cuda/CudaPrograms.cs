using System.Collections.Concurrent;
using GpuTensor.Bindings.Cuda;

namespace GpuTensor.Backends.Cuda;

/// <summary>Compiles programs with NVRTC, several at a time, with the machine code kept on disk. The compiler needs no context; loading a
/// module does, and is done by the caller's thread.</summary>
internal sealed class CudaPrograms(CudaBackend backend, CudaContext context, CudaRuntimeCompiler compiler)
{
    /// <summary>-lineinfo changes no instruction, and profilers then name lines; --fmad=false: an expression is rounded where it is
    /// written.</summary>
    public static readonly string[] Options = ["-lineinfo", "--fmad=false"];

    /// <summary>Makes ptxas say what it made: registers, shared memory, stack and spills. Changes no instruction.</summary>
    public static readonly string[] Reporting = ["--ptxas-options=-v", "--ptxas-options=-warn-spills"];

    /// <summary>Machine code by source, options, target and compiler. Null: none is kept.</summary>
    public DiskCache? Cache { get; set; } = CacheFolder.Open("cuda");

    /// <summary>For reports: hears of each program and what was made of it, in the compiling threads, with ptxas's own report in the log.
    /// Then none is taken from disk.</summary>
    public Action<string, CudaCompilation, NvrtcLibrary>? Listener { get; set; }

    public CudaProgram[] Compile(IReadOnlyList<string> sources)
    {
        var images = new (byte[] Image, bool FromDisk)[sources.Count];
        if (sources.Count == 1) images[0] = Image(sources[0]);
        else
        {
            var errors = new ConcurrentQueue<(int, Exception)>();
            Parallel.For(0, sources.Count, i =>
            {
                try
                {
                    images[i] = Image(sources[i]);
                }
                catch (Exception e)
                {
                    errors.Enqueue((i, e));
                }
            });
            if (!errors.IsEmpty) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(errors.MinBy(e => e.Item1).Item2);
        }
        var modules = new List<CudaModule>(sources.Count);
        try
        {
            for (int i = 0; i < sources.Count; i++) modules.Add(Load(sources[i], images[i].Image, images[i].FromDisk));
        }
        catch
        {
            // Nobody has seen them.
            foreach (var module in modules) module.Dispose();
            throw;
        }
        return [.. modules.Select(m => new CudaProgram(backend, m))];
    }

    private CudaModule Load(string source, byte[] image, bool fromDisk)
    {
        try
        {
            return CudaModule.Load(context, image);
        }
        // A driver that does not take what lies on disk, an older one perhaps: compile it.
        catch (CudaException e) when (fromDisk && !e.IsSticky && !e.IsOutOfMemory)
        {
            return CudaModule.Load(context, FromSource(source, Key(source)));
        }
    }

    private (byte[], bool) Image(string source)
    {
        string key = Key(source);
        return Listener is null && Cache?.Read(key) is { } known ? (known, true) : (FromSource(source, key), false);
    }

    private string Key(string source) =>
        DiskCache.Key(["cuda", source, .. Options, compiler.Target.Name, compiler.Library.Version.ToString(), DiskCache.EngineVersion]);

    private byte[] FromSource(string source, string key)
    {
        try
        {
            var made = compiler.Compile(source, "kernels.cu", Listener is null ? Options : [.. Options, .. Reporting]);
            Listener?.Invoke(source, made, compiler.Library);
            Cache?.Write(key, made.Image);
            return made.Image;
        }
        catch (NvrtcException e)
        {
            throw new KernelCompilationException(e.Message);
        }
    }
}
