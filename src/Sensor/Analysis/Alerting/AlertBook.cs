using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Analysis;

/// <summary>The open alerts of one zone. The same thing happening again counts on the open alert and is told again at most once per repeat interval.</summary>
internal sealed class AlertBook(AnalyzerOptions options, IAnalysisSink sink)
{
    private const int MaxPermitted = 65_536;

    private readonly Dictionary<AlertKey, OpenAlert> _open = new(256);
    private readonly Queue<AlertKey> _order = new();
    private readonly HashSet<AlertKey> _permitted = [];
    private readonly HashSet<string> _permittedBefore = new(StringComparer.Ordinal);

    /// <summary>Counts on the alert if it is open. Asked first, so that the message is only made for a new one.</summary>
    public bool Again(AlertType type, Device? source, Device? destination, int parameter, long ticks, NetworkAddress destinationAddress = default)
    {
        var key = new AlertKey(type, source, destination, parameter, destinationAddress);
        if (!_open.TryGetValue(key, out var open))
        {
            return _permitted.Count > 0 && _permitted.Contains(key);
        }

        open.Occurrences++;
        open.LastTicks = Math.Max(open.LastTicks, ticks);
        if (ticks - open.ToldTicks >= options.RepeatInterval.Ticks)
        {
            Tell(open);
        }

        return true;
    }

    /// <summary>Raises a new alert.</summary>
    /// <param name="type">What happened.</param>
    /// <param name="source">Who acted; null when no device did.</param>
    /// <param name="destination">Who was acted upon.</param>
    /// <param name="parameter">Tells alerts of one type and pair apart.</param>
    /// <param name="ticks">When.</param>
    /// <param name="message">What happened, with the values seen.</param>
    /// <param name="protocol">In which protocol.</param>
    /// <param name="destinationAddress">Address acted upon where no device is known for it.</param>
    public void Raise(
        AlertType type, Device? source, Device? destination, int parameter, long ticks, string message, ProtocolId protocol = ProtocolId.None, NetworkAddress destinationAddress = default)
    {
        var key = new AlertKey(type, source, destination, parameter, destinationAddress);
        if (IsPermitted(key))
        {
            return;
        }

        while (_open.Count >= options.MaxOpenAlerts)
        {
            // One that was closed by hand is still in the order.
            if (_open.Remove(_order.Dequeue(), out var oldest))
            {
                TellPending(oldest);
            }
        }

        var open = new OpenAlert
        {
            Record = new AlertRecord
            {
                Id = IdOf(key, ticks),
                Type = type.Id,
                Title = type.Title,
                Message = message,
                Engine = type.Engine,
                Severity = type.Severity,
                Category = type.Category,
                Zone = options.Zone,
                Protocol = protocol == ProtocolId.None ? null : ProtocolNames.Of(protocol),
                SourceDevice = source?.Key,
                SourceAddress = AddressOf(source),
                DestinationDevice = destination?.Key,
                DestinationAddress = destination is not null ? AddressOf(destination) : destinationAddress.Value != 0 ? destinationAddress.ToString() : null,
                Techniques = type.Techniques,
                Learnable = type.Learnable,
                FirstDetection = DeviceRecords.At(ticks),
                LastDetection = DeviceRecords.At(ticks),
            },
            LastTicks = ticks,
        };
        _open.Add(key, open);
        _order.Enqueue(key);
        Tell(open);
    }

    /// <summary>Tells what was counted since each alert was told last.</summary>
    public void Flush()
    {
        foreach (var key in _order)
        {
            if (_open.TryGetValue(key, out var open))
            {
                TellPending(open);
            }
        }
    }

    /// <summary>Closes an alert: the same thing happening again raises a new one. False when it is not open.</summary>
    public bool Close(string id) => Remove(id) is not null;

    /// <summary>Closes an alert and takes what it is about as permitted from now on. Gives what it is about, for <see cref="PermitBefore"/>; null when it is not open or cannot be learned.</summary>
    public string? Permit(string id)
    {
        if (_open.Values.FirstOrDefault(o => o.Record.Id == id) is not { Record.Learnable: true } || _permitted.Count >= MaxPermitted || Remove(id) is not { } key)
        {
            return null;
        }

        _permitted.Add(key);
        return AboutOf(key);
    }

    /// <summary>Takes as permitted what an earlier run learned.</summary>
    public void PermitBefore(IEnumerable<string> abouts) => _permittedBefore.UnionWith(abouts.Take(MaxPermitted));

    private bool IsPermitted(AlertKey key)
    {
        if (_permittedBefore.Count > 0 && _permittedBefore.Contains(AboutOf(key)))
        {
            _permitted.Add(key);
        }

        return _permitted.Count > 0 && _permitted.Contains(key);
    }

    private AlertKey? Remove(string id)
    {
        foreach (var (key, open) in _open)
        {
            if (open.Record.Id == id)
            {
                _open.Remove(key);
                return key;
            }
        }

        return null;
    }

    private void TellPending(OpenAlert open)
    {
        if (open.Occurrences > open.ToldOccurrences)
        {
            Tell(open);
        }
    }

    private void Tell(OpenAlert open)
    {
        (open.ToldTicks, open.ToldOccurrences) = (open.LastTicks, open.Occurrences);
        sink.OnAlert(open.Record with { LastDetection = DeviceRecords.At(open.LastTicks), Occurrences = open.Occurrences });
    }

    private static string? AddressOf(Device? device) =>
        device is null ? null : device.Address.Value != 0 ? device.Address.ToString() : device.Mac.IsNone ? null : device.Mac.ToString();

    // Made from what it is about and when it began, so that a second run over the same packets gives the same id.
    private string IdOf(AlertKey key, long ticks)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{options.Zone}\n{AboutOf(key)}\n{ticks}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 12));
    }

    private static string AboutOf(AlertKey key) => string.Create(
        CultureInfo.InvariantCulture, $"{key.Type.Id}\n{key.Source?.Key}\n{key.Destination?.Key}\n{key.Parameter}\n{key.Address.Value}");

    private readonly record struct AlertKey(AlertType Type, Device? Source, Device? Destination, int Parameter, NetworkAddress Address);

    private sealed class OpenAlert
    {
        public required AlertRecord Record { get; init; }

        public long Occurrences { get; set; } = 1;

        public long LastTicks { get; set; }

        public long ToldTicks { get; set; }

        public long ToldOccurrences { get; set; }
    }
}
