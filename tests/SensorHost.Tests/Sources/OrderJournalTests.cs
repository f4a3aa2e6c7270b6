namespace Culvert.SensorHost.Tests;

public sealed class OrderJournalTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public void What_was_kept_is_read_in_order()
    {
        var file = _folder.File("zones/a.orders");
        var journal = new OrderJournal(file);
        ZoneOrder[] orders = [new() { Learning = true, Package = "" }, new() { Position = 5, Package = "2026.1" }, new() { Position = 9, CloseAlert = "x" }];
        foreach (var order in orders)
        {
            journal.Append(order);
        }

        Assert.Equal(orders, new OrderJournal(file).Read());
    }

    [Fact]
    public void A_line_that_a_crash_tore_is_left_out_and_the_next_one_stands_alone()
    {
        var file = _folder.Write("torn.orders", "{\"position\":1,\"learning\":true}\n{\"position\":2,\"lea");
        var journal = new OrderJournal(file);

        Assert.Single(journal.Read());
        journal.Append(new ZoneOrder { Position = 3, Learning = false });

        Assert.Equal([1, 3], new OrderJournal(file).Read().Select(o => o.Position));
    }

    public void Dispose() => _folder.Dispose();
}
