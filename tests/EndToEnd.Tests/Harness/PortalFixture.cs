using Culvert.EndToEnd.Tests.Harness;

[assembly: AssemblyFixture(typeof(PortalFixture))]

namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>One portal and its owner for the tests that need nothing special of it; started when the first of them asks.</summary>
public sealed class PortalFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly TestFolder _folder = new();
    private Portal? _portal;
    private PortalClient? _owner;

    internal TestFolder Folder => _folder;

    internal async Task<Portal> GetAsync()
    {
        await _one.WaitAsync();
        try
        {
            if (_portal is null)
            {
                if (FakeTime.IsPresent)
                {
                    // A portal whose keys are older than the activation files that expire in these tests.
                    await Portal.PrepareAsync(_folder, "-30d");
                }

                _portal = await Portal.StartAsync(_folder);
            }

            return _portal;
        }
        finally
        {
            _one.Release();
        }
    }

    internal async Task<PortalClient> GetOwnerAsync(CancellationToken cancellationToken)
    {
        var portal = await GetAsync();
        await _one.WaitAsync(cancellationToken);
        try
        {
            return _owner ??= await PortalClient.SignInAsync(portal, cancellationToken);
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _owner?.Dispose();
        if (_portal is not null)
        {
            await _portal.DisposeAsync();
        }

        _folder.Dispose();
        _one.Dispose();
    }
}
