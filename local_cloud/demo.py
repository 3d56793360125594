"""The demo: deploys the order service, breaks what it depends on, and shows that nothing was lost."""

import argparse
import inspect
import json
import re
import signal
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.json import JSON
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table

from local_cloud.server import LocalCloud, LocalCloudError
from local_cloud.service import ARTICLE, DeployedOrderService, an_order, eventually

ROOT = Path(__file__).resolve().parent.parent
STACK = "OrderService-local"
_IN_STOCK = 100
_DECLINED = "20.51"  # the payment sandbox says: insufficient funds
REGION = "us-east-1"
_CREATED, _UNPROCESSABLE = 201, 422
_PICTURE_WIDTH = 110
_SOME_TICKS = 3  # seconds in which the local cloud looks at every alarm a few times


class DemoError(RuntimeError):
    """Something that the demo promises did not happen."""


class Script:
    """Prints what happens, step by step, with the time each step took; remembers what was proved."""

    def __init__(self, *, record: bool = False) -> None:
        self.console = Console(highlight=False, record=record, width=_PICTURE_WIDTH if record else None)
        self.proved: list[str] = []
        self._began = time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """One step: a spinner while it runs, then its title and time."""
        began = time.monotonic()
        with self.console.status(title):
            try:
                yield
            except BaseException:
                self.console.print(f"[red]✗[/] {title}")
                raise
        self.console.print(f"[green]✓[/] {title} [dim]{time.monotonic() - began:.1f} s[/]")

    def say(self, text: str) -> None:
        """A line below the step."""
        self.console.print(Padding(f"[dim]{text}[/]", (0, 0, 0, 4)))

    def prove(self, claim: str, holds: object) -> None:
        """Remember `claim`, or end the demo when it does not hold."""
        if not holds:
            raise DemoError(f"this did not hold: {claim}")
        self.proved.append(claim)

    def close(self) -> None:
        """Print what was proved and what comes next."""
        table = Table.grid(padding=(0, 1))
        for claim in self.proved:
            table.add_row("[green]✓[/]", claim)
        self.console.print(Panel(table, title="Proved", title_align="left", expand=False))
        self.console.print(f"In {time.monotonic() - self._began:.0f} s, on this machine only.")
        self.console.print(
            "Next: [bold]make test[/] runs the proofs; [bold]make demo KEEP=1[/] leaves it running;"
        )
        self.console.print("      examples/smallest.py is the construct in an app of your own.")


def main(arguments: list[str] | None = None) -> int:
    """Run the demo; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local_cloud.demo", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave the local cloud running until Ctrl-C")
    parser.add_argument("--svg", metavar="FILE", help="also save what is printed as a picture")
    options = parser.parse_args(arguments)
    script = Script(record=options.svg is not None)
    for number in (signal.SIGTERM, signal.SIGHUP):  # so that the cloud is stopped on the way out
        signal.signal(number, _leave)
    try:
        run(script, keep=options.keep)
    except KeyboardInterrupt as stopped:
        script.console.print("Stopped.")
        return 128 + (stopped.args[0] if stopped.args else signal.SIGINT)
    except (DemoError, LocalCloudError, TimeoutError) as error:
        script.console.print(f"[bold red]The demo failed:[/] {error}", markup=True, soft_wrap=True)
        return 1
    if options.svg:
        # Without rich's web fonts: the picture must look the same offline.
        template = str(inspect.signature(Console.save_svg).parameters["code_format"].default)
        picture = re.sub(r"@font-face \{\{.*?\}\}", "", template, flags=re.DOTALL)
        script.console.save_svg(options.svg, title="make demo", code_format=picture)
    return 0


def _leave(number: int, _: object) -> None:
    raise KeyboardInterrupt(number)


def run(script: Script, *, keep: bool) -> None:
    """Everything, in order."""
    with ExitStack() as stack:
        scratch = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="demo-", ignore_cleanup_errors=True))
        )
        with script.step("Start a local AWS"):
            cloud = stack.enter_context(LocalCloud())
        service = deploy(script, cloud, scratch)
        take_orders(script, service)
        give_back(script, service)
        recover(script, service, survive(script, service))
        if keep:
            keep_running(script, service)
        with script.step("Tear everything down"):
            cloud.cdk("destroy", STACK, "--force", "--app", str(scratch / "cdk.out"), cwd=ROOT)
    script.close()


def deploy(script: Script, cloud: LocalCloud, scratch: Path) -> DeployedOrderService:
    """From source to a running service."""
    assembly, outputs = scratch / "cdk.out", scratch / "outputs.json"
    with script.step("Synthesize and validate the order service"):
        cloud.cdk("synth", "--quiet", "--context", "stage=local", "--output", str(assembly), cwd=ROOT)
    template = json.loads((assembly / f"{STACK}.template.json").read_text())
    script.say(f"{len(template['Resources'])} resources, no error from CDK's validator")
    with script.step("Bootstrap"):
        cloud.bootstrap((REGION,), cwd=assembly)
    with script.step("Deploy"):
        cloud.cdk(
            *("deploy", STACK, "--app", str(assembly), "--outputs-file", str(outputs)),
            *("--require-approval", "never"),
            cwd=ROOT,
        )
    service = DeployedOrderService(cloud, json.loads(outputs.read_text())[STACK], REGION)
    stacks = cloud.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    script.prove("The whole order service deploys unmodified", stacks[0]["StackStatus"] == "CREATE_COMPLETE")
    with script.step("Subscribe somebody to the alarms, and a customer to the confirmations"):
        inboxes = service.inboxes
    script.say(f"as queues: {', '.join(inboxes)}")
    with script.step("Fill the warehouse"):
        service.fill_warehouse({ARTICLE: _IN_STOCK})
    return service


def take_orders(script: Script, service: DeployedOrderService) -> None:
    """A good order, the same again, and one that makes no sense."""
    key = str(uuid.uuid4())
    with script.step("Place an order over HTTP"):
        first = service.place(an_order(), key)
        script.prove("A valid order is accepted", first.status == _CREATED)
    script.say(f"201, order {first.body['order_id']}, total {first.body['total']} {first.body['currency']}")
    with script.step("Place it again, as a client does that saw no answer"):
        second = service.place(an_order(), key)
        script.prove("A duplicate is answered alike and makes no second order", second.body == first.body)
    script.say(f"{second.status}, the same order {second.body['order_id']}")
    with script.step("Place one that makes no sense"):
        invalid = service.place(an_order(items=[]))
        script.prove("An invalid order is refused, and told why", invalid.status == _UNPROCESSABLE)
    detail = invalid.body["details"][0]
    script.say(f"{invalid.status}, {invalid.body['error']} {detail['field']}: {detail['problem']}")
    order_id = first.body["order_id"]
    with script.step("Its workflow takes the money and the stock, and tells the customer"):
        eventually(lambda: service.take(service.inboxes["customer"]), "the confirmation")
        again = service.take(service.inboxes["customer"])
        script.prove("One confirmation is sent for one order", again is None)
        done = (service.status(order_id), service.payment(order_id), service.available(ARTICLE))
        script.prove(
            "It is paid for once, and taken from the stock once",
            done == ("completed", "charged", _IN_STOCK - 2),
        )
    script.say(f"completed, {done[1]}, {done[2]} of {_IN_STOCK} left")


def give_back(script: Script, service: DeployedOrderService) -> None:
    """An order that cannot be completed gives back what it took."""
    with script.step("Place one whose card is declined, and one of which there is too little"):
        declined = service.place(an_order(items=[_line(unit_price=_DECLINED)]))
        too_many = service.place(an_order(items=[_line(quantity=_IN_STOCK)]))
    orders = [answer.body["order_id"] for answer in (declined, too_many)]
    with script.step("Their workflows undo what they did"):
        for order_id in orders:
            eventually(partial(_is, service, order_id, "cancelled"), "the order to be cancelled")
    payments = [service.payment(order_id) for order_id in orders]
    left = service.available(ARTICLE)
    script.say(f"both cancelled: {' and '.join(payments)}; still {left} of {_IN_STOCK} left")
    script.prove(
        "An order is completed, or gives back money and stock",
        (payments, left) == (["declined", "refunded"], _IN_STOCK - 2),
    )


def _line(**changes: object) -> dict[str, object]:
    return {"sku": ARTICLE, "quantity": 1, "unit_price": "8.50", **changes}


def _is(service: DeployedOrderService, order_id: str, status: str) -> bool:
    return service.status(order_id) == status


def survive(script: Script, service: DeployedOrderService) -> str:
    """Break a dependency; the event is kept and somebody is told. The id of the order that it is about."""
    with script.step("Break it: the topic of confirmations is gone"):
        service.break_confirmations()
    with script.step("Place another order"):
        order = service.place(an_order())
        script.prove("Orders are accepted while confirmations fail", order.status == _CREATED)
    with script.step("Lambda retries, then keeps the event in the dead-letter queue"):
        record = eventually(service.look_at_dead_letter, "the dead letter")
        kept = record["requestPayload"]["input"]["order_id"] == order.body["order_id"]
        script.prove("The failed event is kept, with its error", kept and record["responsePayload"])
    context = record["requestContext"]
    error = record["responsePayload"]
    shown = {
        "condition": context["condition"],
        "approximateInvokeCount": context["approximateInvokeCount"],
        "errorType": error["errorType"],
        "errorMessage": error["errorMessage"],
        "order_id": record["requestPayload"]["input"]["order_id"],
    }
    script.console.print(JSON(json.dumps(shown), indent=2))
    for output, name in (("DeadLetterAlarm", "dead_letter_depth"), ("ServiceAlarm", "service (composite)")):
        with script.step(f"The alarm {name} goes to ALARM"):
            eventually(partial(service.alarm_is, "ALARM", output), f"{name} to ring")
    with script.step("Somebody is told"):
        told = eventually(lambda: service.take(service.inboxes["on-call"]), "the notification")
    message = json.loads(told["Message"])
    script.say(f"{message['AlarmName']}: {message['OldStateValue']} -> {message['NewStateValue']}")
    script.say(escape(message["AlarmDescription"]))
    ringing, count = service.ringing()
    script.say(f"{len(ringing)} of {count} alarms ring, and one page is sent: {', '.join(ringing)}")
    script.prove("The alarms ring and somebody is told", message["NewStateValue"] == "ALARM")
    return str(order.body["order_id"])


def recover(script: Script, service: DeployedOrderService, order_id: str) -> None:
    """Mend the dependency, and have the kept event of an order processed."""
    with script.step("Mend it, and let the stack re-drive its dead letters"):
        service.mend_confirmations()
        outcomes = service.redrive()
        confirmed = eventually(lambda: service.take(service.inboxes["customer"]), "the late confirmation")
        script.prove(
            "The kept event is processed after all: nothing was lost", order_id in json.dumps(confirmed)
        )
    script.say(f"{outcomes['redriven']} re-driven, {outcomes['failed']} failed, {outcomes['parked']} parked")
    with script.step("Nobody is told twice"):
        time.sleep(_SOME_TICKS)
        again = service.take(service.inboxes["on-call"])
        script.prove("One fault pages once, however many alarms it rings", again is None)
    script.say("the alarms fall silent by themselves once CloudWatch has seen some quiet minutes")


def keep_running(script: Script, service: DeployedOrderService) -> None:
    """Say how to talk to the service, and wait."""
    url = service.cloud.url(service.outputs["ApiUrl"] + "/orders")
    body = json.dumps(an_order())
    environment = {
        name: value for name, value in service.cloud.environment.items() if name.startswith(("AWS_", "CDK_"))
    }
    script.console.print(Panel("It keeps running until Ctrl-C. In another terminal:", expand=False))
    for name, value in environment.items():
        print(f"export {name}={value}")  # noqa: T201 - plain, to be copied
    print(  # noqa: T201 - likewise
        f"\ncurl --aws-sigv4 aws:amz:{REGION}:execute-api --user test:test -H 'content-type: application/json' "
        f"-H 'idempotency-key: {uuid.uuid4()}' -d '{body}' '{url}'\n\n"
        + "\n".join(f"{name} {value}" for name, value in service.outputs.items())
    )
    sys.stdout.flush()
    signal.pause()


if __name__ == "__main__":
    sys.exit(main())
