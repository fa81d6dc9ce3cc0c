import type { Hub } from '../hub/hub.ts';
import type { TraceInput } from '../hub/trace/trace.ts';

/** Counts what a trace tells of, but does not have: bytes in storage accounts outside of the hub. */
export class Missing {
  #uploads = 0;
  #jobs = 0;

  /** Call before the input is played. */
  note({ op, args = [] }: TraceInput, { files, blobs }: Hub): void {
    if (op === 'importExports.admit') this.#jobs += 1;
    if (op !== 'files.settle') return;
    const upload = files.list().find(({ correlationId }) => correlationId === args[1]);
    if (upload !== undefined && blobs.find(upload.blobName) === undefined) this.#uploads += 1;
  }

  /** In words for people. */
  get texts(): string[] {
    return [
      ...(this.#uploads === 0 ? [] : [`the content of ${this.#uploads} uploaded files, which is in a storage account`]),
      ...(this.#jobs === 0
        ? []
        : [`the blobs of ${this.#jobs} import and export jobs; it has what the imports changed`]),
    ];
  }
}
