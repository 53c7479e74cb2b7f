import { Fault } from '#model/fault.ts';
import type { KafkaConnection } from '#ports/connection.ts';

/** An access token by the client-credentials grant (RFC 6749, section 4.4), asked for anew per connection. */
export async function bearerToken(oauth: NonNullable<KafkaConnection['oauth']>): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(oauth.scope === undefined ? {} : { scope: oauth.scope }),
  });
  const basic = Buffer.from(`${encodeURIComponent(oauth.clientId)}:${encodeURIComponent(oauth.clientSecret.reveal())}`).toString(
    'base64',
  );
  let answer: Response;
  try {
    answer = await fetch(oauth.tokenEndpoint, {
      method: 'POST',
      body,
      headers: { authorization: `Basic ${basic}` },
      signal: AbortSignal.timeout(5_000),
    });
  } catch (error) {
    throw new Fault('kafka/token-endpoint-unreachable', `The token endpoint ${oauth.tokenEndpoint} cannot be reached.`, {
      cause: error,
      retry: 'later',
      remedy: 'Check `oauth.tokenEndpoint` of the connection, and that it answers from here.',
    });
  }
  const token = answer.ok ? ((await answer.json().catch(() => ({}))) as { access_token?: unknown }).access_token : undefined;
  if (typeof token !== 'string')
    throw new Fault(
      'kafka/wrong-credentials',
      `The token endpoint ${oauth.tokenEndpoint} answered ${answer.status} without a token.`,
      { remedy: 'Check clientId and clientSecret of `connection.oauth`, and that tokenEndpoint is the right address.' },
    );
  return token;
}
