"""Where messages leave: one module per channel, each a `rolecall.ports.Notifier`."""
