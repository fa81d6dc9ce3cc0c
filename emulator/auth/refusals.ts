import { printable } from '../log.ts';

/** Why a caller is refused. For logs, and for a header of the emulator's own; the service's answer does not contain it. */
export interface Refusal {
  readonly code: RefusalCode;
  /** Values for the placeholders of the table below. */
  readonly detail?: Readonly<Record<string, string>>;
}

interface Explanation {
  readonly cause: string;
  readonly remedy: string;
}

const COMPARE = 'compare with: iothub-emulator connection-string --device {device}';

/** Every refusal in words. `{device}` is the identity that connects, `{path}` the resource that was asked for. */
const REFUSALS = {
  'no-token': {
    cause: 'the request has no Authorization header',
    remedy: 'sign it with the key of a policy: iothub-emulator connection-string',
  },
  'not-a-token': {
    cause: '{where} is not a valid shared access signature',
    remedy: 'send SharedAccessSignature sr=…&sig=…&se=…, with the values URL-encoded',
  },
  'no-policy': {
    cause: 'the token does not name a shared access policy',
    remedy: 'sign with the key of a policy and add its name as skn: iothub-emulator connection-string',
  },
  'unknown-policy': {
    cause: 'there is no policy {policy}',
    remedy: 'use one of {known}',
  },
  'missing-right': {
    cause: 'policy {policy} lacks the right {right}',
    remedy: 'use a policy that has it: iothub-emulator connection-string --policy iothubowner',
  },
  ambiguous: {
    cause: 'the hubs {hubs} all accept these credentials, and the client does not say which one it means',
    remedy:
      'let the client connect to {name}.hub.localhost for a fork, or remove keys from the seed: each fork makes its own',
  },
  'wrong-resource': {
    cause: "the token's resource {resource} does not cover {path}",
    remedy: 'make a token for the host name, or for the host name followed by {path}',
  },
  'wrong-policy-key': {
    cause: 'the signature does not fit policy {policy}',
    remedy: 'compare with: iothub-emulator connection-string --policy {policy}',
  },
  'wrong-device-key': { cause: 'the signature does not fit a key of the device', remedy: COMPARE },
  expired: {
    cause: 'the token has expired',
    remedy: 'make a new token, and check the clock of the machine that makes it',
  },
  'unknown-device': {
    cause: 'the device or module does not exist',
    remedy: 'create it: iothub-emulator device create {device}',
  },
  disabled: { cause: 'the device is disabled', remedy: 'enable it in the registry' },
  'wrong-method': { cause: 'the device authenticates by {method}, not by key', remedy: COMPARE },
  'no-password': { cause: 'the device authenticates by key, and no password was sent', remedy: COMPARE },
  'no-certificate': { cause: 'no client certificate was sent', remedy: COMPARE },
  'untrusted-certificate': {
    cause: 'the client certificate is not signed by a CA that the hub trusts, or is out of date or revoked',
    remedy: 'start the emulator with --device-ca, and check the dates of the certificate',
  },
  'wrong-common-name': {
    cause: 'the client certificate is for {name}',
    remedy: 'use a certificate whose common name is {device}',
  },
  'certificate-out-of-date': {
    cause: 'the client certificate is out of date',
    remedy: 'make a new certificate, and register its thumbprint',
  },
  'wrong-thumbprint': {
    cause: 'the client certificate has a thumbprint that is not registered for the device',
    remedy: 'compare the thumbprints in the registry with the SHA-1 or SHA-256 fingerprint of the certificate',
  },
} as const satisfies Record<string, Explanation>;

export type RefusalCode = keyof typeof REFUSALS;

/** A refusal in words: the cause, and what to do. */
export const explain = ({ code, detail = {} }: Refusal): Explanation => {
  const { cause, remedy } = REFUSALS[code];
  return { cause: fill(cause, detail), remedy: fill(remedy, detail) };
};

/** True for a refusal, as opposed to what was asked for. */
export const isRefusal = (outcome: object): outcome is Refusal => 'code' in outcome;

/** One pass: what callers sent is neither searched for placeholders nor put into a log unescaped. */
const fill = (template: string, detail: Readonly<Record<string, string>>): string =>
  template.replace(/\{([a-z]+)\}/g, (_, name: string) => printable(detail[name] ?? ''));
