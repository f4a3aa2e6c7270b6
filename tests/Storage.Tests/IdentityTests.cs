namespace Culvert.Storage.Tests;

public sealed class IdentityTests : StoreTest
{
    private static readonly byte[] Token = Bytes(TestData.Sensor);

    [Fact]
    public async Task A_token_enrols_one_key_once_and_the_same_key_again_only_while_its_answer_may_be_lost()
    {
        Assert.Equal(TokenOutcome.Enrolled, await ExchangeAsync("A1", "key a"));
        // The answer was lost on the way: the same key asks again.
        Assert.Equal(TokenOutcome.Enrolled, await ExchangeAsync("A2", "key a"));
        Assert.Equal(TokenOutcome.Used, await ExchangeAsync("A3", "key b"));
        await Store.Sensors.NoteCertificateUseAsync("A2", TestData.Now, Cancelled);
        Assert.Equal(TokenOutcome.Used, await ExchangeAsync("A4", "key a"));
        Assert.NotNull((await Store.Sensors.FindCertificateAsync("A1", Cancelled))!.RevokedAt);
        Assert.Null((await Store.Sensors.FindCertificateAsync("A2", Cancelled))!.RevokedAt);
        Assert.Equal(SensorState.Active, (await Store.Sensors.FindAsync(TestData.Sensor, Cancelled))!.State);
    }

    [Fact]
    public async Task A_token_that_expired_was_replaced_or_is_another_sensors_is_refused()
    {
        await AddSensorAsync("other");
        Assert.Equal(TokenOutcome.Expired, await ExchangeAsync("A1", "k", at: TestData.Now.AddDays(14).AddSeconds(1)));
        Assert.Equal(TokenOutcome.Unknown, await ExchangeAsync("A2", "k", Bytes("other")));
        Assert.Equal(StoreOutcome.Done, await Store.Sensors.ReplaceTokenAsync(TestData.Sensor, Bytes("second"), TestData.Now, TestData.Now.AddDays(14), Cancelled));
        Assert.Equal(TokenOutcome.Unknown, await ExchangeAsync("A3", "k"));
        Assert.Equal(TokenOutcome.Enrolled, await ExchangeAsync("A4", "k", Bytes("second")));
    }

    [Fact]
    public async Task A_revoked_sensor_is_out_until_it_gets_a_new_token_and_a_deleted_one_for_ever()
    {
        await ExchangeAsync("A1", "k");
        await Store.Sensors.SetSymmetricKeyAsync(TestData.Sensor, [1, 2, 3], Cancelled);
        Assert.Equal(StoreOutcome.Done, await Store.Sensors.RevokeAsync(TestData.Sensor, TestData.Now, Cancelled));
        Assert.NotNull((await Store.Sensors.FindCertificateAsync("A1", Cancelled))!.RevokedAt);
        Assert.True((await Store.Sensors.FindKeyAsync(TestData.Sensor, Cancelled))!.Revoked);
        Assert.Equal(TokenOutcome.Revoked, await ExchangeAsync("A2", "k"));
        await Store.Sensors.ReplaceTokenAsync(TestData.Sensor, Bytes("again"), TestData.Now, TestData.Now.AddDays(14), Cancelled);
        Assert.Equal(TokenOutcome.Enrolled, await ExchangeAsync("A3", "k3", Bytes("again")));
        await Store.Sensors.DeleteAsync(TestData.Sensor, TestData.Now, Cancelled);
        Assert.Null(await Store.Sensors.FindAsync(TestData.Sensor, Cancelled));
        Assert.Equal(TokenOutcome.Revoked, await ExchangeAsync("A5", "k", Bytes("again")));
        Assert.NotNull((await Store.Sensors.FindCertificateAsync("A3", Cancelled))!.RevokedAt);
        Assert.Equal(StoreOutcome.Done, await AddSensorAsync(TestData.Sensor, token: Bytes("new life")));
    }

    [Fact]
    public async Task The_last_owner_stays_and_a_code_works_once()
    {
        UserEntry User(string name, UserRole role) => new() { Name = name, Role = role, PasswordHash = "h", SecurityStamp = name, CreatedAt = TestData.Now };
        await Store.Users.AddSignInCodeAsync(Bytes("code"), TestData.Now, TestData.Now.AddHours(1), Cancelled);
        Assert.False(await Store.Users.RedeemSignInCodeAsync(Bytes("wrong"), User("o", UserRole.Owner), TestData.Now, Cancelled));
        Assert.True(await Store.Users.RedeemSignInCodeAsync(Bytes("code"), User("o", UserRole.Owner), TestData.Now, Cancelled));
        Assert.False(await Store.Users.RedeemSignInCodeAsync(Bytes("code"), User("p", UserRole.Owner), TestData.Now, Cancelled));
        await Store.Users.AddSignInCodeAsync(Bytes("late"), TestData.Now, TestData.Now.AddHours(1), Cancelled);
        Assert.False(await Store.Users.RedeemSignInCodeAsync(Bytes("late"), User("p", UserRole.Owner), TestData.Now.AddHours(2), Cancelled));
        Assert.Equal(StoreOutcome.Conflict, await Store.Users.UpdateAsync(User("o", UserRole.SecurityReader), Cancelled));
        Assert.Equal(StoreOutcome.Conflict, await Store.Users.UpdateAsync(User("o", UserRole.Owner) with { Disabled = true }, Cancelled));
        Assert.Equal(StoreOutcome.Conflict, await Store.Users.DeleteAsync("O", Cancelled));
        Assert.Equal(StoreOutcome.Done, await Store.Users.CreateAsync(User("second", UserRole.Owner), Cancelled));
        Assert.Equal(StoreOutcome.Conflict, await Store.Users.CreateAsync(User("SECOND", UserRole.Owner), Cancelled));
        Assert.Equal(StoreOutcome.Done, await Store.Users.DeleteAsync("o", Cancelled));
    }

    [Fact]
    public async Task An_api_token_ends_at_its_time_and_with_its_user()
    {
        await Store.Users.CreateAsync(new UserEntry { Name = "u", Role = UserRole.Owner, SecurityStamp = "s", CreatedAt = TestData.Now }, Cancelled);
        await Store.Users.CreateAsync(new UserEntry { Name = "v", Role = UserRole.Owner, SecurityStamp = "s", CreatedAt = TestData.Now }, Cancelled);
        var token = new ApiToken { Id = "1", Name = "script", User = "u", Role = UserRole.SecurityReader, CreatedAt = TestData.Now, ExpiresAt = TestData.Now.AddDays(1) };
        await Store.Users.AddApiTokenAsync(token, Bytes("secret"), Cancelled);
        Assert.Equal("u", (await Store.Users.FindApiTokenAsync(Bytes("secret"), TestData.Now, Cancelled))!.Value.User.Name);
        Assert.Null(await Store.Users.FindApiTokenAsync(Bytes("secret"), TestData.Now.AddDays(2), Cancelled));
        Assert.Null(await Store.Users.FindApiTokenAsync(Bytes("other"), TestData.Now, Cancelled));
        await Store.Users.DeleteAsync("u", Cancelled);
        Assert.Null(await Store.Users.FindApiTokenAsync(Bytes("secret"), TestData.Now, Cancelled));
    }

    private Task<TokenOutcome> ExchangeAsync(string serial, string key, byte[]? token = null, DateTimeOffset? at = null) => Store.Sensors.ExchangeTokenAsync(
        new TokenExchange
        {
            Sensor = new SensorId(TestData.Sensor),
            TokenHash = token ?? Token,
            KeyHash = Bytes(key),
            At = at ?? TestData.Now,
            Certificate = new CertificateEntry { Serial = serial, Sensor = TestData.Sensor, Thumbprint = serial, NotBefore = TestData.Now, NotAfter = TestData.Now.AddDays(90) },
        },
        Cancelled);
}
