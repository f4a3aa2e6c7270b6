using System.Text.Json;
using System.Text.Json.Serialization;
using Culvert.Storage;

namespace Culvert.PortalHost;

/// <summary>The REST API: route groups under <c>/api/v1</c>, described at <c>/openapi/v1.json</c>.</summary>
internal static class PortalApi
{
    /// <summary>Registers what the API needs.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddPortalApi(this IServiceCollection services)
    {
        services.AddProblemDetails();
        services.AddValidation();
        services.AddOpenApi("v1", o => o.AddSchemaTransformer((schema, context, _) =>
        {
            QueryWordSchema.Describe(schema, context.ParameterDescription?.Type ?? context.ParameterDescription?.ParameterDescriptor?.ParameterType);
            return Task.CompletedTask;
        }));
        services.ConfigureHttpJsonOptions(o =>
        {
            o.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
            o.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        });
        return services;
    }

    /// <summary>Maps the API.</summary>
    /// <param name="app">The portal.</param>
    public static void MapPortalApi(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").RequireAuthorization(nameof(PortalPermission.View));
        var api = app.MapGroup("/api/v1").RequireAuthorization(nameof(PortalPermission.View)).AddEndpointFilter<SameOriginFilter>().DisableAntiforgery();
        SitesApi.Map(api.MapGroup("/sites").WithTags("Sites"));
        SensorsApi.Map(api.MapGroup("/sensors").WithTags("Sensors"));
        RecordsApi.Map(api);
        PackagesApi.Map(api.MapGroup("/packages").WithTags("Packages"));
        EndpointsApi.Map(api.MapGroup("/endpoints").WithTags("Endpoints"));
        SettingsApi.Map(api.MapGroup("/settings").WithTags("Settings"));
        PlannerApi.Map(api.MapGroup("/planner").WithTags("Planner"));
        UsersApi.Map(api);
        TokensApi.MapOwn(api.MapGroup("/tokens").WithTags("Tokens"));
        ChangesApi.Map(api);
    }

    /// <summary>Asks for a permission beyond viewing.</summary>
    /// <param name="builder">The endpoint.</param>
    /// <param name="permission">The permission.</param>
    public static TBuilder Requires<TBuilder>(this TBuilder builder, PortalPermission permission)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(permission.ToString());

    /// <summary>The answer to a change that was not done.</summary>
    /// <param name="outcome">Why not.</param>
    /// <param name="mistakes">What is wrong with what was asked.</param>
    public static IResult Problem(StoreOutcome outcome, IReadOnlyList<string> mistakes) => TypedResults.Problem(
        string.Join('\n', mistakes),
        statusCode: outcome == StoreOutcome.NotFound ? StatusCodes.Status404NotFound : StatusCodes.Status409Conflict,
        extensions: new Dictionary<string, object?> { ["mistakes"] = mistakes });

    /// <summary>The answer to a change that gives nothing.</summary>
    /// <param name="outcome">How it ended.</param>
    public static IResult Answer(StoreOutcome outcome) => outcome switch
    {
        StoreOutcome.Done => TypedResults.NoContent(),
        StoreOutcome.NotFound => Problem(outcome, ["There is no such thing."]),
        _ => Problem(outcome, ["Something still depends on it, or the name is taken."]),
    };
}
