"""How do I do several things, or none of them? A trip is booked step by step, and cancelled when one step fails."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb

from constructs_lib.bundling import PythonCode
from constructs_lib.resilient_function import ResilientFunction
from constructs_lib.workflow import Parallel, Saga, Step

HANDLERS = Path(__file__).parent / "handlers"


def build(app: cdk.App) -> None:
    """A function for each thing to do, and the saga that calls them."""
    stack = cdk.Stack(app, "Saga")
    bookings = dynamodb.TableV2(
        stack,
        "Bookings",
        partition_key=dynamodb.Attribute(name="key", type=dynamodb.AttributeType.STRING),
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
    )

    def function(name: str) -> ResilientFunction:
        made = ResilientFunction(
            stack,
            name,
            code=PythonCode.from_folder(HANDLERS / "bookings"),
            handler="bookings.handler",
            environment={"BOOKINGS_TABLE": bookings.table_name},
        )
        bookings.grant_write_data(made.function)
        return made

    flights, hotels, payments, letters = map(function, ("Flights", "Hotels", "Payments", "Letters"))
    trip = Saga(
        stack,
        "Trip",
        steps=[
            Parallel(
                name="book",
                steps=[
                    Step(name="flight", function=flights.alias, compensation=flights.alias),
                    Step(name="hotel", function=hotels.alias, compensation=hotels.alias),
                ],
            ),
            Step(
                name="pay",
                function=payments.alias,
                compensation=payments.alias,
                transient_errors=["ProviderUnavailable"],
            ),
            Step(name="confirm", function=letters.alias, asynchronous=True),
        ],
        compensated_succeeds=True,
    )
    desk = ResilientFunction(
        stack,
        "Desk",
        code=PythonCode.from_folder(HANDLERS / "orders"),
        handler="orders.handler",
        environment={"TRIP_STATE_MACHINE": trip.state_machine.state_machine_arn},
    )
    trip.grant_start_execution(desk.function)


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
