using Culvert.Cli;

return await CulvertCommand.RunAsync(args, Output.Standard(), TimeProvider.System);
