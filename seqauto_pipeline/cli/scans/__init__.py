"""Commands about scans."""
