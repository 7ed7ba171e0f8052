"""The embedded reader: data, model, training, export."""
