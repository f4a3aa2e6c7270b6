namespace Culvert.Planning;

/// <summary>A flow at one of the firewalls it crosses.</summary>
/// <param name="Number">From 1, in the order of the firewall's list.</param>
/// <param name="From">The side it comes from.</param>
/// <param name="To">The side it leaves by.</param>
/// <param name="Flow">The flow.</param>
public sealed record FirewallRule(int Number, SiteFirewallSide From, SiteFirewallSide To, PlannedFlow Flow);
