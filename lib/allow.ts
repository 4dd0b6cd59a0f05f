import * as iam from "aws-cdk-lib/aws-iam";

/**
 * Allows these calls on these resources. CDK's own grants allow more than the code needs (`grantReadWriteData` is
 * eleven actions where two are used), so every permission is written out. test/pipeline/permissions.test.ts compares
 * the lists with the calls that the code makes.
 */
export function allow(to: iam.IGrantable, actions: readonly string[], ...resources: readonly string[]): void {
  to.grantPrincipal.addToPrincipalPolicy(new iam.PolicyStatement({ actions: [...actions], resources: [...resources] }));
}
