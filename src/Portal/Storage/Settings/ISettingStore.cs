namespace Culvert.Storage;

/// <summary>Settings of the portal itself; what is not stored has its default.</summary>
public interface ISettingStore
{
    /// <summary>A setting, or null when it was never changed.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<SettingEntry?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>Sets a setting.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task PutAsync(SettingEntry setting, CancellationToken cancellationToken);
}
