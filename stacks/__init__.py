"""What this repository deploys."""
