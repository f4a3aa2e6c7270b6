namespace Culvert.Relaying;

/// <summary>What an event loop calls when something happens on a descriptor.</summary>
internal interface IEventTarget
{
    /// <summary>Called on the loop's thread.</summary>
    void OnEvents(EventLoop loop, uint events);
}
