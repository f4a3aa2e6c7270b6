using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Storage.Sqlite;

/// <summary>Stores one batch of records inside one transaction: first what is new, then the records themselves, then the counters.</summary>
internal sealed class SqliteIngestion(SqliteSession session, SqlFile sql, DateTimeOffset at)
{
    // Records of one stream further apart than this are looked up apart, so that a sensor whose sequences jump can't make us load a million intervals.
    private const long MaxGap = 1000;

    // Enough to see what is wrong with a record.
    private const int MaxDeadLetterBytes = 64 * 1024;

    public IngestOutcome Store(IReadOnlyList<IncomingRecord> records)
    {
        var total = default(IngestOutcome);
        foreach (var ofSensor in records.GroupBy(r => r.Sensor.Value, StringComparer.Ordinal))
        {
            // Gone between sign-in and commit: nobody will ask for its records again.
            if (SqliteSensorStore.FindId(session, ofSensor.Key) is not { } sensorId)
            {
                continue;
            }

            SqliteSensorStore.NoteContact(session, sensorId, at);
            foreach (var ofStream in ofSensor.GroupBy(r => r.Id?.Stream))
            {
                var outcome = ofStream.Key is { } stream
                    ? ofStream.GroupBy(r => r.Id!.Value.Epoch).Select(e => StoreEpoch(sensorId, stream, e.Key, [.. e])).Aggregate(default(IngestOutcome), Add)
                    : StoreUnknown(sensorId, ofStream);
                session.Execute(
                    sql["Count"],
                    ("sensorId", sensorId), ("stream", ofStream.Key?.ToString() ?? ""), ("stored", outcome.Stored), ("duplicates", outcome.Duplicates), ("deadLetters", outcome.DeadLetters), ("at", at));
                total = Add(total, outcome);
            }
        }

        return total;
    }

    private static IngestOutcome Add(IngestOutcome a, IngestOutcome b) => new(a.Stored + b.Stored, a.Duplicates + b.Duplicates, a.DeadLetters + b.DeadLetters);

    private IngestOutcome StoreEpoch(long sensorId, RecordStream stream, long epoch, IncomingRecord[] records)
    {
        // Stable: of two records with one id, the one that arrived first counts.
        var ordered = records.OrderBy(r => r.Id!.Value.Sequence).ToArray();
        var outcome = default(IngestOutcome);
        for (var start = 0; start < ordered.Length;)
        {
            var end = start + 1;
            while (end < ordered.Length && ordered[end].Id!.Value.Sequence - ordered[end - 1].Id!.Value.Sequence <= MaxGap)
            {
                end++;
            }

            outcome = Add(outcome, StoreRun(sensorId, stream, epoch, ordered.AsSpan(start..end)));
            start = end;
        }

        return outcome;
    }

    private IngestOutcome StoreRun(long sensorId, RecordStream stream, long epoch, ReadOnlySpan<IncomingRecord> records)
    {
        var (stored, duplicates, dead) = (0, 0, 0);
        var held = session.Query(
            sql["ListIntervals"],
            r => (First: r.GetInt64(0), Last: r.GetInt64(1)),
            ("sensorId", sensorId), ("stream", stream), ("epoch", epoch), ("min", records[0].Id!.Value.Sequence), ("max", records[^1].Id!.Value.Sequence));
        var received = new SequenceSet(held);
        foreach (var record in records)
        {
            if (!received.Add(record.Id!.Value.Sequence))
            {
                duplicates++;
            }
            else if (record.Rejection is not null)
            {
                AddDeadLetter(sensorId, record);
                dead++;
            }
            else
            {
                StoreBody(sensorId, record);
                stored++;
            }
        }

        WriteIntervals(sensorId, stream, epoch, held, received.Intervals);
        return new IngestOutcome(stored, duplicates, dead);
    }

    private void WriteIntervals(long sensorId, RecordStream stream, long epoch, List<(long First, long Last)> before, IReadOnlyList<(long First, long Last)> after)
    {
        var firsts = after.Select(i => i.First).ToHashSet();
        foreach (var (first, _) in before.Where(i => !firsts.Contains(i.First)))
        {
            session.Execute(sql["RemoveInterval"], ("sensorId", sensorId), ("stream", stream), ("epoch", epoch), ("first", first));
        }

        var known = before.ToHashSet();
        foreach (var (first, last) in after.Where(i => !known.Contains(i)))
        {
            session.Execute(sql["PutInterval"], ("sensorId", sensorId), ("stream", stream), ("epoch", epoch), ("first", first), ("last", last));
        }
    }

    private IngestOutcome StoreUnknown(long sensorId, IEnumerable<IncomingRecord> records)
    {
        var (dead, duplicates) = (0, 0);
        foreach (var record in records)
        {
            _ = AddDeadLetter(sensorId, record) ? dead++ : duplicates++;
        }

        return new IngestOutcome(0, duplicates, dead);
    }

    private bool AddDeadLetter(long sensorId, IncomingRecord record)
    {
        var raw = record.Raw.Span;
        // The id is part of the hash: the same nonsense under another id is another record.
        var id = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{record.Id?.Stream}/{record.Id?.Epoch}/{record.Id?.Sequence}/"));
        return session.Execute(
            sql["AddDeadLetter"],
            ("sensorId", sensorId),
            ("hash", SHA256.HashData([.. id, .. raw])),
            ("reason", record.Rejection ?? "not understood"),
            ("raw", Encoding.UTF8.GetString(raw[..Math.Min(raw.Length, MaxDeadLetterBytes)]).Replace('\0', '\uFFFD')),
            ("length", raw.Length),
            ("at", at)) > 0;
    }

    private void StoreBody(long sensorId, IncomingRecord record)
    {
        var (epoch, sequence) = (record.Id!.Value.Epoch, record.Id!.Value.Sequence);
        if (record.Device is { } device)
        {
            StoreDevice(sensorId, epoch, sequence, device);
        }
        else if (record.Alert is { } alert)
        {
            StoreAlert(sensorId, epoch, sequence, alert);
        }
        else if (record.Traffic is { } traffic)
        {
            session.Execute(
                sql["AddTraffic"],
                ("sensorId", sensorId), ("epoch", epoch), ("sequence", sequence), ("zone", traffic.Zone), ("start", traffic.IntervalStart), ("seconds", traffic.IntervalSeconds),
                ("source", traffic.Source), ("destination", traffic.Destination), ("protocol", traffic.Protocol), ("frames", traffic.Frames), ("bytes", traffic.Bytes), ("at", at));
        }
        else if (record.Health is { } health)
        {
            if (health.Check is { } report)
            {
                // Kept among the reports; one that cannot be read is no loss of health.
                if (CheckReportReader.Read(record.Sensor.Value, Encoding.UTF8.GetBytes(report.GetRawText()), null, at) is { } check)
                {
                    SqliteCheckStore.Add(session, sensorId, check);
                }

                health = health with { Check = null };
            }

            session.Execute(sql["AddHealth"], ("sensorId", sensorId), ("epoch", epoch), ("sequence", sequence), ("at", at), ("body", RecordText.Write(health)));
        }
        else if (record.Evidence is { } evidence)
        {
            session.Execute(
                sql["AddEvidence"],
                ("sensorId", sensorId), ("epoch", epoch), ("sequence", sequence), ("alertId", evidence.AlertId), ("at", at), ("body", RecordText.Write(evidence)));
        }
    }

    private void StoreDevice(long sensorId, long epoch, long sequence, DeviceRecord device)
    {
        if (session.Execute(
            sql["PutDevice"],
            ("sensorId", sensorId), ("key", device.Key), ("epoch", epoch), ("sequence", sequence), ("zone", device.Zone), ("name", device.Name), ("type", device.Type),
            ("vendor", device.Vendor), ("level", device.PurdueLevel), ("authorized", device.Authorized), ("protocols", RecordText.Protocols(device)),
            ("firstSeen", device.FirstSeen), ("lastSeen", device.LastSeen), ("at", at), ("search", RecordText.Search(device)), ("body", RecordText.Write(device))) == 0)
        {
            // An older record that came late still knows when the device was first seen.
            session.Execute(sql["WidenDevice"], ("sensorId", sensorId), ("key", device.Key), ("firstSeen", device.FirstSeen), ("lastSeen", device.LastSeen));
        }
    }

    private void StoreAlert(long sensorId, long epoch, long sequence, AlertRecord alert)
    {
        if (session.Execute(
            sql["PutAlert"],
            ("sensorId", sensorId), ("alertId", alert.Id), ("epoch", epoch), ("sequence", sequence), ("zone", alert.Zone), ("title", alert.Title), ("category", alert.Category),
            ("engine", alert.Engine), ("severity", alert.Severity), ("source", alert.SourceDevice), ("destination", alert.DestinationDevice),
            ("firstDetection", alert.FirstDetection), ("lastDetection", alert.LastDetection), ("at", at), ("search", RecordText.Search(alert)), ("body", RecordText.Write(alert))) == 0)
        {
            session.Execute(sql["WidenAlert"], ("sensorId", sensorId), ("alertId", alert.Id), ("firstDetection", alert.FirstDetection), ("lastDetection", alert.LastDetection));
        }
    }
}
