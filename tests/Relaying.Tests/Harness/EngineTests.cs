namespace Culvert.Relaying.Tests.Harness;

/// <summary>Tests that every engine must pass; a subclass a way of moving bytes.</summary>
public abstract class EngineTests
{
    protected abstract RelayEngine NewEngine();

    protected TestProxy NewProxy(RelaySettings settings, ListenerSettings? listener = null) => new(NewEngine(), settings, listener);

    protected static RelayEngine Managed() => RelayEngine.Managed(TimeProvider.System);

    protected static RelayEngine Splicing(int maxPipes = PipePool.StandardMax)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "splice(2) is a call of Linux");
        return new SplicingEngine(TimeProvider.System, 2, maxPipes, e => TestContext.Current.SendDiagnosticMessage(e.ToString()));
    }
}
