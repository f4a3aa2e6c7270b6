using Culvert.CloudServices;
using Culvert.Storage;
using Culvert.Storage.Sqlite;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;

namespace Culvert.PortalHost;

/// <summary>Composes the portal: options in, a web application out.</summary>
public static class PortalApplication
{
    private const string EitherScheme = "CookieOrToken";

    /// <summary>Builds the portal; nothing listens yet. Its database is brought up to date when it starts.</summary>
    /// <param name="options">How it runs.</param>
    /// <param name="clock">The clock; the system's by default.</param>
    public static WebApplication Build(PortalOptions options, TimeProvider? clock = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "culvert-portal", ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.UseKestrelHttpsConfiguration();
        // Standard output is for what scripts read: the address and the sign-in code.
        builder.Logging.AddSimpleConsole(o => o.SingleLine = true);
        builder.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // Says at each refused request that it was refused; the answer's status says so too.
        builder.Logging.AddFilter(typeof(ApiTokenHandler).FullName, LogLevel.Warning);
        // The keys that protect cookies lie in the data folder, which only its owner can read.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddPortal(options);
        builder.WebHost.ConfigureKestrel((_, kestrel) => PortalListener.Configure(kestrel, options));
        var app = builder.Build();
        app.UsePortal();
        return app;
    }

    /// <summary>What the portal is reached by once it has started.</summary>
    /// <param name="app">The portal.</param>
    /// <param name="options">How it runs.</param>
    public static HostPort ListeningAddress(WebApplication app, PortalOptions options)
    {
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First(a => a.StartsWith("https", StringComparison.Ordinal));
        return new HostPort(options.HostNames[0], options.PublicPort ?? new Uri(address.Replace("[::]", "localhost", StringComparison.Ordinal)).Port);
    }

    /// <summary>Registers everything but pages: store, authority, sign-in, services.</summary>
    /// <param name="services">The container.</param>
    /// <param name="options">How the portal runs.</param>
    internal static IServiceCollection AddPortal(this IServiceCollection services, PortalOptions options)
    {
        var folder = new PortalFolder(options.DataFolder);
        services.AddSingleton(options);
        services.AddSingleton(folder);
        services.AddSingleton(s => PortalAuthority.Open(folder, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<PortalAddress>();
        services.AddSingleton<PortalTls>();
        services.AddSingleton<IPortalStore>(_ => new SqlitePortalStore(folder.Root));
        services.AddSingleton<ChangeFeed>();
        services.AddSingleton<AuditTrail>();
        services.AddSingleton<SignInService>();
        services.AddSingleton<SensorOnboarding>();
        services.AddSingleton<SensorAdministration>();
        services.AddSingleton<SiteAdministration>();
        services.AddSingleton<AlertTriage>();
        services.AddSingleton<PackageCatalogue>();
        services.AddSingleton<UserAdministration>();
        services.AddSingleton<TokenAdministration>();
        services.AddSingleton<EndpointCatalogue>();
        services.AddSingleton<RetentionSettings>();
        services.AddSingleton(s => new CloudServicesOptions
        {
            Root = s.GetRequiredService<PortalAuthority>().Root,
            Issuing = s.GetRequiredService<PortalAuthority>().Issuing,
            BlobKey = s.GetRequiredService<PortalAuthority>().BlobKey,
            Address = () => s.GetRequiredService<PortalAddress>().Current,
        });
        services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(folder.Sessions)).SetApplicationName("culvert-portal");
        services.AddHttpContextAccessor();
        services.AddAntiforgery(o => o.Cookie.SecurePolicy = CookieSecurePolicy.Always);
        services.AddAuthentication(EitherScheme)
            .AddPolicyScheme(EitherScheme, null, o => o.ForwardDefaultSelector = context =>
                context.Request.Headers.ContainsKey("Authorization") ? ApiTokenHandler.SchemeName : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, ApiTokenHandler>(ApiTokenHandler.SchemeName, null)
            .AddCookie(ConfigureCookie);
        services.AddAuthorization(o =>
        {
            foreach (var permission in Enum.GetValues<PortalPermission>())
            {
                o.AddPolicy(permission.ToString(), p => p.RequireRole(RolePermissions.RolesWith(permission).Select(r => r.ToString())));
            }
        });
        services.AddRateLimiter(SignInLimits.Configure);
        services.AddCascadingAuthenticationState();
        services.AddHostedService<PortalStart>();
        services.AddCloudServices();
        services.AddHostedService<SilenceWatch>();
        services.AddHostedService<RetentionJob>();
        services.AddPortalApi();
        services.AddPortalPages();
        return services;
    }

    private static void ConfigureCookie(CookieAuthenticationOptions o)
    {
        o.Cookie.Name = "__Host-culvert";
        o.Cookie.HttpOnly = true;
        o.Cookie.SecurePolicy = CookieSecurePolicy.Always;
        o.Cookie.SameSite = SameSiteMode.Lax;
        o.LoginPath = "/sign-in";
        o.AccessDeniedPath = "/denied";
        o.ExpireTimeSpan = TimeSpan.FromHours(8);
        o.SlidingExpiration = true;
        o.Events.OnValidatePrincipal = SessionCheck.ValidateAsync;
        o.Events.OnRedirectToLogin = context => AnswerOrRedirect(context, StatusCodes.Status401Unauthorized);
        o.Events.OnRedirectToAccessDenied = context => AnswerOrRedirect(context, StatusCodes.Status403Forbidden);
    }

    // A script wants a status, a browser a page.
    private static Task AnswerOrRedirect(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
        {
            context.Response.StatusCode = status;
        }
        else
        {
            context.Response.Redirect(context.RedirectUri);
        }

        return Task.CompletedTask;
    }

    private static void UsePortal(this WebApplication app)
    {
        app.UseMiddleware<ResponseHeaders>();
        app.UseWebSockets();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapGet("/healthz", () => "ok\n");
        EnrolmentEndpoint.Map(app);
        app.MapCloudServices();
        app.MapPortalApi();
        app.MapPortalPages();
    }
}
