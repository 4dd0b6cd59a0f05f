import * as z from "zod";

/** A template in a bucket. */
interface TemplateInBucket {
  readonly bucket: string;
  /** Of the bucket, and so of every stack that is launched from it: Lambda reads no other region's bucket. */
  readonly region: string;
  readonly key: string;
  readonly stackName: string;
  /** Parameters that have no default, and whether each is a list. */
  readonly required: readonly { readonly name: string; readonly list: boolean }[];
}

/**
 * What the caller has to acknowledge to CloudFormation: the templates make roles. None has a name of its own, so this
 * capability is enough.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
 */
export const CAPABILITY = "CAPABILITY_IAM";

/** Domains of S3 and the console, by how a region's name begins. The last entry fits every other region. */
const PARTITIONS = [
  { begins: "cn-", s3: "amazonaws.com.cn", console: "console.amazonaws.cn" },
  { begins: "us-gov-", s3: "amazonaws.com", console: "console.amazonaws-us-gov.com" },
  { begins: "", s3: "amazonaws.com", console: "console.aws.amazon.com" },
];

function partitionOf(region: string) {
  const found = PARTITIONS.find(({ begins }) => region.startsWith(begins));
  if (found === undefined) throw new Error(`no partition for ${region}`);
  return found;
}

/** What CloudFormation takes as TemplateURL. */
export function templateUrl({ bucket, region, key }: TemplateInBucket): string {
  const s3 = `s3.${region}.${partitionOf(region).s3}`;
  // S3's certificate does not cover a bucket's name with dots in front of the host.
  return bucket.includes(".") ? `https://${s3}/${bucket}/${key}` : `https://${bucket}.${s3}/${key}`;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-create-stacks-quick-create-links.html */
export function consoleUrl(template: TemplateInBucket): string {
  const { region, stackName } = template;
  const query = new URLSearchParams({ templateURL: templateUrl(template), stackName });
  return `https://${partitionOf(region).console}/cloudformation/home?region=${region}#/stacks/create/review?${query}`;
}

/** The same as a shell command. Words in capitals are to be replaced. */
export function createStackCommand(template: TemplateInBucket): string {
  const { region, stackName, required } = template;
  const parameters = required.map(({ name, list }) => {
    const value = name.toUpperCase();
    // The commas of a list are escaped: others separate the fields of one parameter.
    return `'ParameterKey=${name},ParameterValue=${list ? `${value}_1\\,${value}_2` : value}'`;
  });
  return [
    `aws cloudformation create-stack --region ${region} --stack-name ${stackName}`,
    `--template-url ${templateUrl(template)} --capabilities ${CAPABILITY}`,
    ...(parameters.length === 0 ? [] : [`--parameters ${parameters.join(" ")}`]),
  ].join(" ");
}

/** A default is text or a number; what matters is whether there is one. */
const templateSchema = z.object({
  Parameters: z.record(z.string(), z.object({ Type: z.string(), Default: z.unknown().optional() })),
});

/** The parameters of a template that have no default. @param body the template, as JSON */
export function requiredParameters(body: Uint8Array): TemplateInBucket["required"] {
  const { Parameters } = templateSchema.parse(JSON.parse(Buffer.from(body).toString("utf8")));
  return Object.entries(Parameters)
    .filter(([, { Default }]) => Default === undefined)
    .map(([name, { Type }]) => ({ name, list: Type.startsWith("List<") }));
}
