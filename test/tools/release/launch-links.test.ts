import { consoleUrl, createStackCommand, templateUrl } from "../../../tools/release/launch-links.ts";

const template = {
  bucket: "my-bucket",
  region: "eu-west-1",
  key: "v1/PrewarmStack.template.json",
  stackName: "PrewarmStack",
  required: [],
};

test.each([
  ["my-bucket", "eu-west-1", "https://my-bucket.s3.eu-west-1.amazonaws.com/v1/"],
  ["my-bucket", "us-east-1", "https://my-bucket.s3.us-east-1.amazonaws.com/v1/"],
  ["my.bucket", "us-east-1", "https://s3.us-east-1.amazonaws.com/my.bucket/v1/"],
  ["my-bucket", "cn-north-1", "https://my-bucket.s3.cn-north-1.amazonaws.com.cn/v1/"],
  ["my-bucket", "us-gov-west-1", "https://my-bucket.s3.us-gov-west-1.amazonaws.com/v1/"],
])("the template in %s in %s", (bucket, region, url) => {
  expect(templateUrl({ ...template, bucket, region })).toBe(`${url}PrewarmStack.template.json`);
});

test.each([
  ["ap-southeast-1", "https://console.aws.amazon.com/cloudformation/home?region=ap-southeast-1#/stacks/create/review"],
  ["cn-northwest-1", "https://console.amazonaws.cn/cloudformation/home?region=cn-northwest-1#/stacks/create/review"],
  [
    "us-gov-east-1",
    "https://console.amazonaws-us-gov.com/cloudformation/home?region=us-gov-east-1#/stacks/create/review",
  ],
])("the console in %s", (region, url) => {
  const [page, query] = consoleUrl({ ...template, region }).split(/\?(?=templateURL)/);
  expect(page).toBe(url);
  expect(Object.fromEntries(new URLSearchParams(query))).toEqual({
    templateURL: templateUrl({ ...template, region }),
    stackName: "PrewarmStack",
  });
});

test("the command line, with what has to be filled in", () => {
  expect(createStackCommand(template)).toBe(
    "aws cloudformation create-stack --region eu-west-1 --stack-name PrewarmStack --template-url https://my-bucket.s3.eu-west-1.amazonaws.com/v1/PrewarmStack.template.json --capabilities CAPABILITY_IAM",
  );
  const required = [
    { name: "vpc", list: false },
    { name: "subnet", list: true },
  ];
  expect(createStackCommand({ ...template, required })).toMatch(
    / --parameters 'ParameterKey=vpc,ParameterValue=VPC' 'ParameterKey=subnet,ParameterValue=SUBNET_1\\,SUBNET_2'$/,
  );
});
