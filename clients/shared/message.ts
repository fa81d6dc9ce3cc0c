/** A message's application properties, in the order in which they were added. */
class Properties {
  propertyList: { key: string; value: string }[] = [];

  /** Returns false and adds nothing if the name is reserved by the protocol. */
  add(itemKey: string, itemValue: string): boolean {
    if (itemKey === 'Authorization' || itemKey === 'iothub-to') return false;
    this.propertyList.push({ key: itemKey, value: itemValue });
    return true;
  }

  getItem(index: number): { key: string; value: string } | undefined {
    return this.propertyList[index];
  }

  getValue(key: string): string | undefined {
    return this.propertyList.find((item) => item.key === key)?.value;
  }

  count(): number {
    return this.propertyList.length;
  }
}

/** What the body of a message can be made from. */
export type BufferConvertible = Buffer | string | readonly number[] | ArrayBuffer;

/** A message between device and cloud: data, system properties as fields, application properties as a list. */
export class Message {
  data: BufferConvertible;
  properties = new Properties();
  messageId = '';
  to = '';
  expiryTimeUtc: Date | string | number | undefined = undefined;
  lockToken = '';
  correlationId = '';
  userId = '';
  ack: string | undefined;
  contentType: string | undefined = undefined;
  contentEncoding: string | undefined = undefined;
  interfaceId: string | undefined;
  transportObj: unknown;

  constructor(data: BufferConvertible) {
    this.data = data;
  }

  getData(): BufferConvertible {
    return this.data;
  }

  getBytes(): Buffer {
    return bytesOf(this.data);
  }

  /** Marks a message of the security agent, which the hub does not send to ordinary routes. */
  setAsSecurityMessage(): void {
    this.interfaceId = 'urn:azureiot:Security:SecurityAgent:1';
  }

  static isBufferConvertible(value: unknown): value is BufferConvertible {
    return Buffer.isBuffer(value) || typeof value === 'string' || Array.isArray(value) || value instanceof ArrayBuffer;
  }
}

const bytesOf = (data: BufferConvertible): Buffer => {
  if (Buffer.isBuffer(data)) return data;
  if (typeof data === 'string') return Buffer.from(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : Buffer.from([...data]);
};
