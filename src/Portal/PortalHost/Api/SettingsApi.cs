namespace Culvert.PortalHost;

/// <summary>Settings of the portal itself.</summary>
internal static class SettingsApi
{
    public static void Map(RouteGroupBuilder settings)
    {
        settings.MapGet("/retention", (RetentionSettings retention, CancellationToken ct) => retention.ReadAsync(ct));
        settings.MapPut("/retention", async Task<IResult> (RetentionDays days, RetentionSettings retention, HttpContext context) =>
        {
            var outcome = await retention.ChangeAsync(days, Actor.Of(context), context.RequestAborted);
            return outcome.Value is { } changed ? TypedResults.Ok(changed) : PortalApi.Problem(outcome.Outcome, outcome.Mistakes);
        }).Produces<RetentionDays>().ProducesProblem(409).Requires(PortalPermission.ManageUsers);
    }
}
