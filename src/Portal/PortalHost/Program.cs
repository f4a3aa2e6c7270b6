return await Culvert.Commands.HostCommandLine.RunAsync(Culvert.PortalHost.PortalCommands.Build(), "culvert-portal", args);
