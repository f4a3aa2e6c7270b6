using System.Security.Claims;
using Culvert.Storage;

namespace Culvert.PortalHost.Components.Pages;

/// <summary>API tokens: one's own, and for who manages users those of all.</summary>
public partial class Tokens
{
    private IReadOnlyList<ApiToken> _tokens = [];
    private IReadOnlyList<UserRole> _roles = [];
    private IReadOnlyList<string> _mistakes = [];
    private NewToken? _made;
    private string? _note;
    private string? _confirming;
    private bool _all;
    private Form _form = new();

    /// <inheritdoc/>
    protected override bool Shows(Change change) => change.Kind == ChangeKind.Users;

    /// <inheritdoc/>
    protected override async Task LoadAsync()
    {
        var user = (await Authentication).User;
        var own = Enum.Parse<UserRole>(user.FindFirstValue(ClaimTypes.Role)!);
        _roles = [.. Enum.GetValues<UserRole>().Where(r => RolePermissions.IsWithin(r, own))];
        _all = RolePermissions.Allows(own, PortalPermission.ManageUsers);
        _tokens = await Store.Users.ListApiTokensAsync(_all ? null : user.Identity!.Name, Ended);
    }

    private async Task CreateAsync()
    {
        var actor = await ActorAsync();
        // The choice came from a browser: what is not offered is not made.
        var role = _roles.Contains(_form.Role) ? _form.Role : UserRole.SecurityReader;
        var outcome = await Administration.CreateAsync(actor.Name, _form.Name.Trim(), role, _form.Days, actor, Ended);
        (_made, _mistakes, _note) = (outcome.Value, outcome.Mistakes, null);
        _form = outcome.IsDone ? new Form() : _form;
        await LoadAsync();
    }

    private async Task RevokeAsync(ApiToken token)
    {
        _confirming = null;
        await Administration.DeleteAsync(token.User, token.Id, await ActorAsync(), Ended);
        _made = _made?.Token.Id == token.Id ? null : _made;
        (_mistakes, _note) = ([], $"{token.Name} is revoked: its next use is refused.");
        await LoadAsync();
    }

    private sealed class Form
    {
        public string Name { get; set; } = "";

        public UserRole Role { get; set; }

        public int Days { get; set; } = 90;
    }
}
