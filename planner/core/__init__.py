"""What every capability stands on: how a limit is declared. It names no capability."""
