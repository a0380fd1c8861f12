"""What comes before the platform: evidence, disputes and appeals, for both the merchant's desk and the platform's."""
