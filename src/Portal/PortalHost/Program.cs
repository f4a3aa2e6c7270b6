return await Culvert.PortalHost.PortalCommands.Build().Parse(args).InvokeAsync();
