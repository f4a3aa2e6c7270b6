using System.CommandLine;
using System.Security.Cryptography;
using Culvert.Planning;

namespace Culvert.Cli;

/// <summary>Signing lists and checking signatures.</summary>
internal static class SignatureCommands
{
    private const int MaxFileBytes = 16 * 1024 * 1024;
    private const int MaxKeyBytes = 64 * 1024;

    public static Command CreateVerify(Output output)
    {
        var file = new Argument<string>("FILE") { Description = "The file whose signature lies beside it as FILE.sig." };
        var key = new Option<string>("--key") { Description = "The signer's public key (PEM).", Required = true, HelpName = "KEY" };
        var verify = new Command("verify", "Checks the signature of a list: exit status 0 when it is the signer's, 1 when not.") { file, key };
        verify.SetAction(parsed => Verify(parsed.GetRequiredValue(file), parsed.GetRequiredValue(key), output));
        return verify;
    }

    public static Command CreateKey(Output output)
    {
        var file = new Argument<string>("KEY") { Description = "Where the private key is written (mode 0600); the public one goes beside it as KEY.pub." };
        var create = new Command("key", "Makes a key pair to sign lists with.") { file };
        create.SetAction(parsed => MakeKey(parsed.GetRequiredValue(file), output));
        return create;
    }

    /// <summary>Signs a file, and writes the signature beside it.</summary>
    public static int Sign(string file, string keyFile, Output output)
    {
        if (BoundedFile.ReadText(keyFile, MaxKeyBytes, output) is not { } key || BoundedFile.Read(file, MaxFileBytes, output) is not { } content)
        {
            return ExitCode.BadFile;
        }

        try
        {
            File.WriteAllBytes(file + EndpointSignature.Extension, EndpointSignature.Sign(content, key));
            return ExitCode.Fine;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            output.Complain($"{keyFile} is no private key on the curve P-256 (PEM): {e.Message}");
            return ExitCode.BadFile;
        }
    }

    private static int Verify(string file, string keyFile, Output output)
    {
        if (BoundedFile.Read(file, MaxFileBytes, output) is not { } content
            || BoundedFile.Read(file + EndpointSignature.Extension, MaxKeyBytes, output) is not { } signature
            || BoundedFile.ReadText(keyFile, MaxKeyBytes, output) is not { } key)
        {
            return ExitCode.BadFile;
        }

        try
        {
            var isGood = EndpointSignature.Verify(content, signature, key);
            output.Line(isGood ? $"{file}: the signature is good." : $"{file}: the signature is NOT of this content by this key.");
            return isGood ? ExitCode.Fine : ExitCode.Found;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            output.Complain($"{keyFile} is no key on the curve P-256 (PEM): {e.Message}");
            return ExitCode.BadFile;
        }
    }

    private static int MakeKey(string path, Output output)
    {
        if (File.Exists(path) || File.Exists(path + ".pub"))
        {
            output.Complain($"{path} or {path}.pub is there already; a key is never overwritten.");
            return ExitCode.Usage;
        }

        var (privateKey, publicKey) = EndpointSignature.CreateKey();
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(path, options))
        {
            writer.Write(privateKey);
        }

        File.WriteAllText(path + ".pub", publicKey);
        output.Line($"{path} signs; give {path}.pub to those who verify.");
        return ExitCode.Fine;
    }
}
