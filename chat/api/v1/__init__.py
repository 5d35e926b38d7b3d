"""What clients of OpenAI's API call: models, chat completions, responses."""
