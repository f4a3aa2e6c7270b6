return await Culvert.PortalHost.PortalCommands.RunAsync(args);
