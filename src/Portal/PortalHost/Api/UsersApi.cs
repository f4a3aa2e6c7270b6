using System.ComponentModel.DataAnnotations;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>Users and the audit log.</summary>
internal static class UsersApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var users = api.MapGroup("/users").WithTags("Users").Requires(PortalPermission.ManageUsers);
        users.MapGet("/", async (IPortalStore store, CancellationToken ct) => (await store.Users.ListAsync(ct)).Select(UserView.Of));
        users.MapPost("/", async Task<IResult> (NewUserBody body, UserAdministration administration, HttpContext context) =>
        {
            var outcome = await administration.CreateAsync(body.Name, body.Role, body.Password, Actor.Of(context), context.RequestAborted);
            return outcome.Value is { } user ? TypedResults.Created($"/api/v1/users/{Uri.EscapeDataString(user.Name)}", UserView.Of(user)) : PortalApi.Problem(outcome.Outcome, outcome.Mistakes);
        }).Produces<UserView>(201).ProducesProblem(409);
        users.MapPatch("/{user}", async Task<IResult> (string user, UserBody body, UserAdministration administration, HttpContext context) =>
        {
            var outcome = await administration.UpdateAsync(user, body.Role, body.Disabled, body.Password, Actor.Of(context), context.RequestAborted);
            return outcome.Value is { } changed ? TypedResults.Ok(UserView.Of(changed)) : PortalApi.Problem(outcome.Outcome, outcome.Mistakes);
        }).Produces<UserView>().ProducesProblem(404).ProducesProblem(409);
        users.MapDelete("/{user}", async (string user, UserAdministration administration, HttpContext context) =>
            PortalApi.Answer(await administration.DeleteAsync(user, Actor.Of(context), context.RequestAborted)));
        TokensApi.MapOfUsers(users);
        api.MapGet("/audit", (string? text, int? offset, int? limit, IPortalStore store, CancellationToken ct) =>
            store.Audit.QueryAsync(text, new PageRequest(offset ?? 0, limit ?? 50), ct)).WithTags("Audit").Requires(PortalPermission.ViewAudit);
    }
}

/// <summary>A user, without secrets.</summary>
/// <param name="Name">Name.</param>
/// <param name="Role">Role.</param>
/// <param name="Disabled">May not sign in.</param>
/// <param name="LastSignInAt">Last sign-in.</param>
public sealed record UserView(string Name, UserRole Role, bool Disabled, DateTimeOffset? LastSignInAt)
{
    internal static UserView Of(UserEntry user) => new(user.Name, user.Role, user.Disabled, user.LastSignInAt);
}

/// <summary>A user to be made.</summary>
/// <param name="Name">Name to sign in with.</param>
/// <param name="Role">Role.</param>
/// <param name="Password">First password.</param>
public sealed record NewUserBody([StringLength(128, MinimumLength = 1)] string Name, UserRole Role, [StringLength(1024, MinimumLength = SignInService.MinPasswordLength)] string Password);

/// <summary>What is to change of a user; null leaves it.</summary>
/// <param name="Role">Role.</param>
/// <param name="Disabled">May not sign in.</param>
/// <param name="Password">New password.</param>
public sealed record UserBody(UserRole? Role, bool? Disabled, string? Password);
