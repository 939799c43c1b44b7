"""How an application is put together: its parts, built once each."""
