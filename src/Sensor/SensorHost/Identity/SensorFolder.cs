using Culvert.Uplink;

namespace Culvert.SensorHost;

/// <summary>The sensor's data folder: identity, outbox, packages, what it learned. Readable by its owner only.</summary>
internal sealed class SensorFolder
{
    /// <summary>Names the folder, making it where it is missing. Throws <see cref="SensorException"/> when it cannot be used.</summary>
    public SensorFolder(string root)
    {
        Root = Path.GetFullPath(root);
        try
        {
            DurableFile.MakeFolder(Root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SensorException(SensorExit.FolderUnusable, $"The data folder {Root} cannot be made: {e.Message}");
        }
    }

    /// <summary>The folder itself.</summary>
    public string Root { get; }

    /// <summary>What the activation file said, without its token; written last, so its presence means that the sensor is activated.</summary>
    public string Activation => Path.Combine(Root, "activation.json");

    /// <summary>Client certificate, its issuer and private key, PEM, mode 0600; one file, so that both change in one step.</summary>
    public string Identity => Path.Combine(Root, "identity.pem");

    /// <summary>A private key for which a certificate was asked and has not come yet.</summary>
    public string PendingKey => Path.Combine(Root, "pending.key");

    /// <summary>The outbox.</summary>
    public string Outbox => Path.Combine(Root, "outbox");

    /// <summary>Threat-intelligence packages.</summary>
    public string Packages => Path.Combine(Root, "packages");

    /// <summary>The cloud's settings in force.</summary>
    public string Settings => Path.Combine(Root, "cloud-settings.json");

    /// <summary>The last health record, for <c>status</c>.</summary>
    public string Status => Path.Combine(Root, "status.json");

    /// <summary>The last report of the checks that found a fault and that the cloud does not know of yet.</summary>
    public string UntoldCheck => Path.Combine(Root, "failed-check.untold.json");

    /// <summary>The last report of the checks that found a fault.</summary>
    public string FailedCheck => Path.Combine(Root, "failed-check.json");

    /// <summary>The idle timeouts of the ways, as learned.</summary>
    public string IdleTimeouts => Path.Combine(Root, "idle-timeouts.json");

    /// <summary>What is kept of the zones.</summary>
    public string Zones => Path.Combine(Root, "zones");

    /// <summary>Evidence that is being cut out.</summary>
    public string Evidence => Path.Combine(Root, "evidence");

    /// <summary>Makes sure that one process works in the folder. Throws <see cref="SensorException"/> when another does.</summary>
    public IDisposable Lock()
    {
        try
        {
            return new FileStream(Path.Combine(Root, "sensor.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new SensorException(SensorExit.FolderUnusable, $"The data folder {Root} cannot be written: {e.Message}");
        }
        catch (IOException)
        {
            throw new SensorException(SensorExit.FolderUnusable, $"Another sensor runs in {Root}. Stop it, or choose another folder with --data.");
        }
    }

    /// <summary>Whether a sensor runs in the folder.</summary>
    public bool IsInUse()
    {
        try
        {
            using var held = File.Exists(Path.Combine(Root, "sensor.lock")) ? Lock() : null;
            return false;
        }
        catch (SensorException)
        {
            return true;
        }
    }
}
