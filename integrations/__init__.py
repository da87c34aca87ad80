"""What other programs post with: incoming webhooks in Slack's format."""
