"""Forms, by subject. Labels are questions; a form converts itself."""
