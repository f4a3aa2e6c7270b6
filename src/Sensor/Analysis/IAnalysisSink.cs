namespace Culvert.Analysis;

/// <summary>Takes what the analysis finds, in order. Called on the thread that processes packets.</summary>
public interface IAnalysisSink
{
    /// <summary>A device is new, or something about it changed.</summary>
    void OnDevice(DeviceRecord device);

    /// <summary>An alert was raised, or an open one happened again.</summary>
    void OnAlert(AlertRecord alert);

    /// <summary>What one device said to another during an interval.</summary>
    void OnTraffic(TrafficRecord traffic);
}
