"""Functions on Node call the Region that they ask for: MiniStack's stand-in for the AWS SDK knows only their own.

CDK's cross-Region references need it: the function behind them writes parameters into other Regions.
"""

from local_cloud.hooks import replace

_OWN_REGION = 'const region = process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || "us-east-1";'
_CHANGES = (
    (
        "function _signedHeaders(service, method, ep, requestPath, body, headers) {",
        "function _signedHeaders(service, method, ep, requestPath, body, headers, asked) {",
    ),
    (_OWN_REGION, _OWN_REGION.replace("= process", "= asked || process", 1)),
    (
        "function _jsonRpcRequest(targetPrefix, opName, params, service) {",
        "function _jsonRpcRequest(targetPrefix, opName, params, service, asked) {",
    ),
    ("Buffer.byteLength(body),\n          }),", "Buffer.byteLength(body),\n          }, asked),"),
    (
        "_run() { return _jsonRpcRequest(targetPrefix, opName, this._params, service); }",
        "_run(asked) { return _jsonRpcRequest(targetPrefix, opName, this._params, service, asked); }",
    ),
    (
        "class GenericClient {\n      constructor(_cfg) {}\n      send(cmd) { return cmd._run(); }",
        "class GenericClient {\n      constructor(c) { this.c = c; }\n      send(c) { return c._run(this.c?.region); }",
    ),
    (
        "return (params) => _jsonRpcRequest(targetPrefix, opName, params, service);",
        "return (params) => _jsonRpcRequest(targetPrefix, opName, params, service, _args[0]?.region);",
    ),
)


def install() -> None:
    replace("core.lambda_runtime._NODEJS_WORKER_SCRIPT", _with_regions)


def _with_regions(script: str) -> str:
    for before, after in _CHANGES:
        if before not in script:
            raise LookupError(f"MiniStack's program for functions on Node no longer has: {before}")
        script = script.replace(before, after, 1)
    return script
