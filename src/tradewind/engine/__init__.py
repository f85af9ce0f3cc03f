"""Pure decisions: tables and parameters in, tables out; no I/O, no clock, no globals."""
