namespace Culvert.SensorHost;

/// <summary>Brings the traffic of one zone through its analysis into the outbox.</summary>
internal interface IZoneFeed
{
    /// <summary>The zone.</summary>
    string Zone { get; }

    /// <summary>Its sources.</summary>
    IReadOnlyList<SourceState> Sources { get; }

    /// <summary>Devices known.</summary>
    int Devices { get; }

    /// <summary>Devices that did not fit.</summary>
    long DevicesRefused { get; }

    /// <summary>Packets that made the analysis fail: a defect of this program.</summary>
    long Defects { get; }

    /// <summary>Whether everything is read and committed; never for interfaces.</summary>
    bool Finished { get; }

    /// <summary>Runs to the end of the captures, or until cancelled.</summary>
    Task RunAsync(CancellationToken cancellationToken);

    /// <summary>Learning or operational, from now on.</summary>
    void SetLearning(bool learning);

    /// <summary>Another threat-intelligence package is in use, from now on.</summary>
    void SetPackage(string version);

    /// <summary>An alert of this zone; null when it is not known.</summary>
    AlertRecord? FindAlert(string id);

    /// <summary>Takes what is behind an alert as permitted; false when it is of a kind that cannot be learned, or not open.</summary>
    bool LearnAlert(string id);

    /// <summary>Closes an alert.</summary>
    bool CloseAlert(string id);

    /// <summary>Writes the traffic around an alert as a pcap; false when there is none any more.</summary>
    bool CutEvidence(AlertRecord alert, Stream pcap, CancellationToken cancellationToken);
}
