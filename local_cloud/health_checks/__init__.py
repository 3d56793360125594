"""Route 53's health checks: endpoints really probed, calculated checks, checks on the data of CloudWatch alarms.

`config` reads a check, `probe` looks at an endpoint once, `checker` does so again and again from one Region, `opinion`
is what it makes of that, `status` puts together what is known of a check, `watched` keeps it, `monitor` runs it all.
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
"""
