"""AWS CDK constructs for Lambda functions that fail loudly, lose nothing and come back by themselves.

The rooms, lowest first; each says in one sentence what it is for:

``checks``
    the one error class of this library, and range checks that leave CDK tokens alone
``sharing``
    what the constructs of one stack share
``dead_letter_queue``
    a queue that keeps what failed until somebody re-drives it
``known_patterns``
    patterns in a policy's resources that are as narrow as AWS allows
``schedules``
    how often a schedule fires, in any time zone
``handlers``
    where the packaged handler code lies, in a checkout and in an installed wheel
``naming``
    names that tell what one construct publishes from what others do
``template``
    a synthesized assembly or template as frozen data
``bundling``
    Python code for Lambda, with its requirements, built without Docker
``function``
    a hardened function: live alias, log group, provisioned concurrency, safe deployment, warm-up
``alarms``
    alarms that ring, and the route they take to people
``dead_letters``
    event sources that lose nothing: what fails is kept, told of, and re-driven
``workflow``
    workflows that undo what they began when they cannot go on
``toolkit``
    what handlers need to fail well, as a Lambda layer or as code to vendor
``dashboards``
    what rings, and everything one looks at next
``failover``
    names that lead away from what is unhealthy: health checks, records that depend on them, regional endpoints
``backup``
    backups that are there when they are needed: scheduled, kept as long as promised, and watched
``heartbeat``
    heartbeats of work that is done less often than an alarm can look back
``replay``
    replays an incident over the alarms of a template: which would have rung, and when
``review``
    what a synthesized template promises and cannot keep: protections, coverage, cost, and what changed
``resilient_function``
    a function with all that the rooms of constructs above give it
``review_plugin``
    the review at every synthesis, as a plugin of CDK's validation

Importing this package imports none of them, and not aws_cdk either.
"""
