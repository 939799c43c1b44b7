"""The database: connections, tables, migrations, and how rows get in."""
