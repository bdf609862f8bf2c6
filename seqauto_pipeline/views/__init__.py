"""What a person or program is shown of the models, without click or rich."""
