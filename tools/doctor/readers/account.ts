import { GetRoleCommand, type IAMClient } from "@aws-sdk/client-iam";
import { GetAccountSettingsCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  type ServiceQuotasClient,
} from "@aws-sdk/client-service-quotas";
import { GetParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { nameOf, told } from "../told.ts";

export interface AccountClients {
  readonly quotas: ServiceQuotasClient;
  readonly lambda: LambdaClient;
  readonly iam: IAMClient;
  readonly ssm: SSMClient;
}

/** What an account may do and has, apart from EC2's own answers. */
export class AccountReader {
  constructor(private readonly clients: AccountClients) {}

  /** A quota as it holds for this account; where nobody has ever changed it, the default of AWS. */
  async quota(ServiceCode: string, QuotaCode: string): Promise<number> {
    const input = { ServiceCode, QuotaCode };
    try {
      return told((await this.clients.quotas.send(new GetServiceQuotaCommand(input))).Quota?.Value, "Quota.Value");
    } catch (error) {
      if (nameOf(error) !== "NoSuchResourceException") throw error;
      const { Quota } = await this.clients.quotas.send(new GetAWSDefaultServiceQuotaCommand(input));
      return told(Quota?.Value, "Quota.Value");
    }
  }

  /** How many executions of functions may run at once, in all. */
  async concurrency(): Promise<number> {
    const { AccountLimit } = await this.clients.lambda.send(new GetAccountSettingsCommand({}));
    return told(AccountLimit?.ConcurrentExecutions, "AccountLimit.ConcurrentExecutions");
  }

  async hasRole(RoleName: string): Promise<boolean> {
    try {
      told((await this.clients.iam.send(new GetRoleCommand({ RoleName }))).Role, "Role");
      return true;
    } catch (error) {
      if (nameOf(error).startsWith("NoSuchEntity")) return false;
      throw error;
    }
  }

  /** Undefined: there is none of that name. */
  async parameter(Name: string): Promise<string | undefined> {
    try {
      return told((await this.clients.ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value, "Parameter.Value");
    } catch (error) {
      if (nameOf(error).startsWith("ParameterNotFound")) return undefined;
      throw error;
    }
  }
}
