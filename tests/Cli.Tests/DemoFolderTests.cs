namespace Culvert.Cli.Tests;

public sealed class DemoFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("culvert-demo-tests").FullName;

    [Fact]
    public void A_folder_of_its_own_is_removed_unless_it_is_to_stay()
    {
        string first, second;
        using (var folder = DemoFolder.Open(null))
        {
            first = folder.Root;
        }

        using (var folder = DemoFolder.Open(null))
        {
            folder.Keep();
            second = folder.Root;
        }

        Assert.False(Directory.Exists(first));
        Assert.True(Directory.Exists(second));
        Directory.Delete(second, recursive: true);
    }

    [Fact]
    public void A_folder_that_holds_other_files_is_left_alone()
    {
        File.WriteAllText(Path.Combine(_root, "thesis.txt"), "years of work");

        Assert.Contains("holds other files", Assert.Throws<DemoException>(() => DemoFolder.Open(_root)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_demos_in_one_folder_are_refused_and_the_folder_stays()
    {
        var state = Path.Combine(_root, "state");
        using (DemoFolder.Open(state))
        {
            Assert.Contains("Another demo runs", Assert.Throws<DemoException>(() => DemoFolder.Open(state)).Message, StringComparison.Ordinal);
        }

        Assert.True(Directory.Exists(state));
        using var again = DemoFolder.Open(state);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
