"""The tables, a module a subject. Everything belongs to a registration (tenant = registration + deployment)."""
