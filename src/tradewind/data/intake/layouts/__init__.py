"""One file per source layout; copy one to add yours. Each module names its `LAYOUT`."""
