using System.Globalization;
using System.Security.Cryptography;
using Culvert.Tunnels;
using Culvert.Uplink;

namespace Culvert.SensorHost;

/// <summary>Makes an installed sensor this site's sensor: checks the file, makes a key pair, buys a certificate through the routes. Every refusal has its own words and exit status.</summary>
internal sealed class SensorActivation(SensorFolder folder, TimeProvider clock, TextWriter output)
{
    /// <summary>Largest difference of the clocks, as the portal allows.</summary>
    public static readonly TimeSpan MaxClockDrift = TimeSpan.FromMinutes(5);

    private const string AskForNew = "Download a new one from the portal.";

    /// <summary>Activates; throws <see cref="SensorException"/> when refused.</summary>
    public async Task RunAsync(string activationFile, SensorFileSettings settings, CloudFactory clouds, CancellationToken cancellationToken)
    {
        var activation = ActivationReader.Read(activationFile);
        using var held = folder.Lock();
        using var cloud = clouds.Create(activation, ActivationReader.Trust(activation), () => null, settings);
        if (activation.ExpiresAt <= clock.GetUtcNow())
        {
            await RefuseExpiredAsync(activationFile, activation, cloud, cancellationToken);
        }

        var (key, request) = SensorIdentity.PrepareRequest(folder, new SensorId(activation.Sensor));
        using (key)
        {
            var result = await CertificateEnrolment.RequestAsync(cloud.Access, new SensorId(activation.Sensor), activation.EnrolmentToken, request, cancellationToken);
            if (result.CertificatePem is not { } certificate)
            {
                throw result.Refusal is { } refusal ? Refused(activationFile, refusal) : Unreachable(cloud, result.Failure);
            }

            try
            {
                SensorIdentity.Keep(folder, certificate, key);
            }
            catch (CryptographicException e)
            {
                throw new SensorException(SensorExit.Refused, $"The cloud issued a certificate that does not fit this sensor's key: {e.Message}");
            }
        }

        SensorIdentity.KeepActivation(folder, activation);
        var identity = SensorIdentity.Load(folder);
        await output.WriteLineAsync($"activated {activation.Sensor} for site {activation.Site}, zone {activation.Zone}; its certificate ends {identity.NotAfter:u}");
        foreach (var print in ActivationReader.Fingerprints(activation))
        {
            await output.WriteLineAsync($"trusted root SHA-256 {print}");
        }
    }

    // A clock that is ahead makes every file look expired: the cloud's clock decides, where it can be asked. The token is not sent.
    private async Task RefuseExpiredAsync(string file, ActivationContent activation, SensorCloud cloud, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await cloud.Access.Client(CloudService.IotHub).GetAsync(new Uri("healthz", UriKind.Relative), cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Then this machine's clock is all there is.
        }

        if (cloud.Access.Readings.Clock.Drift is { } drift && drift.Duration() > MaxClockDrift)
        {
            throw ClockOff(drift, clock.GetUtcNow() - drift);
        }

        throw new SensorException(SensorExit.Expired, $"{file} expired {activation.ExpiresAt:u}: an unused activation file is valid for 14 days. {AskForNew}");
    }

    private SensorException Refused(string file, Refusal refusal)
    {
        switch (refusal.Code)
        {
            case RefusalCode.TokenUsed:
                return new SensorException(SensorExit.Used, $"{file} was used before: an activation file activates one sensor, once. {AskForNew}");
            case RefusalCode.TokenExpired:
                return new SensorException(SensorExit.Expired, $"{file} has expired: an unused activation file is valid for 14 days. {AskForNew}");
            case RefusalCode.TokenUnknown:
                return new SensorException(SensorExit.Replaced, $"{file} is not this sensor's newest activation file, or not of this portal. {AskForNew}");
            case RefusalCode.SensorRevoked:
                return new SensorException(SensorExit.Revoked, "The sensor was revoked or deleted in the portal. Onboard it again there if it is to come back.");
            case RefusalCode.ClockOff when refusal.CloudTime is { } time:
                return ClockOff(clock.GetUtcNow() - time, time);
            default:
                return new SensorException(SensorExit.Refused, $"The cloud refuses the activation ({refusal.Code}): {refusal.Message}");
        }
    }

    private static SensorException ClockOff(TimeSpan drift, DateTimeOffset cloudTime) => new(
        SensorExit.ClockOff,
        string.Create(
            CultureInfo.InvariantCulture,
            $"This machine's clock is {drift.Duration().TotalSeconds:0} seconds {(drift > TimeSpan.Zero ? "ahead of" : "behind")} the cloud's, at most {MaxClockDrift.TotalMinutes:0} minutes are allowed. Set it to {cloudTime:u} (better: give it a time server) and activate again; the activation file was not used up."));

    private SensorException Unreachable(SensorCloud cloud, Exception? failure)
    {
        var trace = failure is null ? null : FindTrace(failure);
        var words = trace?.Failure;
        var details = trace is null ? [] : TraceText.Lines(trace);
        return words?.Cause switch
        {
            Cause.Intercepted => new SensorException(
                SensorExit.Intercepted,
                $"Somebody on the way terminates TLS: the certificate of {trace!.Destination} is not of the cloud's issuer. {words.Evidence} Nothing was sent. Exempt {trace.Destination} from TLS inspection.",
                details),
            Cause.ClockOff => new SensorException(
                SensorExit.ClockOff, $"The certificate of {trace!.Destination} is not valid yet by this machine's clock ({clock.GetUtcNow():u}): the clock is behind. Set it and activate again; the activation file was not used up.", details),
            Cause.CertificateExpired => new SensorException(
                SensorExit.ClockOff, $"The certificate of {trace!.Destination} has ended by this machine's clock ({clock.GetUtcNow():u}): either the clock is ahead, or the portal must renew its certificate.", details),
            _ => new SensorException(
                SensorExit.Unreachable,
                $"The cloud cannot be reached: {words?.Target ?? cloud.Access[CloudService.IotHub].Address.ToString()}{(words is null ? "" : $", {words.Stage}: {words.Cause}")}. {words?.Evidence ?? failure?.Message}",
                details),
        };
    }

    private static Trace? FindTrace(Exception failure)
    {
        for (var e = failure; e is not null; e = e.InnerException)
        {
            if (e is TunnelFailedException tunnel)
            {
                return tunnel.Trace;
            }
        }

        return null;
    }
}
