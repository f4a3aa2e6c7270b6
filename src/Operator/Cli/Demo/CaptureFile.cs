using System.Buffers.Binary;

namespace Culvert.Cli;

/// <summary>Says early, and in plain words, when a file is no capture.</summary>
internal static class CaptureFile
{
    /// <summary>What is wrong with the file; null when it begins like a pcap or pcapng file.</summary>
    public static string? Complaint(string path)
    {
        try
        {
            Span<byte> start = stackalloc byte[24];
            using var file = File.OpenRead(path);
            var read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            if (read == 0)
            {
                return $"{path} is empty.";
            }

            return read < 4 ? NotACapture(path) : BinaryPrimitives.ReadUInt32BigEndian(start) switch
            {
                // pcap in both byte orders, with micro- and nanoseconds; pcapng's section header.
                0xa1b2c3d4 or 0xd4c3b2a1 or 0xa1b23c4d or 0x4d3cb2a1 or 0x0a0d0d0a => read < 24 ? $"{path} is cut off: it ends within the capture's header." : null,
                >= 0x1f8b0000 and <= 0x1f8bffff => $"{path} is compressed; unpack it first: gunzip {Path.GetFileName(path)}",
                _ => NotACapture(path),
            };
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return $"{path} does not exist.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Directory.Exists(path) ? $"{path} is a folder; a pcap or pcapng file is expected." : $"{path} cannot be read: {e.Message}";
        }
    }

    private static string NotACapture(string path) => $"{path} is no capture; a pcap or pcapng file is expected, as tcpdump -w and Wireshark write them.";
}
