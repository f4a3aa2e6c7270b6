using System.Text;
using Culvert.Planning;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>The planner: the method that fits, and the plan of a site file.</summary>
internal static class PlannerApi
{
    public static void Map(RouteGroupBuilder planner)
    {
        planner.MapPost("/advice", (MethodAnswers answers) => MethodChooser.Choose(answers));
        planner.MapPost("/plan", async Task<IResult> (Stream site, CancellationToken cancellationToken) =>
        {
            using var reader = new StreamReader(site, Encoding.UTF8);
            var text = await reader.ReadToEndAsync(cancellationToken);
            var (_, plan, mistakes) = SitePlanning.Derive(text);
            return plan is null
                ? PortalApi.Problem(StoreOutcome.Conflict, mistakes)
                : TypedResults.File(SitePlanning.Zip(text, plan), "application/zip", "culvert-plan.zip");
        }).Accepts<Stream>("application/yaml", "text/yaml", "text/plain", "application/json").Produces<byte[]>(200, "application/zip").ProducesProblem(409);
    }
}
