import {
  type CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateListStackResources,
} from "@aws-sdk/client-cloudformation";
import { told } from "../told.ts";
import { type Template, templateSchema } from "./template.ts";

export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
}

/** There is no such stack. */
export class NoStackError extends Error {
  override readonly name = "NoStackError";
}

/** A deployed stack as CloudFormation knows it. What it says is asked for once. */
export class StackReader {
  private known: Promise<StackResource[]> | undefined;

  constructor(
    private readonly client: CloudFormationClient,
    readonly stackName: string,
  ) {}

  /** Status as CloudFormation writes it, and the outputs. @throws NoStackError */
  async state(): Promise<{ status: string; outputs: Record<string, string> }> {
    const { stackName } = this;
    try {
      const { Stacks } = await this.client.send(new DescribeStacksCommand({ StackName: stackName }));
      const stack = told(Stacks?.[0], `stack ${stackName}`);
      const outputs = (stack.Outputs ?? []).map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]);
      return { status: told(stack.StackStatus, "StackStatus"), outputs: Object.fromEntries(outputs) };
    } catch (error) {
      if (!(error instanceof Error) || !/does not exist/.test(error.message)) throw error;
      throw new NoStackError(`there is no stack ${stackName} in this region; name another with --stack or --region`);
    }
  }

  resources(): Promise<StackResource[]> {
    this.known ??= this.list();
    return this.known;
  }

  /** Physical ids of the resources of a type whose logical id begins so. */
  async named(type: string, prefix = ""): Promise<StackResource[]> {
    const all = await this.resources();
    return all.filter((resource) => resource.type === type && resource.logicalId.startsWith(prefix));
  }

  /** The template that was deployed. */
  async template(): Promise<Template> {
    const { TemplateBody } = await this.client.send(new GetTemplateCommand({ StackName: this.stackName }));
    return templateSchema.parse(JSON.parse(told(TemplateBody, "TemplateBody")));
  }

  private async list(): Promise<StackResource[]> {
    const found: StackResource[] = [];
    for await (const page of paginateListStackResources({ client: this.client }, { StackName: this.stackName })) {
      for (const { LogicalResourceId: logicalId, ResourceType: type, PhysicalResourceId: physicalId } of told(
        page.StackResourceSummaries,
        "StackResourceSummaries",
      )) {
        if (logicalId !== undefined && type !== undefined && physicalId !== undefined)
          found.push({ logicalId, type, physicalId });
      }
    }
    return found;
  }
}
