import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import * as z from "zod";

/** What a function is invoked with: the request that it is to work on. */
export const requestEventSchema = z.object({ req_id: z.string().min(1) });

/**
 * A Lambda function that is invoked asynchronously. Lambda keeps the event in its own queue, calls a function that failed twice
 * more and sends what fails again to the function's on-failure destination (lib/pipeline-function.ts). An event may arrive twice.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export class AsyncFunction {
  /** @param name of the function, or its ARN */
  constructor(
    private readonly lambda: LambdaClient,
    private readonly name: string,
  ) {}

  /** Returns once Lambda has queued the event; what becomes of the invocation is not known then. */
  async invoke(reqId: string): Promise<void> {
    await this.lambda.send(
      new InvokeCommand({
        FunctionName: this.name,
        InvocationType: "Event",
        Payload: JSON.stringify({ req_id: reqId } satisfies z.infer<typeof requestEventSchema>),
      }),
    );
  }
}
