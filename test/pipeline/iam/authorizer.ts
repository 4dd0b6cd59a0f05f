// Decides each call of the pipeline by the policies of its caller's role, as IAM does, and records what was needed.

import { AwsError } from "../../../tools/memory-aws/aws-http.ts";
import { evaluate, type PermissionRequest } from "../../iam/policy.ts";
import { type Account, requiredPermissions, type WireCall } from "../../iam/required-permissions.ts";
import type { RolePolicies } from "./role-policies.ts";

/** What a role needed. */
export interface UsedPermission extends PermissionRequest {
  /** Logical id of the role. */
  readonly role: string;
}

/** Every call of the SDK comes over TLS 1.2 or 1.3. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
const TLS = { "aws:SecureTransport": "true", "s3:TlsVersion": "1.3" };

export class Authorizer {
  /** What was denied, and calls of which nobody knows what they need: a test must find none. */
  readonly denied: string[] = [];
  /** How many permissions were checked. */
  checks = 0;
  private readonly byText = new Map<string, UsedPermission>();

  constructor(
    private readonly policies: RolePolicies,
    private readonly account: Account,
  ) {}

  /** What was needed so far, each once. */
  get used(): UsedPermission[] {
    return [...this.byText.values()];
  }

  /** Notes what a role needs. @returns whether it is allowed */
  require(needed: UsedPermission): boolean {
    this.byText.set(JSON.stringify(needed), needed);
    this.checks++;
    const decision = decide(this.policies, needed);
    if (decision !== "allow") this.denied.push(`${decision}: ${describe(needed)}`);
    return decision === "allow";
  }

  /**
   * @param role logical id of the caller's role; undefined for nobody that the stack knows
   * @returns what AWS answers instead, if a permission is missing
   */
  authorize(role: string | undefined, call: WireCall): AwsError | undefined {
    try {
      if (role === undefined) throw new Error(`${call.service} ${call.operation} is called by nobody`);
      for (const request of requiredPermissions(call, this.account)) {
        const needed = { role, ...request };
        if (!this.require(needed)) return denial(call.service, needed);
      }
      return undefined;
    } catch (error) {
      this.denied.push(String(error));
      throw error;
    }
  }
}

/** Whether AWS allows a role what it needs. */
export function decide({ roles, resources }: RolePolicies, { role, context, ...request }: UsedPermission) {
  const statements = [...(roles.get(role) ?? []), ...resources];
  return evaluate(statements, { ...request, context: { ...TLS, ...context } });
}

export function describe({ role, action, resource, context }: UsedPermission): string {
  const conditions = Object.keys(context).length === 0 ? "" : ` with ${JSON.stringify(context)}`;
  return `${role} ${action} on ${resource}${conditions}`;
}

/** The code differs by protocol: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, …/CommonErrors.html */
function denial(service: string, { role, action, resource }: UsedPermission): AwsError {
  const message = `User: ${role} is not authorized to perform: ${action} on resource: ${resource}`;
  const isXml = service === "s3" || service === "cloudfront" || service === "autoscaling";
  return isXml
    ? new AwsError("AccessDenied", message, {}, 403)
    : new AwsError("AccessDeniedException", message, {}, service === "dynamodb" || service === "events" ? 400 : 403);
}
