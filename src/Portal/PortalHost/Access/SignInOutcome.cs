namespace Culvert.PortalHost;

/// <summary>How an attempt to sign in ended.</summary>
public enum SignInOutcome
{
    /// <summary>Signed in.</summary>
    SignedIn,

    /// <summary>Name or password is wrong, or the user may not sign in: which of them is not said.</summary>
    Refused,

    /// <summary>Too many wrong passwords; try again later.</summary>
    Locked,

    /// <summary>The sign-in code is unknown, used or expired.</summary>
    CodeRefused,

    /// <summary>The password is too short; see <see cref="SignInService.MinPasswordLength"/>.</summary>
    PasswordTooShort,

    /// <summary>The user name is empty or longer than 128 characters.</summary>
    NameInvalid,
}
