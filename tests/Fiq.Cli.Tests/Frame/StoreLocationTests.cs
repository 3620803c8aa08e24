using Fiq.Cli.Frame;

namespace Fiq.Cli.Tests.Frame;

public sealed class StoreLocationTests
{
    [Theory]
    [InlineData("/given", "", "/given", "/given")]
    [InlineData(null, "FIQ_STORE=/f;STATE_DIRECTORY=/s;XDG_DATA_HOME=/x", "/f", "/f")]
    [InlineData(null, "FIQ_STORE=;STATE_DIRECTORY=/s:/t;XDG_DATA_HOME=/x", "/s", "/s")]
    [InlineData(null, "XDG_DATA_HOME=/x", "/x/fiq", "/x/fiq")]
    [InlineData(null, "", "/home/ann/.local/share/fiq", "~/.local/share/fiq")]
    [InlineData("/home/ann/q/", "", "/home/ann/q", "~/q")]
    [InlineData("/home/annabel", "", "/home/annabel", "/home/annabel")]
    public void The_first_that_is_set_is_the_place(string? option, string variables, string path, string display)
    {
        var environment = variables.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        environment["HOME"] = "/home/ann";
        StoreLocation store = StoreLocation.Resolve(option, environment.GetValueOrDefault);
        store.Path.Should().Be(path);
        store.Display.Should().Be(display);
    }

    [Fact]
    public void Without_a_home_a_place_must_be_given()
    {
        Action resolve = () => StoreLocation.Resolve(null, _ => null);
        resolve.Should().Throw<FiqException>().Which.Code.Should().Be(ErrorCode.BadRequest);
    }

    [Theory]
    [InlineData("http://host:7500")]
    [InlineData("https://host")]
    [InlineData("amqp://user@host/v")]
    [InlineData("AMQPS://host")]
    public void Stores_that_are_not_built_are_refused_and_never_become_folders(string store)
    {
        Action resolve = () => StoreLocation.Resolve(store, _ => "/home/ann");
        resolve.Should().Throw<FiqException>().WithMessage("*is not built into this version")
            .Which.Code.Should().Be(ErrorCode.BadRequest);
    }
}
