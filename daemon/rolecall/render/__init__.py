"""Message → plain text, Telegram HTML, e-mail. Pure: what is shown depends on the arguments alone."""
