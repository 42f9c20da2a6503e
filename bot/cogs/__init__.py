"""The door: commands of about five lines that join a service to a view."""
