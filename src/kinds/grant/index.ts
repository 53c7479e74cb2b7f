import type { Kind } from '../kind.ts';
import { report } from './problems.ts';
import { rules } from './rules.ts';
import { GrantSpec } from './spec.ts';

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** The owner's consent that another tenant may use topics or secret stores of its own. */
export const grant: Kind = {
  name: 'Grant',
  plural: 'grants',
  description: "An owner's consent that another tenant may use its topics through a template, or its secret stores.",
  writtenBy: 'tenant',
  lives: 'environment',
  spec: GrantSpec,
  problems: report,
  refersTo: ['Tenant', 'Topic', 'SecretStore'],
  references: ({ to, topics = [], stores = [] }) => [
    { kind: 'Tenant', name: String(to), path: ['to'] },
    ...texts(topics).flatMap((name, index) => (name.endsWith('*') ? [] : [{ kind: 'Topic', name, path: ['topics', index] }])),
    ...texts(stores).flatMap((name, index) => (name === 'local' ? [] : [{ kind: 'SecretStore', name, path: ['stores', index] }])),
  ],
  facts: resource => {
    const { to, as, topics, stores, until } = resource.spec as GrantSpec;
    const consent = { from: resource.tenant, to, ...(until === undefined ? {} : { until }) };
    return [
      ...(as === undefined || topics === undefined ? [] : [{ fact: 'consent' as const, ...consent, as, topics }]),
      ...(stores === undefined ? [] : [{ fact: 'storeConsent' as const, ...consent, stores }]),
    ];
  },
  rules,
};
