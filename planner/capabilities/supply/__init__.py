"""What vendors deliver."""
