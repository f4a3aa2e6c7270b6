namespace Culvert;

/// <summary>A cloud service at one exact host name and port.</summary>
/// <param name="Service">What is served there.</param>
/// <param name="Address">Where; never a wildcard.</param>
public sealed record CloudEndpoint(CloudService Service, HostPort Address)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Service} at {Address}";
}
