/** CloudFormation, as far as it waits for the answer of a custom resource: a PUT to the signed URL that it gave. */
export class CloudFormation {
  /** @throws when the answer is not taken: a stack would wait for it until its timeout */
  async answer(url: string, body: string): Promise<void> {
    // As bytes: a string would have a Content-Type, and the URL is signed without one.
    const { status } = await fetch(url, { method: "PUT", body: Buffer.from(body) });
    if (status >= 300) throw new Error(`CloudFormation took the answer with HTTP ${status}`);
  }
}
