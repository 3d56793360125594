"""Every internal of MiniStack that the local cloud uses or replaces, as it looks in the pinned version.

A function is described by its parameters, anything else by its type; `hooks.moved` compares. When MiniStack is
upgraded, change the version, read the diff of what moved, and only then these lines.
"""

MINISTACK_VERSION = "1.5.33"

INTERNALS = {
    "app._enforce_execute_api": "(api_id, stage, method, execute_path, headers, query_params, iam_action)",
    "app._execute_api_authorization_type": "(api_id, stage, method, execute_path)",
    "app.app": "(scope, receive, send)",
    "core.iam_evaluator.EvalContext": "type",
    "core.iam_evaluator.evaluate_resource_policy": "(doc, ctx, service, named_only, direct_only)",
    "core.lambda_runtime.Worker": "type",
    "core.lambda_runtime.Worker._drain_stderr_bounded": "(self, first_line_wait, idle_confirm, hard_cap)",
    "core.lambda_runtime._NODEJS_WORKER_SCRIPT": "str",
    "core.lambda_runtime._PYTHON_WORKER_SCRIPT": "str",
    "core.lambda_runtime._signal": "(proc)",
    "core.lambda_runtime._worker_class_for": "(config)",
    "core.lambda_runtime.acquire_worker": "(func_name, config, code_zip, qualifier, max_concurrency)",
    "core.lambda_runtime.ensure_spawned": "(worker)",
    "core.lambda_runtime.release_worker": "(worker)",
    "core.lambda_runtime.reset": "()",
    "core.responses.error_response_json": "(code, message, status, extra, message_key, content_type)",
    "core.responses.get_account_id": "()",
    "core.responses.get_region": "()",
    "core.responses.request_scope": "(account_id, region)",
    "services.apigateway._apis": "AccountRegionScopedDict",
    "services.apigateway._invoke_lambda_proxy": (
        "(integration, api_id, stage, path, method, headers, body, query_params, route_key, "
        "path_params, authorizer_claims, authorizer_scopes, authorizer_lambda_context, "
        "authorizer_iam, owner_account_id, owner_region, raw_query_string)"
    ),
    "services.apigateway._handle_execute_in_scope": (
        "(api_id, stage, path, method, headers, body, query_params, owner_account_id, "
        "owner_region, raw_query_string)"
    ),
    "services.apigateway_v1._handle_execute_in_scope": (
        "(api_id, stage_name, method, path, headers, body, query_params, owner_account_id, owner_region)"
    ),
    "services.apigateway_v1._base_path_mappings": "AccountRegionScopedDict",
    "services.apigateway_v1._create_domain_name": "(data)",
    "services.apigateway_v1._domain_names": "AccountRegionScopedDict",
    "services.apigateway_v1._rest_apis": "AccountRegionScopedDict",
    "services.backup._create_selection": "(plan_id, body)",
    "services.backup._selections": "AccountRegionScopedDict",
    "services.cloudformation.provisioners._RESOURCE_HANDLERS": "dict",
    "services.cloudformation.provisioners._cw_metric_alarm_record": "(name, props)",
    "services.cloudformation.provisioners._physical_name": (
        "(stack_name, logical_id, lowercase, max_len, seeded)"
    ),
    "services.cloudwatch._alarms": "AccountRegionScopedDict",
    "services.cloudwatch._calc_stats": "(points)",
    "services.cloudwatch._composite_alarms": "AccountRegionScopedDict",
    "services.cloudwatch._dims_key": "(dims)",
    "services.cloudwatch._dispatch_alarm_actions": "(alarm, old_state, new_state, reason)",
    "services.cloudwatch._error": "(code, message, status, use_json, use_cbor)",
    "services.cloudwatch._evaluate_alarm": "(alarm)",
    "services.cloudwatch._evaluate_parent_alarms": "(child, seen)",
    "services.cloudwatch._evict_old_metrics": "()",
    "services.cloudwatch._history_entries": "()",
    "services.cloudwatch._json_ok": "(data)",
    "services.cloudwatch._metric_bucket": "(key)",
    "services.cloudwatch._metrics": "AccountRegionScopedDict",
    "services.cloudwatch._put_composite_alarm": "(params, cbor_data, is_cbor, is_json)",
    "services.cloudwatch._put_metric_alarm": "(params, cbor_data, is_cbor, is_json)",
    "services.cloudwatch._record_history": (
        "(alarm_name, old_state, new_state, reason, alarm_type, reason_data)"
    ),
    "services.cloudwatch._stat_value": "(stats, stat_name, points)",
    "services.cloudwatch._ts_iso": "(epoch)",
    "services.cloudwatch.handle_request": "(method, path, headers, body, query_params)",
    "services.cloudwatch.record_metric": "(namespace, metric_name, value, unit, dimensions)",
    "services.cloudwatch_logs._append_log_events": "(stream, events)",
    "services.cloudwatch_logs._compile_filter_pattern": "(raw)",
    "services.cloudwatch_logs._fanout_to_subscription_filters": "(group_name, stream_name, events)",
    "services.cloudwatch_logs._filter_log_events": "(data)",
    "services.cloudwatch_logs._log_groups": "AccountRegionScopedDict",
    "services.cloudwatch_logs._make_group_arn": "(name)",
    "services.cloudwatch_logs._metric_filters": "AccountRegionScopedDict",
    "services.cloudwatch_logs._put_metric_filter": "(data)",
    "services.cloudwatch_logs._subscription_pattern_matches": "(pattern, message)",
    "services.dynamodb._tables": "AccountRegionScopedDict",
    "services.dynamodb._ttl_settings": "AccountRegionScopedDict",
    "services.dynamodb._update_continuous_backups": "(data)",
    "services.dynamodb._update_table": "(data)",
    "services.dynamodb._update_ttl": "(data)",
    "services.dynamodb.handle_request": "(method, path, headers, body, query_params)",
    "services.eventbridge._dispatch_to_lambda": "(arn, payload)",
    "services.eventbridge._dispatch_to_sns": "(arn, payload)",
    "services.eventbridge._dispatch_to_sqs": "(spec, payload, sqs_parameters)",
    "services.eventbridge._invoke_target": "(target, event, rule, view)",
    "services.eventbridge._pattern_event_view": "(event)",
    "services.eventbridge._put_events": "(data, allow_aws_source)",
    "services.kms._resolve_key": "(key_id_or_arn)",
    "services.lambda_svc._effective_func_record_for_qualifier": "(func, qualifier)",
    "services.lambda_svc._emit_lambda_logs": "(func, request_id, log_text, error, duration_ms, log_source)",
    "services.lambda_svc._emit_lambda_metrics": "(function_name, duration_ms, error, throttle)",
    "services.lambda_svc._ensure_reaper_thread": "()",
    "services.lambda_svc._execute_function": "(func, event)",
    "services.lambda_svc._execute_function_dispatch": "(func, config, event, request_id, started)",
    "services.lambda_svc._execute_function_warm": "(func, event, request_id)",
    "services.lambda_svc._execution_record_for_config": "(func, config)",
    "services.lambda_svc._function_config_scope_mismatch": "(config)",
    "services.lambda_svc._functions": "AccountRegionScopedDict",
    "services.lambda_svc._get_func_record_for_ref": "(function_ref)",
    "services.lambda_svc._invoke_depth": "ContextVar",
    "services.lambda_svc._reserved_concurrency": "(func, config)",
    "services.lambda_svc._xray_trace_id_for_invocation": "(config, inbound_trace_header)",
    "services.lambda_svc.invoke_async_with_retry": "(func, event)",
    "services.lambda_svc.lambda_execute_result_to_api_proxy_response": "(exec_result)",
    "services.route53._build_health_check_el": "(parent, hc)",
    "services.route53._create_health_check": "(body)",
    "services.route53._error_response": "(code, message, status)",
    "services.route53._find": "(el, tag)",
    "services.route53._hc_id": "()",
    "services.route53._health_checks": "AccountScopedDict",
    "services.route53._parse_body": "(body)",
    "services.route53._parse_health_check_config": "(el)",
    "services.route53._records": "AccountScopedDict",
    "services.route53._tags": "AccountScopedDict",
    "services.route53._xml_response": "(root_tag, builder_fn, status)",
    "services.route53._zones": "AccountScopedDict",
    "services.route53.handle_request": "(method, path, headers, body, query_params)",
    "services.scheduler._SCHEDULE_TICK_INTERVAL": "int",
    "services.sns._build_envelope": "(topic_arn, msg_id, message, subject, message_attributes, raw)",
    "services.sns._deliver_to_sqs": (
        "(endpoint, envelope, raw, raw_message, message_group_id, message_dedup_id, "
        "message_attributes, topic_arn)"
    ),
    "services.sns._fanout": (
        "(topic_arn, msg_id, message, subject, message_structure, message_attributes, "
        "message_group_id, message_dedup_id)"
    ),
    "services.sns._http_post_sync": "(endpoint, payload, sns_message_type)",
    "services.sns._matches_filter_policy": "(sub, message_attributes, message)",
    "services.sns._resolve_message_for_protocol": "(message, message_structure, protocol)",
    "services.sns._topic_by_arn_any_scope": "(topic_arn)",
    "services.sns._topics": "AccountRegionScopedDict",
    "services.sns.publish_internal": (
        "(topic_arn, message, subject, message_structure, message_attributes, message_group_id, "
        "message_deduplication_id)"
    ),
    "services.sqs._act_send_message": "(data, qurl)",
    "services.sqs._queue_by_arn": "(arn)",
    "services.sqs._queue_url": "(name)",
    "services.sqs._queues": "AccountRegionScopedDict",
    "services.sqs._refresh_counts": "(q)",
    "services.stepfunctions._emit_execution_status_event": "(execution)",
}
