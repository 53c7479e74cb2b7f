import { findErrorBy, protocolErrors, protocolErrorsCodesById } from '@platformatic/kafka';
import { Fault, type ItemResult, type Retry, refused, succeeded } from '#model/fault.ts';

const passing = new Set([
  'NOT_CONTROLLER',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_OR_FOLLOWER',
  'COORDINATOR_NOT_AVAILABLE',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'BROKER_NOT_AVAILABLE',
  'REQUEST_TIMED_OUT',
  'NOT_COORDINATOR',
]);

const rightMissing = 'Give our principal this right by an ACL (kafka-acls.sh --add), then plan again.';
const remedies: Readonly<Record<string, string>> = {
  CLUSTER_AUTHORIZATION_FAILED: rightMissing,
  TOPIC_AUTHORIZATION_FAILED: rightMissing,
  GROUP_AUTHORIZATION_FAILED: rightMissing,
  POLICY_VIOLATION: "The cluster's own policy refused it; its wording is above.",
};

/** `INVALID_CONFIG` becomes `kafka/invalid-config`. */
const codeOf = (name: string): string => `kafka/${name.toLowerCase().replaceAll('_', '-')}`;

/** What is known of an answer besides its error code. */
interface Circumstances {
  readonly throttleTimeMs?: number | undefined;
  /** What our principal needs for it: `CREATE on topic `x``. */
  readonly right?: string | undefined;
}

/** The outcome of one item from Kafka's error code and message. */
export function itemOf(errorCode: number, message: string | null | undefined, around: Circumstances = {}): ItemResult {
  if (errorCode === 0) return succeeded;
  return refused(faultOf(errorCode, message, around));
}

/** A fault from one of Kafka's error codes, in the broker's words where it has any; a missing right is named, which the broker does not. */
export function faultOf(
  errorCode: number,
  message: string | null | undefined,
  { throttleTimeMs = 0, right }: Circumstances = {},
): Fault {
  const name = (protocolErrorsCodesById as Record<number, string>)[errorCode] ?? `ERROR_${errorCode}`;
  const known = (protocolErrors as Record<string, { message: string } | undefined>)[name];
  const retry: Retry = name === 'THROTTLING_QUOTA_EXCEEDED' ? 'later' : passing.has(name) ? 'now' : 'never';
  const remedy = remedies[name];
  const lacking = right !== undefined && name.endsWith('_AUTHORIZATION_FAILED') ? `Our principal lacks ${right}.` : undefined;
  return new Fault(codeOf(name), lacking ?? message ?? known?.message ?? name, {
    retry,
    ...(retry === 'later' ? { retryAfterMs: throttleTimeMs } : {}),
    ...(remedy === undefined ? {} : { remedy }),
  });
}

const textOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const inner =
    error instanceof AggregateError ? error.errors.map(textOf) : error.cause === undefined ? [] : [textOf(error.cause)];
  return [error.message, ...inner].filter((text, index, all) => all.indexOf(text) === index).join(': ');
};

/** A fault of ours that the client library wrapped: the token endpoint's. */
function faultIn(error: unknown): Fault | undefined {
  if (error instanceof Fault) return error;
  if (error instanceof AggregateError) return error.errors.map(faultIn).find(found => found !== undefined);
  return error instanceof Error && error.cause !== undefined ? faultIn(error.cause) : undefined;
}

/** Why a broker could not be talked to, in words with a remedy. `where` names cluster and address. */
export function connectionFault(error: unknown, where: string): Fault {
  const own = faultIn(error);
  if (own !== undefined) return own;
  const text = textOf(error);
  if (/suitable SASL mechanism/i.test(text) && !/does not support the requested/i.test(text))
    return tlsFailed(where, text, error);
  if (/alert|certificate required/i.test(text)) return tlsFailed(where, text, error);
  if (
    findErrorBy(error as Error, 'code', 'PLT_KFK_AUTHENTICATION') !== null ||
    /SASL authentication failed|suitable SASL mechanism/i.test(text)
  )
    return new Fault('kafka/wrong-credentials', `${where} refused our credentials.`, {
      cause: error,
      remedy: 'Check username, password and mechanism of the connection; with OAUTHBEARER, that its token is accepted here.',
    });
  if (/self.signed|unable to (get|verify)|certificate|CERT_|Hostname\/IP/i.test(text))
    return new Fault('kafka/untrusted-certificate', `${where} shows a certificate that is not trusted: ${text}.`, {
      cause: error,
      remedy: 'Name the authority that signed it in `connection.tls.ca`.',
    });
  if (/SSL|TLS|EPROTO|wrong version number/i.test(text)) return tlsFailed(where, text, error);
  return new Fault('kafka/unreachable', `${where} cannot be reached: ${text}.`, {
    cause: error,
    retry: 'later',
    remedy: 'Check the address, and that the brokers run and answer from here.',
  });
}

const tlsFailed = (where: string, text: string, cause: unknown): Fault =>
  new Fault('kafka/tls-failed', `${where}: the handshake failed: ${text}.`, {
    cause,
    remedy:
      'Check that protocol and port of the connection belong together, and that a client certificate is given where one is asked for.',
  });
