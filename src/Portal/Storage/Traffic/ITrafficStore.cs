namespace Culvert.Storage;

/// <summary>Traffic statistics.</summary>
public interface ITrafficStore
{
    /// <summary>The largest conversations by bytes.</summary>
    /// <param name="query">The filter.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<Conversation>> ListConversationsAsync(TrafficQuery query, CancellationToken cancellationToken);

    /// <summary>The protocols by bytes.</summary>
    /// <param name="query">The filter.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<ProtocolShare>> ListProtocolsAsync(TrafficQuery query, CancellationToken cancellationToken);
}
