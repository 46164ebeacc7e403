"""The comment that a reviewer reads in a pull request, in GitHub's Markdown."""
