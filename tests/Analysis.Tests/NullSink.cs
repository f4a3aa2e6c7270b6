namespace Culvert.Analysis.Tests;

/// <summary>Takes everything and keeps nothing.</summary>
internal sealed class NullSink : IAnalysisSink
{
    public void OnDevice(DeviceRecord device)
    {
    }

    public void OnAlert(AlertRecord alert)
    {
    }

    public void OnTraffic(TrafficRecord traffic)
    {
    }
}
