using System.Security.Cryptography;
using Culvert.Uplink;
using Microsoft.Extensions.Logging;

namespace Culvert.SensorHost;

/// <summary>Renews the client certificate when two thirds of its life are over, with a new key; tries again every hour until it succeeds.</summary>
internal sealed class CertificateRenewal(SensorFolder folder, SensorIdentity identity, CloudAccess access, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromHours(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    /// <summary>When the next renewal is due.</summary>
    public DateTimeOffset DueAt => identity.NotBefore + ((identity.NotAfter - identity.NotBefore) * 2 / 3);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var next = DateTimeOffset.MinValue;
        using var timer = new PeriodicTimer(LookEvery, clock);
        do
        {
            var now = clock.GetUtcNow();
            if (now < DueAt || now < next)
            {
                continue;
            }

            if (await TryRenewAsync(cancellationToken) is { } reason)
            {
                next = now + RetryAfter;
                SensorLog.CertificateNotRenewed(logger, reason, RetryAfter.TotalMinutes);
            }
            else
            {
                SensorLog.CertificateRenewed(logger, identity.NotAfter);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task<string?> TryRenewAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (key, request) = SensorIdentity.PrepareRequest(folder, identity.Sensor);
            using (key)
            {
                var result = await CertificateEnrolment.RequestAsync(access, identity.Sensor, null, request, cancellationToken);
                if (result.CertificatePem is not { } certificate)
                {
                    return result.Refusal?.Message ?? result.Failure?.Message ?? "no answer";
                }

                identity.Renew(certificate, key);
                return null;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or FormatException)
        {
            return e.Message;
        }
    }
}
