using Culvert.Analysis;

namespace Culvert.SensorHost;

/// <summary>A packet kept until its time comes; one buffer for all of them.</summary>
internal sealed class HeldPacket
{
    private byte[] _data = new byte[2048];
    private LinkType _linkType;
    private long _ticks;
    private int _length;
    private int _originalLength;

    /// <summary>Whether there is one.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>Keeps a copy.</summary>
    public void Hold(in CapturedPacket packet)
    {
        if (packet.Data.Length > _data.Length)
        {
            _data = new byte[Math.Max(packet.Data.Length, Math.Min(_data.Length * 2, CaptureReader.MaxPacketBytes))];
        }

        packet.Data.CopyTo(_data);
        (_linkType, _ticks, _length, _originalLength, IsHeld) = (packet.LinkType, packet.Ticks, packet.Data.Length, packet.OriginalLength, true);
    }

    /// <summary>Gives it back.</summary>
    public CapturedPacket Take()
    {
        IsHeld = false;
        return new CapturedPacket(_linkType, _ticks, _data.AsSpan(0, _length), _originalLength);
    }

    /// <summary>Forgets it.</summary>
    public void Drop() => IsHeld = false;
}
