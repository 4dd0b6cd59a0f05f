import { type APIGatewayClient, CreateDeploymentCommand } from "@aws-sdk/client-api-gateway";

/** A REST API, of which stages serve copies. */
export class RestApi {
  constructor(
    private readonly client: APIGatewayClient,
    private readonly id: string,
  ) {}

  /** Makes a copy of the API as it is now, for a stage to serve, and returns the copy's id. It goes with the API. */
  async deploy(): Promise<string> {
    const { id } = await this.client.send(new CreateDeploymentCommand({ restApiId: this.id }));
    if (id === undefined) throw new Error(`API Gateway named no deployment of ${this.id}`);
    return id;
  }
}
