import { posix } from 'node:path';
import type { Checked } from '#flow/flow.ts';
import { Fault } from '#model/fault.ts';
import type { Recipients } from '#ports/sealing.ts';
import type { Context } from './command.ts';
import { requireKnown } from './narrowing.ts';

/** The public keys that the landscape publishes. Throws where it cannot be read, or has no such tenant. */
export async function published(context: Context, tenant: string | null): Promise<{ to: Recipients; checked: Checked }> {
  const { check } = await import('#flow/flow.ts');
  const outside = await context.open();
  const checked = await check(outside, []);
  if (checked.frame === undefined)
    throw new Fault('sealing/no-landscape', 'The landscape cannot be read, so nobody knows to whom to seal.', {
      remedy: '`kaas validate` says what is wrong with it.',
    });
  if (tenant !== null) await requireKnown(outside, checked, { tenants: [tenant] }, checked.problems);
  const { recipients = [], certificates = [] } = checked.frame.landscape.spec.sealing ?? {};
  const texts = certificates.flatMap(file => checked.loaded.files.get(posix.normalize(file)) ?? []);
  return { to: { age: recipients, certificates: texts }, checked };
}
