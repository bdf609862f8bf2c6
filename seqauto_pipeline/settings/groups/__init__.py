"""The settings by what they are about; `model.Settings` puts them together."""
