namespace GpuTensor;

/// <summary>The base of every error that GpuTensor itself raises about tensors, graphs, devices and files.</summary>
public class TensorException : Exception
{
    /// <summary>An error with a message for the user.</summary>
    public TensorException(string message, Exception? inner = null) : base(message, inner) { }
}

/// <summary>Shapes that do not fit each other or the operator.</summary>
public sealed class TensorShapeException(string message) : TensorException(message);

/// <summary>A dtype the operator does not take, or two that do not go together.</summary>
public sealed class TensorDTypeException(string message) : TensorException(message);

/// <summary>An index names a place that is not there. For an index on a device this is found when the program next waits for it (a read, a
/// save, <see cref="Device.Synchronize"/>): results of its step that the index went into cannot be read then, and variables that the step
/// changed hold what came of reading 0 at such places.</summary>
public sealed class TensorIndexException(string message) : TensorException(message);

/// <summary>A value is not such as the operator takes: a probability outside 0 to 1. For values on a device this is found when the program
/// next waits for it, as of an index.</summary>
public sealed class TensorValueException(string message) : TensorException(message);

/// <summary>Tensors of different devices met, or a device cannot do what was asked.</summary>
public class DeviceException(string message, Exception? inner = null) : TensorException(message, inner);

/// <summary>The device has no memory left for what a step needs, even after dropping everything unused.</summary>
public sealed class DeviceOutOfMemoryException(string message, Exception? inner = null) : DeviceException(message, inner);

/// <summary>A kernel did not compile; the message carries the compiler's log and the numbered source.</summary>
public sealed class KernelCompilationException(string message) : DeviceException(message);

/// <summary>Backward was asked of what has no graph, a freed graph, or a graph whose saved values were changed in place.</summary>
public sealed class AutogradException(string message) : TensorException(message);

/// <summary>An operator gave NaN or an infinity while <see cref="Autograd.DetectAnomaly"/> looked on.</summary>
public sealed class AnomalyException(string message) : TensorException(message);

/// <summary>A function given to <c>Tensor.Compile</c> did what a recording cannot hold: it read a value, worked on two devices, or returned
/// null. Or the function to be explained was not made by <c>Tensor.Compile</c>.</summary>
public sealed class CompiledFunctionException(string message) : TensorException(message);

/// <summary>A value that was recorded but not kept, and whose inputs have since been overwritten, was read. The next run of the same step
/// keeps it.</summary>
public sealed class ValueNotKeptException(string message) : TensorException(message);

/// <summary>A file is not what its format demands; the message names the file, the offset and what was expected.</summary>
public sealed class TensorFileException(string message, Exception? inner = null) : TensorException(message, inner);
