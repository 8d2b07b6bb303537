"""Records and loops over all capabilities; no capability is named here."""
