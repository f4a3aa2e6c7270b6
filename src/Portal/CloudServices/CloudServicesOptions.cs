using System.Security.Cryptography.X509Certificates;

namespace Culvert.CloudServices;

/// <summary>What the cloud services need to know of their host.</summary>
public sealed record CloudServicesOptions
{
    /// <summary>Name of the event hub that takes records.</summary>
    public const string Hub = "records";

    /// <summary>Name of the blob account.</summary>
    public const string Account = "culvert";

    /// <summary>Container of the sensors' uploads; a sensor's blobs are named <c>SENSOR/…</c>.</summary>
    public const string EvidenceContainer = "evidence";

    /// <summary>Largest MQTT message, as IoT Hub: 256 KiB.</summary>
    public const int MaxMessageBytes = 256 * 1024;

    /// <summary>Largest Event Hubs batch: 1 MiB.</summary>
    public const int MaxBatchBytes = 1024 * 1024;

    /// <summary>Largest OTLP request, before and after decompression: 4 MiB.</summary>
    public const int MaxTelemetryBytes = 4 * 1024 * 1024;

    /// <summary>Root that sensors' certificates must lead to.</summary>
    public required X509Certificate2 Root { get; init; }

    /// <summary>CA that issues them.</summary>
    public required X509Certificate2 Issuing { get; init; }

    /// <summary>Account key that signs blob SAS tokens.</summary>
    public required byte[] BlobKey { get; init; }

    /// <summary>Host and port that sensors reach the services by; asked when needed, because it is known only once the host listens.</summary>
    public required Func<HostPort?> Address { get; init; }

    /// <summary>Records that may wait for a commit: 50,000, some 50 MB; more are refused as throttled.</summary>
    public int MaxWaitingRecords { get; init; } = 50_000;

    /// <summary>Records in one transaction at most.</summary>
    public int MaxBatchRecords { get; init; } = 5_000;

    /// <summary>Largest blob: 256 MiB.</summary>
    public long MaxBlobBytes { get; init; } = 256L * 1024 * 1024;
}
