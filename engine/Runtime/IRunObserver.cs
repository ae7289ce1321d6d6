using GpuTensor.Compiler;
using GpuTensor.Graph;

namespace GpuTensor.Runtime;

/// <summary>A <see cref="Recording"/> that wants to know by what its graph was run.</summary>
internal interface IRunObserver
{
    /// <summary>Called when the graph has run, before its nodes change their state.</summary>
    void OnRun(Recorder graph, Executable executable, HomeMap homes);
}
