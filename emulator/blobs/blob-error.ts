/** A storage service refused a request, could not be reached, or did not answer in time. */
export class BlobError extends Error {
  override readonly name = 'BlobError';
  /** The service's code, such as `BlobAlreadyExists`; undefined if it did not answer. */
  readonly code: string | undefined;

  constructor(text: string, code?: string) {
    super(text);
    this.code = code;
  }
}
