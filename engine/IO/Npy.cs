namespace GpuTensor.IO;

/// <summary>NumPy's .npy files: one array each. Written as version 1.0; versions 1 to 3, both byte orders, row- and column-major are
/// read.</summary>
/// <remarks>Dtypes: bool, uint8, int8 to int64, float16 to float64. Pickled objects are never loaded.</remarks>
public static class Npy
{
    /// <summary>Writes a tensor's contents; flushes and waits for them. The file is replaced as a whole or not at all.</summary>
    /// <exception cref="TensorDTypeException">The tensor is bfloat16, which NumPy does not have.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(tensor);
        NpyHeader.Write(tensor.DType, tensor.Shape); // refuses before anything is read or written
        Device.RefuseFaults();
        tensor.Realize(); // what cannot be computed is not the file's fault
        Write(path, tensor);
    }

    /// <summary>Reads a tensor onto a device (default: <see cref="Device.Default"/>), with the file's shape and dtype.</summary>
    /// <exception cref="TensorFileException">The file is damaged, or its dtype has no counterpart here.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Tensor Load(string path, Device? device = null) => Load(path, device, LargeTensor.Piece);

    /// <summary>As the public one; at most <paramref name="most"/> bytes are in host memory at once.</summary>
    internal static Tensor Load(string path, Device? device, long most)
    {
        using var reader = FileReader.Open(path);
        return NpyFormat.Read(reader, device, most);
    }

    internal static HostArray Read(string path)
    {
        using var reader = FileReader.Open(path);
        return NpyFormat.Read(reader);
    }

    internal static void Write(string path, FileContents contents) => AtomicFile.Write(path, stream => NpyFormat.Write(stream, contents));
}
