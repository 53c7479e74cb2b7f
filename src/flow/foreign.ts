import { isJsonObject, type Json } from '#model/json.ts';
import type { Path } from '#model/position.ts';
import type { Problem } from '#model/problem.ts';
import { provenance, type Resource, writerOf } from '#model/resource.ts';
import { addressesOf, foreignIn, suspicion } from './addresses.ts';
import type { Composed } from './compose.ts';
import type { Frame } from './frame.ts';
import { validating } from './problems.ts';
import { reporter } from './report.ts';

type Address = ReturnType<typeof addressesOf>[number];
const frameKinds = new Set(['Landscape', 'Environment', 'KafkaCluster', 'Tenant']);

/**
 * Values that reach into another environment: an address that only clusters of others have, or `${secret.STORE.KEY}` of a store that is not here;
 * and secrets of others, as `judgeSecret` says.
 * Resources that are not managed count: what is switched off today is switched on one day.
 */
export function foreignValues(
  composed: Composed,
  frame: Frame,
  judgeSecret: (inside: string, tenant: string | null) => { code: Parameters<typeof validating>[0]; message: string } | undefined,
): Problem[] {
  const problems: Problem[] = [];
  const own = composed.clusters.flatMap(each => addressesOf(each.spec));
  const whose = foreignAddresses(composed, frame, new Set(own.map(each => each.text)));
  const foreign = [...whose.keys()];
  const suspicious = suspicion(foreign);
  for (const resource of composed.declared) {
    if (frameKinds.has(resource.kind)) continue;
    const report = reporter(resource, problems);
    eachText(resource.spec, [], (text, path) => {
      const where = () => placeOf(resource, path);
      for (const address of suspicious(text) ? foreignIn(text, own, foreign) : [])
        report(
          details => validating('foreign-cluster', details),
          path,
          `\`${address.text}\` is an address of ${whose.get(address)}, not of ${composed.environment}.`,
          where(),
        );
      if (!text.includes('${secret.')) return;
      for (const [, inside = ''] of text.matchAll(/\$\{secret\.([^}]+)\}/g)) {
        const writer = writerOf(resource, path);
        const missing = judgeSecret(inside, writer === undefined ? resource.tenant : writer);
        if (missing !== undefined) report(details => validating(missing.code, details), path, missing.message, where());
      }
    });
  }
  return problems;
}

/** The value that won, and what it overrides. */
function placeOf(resource: Resource, path: Path) {
  const [at, ...related] = provenance(resource, path, 'value');
  return at === undefined ? {} : { at, related };
}

function foreignAddresses(composed: Composed, frame: Frame, own: ReadonlySet<string>): Map<Address, string> {
  const ours = new Set([...composed.sharing.values()].flatMap(each => [...each.documents]));
  const found = new Map<string, { address: Address; names: string[] }>();
  for (const [name, { spec }] of frame.clusters) {
    if (ours.has(name)) continue;
    const users = frame.environments.filter(each => Object.values(each.spec.clusters).includes(name)).map(each => each.name);
    const whose = users.length === 0 ? `the KafkaCluster \`${name}\`` : users.join(', ');
    for (const address of addressesOf(spec)) {
      if (own.has(address.text)) continue;
      const known = found.get(address.text);
      if (known === undefined) found.set(address.text, { address, names: [whose] });
      else known.names.push(whose);
    }
  }
  return new Map([...found.values()].map(({ address, names }) => [address, [...new Set(names)].join(', ')]));
}

function eachText(value: Json, path: Path, hear: (text: string, path: Path) => void): void {
  if (typeof value === 'string') hear(value, path);
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) eachText(item, [...path, index], hear);
  else if (isJsonObject(value)) for (const [key, member] of Object.entries(value)) eachText(member, [...path, key], hear);
}
