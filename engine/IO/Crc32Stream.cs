using System.Buffers.Binary;

namespace GpuTensor.IO;

/// <summary>Passes reads through and sums them up by CRC-32, which .NET's zip reader leaves unchecked.</summary>
internal sealed class Crc32Stream(Stream inner) : Stream
{
    private static readonly uint[] Table = MakeTable();
    private uint sum = uint.MaxValue;

    /// <summary>The sum of what was read so far.</summary>
    public uint Value => ~sum;

    public override int Read(Span<byte> buffer)
    {
        int n = inner.Read(buffer);
        Add(buffer[..n]);
        return n;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Eight bytes at a time, each through its own table ("slicing by 8"): several times as fast as one table.</summary>
    private void Add(ReadOnlySpan<byte> data)
    {
        uint crc = sum;
        for (; data.Length >= 8; data = data[8..])
        {
            uint a = BinaryPrimitives.ReadUInt32LittleEndian(data) ^ crc, b = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            crc = Table[0x700 + (byte)a] ^ Table[0x600 + (byte)(a >> 8)] ^ Table[0x500 + (byte)(a >> 16)] ^ Table[0x400 + (a >> 24)]
                ^ Table[0x300 + (byte)b] ^ Table[0x200 + (byte)(b >> 8)] ^ Table[0x100 + (byte)(b >> 16)] ^ Table[b >> 24];
        }
        foreach (byte x in data) crc = Table[(byte)crc ^ x] ^ (crc >> 8);
        sum = crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            table[i] = crc;
        }
        for (int i = 256; i < table.Length; i++) table[i] = (table[i - 256] >> 8) ^ table[(byte)table[i - 256]];
        return table;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
