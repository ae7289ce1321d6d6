using GpuTensor.CudaSimulator.Memory;

namespace GpuTensor.CudaSimulator.Interpreter;

/// <summary>Accesses whose lanes touch neighbouring words, or all the same: checked and moved as vectors.</summary>
internal sealed unsafe partial class Machine
{
    private bool LoadGlobalRun(Op* op) => false;

    private bool StoreGlobalRun(Op* op) => false;

    private bool LoadSharedRun(Op* op) => false;

    private bool StoreSharedRun(Op* op) => false;
}
