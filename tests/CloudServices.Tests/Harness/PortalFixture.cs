namespace Culvert.CloudServices.Tests;

/// <summary>One portal for all tests of an assembly; each test uses sensors of its own.</summary>
public sealed class PortalFixture : IAsyncLifetime
{
    public InProcessPortal Portal { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Portal = await InProcessPortal.StartAsync();

    public ValueTask DisposeAsync() => Portal.DisposeAsync();
}
