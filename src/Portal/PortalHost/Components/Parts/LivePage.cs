using Culvert.Storage;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace Culvert.PortalHost.Components.Parts;

/// <summary>A page that follows changes: it reads its state again when something it shows has changed, at most once a second, so that a flood of records is no flood of pages.</summary>
public abstract class LivePage : ComponentBase, IAsyncDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _ended = new();
    private Task _following = Task.CompletedTask;

    /// <summary>The portal's database.</summary>
    [Inject]
    protected IPortalStore Store { get; set; } = null!;

    /// <summary>What tells of changes.</summary>
    [Inject]
    protected ChangeFeed Feed { get; set; } = null!;

    /// <summary>The clock.</summary>
    [Inject]
    protected TimeProvider Clock { get; set; } = null!;

    /// <summary>Who is signed in.</summary>
    [CascadingParameter]
    protected Task<AuthenticationState> Authentication { get; set; } = null!;

    /// <summary>Cancelled when the page is left.</summary>
    protected CancellationToken Ended => _ended.Token;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _following;
        _ended.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether the page shows what the change is about.</summary>
    protected abstract bool Shows(Change change);

    /// <summary>Reads the state again.</summary>
    protected abstract Task LoadAsync();

    /// <summary>Who makes a change on this page.</summary>
    protected async Task<Actor> ActorAsync() => Actor.Of((await Authentication).User, null);

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => LoadAsync();

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _following = FollowAsync();
        }
    }

    private async Task FollowAsync()
    {
        try
        {
            await foreach (var change in Feed.ListenAsync(Ended))
            {
                if (!Shows(change))
                {
                    continue;
                }

                await InvokeAsync(async () =>
                {
                    await LoadAsync();
                    StateHasChanged();
                });
                await Task.Delay(Pace, Clock, Ended);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }
}
