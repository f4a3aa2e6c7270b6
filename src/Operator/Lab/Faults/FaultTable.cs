namespace Culvert.Lab;

/// <summary>Makes faults, asks <c>culvert check</c> on a sensor's host what is wrong, and compares.</summary>
internal sealed class FaultTable(LabRuntime lab, Action<string> line)
{
    // How long proxies go on with an address that they know (culvert-proxy: 10 s), and a little more.
    private static readonly TimeSpan NamesAreKnown = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan OwnReportLimit = TimeSpan.FromSeconds(90);

    /// <summary>Makes the rows; gives what was found for each.</summary>
    public async Task<IReadOnlyList<FaultRow>> RunAsync(FaultTableOptions options, CancellationToken cancellationToken)
    {
        if (lab.Faults.Count > 0)
        {
            throw new LabException($"A table begins with a lab without faults, and these are in force: {string.Join("; ", lab.Faults)}. Mend them first: culvert lab mend");
        }

        var found = new List<FaultRow>();
        foreach (var orders in new FaultRows(lab.Network).Choose(options))
        {
            var sensor = SensorOf(orders);
            var started = lab.Clock.GetTimestamp();
            var isAskedFor = options.Rows.Any(r => r.Contains('@', StringComparison.Ordinal) && FaultOrder.ReadAll(r).SequenceEqual(orders));
            try
            {
                var faults = await MakeAsync(orders, sensor, cancellationToken);
                var row = await AskAsync(faults, sensor, started, cancellationToken);
                if (!row.AsExpected)
                {
                    if (faults.Any(FaultJudge.IsOfResolver))
                    {
                        await Task.Delay(NamesAreKnown, lab.Clock, cancellationToken);
                    }

                    // A busy machine makes another fault of its own; what is wrong twice is wrong.
                    row = await AskAsync(faults, sensor, started, cancellationToken);
                }

                found.Add(row);
                line(row.ToString());
            }
            catch (FaultNotHereException) when (!isAskedFor)
            {
                // No such thing at this hop; the table says nothing of it.
            }
            catch (FaultLacksException e)
            {
                line($"left out: {string.Join(", ", orders)}: {e.Message}");
            }
            finally
            {
                await lab.MendAsync(null, null, CancellationToken.None);
            }
        }

        return found;
    }

    // The first whose ways lead through one of the places.
    private SiteSensor SensorOf(IReadOnlyList<FaultOrder> orders)
    {
        var places = orders.Select(o => FaultPlace.Find(lab.Network, o.At)).ToList();
        return lab.ConnectedSensors.FirstOrDefault(s => places.Any(p => p.Host.Name == s.Name.ToString()))
            ?? lab.ConnectedSensors.OrderByDescending(s => places.Count(p => s.Routes.Any(r => new FaultPosition(lab.Network, s, r).Of(p) is not null))).First();
    }

    private async Task<IReadOnlyList<ActiveFault>> MakeAsync(IReadOnlyList<FaultOrder> orders, SiteSensor sensor, CancellationToken cancellationToken)
    {
        var made = new List<ActiveFault>();
        foreach (var order in orders)
        {
            if (order.Fault.Name == "disk-full" && lab.ProgramOn(sensor.Name.ToString()) is null)
            {
                await lab.ActivateAsync(sensor, cancellationToken);
                await lab.StartSensorAsync(sensor, cancellationToken);
            }

            made.Add(await lab.BreakAsync(order, cancellationToken));
        }

        return made;
    }

    private async Task<FaultRow> AskAsync(IReadOnlyList<ActiveFault> faults, SiteSensor sensor, long started, CancellationToken cancellationToken)
    {
        if (faults is [{ Fault.Name: "disk-full" } full])
        {
            return await OwnReportAsync(full, started, cancellationToken);
        }

        // A silence that is longer than what cuts it.
        var silence = faults.Where(f => f.Fault.Name == "idle-cut").Select(f => f.Fault.Check(f.Value)).DefaultIfEmpty().Max() is > 0 and var cut ? TimeSpan.FromSeconds(cut + 5) : (TimeSpan?)null;
        var report = await lab.CheckAsync(sensor, cancellationToken, silence);
        return new FaultJudge(lab.Network, sensor, faults).Judge(report, lab.Clock.GetElapsedTime(started).TotalSeconds);
    }

    // No check of the way can see it: the sensor says it of itself.
    private async Task<FaultRow> OwnReportAsync(ActiveFault fault, long started, CancellationToken cancellationToken)
    {
        var host = fault.Place.Host.Name;
        string? said = null;
        while (said is null && lab.Clock.GetElapsedTime(started) < OwnReportLimit)
        {
            said = lab.ProgramOn(host)?.LastLines.LastOrDefault(l => l.Contains("DiskFull", StringComparison.Ordinal) || l.Contains("Disk is almost full", StringComparison.Ordinal));
            await Task.Delay(TimeSpan.FromMilliseconds(200), lab.Clock, cancellationToken);
        }

        return new FaultRow(fault.Fault.Name, host, said is null ? "nothing" : "DiskFull", said is null ? "" : $"{host}, its own log", said is not null, said ?? "", lab.Clock.GetElapsedTime(started).TotalSeconds);
    }
}
