namespace Culvert.Relaying;

/// <summary>Opens the secure layer of a listener on an accepted connection.</summary>
public interface ISecureFront
{
    /// <summary>The leg inside, with the certificate that the client showed; or why the handshake failed. The leg given is owned by the new one, or left to the caller on failure.</summary>
    ValueTask<(Leg? Leg, string? Fault)> OpenAsync(Leg plain, CancellationToken cancellationToken);
}
