"""What the desk's pages show from here."""
