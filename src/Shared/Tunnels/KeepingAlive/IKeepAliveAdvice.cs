namespace Culvert.Tunnels;

/// <summary>How often a session must give a sign of life, learned from those that were cut. Safe for several threads.</summary>
public interface IKeepAliveAdvice
{
    /// <summary>The longest silence to allow, for the way in use now.</summary>
    TimeSpan Interval { get; }

    /// <summary>Says that the way still answered after so much silence.</summary>
    void Survived(TimeSpan silence);

    /// <summary>Says that the way was found cut after so much silence.</summary>
    /// <returns>Whether the silence is the likely reason (<see cref="Cause.IdleCut"/>): it was long enough, and not the first of about this length.</returns>
    bool Cut(TimeSpan silence);
}
