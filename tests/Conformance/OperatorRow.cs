using System.Collections;
using System.Runtime.CompilerServices;

namespace GpuTensor.Conformance;

/// <summary>How a PyTorch operator is called in our API.</summary>
/// <param name="Name">PyTorch's name, as in a corpus file's <c>op</c>.</param>
/// <param name="Parameters">PyTorch's parameter names after the input, in order; <c>*</c>: any number, read by position.</param>
/// <param name="Class">What its outputs are made of.</param>
/// <param name="Invoke">The call; a tensor, a tuple or an enumerable of tensors, or a number.</param>
/// <param name="Ties">Which output holds positions among elements that may be equal.</param>
internal sealed record OperatorRow(string Name, string[] Parameters, OperatorClass Class, Func<Call, object> Invoke, Ties Ties = Ties.None)
{
    /// <summary>The outputs of a call as tensors, nested results flattened in order, a number as a 0-d tensor.</summary>
    public List<Tensor> Run(Call call, Device device)
    {
        var outputs = new List<Tensor>();
        Flatten(Invoke(call), outputs, device);
        return outputs;
    }

    private static void Flatten(object result, List<Tensor> outputs, Device device)
    {
        switch (result)
        {
            case Tensor tensor: outputs.Add(tensor); break;
            case ITuple tuple:
                for (int i = 0; i < tuple.Length; i++) Flatten(tuple[i]!, outputs, device);
                break;
            case bool b: outputs.Add(Tensor.Full([], b, device: device)); break;
            case long n: outputs.Add(Tensor.Full([], n, device: device)); break;
            case IEnumerable many:
                foreach (object item in many) Flatten(item, outputs, device);
                break;
            default: throw new InvalidOperationException($"An operator's row returned a {result.GetType().Name}, which is no tensor.");
        }
    }
}
