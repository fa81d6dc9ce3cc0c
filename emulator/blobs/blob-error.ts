/** A storage service refused a request, could not be reached, or did not answer in time. */
export class BlobError extends Error {
  override readonly name = 'BlobError';
}
