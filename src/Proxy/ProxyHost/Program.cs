return await Culvert.Commands.HostCommandLine.RunAsync(Culvert.ProxyHost.ProxyCommands.Build(), "culvert-proxy", args);
