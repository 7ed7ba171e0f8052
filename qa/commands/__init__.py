"""The sub-commands of `pullquote`, one file each, imported when called."""
