using System.IO.Hashing;
using System.Text;

namespace GpuTensor.IO;

/// <summary>A checksum over named tensors in any order: the exclusive or of an XXH128 of each (name, dtype, shape, contents).</summary>
internal sealed class DataChecksum
{
    /// <summary>The bytes of a sum.</summary>
    public const int Size = 16;

    private UInt128 sum;

    /// <summary>Takes a tensor in.</summary>
    public void Add(string name, HostArray contents) => Over(name, contents).Read(_ => { });

    /// <summary>The same contents, which are taken in while they are read.</summary>
    public FileContents Over(string name, FileContents contents) => contents with
    {
        Read = piece =>
        {
            var hash = new XxHash128();
            hash.Append(Encoding.UTF8.GetBytes($"{name}\0{contents.DType.Name()} {contents.Shape}\0"));
            contents.Read(bytes =>
            {
                hash.Append(bytes);
                piece(bytes);
            });
            sum ^= hash.GetCurrentHashAsUInt128();
        },
    };

    /// <summary>The sum so far, big-endian.</summary>
    public byte[] Value
    {
        get
        {
            var value = new byte[Size];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(value, sum);
            return value;
        }
    }
}
