using System.Diagnostics.Metrics;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using Culvert.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.CloudServices.Tests;

public sealed class IngestQueueTests
{
    [Fact(Timeout = 60_000)]
    public async Task Many_requests_become_few_transactions_and_none_is_acknowledged_before_its_own()
    {
        var store = new HeldStore();
        using var queue = Queue(store);
        await queue.StartAsync(TestContext.Current.CancellationToken);
        var first = queue.StoreAsync(Records(1), TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => store.Calls.Count == 1, "the first transaction");
        var others = Enumerable.Range(0, 50).Select(_ => queue.StoreAsync(Records(2), TestContext.Current.CancellationToken)).ToList();
        Assert.DoesNotContain(others, o => o.IsCompleted);
        store.Release();
        Assert.All(await Task.WhenAll([first, .. others]), r => Assert.Equal(IngestResult.Committed, r));
        Assert.Equal([1, 100], store.Calls);
        await queue.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = 60_000)]
    public async Task Beyond_what_may_wait_a_request_is_sent_away_and_nothing_of_it_is_kept()
    {
        var store = new HeldStore();
        using var queue = Queue(store, maxWaiting: 10);
        await queue.StartAsync(TestContext.Current.CancellationToken);
        var first = queue.StoreAsync(Records(6), TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => store.Calls.Count == 1, "the first transaction");
        var second = queue.StoreAsync(Records(4), TestContext.Current.CancellationToken);
        Assert.Equal(IngestResult.Busy, await queue.StoreAsync(Records(1), TestContext.Current.CancellationToken));
        var patient = queue.StorePatientlyAsync(Records(1), TestContext.Current.CancellationToken);
        Assert.False(patient.IsCompleted);
        store.Release();
        Assert.All(await Task.WhenAll(first, second, patient), r => Assert.Equal(IngestResult.Committed, r));
        Assert.Equal(11, store.Calls.Sum());
        await queue.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = 60_000)]
    public async Task One_request_that_cannot_be_stored_does_not_hold_up_the_others()
    {
        var store = new HeldStore { Poison = 3 };
        using var queue = Queue(store);
        await queue.StartAsync(TestContext.Current.CancellationToken);
        var first = queue.StoreAsync(Records(1), TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => store.Calls.Count == 1, "the first transaction");
        var good = queue.StoreAsync(Records(2), TestContext.Current.CancellationToken);
        var bad = queue.StoreAsync(Records(3), TestContext.Current.CancellationToken);
        var alsoGood = queue.StoreAsync(Records(4), TestContext.Current.CancellationToken);
        store.Release();
        Assert.Equal([IngestResult.Committed, IngestResult.Committed, IngestResult.Failed, IngestResult.Committed], await Task.WhenAll(first, good, bad, alsoGood));
        await queue.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_waits_when_the_portal_stops_is_not_acknowledged()
    {
        var store = new HeldStore();
        using var queue = Queue(store);
        await queue.StartAsync(TestContext.Current.CancellationToken);
        var first = queue.StoreAsync(Records(1), TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => store.Calls.Count == 1, "the first transaction");
        var waiting = queue.StoreAsync(Records(2), TestContext.Current.CancellationToken);
        var stopping = queue.StopAsync(TestContext.Current.CancellationToken);
        store.Release();
        await stopping;
        Assert.Equal(IngestResult.Committed, await first);
        Assert.NotEqual(IngestResult.Busy, await waiting);
        Assert.Equal(await waiting == IngestResult.Committed ? 3 : 1, store.Calls.Sum());
    }

    private static IncomingRecord[] Records(int count) =>
        [.. Enumerable.Range(1, count).Select(n => new IncomingRecord { Sensor = new SensorId("s"), Id = new RecordId(new SensorId("s"), RecordStream.Alerts, count, n) })];

    private static IngestQueue Queue(HeldStore store, int maxWaiting = 1000)
    {
        var portal = DispatchProxy.Create<IPortalStore, OneStore>();
        ((OneStore)(object)portal).Ingest = store;
        using var none = new X509Certificate2Holder();
        var options = new CloudServicesOptions { Root = none.Certificate, Issuing = none.Certificate, BlobKey = [], Address = () => null, MaxWaitingRecords = maxWaiting };
        return new IngestQueue(portal, new ChangeFeed(), options, new CloudServicesMetrics(new Meters()), TimeProvider.System, NullLogger<IngestQueue>.Instance);
    }

#pragma warning disable CA1852 // DispatchProxy derives from it.
    private class OneStore : DispatchProxy
#pragma warning restore CA1852
    {
        public IIngestStore? Ingest { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod?.Name == "get_Ingest" ? Ingest : throw new NotSupportedException(targetMethod?.Name);
    }

    private sealed class X509Certificate2Holder : IDisposable
    {
        private readonly System.Security.Cryptography.ECDsa _key = System.Security.Cryptography.ECDsa.Create();

        public X509Certificate2Holder() => Certificate = new CertificateRequest("CN=none", _key, System.Security.Cryptography.HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));

        public X509Certificate2 Certificate { get; }

        public void Dispose() => _key.Dispose();
    }

    private sealed class Meters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }

    private sealed class HeldStore : IIngestStore
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>A transaction with a record of an epoch of this number fails.</summary>
        public int Poison { get; init; }

        public List<int> Calls { get; } = [];

        public void Release() => _released.SetResult();

        public async Task<IngestOutcome> StoreAsync(IReadOnlyList<IncomingRecord> records, DateTimeOffset at, CancellationToken cancellationToken)
        {
            Calls.Add(records.Count);
            await _released.Task;
            return records.Any(r => r.Id!.Value.Epoch == Poison) ? throw new IOException("The disk is full.") : new IngestOutcome(records.Count, 0, 0);
        }

        public Task<IReadOnlyList<StreamStatistics>> ListStatisticsAsync(string? sensor, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Page<DeadLetter>> ListDeadLettersAsync(string? sensor, PageRequest page, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
