using Culvert.Storage;

namespace Culvert.PortalHost.Components.Pages;

/// <summary>Who may do what, and who did what.</summary>
public partial class Users
{
    private const int PageSize = 50;
    private IReadOnlyList<UserEntry> _users = [];
    private IReadOnlyList<AuditEntry> _audit = [];
    private long _total;
    private int _offset;
    private string? _filter;
    private string? _action;
    private string? _note;
    private Form _form = new();

    /// <inheritdoc/>
    protected override bool Shows(Change change) => true;

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        _users = await Store.Users.ListAsync(Ended);
        var page = await Store.Audit.QueryAsync(_action ?? _filter, new PageRequest(_offset, PageSize), Ended);
        (_audit, _total) = (page.Items, page.Total);
    }

    // The beginnings of the actions, in words.
    private static readonly IReadOnlyList<(string, string)> Actions =
        [("user.", "Users and sign-ins"), ("token.", "API tokens"), ("sensor.", "Sensors"), ("site.", "Sites"), ("zone.", "Zones"), ("alert.", "Alerts"), ("package.", "Packages"), ("settings.", "Settings")];

    private async Task FilterAsync(string text)
    {
        (_filter, _action, _offset) = (text.Length == 0 ? null : text, null, 0);
        await LoadAsync();
    }

    private async Task ActAsync(string action)
    {
        (_action, _filter, _offset) = (action.Length == 0 ? null : action, null, 0);
        await LoadAsync();
    }

    private async Task TurnAsync(int offset)
    {
        _offset = offset;
        await LoadAsync();
    }

    private async Task RetainAsync(RetentionDays days)
    {
        var outcome = await Retention.ChangeAsync(days, await ActorAsync(), Ended);
        _note = outcome.IsDone ? "The retention was changed." : string.Join(" ", outcome.Mistakes);
        await LoadAsync();
    }

    private async Task CreateAsync()
    {
        var outcome = await Administration.CreateAsync(_form.Name, _form.Role, _form.Password, await ActorAsync(), Ended);
        _note = outcome.IsDone ? $"{_form.Name} may sign in." : outcome.Mistakes.Count > 0 ? string.Join(" ", outcome.Mistakes) : "There is a user of that name already.";
        _form = outcome.IsDone ? new Form() : _form;
        await LoadAsync();
    }

    private async Task ChangeAsync(UserEntry user, UserRole? role, bool? disabled)
    {
        var outcome = await Administration.UpdateAsync(user.Name, role, disabled, null, await ActorAsync(), Ended);
        _note = outcome.IsDone ? $"{user.Name} was changed; their sessions end." : outcome.Mistakes.Count > 0 ? string.Join(" ", outcome.Mistakes) : $"{user.Name} is gone.";
        await LoadAsync();
    }

    private sealed class Form
    {
        public string Name { get; set; } = "";

        public UserRole Role { get; set; }

        public string Password { get; set; } = "";
    }
}
