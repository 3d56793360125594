"""CloudWatch's two expression languages: metric math, and the rules of composite alarms."""
