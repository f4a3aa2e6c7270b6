using System.Buffers.Binary;
using Culvert.Analysis;

namespace Culvert.SensorHost;

/// <summary>Cuts the traffic around an alert out as a pcap with times in nanoseconds (draft-ietf-opsawg-pcap): half a minute before its first detection to half a minute after, at most 8 MiB.</summary>
internal sealed class EvidenceCut(AlertRecord alert, Stream pcap)
{
    /// <summary>The largest file, in bytes.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    private static readonly TimeSpan Around = TimeSpan.FromSeconds(30);
    private readonly byte[] _header = new byte[24];
    private readonly long _from = alert.FirstDetection.UtcTicks - Around.Ticks;
    private readonly long _to = alert.FirstDetection.UtcTicks + Around.Ticks;
    private LinkType _linkType;
    private int _bytes;

    /// <summary>Packets written.</summary>
    public int Packets { get; private set; }

    /// <summary>Takes a packet if it belongs to the cut; false when the file is full.</summary>
    public bool Take(in CapturedPacket packet)
    {
        // A pcap has one link type: the first one that fits.
        if (packet.Ticks < _from || packet.Ticks > _to || (Packets > 0 && packet.LinkType != _linkType))
        {
            return true;
        }

        if (_bytes + packet.Data.Length + 16 > MaxBytes)
        {
            return false;
        }

        if (Packets == 0)
        {
            WriteFileHeader(packet.LinkType);
        }

        var since = packet.Ticks - DateTime.UnixEpoch.Ticks;
        BinaryPrimitives.WriteUInt32LittleEndian(_header, (uint)(since / TimeSpan.TicksPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(_header.AsSpan(4), (uint)(since % TimeSpan.TicksPerSecond * 100));
        BinaryPrimitives.WriteInt32LittleEndian(_header.AsSpan(8), packet.Data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(_header.AsSpan(12), packet.OriginalLength);
        pcap.Write(_header, 0, 16);
        pcap.Write(packet.Data);
        _bytes += packet.Data.Length + 16;
        Packets++;
        return true;
    }

    private void WriteFileHeader(LinkType linkType)
    {
        _linkType = linkType;
        BinaryPrimitives.WriteUInt32LittleEndian(_header, 0xA1B23C4D);
        BinaryPrimitives.WriteUInt16LittleEndian(_header.AsSpan(4), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(_header.AsSpan(6), 4);
        _header.AsSpan(8, 8).Clear();
        BinaryPrimitives.WriteInt32LittleEndian(_header.AsSpan(16), CaptureReader.MaxPacketBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(_header.AsSpan(20), (uint)linkType);
        pcap.Write(_header, 0, 24);
    }
}
