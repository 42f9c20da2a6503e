"""The rules: values in, values out. No discord, no SQL, no clock, no network."""
