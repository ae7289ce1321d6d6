using GpuTensor.Kernels;

namespace GpuTensor.Graph;

/// <summary>Writes the kernel that an operator brings (<see cref="Operator.Kernel"/>).</summary>
/// <param name="attributes">The node's attributes.</param>
/// <param name="spec">The operands, and what follows the operator in the same kernel.</param>
/// <param name="profile">The device's shape.</param>
/// <param name="dialect">The device's language.</param>
internal delegate SymbolicKernel OperatorKernel(IAttributes? attributes, OwnKernelSpec spec, DeviceProfile profile, Dialect dialect);
