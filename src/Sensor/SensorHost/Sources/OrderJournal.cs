using System.Text;
using System.Text.Json;
using Culvert.Uplink;

namespace Culvert.SensorHost;

/// <summary>The orders of one replay on the disk, one line each, flushed before an order takes effect.</summary>
internal sealed class OrderJournal(string file)
{
    private const int MaxOrders = 100_000;
    private int _count;

    /// <summary>Reads what was kept, in order; a last line that was torn by a crash never took effect and is left out.</summary>
    public IReadOnlyList<ZoneOrder> Read()
    {
        var orders = new List<ZoneOrder>();
        if (!File.Exists(file))
        {
            return orders;
        }

        var whole = 0L;
        foreach (var line in File.ReadAllText(file, Encoding.UTF8).Split('\n').SkipLast(1))
        {
            try
            {
                if (JsonSerializer.Deserialize(line, ZoneJson.Default.ZoneOrder) is not { } order)
                {
                    break;
                }

                orders.Add(order);
                whole += Encoding.UTF8.GetByteCount(line) + 1;
            }
            catch (JsonException)
            {
                break;
            }
        }

        using (var stream = new FileStream(file, FileMode.Open, FileAccess.Write))
        {
            stream.SetLength(whole);
        }

        _count = orders.Count;
        return orders;
    }

    /// <summary>Keeps an order. Throws <see cref="IOException"/> where the disk does not take it; the order must not take effect then.</summary>
    public void Append(ZoneOrder order)
    {
        if (++_count > MaxOrders)
        {
            throw new IOException($"more than {MaxOrders} orders came during one replay");
        }

        DurableFile.MakeFolder(Path.GetDirectoryName(file)!);
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(file, options);
        stream.Write(JsonSerializer.SerializeToUtf8Bytes(order, ZoneJson.Default.ZoneOrder));
        stream.WriteByte((byte)'\n');
        stream.Flush(flushToDisk: true);
    }
}
