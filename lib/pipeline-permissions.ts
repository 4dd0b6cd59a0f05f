import { Stack } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import type * as lambda from "aws-cdk-lib/aws-lambda";
import type * as scheduler from "aws-cdk-lib/aws-scheduler";
import type * as sqs from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { Parameters } from "./parameters.ts";
import { allow, distributionArns, groupArn, onKeys } from "./permissions.ts";
import type { Storage } from "./storage.ts";
import type { TaskQueue } from "./task-queue.ts";

/** The functions that are given permissions. */
export interface PipelineFunctions {
  readonly api: lambda.Function;
  readonly getSize: lambda.Function;
  readonly expand: lambda.Function;
  readonly task: lambda.Function;
  readonly aggregation: lambda.Function;
  readonly shutdown: lambda.Function;
}

/** What the functions work on. */
export interface PipelineResources {
  readonly storage: Storage;
  readonly tasks: TaskQueue;
  /** Name of the agents' Auto Scaling group. */
  readonly groupName: string;
  readonly timers: scheduler.CfnScheduleGroup;
  /** The role that the timers call Shutdown with. */
  readonly timerRole: iam.Role;
  readonly failedBatches: sqs.IQueue;
  readonly parameters: Parameters;
}

/**
 * Allows each function the calls that its code makes, on the resources that it makes them on, and nothing else.
 * @param scope gets what the permissions need of the template
 */
export function grantPipeline(
  scope: Construct,
  { api, getSize, expand, task, aggregation, shutdown }: PipelineFunctions,
  { storage, tasks, groupName, timers, timerRole, failedBatches, parameters }: PipelineResources,
): void {
  const stack = Stack.of(timers);
  const { bucket, activeIndexArn, newestIndexArn } = storage;
  const { tableArn: requests } = storage.requests;
  const { tableArn: requestPops } = storage.requestPops;
  const { tableArn: requestTasks } = storage.requestTasks;
  const { tableArn: progress } = storage.progress;
  const objects = bucket.arnForObjects("*");
  const schedules = stack.formatArn({
    service: "scheduler",
    resource: "schedule",
    resourceName: `${timers.ref}/*`,
  });

  allow(api, ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], requests);
  allow(api, ["dynamodb:Query"], activeIndexArn, newestIndexArn, requestPops, requestTasks, progress);
  // Of that table, it writes callers' tokens and nothing else.
  api.addToRolePolicy(onKeys(["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"], progress, ["token#*"]));
  allow(api, ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"], objects);
  // Without ListBucket, S3 answers 403 instead of 404 for an object that is missing.
  allow(api, ["s3:ListBucket"], bucket.bucketArn);
  // Api schedules the timer of a request, and Shutdown its settlement checks.
  for (const fn of [api, shutdown]) {
    allow(fn, ["scheduler:CreateSchedule", "scheduler:DeleteSchedule"], schedules);
    fn.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ["iam:PassRole"],
        resources: [timerRole.roleArn],
        conditions: { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } },
      }),
    );
  }

  allow(getSize, ["dynamodb:GetItem", "dynamodb:UpdateItem"], requests);
  // A retry warms the POPs that did not resolve, too.
  allow(getSize, ["dynamodb:Query"], requestPops);
  allow(getSize, ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"], objects);
  // Without ListBucket, a list of a request that is tried again would seem forbidden instead of gone.
  allow(getSize, ["s3:ListBucket"], bucket.bucketArn);
  // The limits of origins, and the heartbeats that hold its permits.
  getSize.addToRolePolicy(
    onKeys(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"], progress, ["limit#*", "host#*", "beat#*"]),
  );
  // Listing distributions cannot be limited to a resource.
  for (const fn of [api, getSize, expand]) allow(fn, ["cloudfront:ListDistributions"], "*");

  allow(expand, ["dynamodb:GetItem", "dynamodb:UpdateItem"], requests);
  // It deletes where its runs stopped, and nothing else. What it reads of other buckets, the stack's parameter says.
  allow(expand, ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"], objects);
  allow(expand, ["s3:ListBucket"], bucket.bucketArn);
  allow(getSize, ["lambda:InvokeFunction"], expand.functionArn);

  allow(task, ["dynamodb:GetItem", "dynamodb:UpdateItem"], requests);
  allow(task, ["dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"], requestPops);
  allow(task, ["dynamodb:Query"], activeIndexArn, progress);
  allow(task, ["dynamodb:BatchWriteItem"], progress);
  allow(task, ["s3:GetObject"], objects);
  allow(task, ["sqs:SendMessage"], ...tasks.arns);
  // A request may name any distribution that the stack's list allows.
  const distributions = distributionArns(scope, parameters.distributions);
  allow(task, ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"], ...distributions);

  // Whoever ends a request, or sees that one is to be checked, invokes Shutdown.
  for (const fn of [api, getSize, expand, task, aggregation])
    allow(fn, ["lambda:InvokeFunction"], shutdown.functionArn);

  allow(aggregation, ["dynamodb:GetItem"], requests);
  allow(aggregation, ["dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:PutItem", "dynamodb:DeleteItem"], progress);
  allow(aggregation, ["sqs:SendMessage"], failedBatches.queueArn);

  allow(shutdown, ["dynamodb:GetItem", "dynamodb:UpdateItem"], requests);
  allow(shutdown, ["dynamodb:Query"], activeIndexArn, requestPops, requestTasks);
  allow(shutdown, ["dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"], progress);
  // It deletes where its recounts stopped, and nothing else.
  allow(shutdown, ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"], objects);
  allow(shutdown, ["s3:ListBucket"], bucket.bucketArn);
  allow(shutdown, ["sqs:SendMessage", "sqs:GetQueueAttributes"], ...tasks.arns);
  allow(shutdown, ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"], ...tasks.arns);
  allow(
    shutdown,
    ["events:PutEvents"],
    stack.formatArn({ service: "events", resource: "event-bus", resourceName: "default" }),
  );
  allow(shutdown, ["sqs:SendMessage"], failedBatches.queueArn);

  for (const fn of [api, task, shutdown]) {
    allow(fn, ["autoscaling:SetDesiredCapacity"], groupArn(stack, groupName));
    // Describing groups cannot be limited to a resource.
    allow(fn, ["autoscaling:DescribeAutoScalingGroups"], "*");
  }
  allow(timerRole, ["lambda:InvokeFunction"], shutdown.functionArn);
}
