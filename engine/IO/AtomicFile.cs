using Microsoft.Win32.SafeHandles;

namespace GpuTensor.IO;

/// <summary>Writes files so that a reader, or a crash, sees the old file or the new one and never half of one. All that the library and the
/// command line write goes through here.</summary>
/// <remarks> The contents go to a temporary file beside the target, which is renamed when it is whole and on the disk. The new file keeps
/// the mode and, where the system lets us, the owner of the old one; other names of the old file (hard links) keep its contents. A symbolic
/// link stays one: the file it points to is replaced. Pipes and character devices (<c>/dev/null</c>) are written into.  A process that is
/// killed leaves its temporary file behind. The next write into the directory removes it: a live writer holds a lock on its own, which the
/// system takes back when the process ends, however it ends. </remarks>
internal static class AtomicFile
{
    // Short, whatever the target is called: a name has at most 255 bytes.
    private const string Prefix = ".gputensor-", Suffix = ".tmp";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const int MostLinks = 40;

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes the contents from first byte to last. Where it throws, the target is untouched.</param>
    /// <exception cref="IOException">There is no such directory, no room, or something at the path that is not a file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is read-only, or its directory is.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var (target, isOpen) = Follow(Path.GetFullPath(path));
        var there = UnixFile.StatusOf(target);
        try
        {
            if (there.Kind is FileKind.Pipe or FileKind.CharacterDevice || (isOpen && there.Kind == FileKind.Regular))
                WriteInto(target, write);
            else Replace(path, target, there, write);
        }
        // .NET's message names the temporary file, which the caller does not know.
        catch (Exception e) when (e.GetType() == typeof(IOException) && !e.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new IOException($"{path}: it cannot be written: {e.Message}", e) { HResult = e.HResult };
        }
        catch (UnauthorizedAccessException e) when (!e.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new UnauthorizedAccessException($"{path}: it may not be written: {e.Message}", e);
        }
    }

    private static void WriteInto(string target, Action<Stream> write)
    {
        using var stream = new FileStream(UnixFile.OpenToWrite(target), FileAccess.Write, bufferSize: 1 << 16);
        write(stream);
        stream.Flush();
    }

    private static void Replace(string path, string target, FileStatus there, Action<Stream> write)
    {
        string folder = Path.GetDirectoryName(target) ?? target;
        if (there.Kind == FileKind.Directory || Path.GetFileName(target).Length == 0)
            throw new IOException($"{path}: expected the name of a file, this is a directory.");
        if (there.Kind is FileKind.BlockDevice or FileKind.Socket)
            throw new IOException($"{path}: expected a file, this is a {(there.Kind == FileKind.Socket ? "socket" : "disk")}.");
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{path}: there is no directory {folder}.");
        bool exists = there.Kind == FileKind.Regular;
        if (exists && !UnixFile.IsWritable(target)) throw new UnauthorizedAccessException($"{path}: the file is read-only.");
        RemoveAbandoned(folder);
        using var stream = CreateTemporary(folder, exists, out string temporary);
        try
        {
            write(stream);
            stream.Flush(flushToDisk: true);
            if (exists) TakeOver(there, stream.SafeFileHandle);
            // While it is open, so that nobody takes it for one whose writer died.
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            // Nothing may hide the first error, not even that the remains cannot be removed.
            try { File.Delete(temporary); }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
            throw;
        }
    }

    /// <summary>Makes and locks a temporary file. Where it takes the place of a file, only its owner may read it until it is
    /// whole.</summary>
    private static FileStream CreateTemporary(string folder, bool isPrivate, out string temporary)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Read | FileShare.Delete, BufferSize = 1 << 16,
        };
        if (isPrivate && !OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        while (true)
        {
            temporary = Path.Combine(folder, $"{Prefix}{Guid.NewGuid():N}{Suffix}");
            var stream = new FileStream(temporary, options);
            // Between the two lines another process may have taken it for an abandoned one and removed it.
            bool isMine = UnixFile.TryLock(stream.SafeFileHandle) != false && UnixFile.StatusOf(stream.SafeFileHandle) is not { Links: 0 };
            if (isMine) return stream;
            stream.Dispose();
        }
    }

    /// <summary>Gives the new file the old one's owner, group and mode. A group that cannot be given gets no more than all
    /// others.</summary>
    private static void TakeOver(FileStatus old, SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows()) return;
        var mode = old.Mode;
        if (UnixFile.StatusOf(file) is { } mine && (mine.Owner, mine.Group) != (old.Owner, old.Group)
            && !UnixFile.TryChangeOwner(file, old.Owner, old.Group) && !UnixFile.TryChangeGroup(file, old.Group))
        {
            const UnixFileMode group = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
            mode = (mode & ~group) | (UnixFileMode)(((int)mode & 7) << 3);
        }
        try { File.SetUnixFileMode(file, mode); }
        // A file system without modes.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    /// <summary>Removes what writers left that were killed.</summary>
    private static void RemoveAbandoned(string folder)
    {
        try
        {
            foreach (string path in Directory.EnumerateFiles(folder, $"{Prefix}*{Suffix}"))
                try
                {
                    if (UnixFile.StatusOf(path, follow: false).Kind != FileKind.Regular) continue;
                    using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                    if (UnixFile.TryLock(file) == true) File.Delete(path);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
        }
        // A directory that may be written and not listed.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    /// <summary>Follows symbolic links. One that stands for an open file of a process (<c>/dev/stdout</c>) is followed no further: that
    /// file may have no name.</summary>
    private static (string Target, bool IsOpen) Follow(string path)
    {
        for (int links = 0; links < MostLinks; links++)
        {
            if (path.StartsWith("/proc/", StringComparison.Ordinal)) return (path, true);
            if (new FileInfo(path).LinkTarget is null) return (path, false);
            path = File.ResolveLinkTarget(path, returnFinalTarget: false)!.FullName;
        }
        throw new IOException($"{path}: more than {MostLinks} symbolic links follow each other.");
    }
}
