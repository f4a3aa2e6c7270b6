namespace Culvert.Storage;

/// <summary>Who changed what.</summary>
public interface IAuditStore
{
    /// <summary>Adds an entry; its number is given by the store.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>Entries, newest first.</summary>
    /// <param name="text">Whose actor, action, subject or detail contains this; null for all.</param>
    /// <param name="page">Which rows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<Page<AuditEntry>> QueryAsync(string? text, PageRequest page, CancellationToken cancellationToken);
}
