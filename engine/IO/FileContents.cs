namespace GpuTensor.IO;

/// <summary>What is written of a tensor: its bytes come in pieces when they are asked for, since they may be more than an array
/// holds.</summary>
/// <param name="DType">The dtype.</param>
/// <param name="Shape">The shape.</param>
/// <param name="Read">Calls its argument with each piece in order: row-major, little-endian.</param>
internal sealed record FileContents(DType DType, Shape Shape, Action<Action<ReadOnlySpan<byte>>> Read)
{
    public static implicit operator FileContents(HostArray array) => new(array.DType, array.Shape, piece => piece(array.Data));

    public static implicit operator FileContents(Tensor tensor) => new(tensor.DType, tensor.Shape, tensor.Read);

    /// <summary>Writes all pieces; refuses booleans other than 0 and 1, which the reader would refuse.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="name">The tensor's name, for errors.</param>
    public void WriteTo(Stream stream, string name)
    {
        long done = 0;
        Read(piece =>
        {
            FileShape.CheckBool(DType, piece, done,
                (what, at) => new($"'{FileNames.Show(name)}' cannot be written: at byte {at} of its contents: {what}"));
            stream.Write(piece);
            done += piece.Length;
        });
    }
}
