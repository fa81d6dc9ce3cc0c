import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { App, Respond } from './app.ts';

/** An app that is loaded when it is needed first: fastify would take a fifth of a start. */
export class LazyApp {
  readonly #http: Server;
  readonly #respond: Respond;
  readonly #failed: (error: unknown) => void;
  #loading: Promise<App> | undefined;
  #app: App | undefined;

  /** `failed`: called for each request that is not answered because the app cannot be loaded. */
  constructor(http: Server, respond: Respond, failed: (error: unknown) => void) {
    this.#http = http;
    this.#respond = respond;
    this.#failed = failed;
  }

  async load(): Promise<void> {
    this.#loading ??= this.#open();
    this.#app = await this.#loading;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    if (this.#app !== undefined) this.#app.handle(request, response);
    else
      this.load().then(
        () => this.handle(request, response),
        (error: unknown) => {
          this.#failed(error);
          response.destroy();
        },
      );
  }

  async close(): Promise<void> {
    await (await this.#loading?.catch(() => undefined))?.close();
  }

  async #open(): Promise<App> {
    const { openApp } = await import('./app.ts');
    return openApp(this.#http, this.#respond);
  }
}
