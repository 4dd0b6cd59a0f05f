/**
 * Why a document cannot be taken. The message goes on from the document's name and quotes nothing of it, but a
 * number that is wrong: `has a DOCTYPE`.
 */
export class DocumentError extends Error {
  override readonly name: string = "DocumentError";
}

/** The same, but another try may go better: no answer, or one that says that the server has too much to do. */
export class PassingDocumentError extends DocumentError {
  override readonly name = "PassingDocumentError";
}
