import { MockAgent } from 'undici';

/** A request as the hub would receive it. */
interface SeenRequest {
  readonly line: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A hub that sends the given responses in order and records the requests. */
export const hubStub = (...answers: Answer[]) => {
  const seen: SeenRequest[] = [];
  const dispatcher = new MockAgent();
  dispatcher.disableNetConnect();
  const pool = dispatcher.get('https://hub.example');
  for (const { status = 200, body = '', headers = { 'content-type': 'application/json; charset=utf-8' } } of answers)
    pool.intercept({ path: () => true, method: () => true }).reply((request) => {
      seen.push({
        line: `${request.method} ${request.path}`,
        headers: lowerCased({ ...request.headers }),
        body: typeof request.body === 'string' ? JSON.parse(request.body) : undefined,
      });
      const data = typeof body === 'string' ? body : JSON.stringify(body);
      return { statusCode: status, data, responseOptions: { headers } };
    });
  return { seen, dispatcher };
};

/** A service connection string for this hub. */
export const SERVICE = 'HostName=hub.example;SharedAccessKeyName=iothubowner;SharedAccessKey=bXkta2V5';

const lowerCased = (headers: object): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
