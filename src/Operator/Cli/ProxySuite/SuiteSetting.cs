namespace Culvert.Cli;

/// <summary>What a case has to work with: the proxy, destinations that behave in known ways, and a parent that misbehaves on demand.</summary>
internal sealed class SuiteSetting(HostPort proxy, SuiteDestinations destinations, SuiteParent? parent, TimeProvider clock, Action? comeBack = null)
{
    /// <summary>Longest that a proxy may take to give up on something; a sensor has taken another route by then.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(15);

    public HostPort Proxy => proxy;

    public SuiteDestinations Destinations => destinations;

    public SuiteParent Parent => parent ?? throw new InvalidOperationException("This mode has no parent.");

    public TimeProvider Clock => clock;

    /// <summary>Lets the parent that was not there listen from now on.</summary>
    public void ComeBack() => (comeBack ?? throw new InvalidOperationException("This mode has no parent that comes back."))();

    public Task<SuiteConnection> OpenAsync(CancellationToken cancellationToken) => SuiteConnection.OpenAsync(proxy, clock, cancellationToken);

    /// <summary>Asks for a destination as any client does.</summary>
    public async Task<SuiteConnection> ConnectAsync(HostPort destination, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken);
        await connection.SendAsync($"CONNECT {destination} HTTP/1.1\r\nHost: {destination}\r\n\r\n", cancellationToken);
        await connection.ReadAnswerAsync(Patience, cancellationToken);
        return connection;
    }

    /// <summary>How many of so many tunnels to a good destination work.</summary>
    public async Task<int> GoodTunnelsAsync(HostPort destination, int count, CancellationToken cancellationToken)
    {
        var good = 0;
        for (var i = 0; i < count; i++)
        {
            await using var tunnel = await ConnectAsync(destination, cancellationToken);
            good += tunnel.Opened && await tunnel.EchoesAsync($"good {i}", cancellationToken) ? 1 : 0;
        }

        return good;
    }
}
