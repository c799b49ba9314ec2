"""What is measured, and how: `make bench` and `make sweep`. See README.md here."""
