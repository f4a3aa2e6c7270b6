using System.Text;
using Culvert.Planning;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>The exact list of the portal's endpoints: numbered, so that a change is seen, and signed, so that a firewall's owner can be sure of it.</summary>
public sealed class EndpointCatalogue(IPortalStore store, PortalFolder folder, PortalAddress address, TimeProvider clock) : IDisposable
{
    private const string Setting = "endpoints";
    private readonly SemaphoreSlim _numbering = new(1, 1);

    private string KeyFile => Path.Combine(folder.Keys, "endpoints.key");

    /// <summary>The list as it is now; its version is one higher than the last one's when a name or port has changed.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<EndpointList> ReadAsync(CancellationToken cancellationToken)
    {
        await _numbering.WaitAsync(cancellationToken);
        try
        {
            var stored = await store.Settings.FindAsync(Setting, cancellationToken);
            var previous = stored is null ? null : EndpointList.Parse(stored.Body);
            var list = EndpointList.Of(Cloud(), previous);
            // Before its first run the portal has no address; an empty list is no version.
            if (list.Entries.Count > 0 && list.Digest != previous?.Digest)
            {
                await store.Settings.PutAsync(new SettingEntry(Setting, EndpointListWriter.Write(list, EndpointFormat.Json), clock.GetUtcNow(), Actor.Local.Name), cancellationToken);
            }

            return list;
        }
        finally
        {
            _numbering.Release();
        }
    }

    /// <summary>The list in one of its forms.</summary>
    /// <param name="format">The form.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string> WriteAsync(EndpointFormat format, CancellationToken cancellationToken) => EndpointListWriter.Write(await ReadAsync(cancellationToken), format);

    /// <summary>The detached signature of the list's JSON.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<byte[]> SignAsync(CancellationToken cancellationToken) =>
        EndpointSignature.Sign(Encoding.UTF8.GetBytes(await WriteAsync(EndpointFormat.Json, cancellationToken)), ReadKey());

    /// <summary>The public key of the signatures: PEM.</summary>
    public string PublicKeyPem()
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        key.ImportFromPem(ReadKey());
        return key.ExportSubjectPublicKeyInfoPem() + "\n";
    }

    /// <inheritdoc/>
    public void Dispose() => _numbering.Dispose();

    private SiteCloud Cloud() => new()
    {
        Name = "portal",
        Kind = CloudKind.Culvert,
        Endpoints = [.. address.Endpoints.Select(e => new SiteEndpoint(new CloudEndpoint(e.Service, new HostPort(e.Host, e.Port)), []))],
    };

    private string ReadKey()
    {
        folder.Exclusively(() =>
        {
            if (!File.Exists(KeyFile))
            {
                PortalFolder.WriteSecret(KeyFile, EndpointSignature.CreateKey().Private);
            }
        });
        return File.ReadAllText(KeyFile);
    }
}
