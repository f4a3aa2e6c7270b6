using Microsoft.AspNetCore.Components;

namespace Culvert.PortalHost.Components.Pages;

/// <summary>Signs people in by password, or the first time by a one-time code.</summary>
public partial class SignIn
{
    private string? _message;

    [SupplyParameterFromForm]
    private SignInForm? Input { get; set; }

    [SupplyParameterFromQuery]
    private string? ReturnUrl { get; set; }

    [SupplyParameterFromQuery]
    private bool First { get; set; }

    [CascadingParameter]
    private HttpContext Context { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnInitialized() => Input ??= new();

    private bool WithCode => First || !string.IsNullOrEmpty(Input?.Code);

    private async Task SubmitAsync()
    {
        var outcome = string.IsNullOrEmpty(Input!.Code)
            ? await SignIns.SignInAsync(Context, Input.Name ?? "", Input.Password ?? "")
            : await SignIns.RedeemCodeAsync(Context, Input!.Code, Input.Name ?? "", Input.Password ?? "");
        if (outcome == SignInOutcome.SignedIn)
        {
            // Only a path of this site: anything else would send people away with our address in their mind.
            Navigation.NavigateTo(ReturnUrl is ['/', not ('/' or '\\'), ..] ? ReturnUrl : "/");
            return;
        }

        _message = outcome switch
        {
            SignInOutcome.Locked => "Too many wrong passwords. Try again in a quarter of an hour.",
            SignInOutcome.CodeRefused => "The sign-in code is unknown, used or expired. Make a new one with 'culvert-portal create-signin'.",
            SignInOutcome.PasswordTooShort => $"The password needs at least {SignInService.MinPasswordLength} characters.",
            SignInOutcome.NameInvalid => "The user name must have 1 to 128 characters.",
            _ => "User name or password is wrong.",
        };
    }

    /// <summary>What the form holds.</summary>
    public sealed class SignInForm
    {
        /// <summary>User name.</summary>
        public string? Name { get; set; }

        /// <summary>Password.</summary>
        public string? Password { get; set; }

        /// <summary>One-time code.</summary>
        public string? Code { get; set; }
    }
}
