using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Culvert;

/// <summary>Whether a file with a secret is kept from others.</summary>
/// <remarks>Either it is its owner's alone, as ssh wants it, or it is root's and readable by one group besides, as PostgreSQL allows: that is what the
/// settings of a service with a group of its own, and a Secret of Kubernetes with fsGroup, look like to a service that is not root. Compiled into each part that reads secrets, as those may not know each other.</remarks>
internal static class SecretFile
{
    private const UnixFileMode Never = UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private const int CurrentFolder = -100;
    private const uint WantsOwner = 0x8;
    private const int OwnerAt = 20;

    /// <summary>What to do about a file that others can read; null for one that is kept from them, and where files have no modes.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    /// <exception cref="UnauthorizedAccessException">Nor by this user.</exception>
    public static string? Remedy(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }

        var mode = File.GetUnixFileMode(path);
        if ((mode & (Never | UnixFileMode.GroupRead)) == 0 || ((mode & Never) == 0 && IsRoots(path)))
        {
            return null;
        }

        return $"can be read or changed by others than its owner; run: chmod 600 {path} (a file of root may have mode 0640 and the group of the service)";
    }

    // Root itself needs no group to read its files: for it the strict rule holds.
    private static bool IsRoots(string path)
    {
        var status = new byte[256];
        try
        {
            return OperatingSystem.IsLinux() && GetEffectiveUser() != 0 && Status(CurrentFolder, path, 0, WantsOwner, status) == 0
                && BinaryPrimitives.ReadUInt32LittleEndian(status.AsSpan(OwnerAt)) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            // An old C library; then the strict rule holds.
            return false;
        }
    }

    // statx(2): the same layout on every processor.
    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Status(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] status);

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetEffectiveUser();
}
