"""What rules can know of tables, and of plans that back them up."""

from constructs_lib.review.reading.backups import plan_rules_of, selected
from constructs_lib.review.reading.tables import tables_of
from tests.reviewing import reading_of


def test_a_global_table_recovers_where_one_of_its_regions_does() -> None:
    reading = reading_of(
        """
        Parameters: {On: {Type: String}}
        Resources:
          One:
            Type: AWS::DynamoDB::GlobalTable
            Properties:
              Replicas: [{Region: a, PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}}, {Region: b}]
          None: {Type: AWS::DynamoDB::GlobalTable, Properties: {Replicas: [{Region: a}, {Region: b}]}}
          Open:
            Type: AWS::DynamoDB::GlobalTable
            Properties:
              Replicas: [{Region: a, PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: !Ref "On"}}]
        """
    )

    assert {each.node.id: each.recovers for each in tables_of(reading)} == {
        "One": True,
        "None": False,
        "Open": None,
    }


def test_the_regions_of_a_table_are_unknown_where_one_of_them_is() -> None:
    reading = reading_of(
        """
        Parameters: {Where: {Type: String}, With: {Type: String}}
        Conditions: {Several: !Equals [!Ref With, "yes"]}
        Resources:
          Known:
            Type: AWS::DynamoDB::GlobalTable
            Properties: {Replicas: [{Region: a}], GlobalTableWitnesses: [{Region: b}]}
          Open: {Type: AWS::DynamoDB::GlobalTable, Properties: {Replicas: [{Region: !Ref Where}]}}
          Some:
            Type: AWS::DynamoDB::GlobalTable
            Properties: {Replicas: [{Region: a}, !If [Several, {Region: b}, !Ref AWS::NoValue]]}
        """
    )

    known, open_, some = tables_of(reading)

    assert (known.regions, known.witnesses) == (["a"], ["b"])
    assert (open_.regions, some.regions) == (None, None)


def test_what_tags_choose_may_be_backed_up() -> None:
    named = """
        Resources:
          Table: {Type: AWS::DynamoDB::Table}
          Other: {Type: AWS::DynamoDB::Table}
          Selection:
            Type: AWS::Backup::BackupSelection
            Properties: {BackupSelection: {Resources: [!GetAtt Table.Arn]}}
    """
    tagged = f"""{named}
          Tags:
            Type: AWS::Backup::BackupSelection
            Properties: {{BackupSelection: {{ListOfTags: [a]}}}}
    """

    assert [selected(each.node) for each in tables_of(reading_of(named))] == [True, False]
    assert [selected(each.node) for each in tables_of(reading_of(tagged))] == [True, None]


def test_a_rule_of_a_plan_knows_its_vaults_and_those_of_its_copies() -> None:
    reading = reading_of(
        """
        Resources:
          Vault: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: kept}}
          Plan:
            Type: AWS::Backup::BackupPlan
            Properties:
              BackupPlan:
                BackupPlanRule:
                  - TargetBackupVault: kept
                    CopyActions:
                      - {DestinationBackupVaultArn: !GetAtt Vault.BackupVaultArn}
                      - {DestinationBackupVaultArn: "arn:aws:backup:us-east-1:111111111111:backup-vault:there"}
                  - text
        """
    )

    (rule,) = plan_rules_of(reading)

    assert rule.title == "A rule of Plan"
    assert rule.vault is not None
    assert [rule.vault_of(each) for each in rule.copies] == [rule.vault, None]
