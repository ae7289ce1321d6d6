using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GpuTensor.IO;

/// <summary>What a path leads to.</summary>
internal enum FileKind
{
    /// <summary>Nothing is there.</summary>
    Missing,
    /// <summary>A regular file.</summary>
    Regular,
    /// <summary>A directory.</summary>
    Directory,
    /// <summary>A pipe, named or of a process.</summary>
    Pipe,
    /// <summary>A device read and written as a stream, such as <c>/dev/null</c>.</summary>
    CharacterDevice,
    /// <summary>A disk or a part of one.</summary>
    BlockDevice,
    /// <summary>A socket.</summary>
    Socket,
}

/// <summary>A file's kind, permissions, owner and number of names (hard links).</summary>
internal readonly record struct FileStatus(FileKind Kind, UnixFileMode Mode, uint Owner, uint Group, uint Links);

/// <summary>What .NET tells nobody about files: kinds, owners, and locks that readers do not meet. From libc on Linux; elsewhere a path is
/// missing, a directory or a regular file, and nothing can be locked.</summary>
internal static partial class UnixFile
{
    private const int CurrentFolder = -100, NoFollow = 0x100, EmptyPath = 0x1000;
    private const uint BasicStatus = 0x7FF;
    private const int WriteOnly = 1, NoTerminal = 0x100, Truncate = 0x200, NonBlocking = 0x800, CloseOnExec = 0x80000;
    private const int SetFlags = 4, SetOpenFileLock = 37, MayWrite = 2;
    private const int TryAgain = 11, AccessDenied = 13, NoReader = 6;
    private const short WriteLock = 1;

    /// <summary>Whether the functions below are libc's.</summary>
    private static bool IsKnown => OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>The user this process works as; null where the system cannot tell.</summary>
    public static uint? User { get; } = IsKnown ? EffectiveUser() : null;

    /// <summary>What a path leads to, through symbolic links unless <paramref name="follow"/> is false.</summary>
    public static FileStatus StatusOf(string path, bool follow = true)
    {
        if (IsKnown && Read(CurrentFolder, path, follow ? 0 : NoFollow) is { } status) return status;
        var kind = Directory.Exists(path) ? FileKind.Directory : File.Exists(path) ? FileKind.Regular : FileKind.Missing;
        return new(kind, default, 0, 0, kind == FileKind.Missing ? 0u : 1);
    }

    /// <summary>The status of an open file; null where the system cannot tell.</summary>
    public static FileStatus? StatusOf(SafeFileHandle file)
    {
        if (!IsKnown) return null;
        bool held = false;
        try
        {
            file.DangerousAddRef(ref held);
            return Read((int)file.DangerousGetHandle(), "", EmptyPath);
        }
        finally
        {
            if (held) file.DangerousRelease();
        }
    }

    /// <summary>Whether this process may write the file, and its permissions let anybody write it: a file that nobody may write is not
    /// replaced, even by root.</summary>
    public static bool IsWritable(string path)
    {
        if (!IsKnown) return !new FileInfo(path).IsReadOnly;
        const UnixFileMode anybody = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        return (StatusOf(path).Mode & anybody) != 0 && Access(path, MayWrite) == 0;
    }

    /// <summary>Opens a pipe or device to write, without waiting for somebody to read.</summary>
    /// <exception cref="IOException">It cannot be opened, or nobody reads the pipe.</exception>
    public static SafeFileHandle OpenToWrite(string path)
    {
        int descriptor = Open(path, WriteOnly | NonBlocking | CloseOnExec | NoTerminal | Truncate);
        int error = Marshal.GetLastPInvokeError();
        if (descriptor < 0 && error == NoReader) throw new IOException($"{path}: nobody reads it.");
        if (descriptor < 0) throw new IOException($"{path}: it cannot be opened to write: {Marshal.GetPInvokeErrorMessage(error)}.");
        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        // From here on a slow reader is waited for.
        _ = Control(file, SetFlags, 0);
        return file;
    }

    /// <summary>Locks a file that is open to write until it is closed, against others who call this. Readers and .NET's own locks are not
    /// affected ("open file description lock", Linux 3.15).</summary>
    /// <returns>False: somebody else holds it. Null: the file system has no such locks.</returns>
    public static bool? TryLock(SafeFileHandle file)
    {
        if (!IsKnown) return null;
        var whole = new LockRange { Type = WriteLock };
        if (Control(file, SetOpenFileLock, ref whole) == 0) return true;
        return Marshal.GetLastPInvokeError() is TryAgain or AccessDenied ? false : null;
    }

    /// <summary>Gives an open file an owner and a group.</summary>
    /// <returns>Whether both could be given.</returns>
    public static bool TryChangeOwner(SafeFileHandle file, uint owner, uint group) => IsKnown && ChangeOwner(file, owner, group) == 0;

    /// <summary>Gives an open file a group.</summary>
    /// <returns>Whether it could be given.</returns>
    public static bool TryChangeGroup(SafeFileHandle file, uint group) => IsKnown && ChangeOwner(file, uint.MaxValue, group) == 0;

    private static FileStatus? Read(int folder, string path, int flags)
    {
        // struct statx has the same layout on every architecture: links at byte 16, owner 20, group 24, mode 28.
        Span<byte> status = stackalloc byte[256];
        try
        {
            if (Statx(folder, path, flags, BasicStatus, ref MemoryMarshal.GetReference(status)) != 0) return null;
        }
        catch (EntryPointNotFoundException)
        {
            return null; // musl before 1.2.5
        }
        int mode = BitConverter.ToUInt16(status[28..]);
        var kind = (mode & 0xF000) switch
        {
            0x1000 => FileKind.Pipe, 0x2000 => FileKind.CharacterDevice, 0x4000 => FileKind.Directory, 0x6000 => FileKind.BlockDevice,
            0xC000 => FileKind.Socket, _ => FileKind.Regular,
        };
        return new(kind, (UnixFileMode)(mode & 0x1FF), BitConverter.ToUInt32(status[20..]), BitConverter.ToUInt32(status[24..]),
            BitConverter.ToUInt32(status[16..]));
    }

    /// <summary><c>struct flock</c> of 64-bit Linux; all zeros but the type means the whole file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct LockRange
    {
        public short Type, Whence;
        public long Start, Length;
        public int Process;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command, ref LockRange range);

    [LibraryImport("libc", EntryPoint = "fchown")]
    private static partial int ChangeOwner(SafeFileHandle file, uint owner, uint group);
}
