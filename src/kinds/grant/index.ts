import type { Kind } from '../kind.ts';
import { report } from './problems.ts';
import { rules } from './rules.ts';
import { GrantSpec } from './spec.ts';

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

/** The owner's consent that another tenant may use topics, schemas or secret stores of its own. */
export const grant: Kind = {
  name: 'Grant',
  plural: 'grants',
  description:
    "An owner's consent that another tenant may use its topics through a template, its schemas, or its secret stores, or that a mirror may copy its topics.",
  writtenBy: 'tenant',
  lives: 'environment',
  spec: GrantSpec,
  problems: report,
  refersTo: ['Tenant', 'Topic', 'SecretStore', 'Schema'],
  references: ({ to, mirror, topics = [], stores = [], schemas = [] }) => [
    ...(mirror === undefined || to !== undefined ? [{ kind: 'Tenant', name: String(to), path: ['to'] }] : []),
    ...texts(topics).flatMap((name, index) => (name.endsWith('*') ? [] : [{ kind: 'Topic', name, path: ['topics', index] }])),
    ...texts(schemas).flatMap((name, index) => (name.endsWith('*') ? [] : [{ kind: 'Schema', name, path: ['schemas', index] }])),
    ...texts(stores).flatMap((name, index) => (name === 'local' ? [] : [{ kind: 'SecretStore', name, path: ['stores', index] }])),
  ],
  facts: resource => {
    const { to, as, mirror, topics = [], groups = [], stores, schemas, until } = resource.spec as GrantSpec;
    const from = { from: resource.tenant, ...(until === undefined ? {} : { until }) };
    if (mirror !== undefined) return [{ fact: 'mirrorConsent', ...from, mirror, topics, groups }];
    if (to === undefined) return [];
    const consent = { ...from, to };
    return [
      ...(as === undefined || topics.length === 0 ? [] : [{ fact: 'consent' as const, ...consent, as, topics }]),
      ...(schemas === undefined ? [] : [{ fact: 'schemaConsent' as const, ...consent, schemas }]),
      ...(stores === undefined ? [] : [{ fact: 'storeConsent' as const, ...consent, stores }]),
    ];
  },
  rules,
};
