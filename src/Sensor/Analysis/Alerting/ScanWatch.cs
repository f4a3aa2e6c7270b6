namespace Culvert.Analysis;

/// <summary>Watches for scans and for devices that do not answer, over windows of the capture's time. Thresholds are those of Defender for IoT.</summary>
internal sealed class ScanWatch
{
    public const int PortsOfOneDevice = 25;
    public const int AddressesOfOneNetwork = 50;
    public const int UnansweredAttempts = 8;
    public const int RepliesInMasses = 100;
    private const int MaxWatched = 8_192;
    private static readonly long ScanWindow = TimeSpan.FromMinutes(2).Ticks;
    private static readonly long SilenceWindow = TimeSpan.FromMinutes(5).Ticks;
    private static readonly long ReplyWindow = TimeSpan.FromSeconds(10).Ticks;
    private readonly Window _ports = new(PortsOfOneDevice, ScanWindow);
    private readonly Window _addresses = new(AddressesOfOneNetwork, ScanWindow);
    private readonly Dictionary<(UInt128, UInt128, ushort), (long Since, int Count)> _unanswered = [];
    private readonly Dictionary<(ulong, ulong), (long Since, int Count)> _replies = [];

    /// <summary>Whether this first packet of a connection completes a port scan.</summary>
    public bool IsPortScan(NetworkAddress source, NetworkAddress destination, ushort port, long ticks) => _ports.Completes((source.Value, destination.Value), port, ticks);

    /// <summary>Whether it completes a scan of a /16 (IPv4) or /64 (IPv6).</summary>
    public bool IsAddressScan(NetworkAddress source, NetworkAddress destination, long ticks)
    {
        var network = destination.IsV4 ? destination.Value >> 16 << 16 : destination.Value >> 64 << 64;
        var host = destination.IsV4 ? (uint)destination.Value & 0xFFFF : (uint)destination.Value ^ (uint)(destination.Value >> 32);
        return _addresses.Completes((source.Value, network), host, ticks);
    }

    /// <summary>Whether this attempt is one too many without an answer.</summary>
    public bool IsUnanswered(NetworkAddress source, NetworkAddress destination, ushort port, long ticks) =>
        Counts(_unanswered, (source.Value, destination.Value, port), ticks, SilenceWindow) == UnansweredAttempts;

    public void Answered(NetworkAddress client, NetworkAddress server, ushort port) => _unanswered.Remove((client.Value, server.Value, port));

    /// <summary>Whether this ARP reply is one of masses from one sender to one receiver.</summary>
    public bool IsReplyFlood(MacAddress sender, MacAddress receiver, long ticks) => Counts(_replies, (sender.Value, receiver.Value), ticks, ReplyWindow) >= RepliesInMasses;

    private static int Counts<TKey>(Dictionary<TKey, (long Since, int Count)> counters, TKey key, long ticks, long window)
        where TKey : notnull
    {
        if (!counters.TryGetValue(key, out var counter) || ticks - counter.Since > window)
        {
            if (counters.Count >= MaxWatched)
            {
                counters.Clear();
            }

            counter = (ticks, 0);
        }

        counters[key] = (counter.Since, counter.Count + 1);
        return counter.Count + 1;
    }

    /// <summary>Counts distinct values per pair within a window of time.</summary>
    private sealed class Window(int threshold, long length)
    {
        private readonly Dictionary<(UInt128, UInt128), Seen> _pairs = [];

        public bool Completes((UInt128, UInt128) pair, uint value, long ticks)
        {
            if (!_pairs.TryGetValue(pair, out var seen))
            {
                if (_pairs.Count >= MaxWatched)
                {
                    _pairs.Clear();
                }

                seen = new Seen(threshold) { Since = ticks };
                _pairs.Add(pair, seen);
            }
            else if (ticks - seen.Since > length)
            {
                (seen.Since, seen.Count) = (ticks, 0);
            }

            if (seen.Count >= threshold)
            {
                return true;
            }

            if (seen.Values.AsSpan(0, seen.Count).Contains(value))
            {
                return false;
            }

            seen.Values[seen.Count++] = value;
            return seen.Count == threshold;
        }
    }

    private sealed class Seen(int size)
    {
        public uint[] Values { get; } = new uint[size];

        public int Count { get; set; }

        public long Since { get; set; }
    }
}
