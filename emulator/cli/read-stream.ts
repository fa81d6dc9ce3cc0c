/** All of a stream. */
export const readBytes = async (stream: AsyncIterable<Buffer>): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** All of a stream, as UTF-8. */
export const readStream = async (stream: AsyncIterable<Buffer>): Promise<string> =>
  (await readBytes(stream)).toString('utf8');
