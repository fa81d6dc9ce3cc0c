/** How a program in a container ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A running service of docker-compose.yml, whose ports are those of 127.0.0.1. */
export interface Container {
  /** Runs a program in the container, as its user. */
  execute(command: readonly string[]): Promise<Ended>;
  /** Sends SIGTERM and waits for the end. */
  stop(): Promise<Ended>;
  /** Ends it whatever happens. */
  dispose(): Promise<void>;
}

/** What builds images of this checkout and runs the services of docker-compose.yml. */
export interface Engine {
  readonly name: string;
  /** Builds the images of all services. */
  build(): Promise<void>;
  /** Starts a service; `volumes` of the same name are shared. */
  start(service: string): Promise<Container>;
  /** Runs a service to its end. */
  run(service: string): Promise<Ended>;
  /** The command of the image's health check. */
  healthCheck(service: string): Promise<readonly string[]>;
  /** The user of the image. */
  user(service: string): Promise<string>;
  /** Bytes of the image, with its base. */
  size(service: string): Promise<number>;
}
