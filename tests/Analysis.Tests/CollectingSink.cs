namespace Culvert.Analysis.Tests;

/// <summary>Keeps what the analysis tells: the last state of each device and alert, and everything in order.</summary>
internal sealed class CollectingSink : IAnalysisSink
{
    public List<DeviceRecord> DeviceRecords { get; } = [];

    public List<AlertRecord> AlertRecords { get; } = [];

    public List<TrafficRecord> Traffic { get; } = [];

    public Dictionary<string, DeviceRecord> Devices { get; } = [];

    public Dictionary<string, AlertRecord> Alerts { get; } = [];

    public void OnDevice(DeviceRecord device)
    {
        DeviceRecords.Add(device);
        Devices[device.Key] = device;
    }

    public void OnAlert(AlertRecord alert)
    {
        AlertRecords.Add(alert);
        Alerts[alert.Id] = alert;
    }

    public void OnTraffic(TrafficRecord traffic) => Traffic.Add(traffic);
}
