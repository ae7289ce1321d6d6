using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace GpuTensor.IO;

/// <summary>What lies at a path, asked of Linux without opening it: opening a FIFO waits until somebody opens its other end, and a device may give bytes without end.</summary>
internal static partial class FileStatus
{
    private const int CurrentFolder = -100, DoNotFollow = 0x100, BasicStats = 0x7FF, StructureBytes = 256;
    private const int TypeMask = 0xF000, Regular = 0x8000, Folder = 0x4000;

    /// <summary>The type, the rights, the owner and the length of what lies at a path.</summary>
    /// <param name="Mode">The type and the rights, as <c>st_mode</c> has them.</param>
    /// <param name="Owner">The owner's user number.</param>
    /// <param name="Bytes">The length of a regular file.</param>
    public readonly record struct Status(int Mode, uint Owner, long Bytes)
    {
        /// <summary>Whether it is an ordinary file: no folder, FIFO, socket or device.</summary>
        public bool IsRegular => (Mode & TypeMask) == Regular;

        /// <summary>Whether it is a folder.</summary>
        public bool IsFolder => (Mode & TypeMask) == Folder;

        /// <summary>Whether anybody but the owner may read, write or enter.</summary>
        public bool IsOpenToOthers => (Mode & 0x3F) != 0;
    }

    /// <summary>The user this process works as; null on systems other than Linux.</summary>
    public static uint? User { get; } = OperatingSystem.IsLinux() ? GetUser() : null;

    /// <summary>The status of what lies at a path; null where nothing does, and on systems other than Linux.</summary>
    /// <param name="path">Any path.</param>
    /// <param name="follow">Whether a symbolic link stands for what it leads to.</param>
    public static unsafe Status? Of(string path, bool follow = true)
    {
        if (!OperatingSystem.IsLinux()) return null;
        // statx has one layout on all processors, which stat does not.
        byte* status = stackalloc byte[StructureBytes];
        try
        {
            fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
                if (ReadStatus(CurrentFolder, name, follow ? 0 : DoNotFollow, BasicStats, status) != 0) return null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
        var bytes = new ReadOnlySpan<byte>(status, StructureBytes);
        return new(BinaryPrimitives.ReadUInt16LittleEndian(bytes[28..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]));
    }

    [LibraryImport("libc", EntryPoint = "statx")]
    private static unsafe partial int ReadStatus(int folder, byte* path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetUser();
}
