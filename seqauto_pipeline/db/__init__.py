"""The file models in SQL: tables, migrations, and every query."""
