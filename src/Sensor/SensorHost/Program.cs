using Culvert.SensorHost;

return await SensorCommands.RunAsync(args);
