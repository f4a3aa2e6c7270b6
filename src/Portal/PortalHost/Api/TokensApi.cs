using System.ComponentModel.DataAnnotations;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>API tokens: those of a user, for who manages users, and one's own.</summary>
internal static class TokensApi
{
    /// <summary>Maps the tokens of any user, below <c>/users</c>.</summary>
    public static void MapOfUsers(RouteGroupBuilder users)
    {
        users.MapGet("/{user}/tokens", (string user, IPortalStore store, CancellationToken ct) => store.Users.ListApiTokensAsync(user, ct));
        users.MapPost("/{user}/tokens", async Task<IResult> (string user, TokenBody body, TokenAdministration administration, HttpContext context) =>
            Answer(await administration.CreateAsync(user, body.Name, body.Role, body.Days, Actor.Of(context), context.RequestAborted))).Produces<NewToken>().ProducesProblem(404).ProducesProblem(409);
        users.MapDelete("/{user}/tokens/{id}", async (string user, string id, TokenAdministration administration, HttpContext context) =>
            PortalApi.Answer(await administration.DeleteAsync(user, id, Actor.Of(context), context.RequestAborted)));
    }

    /// <summary>Maps one's own tokens. Not for a token: who finds one must not be able to outlive it.</summary>
    public static void MapOwn(RouteGroupBuilder tokens)
    {
        tokens.AddEndpointFilter(async (context, next) => context.HttpContext.User.Identity?.AuthenticationType == ApiTokenHandler.SchemeName
            ? TypedResults.Problem("An API token has no tokens of its own. Sign in.", statusCode: StatusCodes.Status403Forbidden)
            : await next(context));
        tokens.MapGet("/", (IPortalStore store, HttpContext context) => store.Users.ListApiTokensAsync(Actor.Of(context).Name, context.RequestAborted));
        tokens.MapPost("/", async Task<IResult> (TokenBody body, TokenAdministration administration, HttpContext context) =>
            Answer(await administration.CreateAsync(Actor.Of(context).Name, body.Name, body.Role, body.Days, Actor.Of(context), context.RequestAborted)))
            .Produces<NewToken>().ProducesProblem(403).ProducesProblem(409);
        tokens.MapDelete("/{id}", async (string id, TokenAdministration administration, HttpContext context) =>
            PortalApi.Answer(await administration.DeleteAsync(Actor.Of(context).Name, id, Actor.Of(context), context.RequestAborted)));
    }

    private static IResult Answer(ChangeOutcome<NewToken> outcome) => outcome.Value is { } made ? TypedResults.Ok(made) : PortalApi.Problem(outcome.Outcome, outcome.Mistakes);
}

/// <summary>A token to be made.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Role">Most that it may do.</param>
/// <param name="Days">Days until it ends.</param>
public sealed record TokenBody([StringLength(TokenAdministration.MaxNameLength, MinimumLength = 1)] string Name, UserRole Role, [Range(1, TokenAdministration.MaxDays)] int Days);

/// <summary>A token with its secret, shown once.</summary>
/// <param name="Token">The token.</param>
/// <param name="Secret">Its secret, for <c>Authorization: Bearer</c>.</param>
public sealed record NewToken(ApiToken Token, string Secret);
